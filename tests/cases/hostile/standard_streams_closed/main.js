const fs = require("fs");
for (const fd of [0, 1, 2, 3]) {
  try { fs.closeSync(fd); } catch {}
}

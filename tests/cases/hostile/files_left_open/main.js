const fs = require("fs");
try {
  for (;;) fs.openSync("f", "w");
} catch {
  console.log("refused");
}

const fs = require("fs");
for (const name of ["-rf", "...", "a b", "~", "日本", "new\nline", "\x01"]) fs.writeFileSync(name, "x");
for (const name of ["n\0ul", "x".repeat(300), "", "."]) {
  try { fs.writeFileSync(name, "x"); } catch { continue; }
  console.log("taken", name);
}
console.log("done");

const fs = require("fs");
for (const path of ["/etc/x", "/dev/shm/x", "/proc/self/mem", "/var/tmp/x", "/root/x"]) {
  for (const act of [() => fs.writeFileSync(path, "x"), () => fs.mkdirSync(path), () => fs.symlinkSync("y", path), () => fs.renameSync("/tmp", path), () => fs.linkSync("/sandbox/main.js", path)]) {
    try { act(); } catch { continue; }
    console.log("ESCAPED", path);
  }
}
console.log("done");

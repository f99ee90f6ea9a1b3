const fs = require("fs");
for (const path of ["/etc/passwd", "../../../../etc/passwd", "/sandbox/../../etc/passwd", "/proc/self/environ", "/dev/null", "/dev/zero", "/sys", "/home", "/root", "//etc/passwd", "/./etc/passwd", "/tmp/../../etc/passwd", ".././../../etc/hostname", "/proc/self/fd/0", "/proc/1/cwd"]) {
  for (const look of [fs.statSync, fs.readdirSync, fs.readFileSync, fs.readlinkSync]) {
    let found;
    try { found = look(path); } catch { continue; }
    console.log("ESCAPED", path, found);
  }
}
console.log(fs.readdirSync("/").sort());

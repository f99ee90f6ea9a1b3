const fs = require("fs");
console.log(fs.readFileSync("/mnt/data/given.txt", "utf8"));
fs.writeFileSync("/mnt/data/made.txt", "made");
fs.mkdirSync("/mnt/data/deep", { recursive: true });
fs.writeFileSync("/mnt/data/deep/er.txt", "");
if (!fs.existsSync("/sandbox/deep/er.txt") || fs.existsSync("/mnt/database")) throw new Error("it is another folder");
console.log(fs.readdirSync("/mnt/data").filter((name) => name === "made.txt").join());

const fs = require("fs");
const { ANSWER } = require("./answer");
console.log("from the module:", ANSWER);
process.stdout.write(fs.readFileSync("data/text.txt", "utf8"));
console.log(...fs.readFileSync("data/bytes.bin"));

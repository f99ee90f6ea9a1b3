const lines = require("fs").readFileSync(0, "utf8").split("\n");
console.log(`${lines.length} lines, the last is ${lines.at(-1)}`);

const fs = require("fs");
for (let n = 0; n < 3000; n++) fs.writeFileSync(`f${n}`, "");
console.log(fs.readdirSync(".").filter((name) => name.startsWith("f")).length);

const fs = require("fs");
for (let n = 0; ; n++) fs.writeFileSync(`f${n}`, "");

const fs = require("fs");
for (let n = 0; ; n++) {
  fs.mkdirSync(`d${n}/e/f`, { recursive: true });
  fs.writeFileSync(`d${n}/e/f/g`, "x");
}

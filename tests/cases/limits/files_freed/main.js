const fs = require("fs");
for (let n = 0; n < 100; n++) {
  fs.writeFileSync(`f${n}`, "");
  fs.unlinkSync(`f${n}`);
}
console.log("done");

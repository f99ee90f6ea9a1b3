const fs = require("fs");
for (let n = 0; n < 20; n++) {
  fs.writeFileSync("big", "x".repeat(200 << 10));
  fs.unlinkSync("big");
}
for (let n = 0; n < 20; n++) fs.writeFileSync("big", "x".repeat(200 << 10));
console.log("done");

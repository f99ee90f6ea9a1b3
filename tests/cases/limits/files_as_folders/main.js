const fs = require("fs");
for (let n = 0; ; n++) fs.mkdirSync(`/tmp/d${n}`);

const fs = require("fs");
console.log(fs.readdirSync(".").filter((name) => !name.startsWith("main.")).sort().join(" "));
console.log(fs.readdirSync("data").length);

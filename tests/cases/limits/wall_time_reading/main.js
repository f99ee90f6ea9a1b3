console.log("start");
require("fs").readFileSync(0);

console.log(require("fs").readFileSync(0).reduce((hex, byte) => hex + byte.toString(16).padStart(2, "0"), ""));

const fs = require("fs");
try { fs.readFileSync("missing.txt"); } catch (error) { if (error.code === "ENOENT") console.log("no such file"); }
try { fs.readFileSync("/tmp"); } catch (error) { if (error.code === "EISDIR") console.log("folder is no file"); }

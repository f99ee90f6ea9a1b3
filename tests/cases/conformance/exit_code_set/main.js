process.exitCode = 7;
setTimeout(() => console.log("last"), 1);

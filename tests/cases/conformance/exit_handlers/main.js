process.on("exit", () => console.log("handler"));
console.log("body");
process.exit(4);

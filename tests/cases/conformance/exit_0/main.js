console.log("before");
process.exit(0);
console.log("after");

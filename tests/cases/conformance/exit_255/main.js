console.log("before");
process.exit(255);
console.log("after");

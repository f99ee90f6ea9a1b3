console.log("before");
process.exit(1);
console.log("after");

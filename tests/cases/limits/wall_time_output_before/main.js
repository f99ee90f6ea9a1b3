console.log("line");
process.stdout.write("part");
setTimeout(() => {}, 3_600_000);

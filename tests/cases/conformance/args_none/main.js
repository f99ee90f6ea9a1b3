console.log(process.argv.length - 2);

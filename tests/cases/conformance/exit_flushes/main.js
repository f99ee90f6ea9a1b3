for (let n = 0; n < 2000; n++) process.stdout.write("line ");
process.exit(3);

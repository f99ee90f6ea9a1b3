process.stdout.write("no newline");
process.stderr.write("here neither");

while (true) process.stdout.write("12345678");

process.stdout.write("12345678".repeat(512));

while (true) {
  process.stdout.write("12345678");
  process.stderr.write("12345678");
}

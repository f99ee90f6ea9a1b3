try {
  new ArrayBuffer(200 << 20);
} catch {
  process.exit(9);
}

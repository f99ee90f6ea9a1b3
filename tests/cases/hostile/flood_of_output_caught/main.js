for (;;) {
  try { process.stdout.write("x".repeat(64)); } catch {}
}

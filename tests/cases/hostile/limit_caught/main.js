for (;;) {
  try { new ArrayBuffer(2 ** 40); } catch { continue; }
}

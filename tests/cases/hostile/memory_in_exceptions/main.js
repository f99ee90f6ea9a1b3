const x = [];
for (;;) {
  try { x.push(new ArrayBuffer(1 << 16)); } catch { try { x.push(new ArrayBuffer(1 << 10)); } catch {} }
}

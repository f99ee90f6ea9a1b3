new Uint8Array(1 << 20).fill(1);
for (;;) new Uint8Array(1 << 20).reduce((a, b) => a + b);

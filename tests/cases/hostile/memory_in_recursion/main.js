const again = (x) => again(new Uint8Array(1 << 20).fill(1)) + x;
again();

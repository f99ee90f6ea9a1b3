console.log(new Uint8Array(100 << 20).fill(1).length);

const x = [];
for (;;) x.push(1n << 1000000n);

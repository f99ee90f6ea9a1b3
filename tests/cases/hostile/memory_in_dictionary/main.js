const x = new Map();
for (let n = 0; ; n++) x.set(n, String(n));

console.log(Date.now() > 1_700_000_000_000);
const a = performance.now();
for (let n = 0; n < 100_000; n++);
console.log(performance.now() >= a);

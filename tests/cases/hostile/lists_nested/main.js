let x = [];
for (let n = 0; n < 1_000_000; n++) x = [x];
try {
  x.flat(Infinity);
  console.log("taken");
} catch {
  console.log("refused");
}

let x = [];
try {
  while (true) x.push(new Uint8Array(1 << 20).fill(1));
} catch {
  x = null;
  console.log("coped");
}

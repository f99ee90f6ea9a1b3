{
  const fs = require('fs');
  const [n, end] = process.argv.slice(2).map(Number);
  globalThis.leak = n;
  Object.prototype.leak = 'leak';
  process.env.LEAK = 'leak';
  for (const path of ['/tmp/leak', '/sandbox/leak']) fs.writeFileSync(path, 'leak');
  Math.abs = () => n;
  // Writes all over memory that was there, and over some that has to be made.
  const held = Array.from({ length: 200 + (n % 300) }, (_, i) => String.fromCharCode(n % 256).repeat(5000) + i);
  let grown = new Uint8Array((1 + (n % 7)) << 20);
  for (let at = 0; at < grown.length; at += 1000) grown[at] = 1 + (n % 255);
  grown = null;
  if (end === 1) process.exit(3);
  if (end === 2) for (;;);
  if (end === 3) held.push(new ArrayBuffer(200 << 20));
  if (end === 4) for (;;) console.log('leak');
}

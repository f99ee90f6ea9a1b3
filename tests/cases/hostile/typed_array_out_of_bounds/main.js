const buffer = new ArrayBuffer(8, { maxByteLength: 64 });
const view = new Uint8Array(buffer);
const index = { valueOf() { buffer.resize(0); return 4; } };
try { view.fill(1, index); } catch {}
buffer.resize(8);
view[2 ** 31] = view[-1] = 1;
console.log(view[2 ** 31], view.length);

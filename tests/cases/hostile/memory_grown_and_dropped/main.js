let x = new Uint8Array(100 << 20).fill(255);
x = null;
console.log("done");

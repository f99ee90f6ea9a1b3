console.log("start");
const x = [];
while (true) x.push(new Uint8Array(1 << 20).fill(1));

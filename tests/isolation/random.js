const crypto = require('crypto');
console.log(Math.random());
console.log(crypto.randomUUID());
console.log(crypto.randomBytes(16).toString('hex'));
console.log([...globalThis.crypto.getRandomValues(new Uint32Array(4))].join());

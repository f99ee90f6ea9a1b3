// Says hello from a fresh sandbox.
const name = process.argv[2] ?? "world";
console.log(`Hello, ${name}! This is JavaScript.`);

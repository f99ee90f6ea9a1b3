// Says hello from a fresh sandbox.
const name: string = process.argv[2] ?? "world";
console.log(`Hello, ${name}! This is TypeScript.`);

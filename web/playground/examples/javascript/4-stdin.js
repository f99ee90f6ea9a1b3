// Sum of the standard input
const text = require("fs").readFileSync(0, "utf8");
const numbers = text.split(/\s+/).filter(Boolean).map(Number);
console.log(numbers.reduce((sum, n) => sum + n, 0));

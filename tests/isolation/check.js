console.log(typeof leak);
console.log({}.leak);
console.log(JSON.stringify(process.env));
console.log(require('fs').readdirSync('/tmp'));
console.log(require('fs').readdirSync('/sandbox'));
console.log(Math.abs(-7));

const fs = require("fs");
for (const path of ["/tmp/leak", "/sandbox/leak"]) fs.writeFileSync(path, "leak");
globalThis.leak = "leak";
process.env.LEAK = "leak";
process.argv.push("leak");
process.exitCode = 0;
Math.random = () => 4;
JSON.stringify = () => "poisoned";
Object.prototype.leak = "leak";
Array.prototype.push = Array.prototype.map = () => [];
Array.prototype[Symbol.iterator] = null;
String.prototype.split = null;
Function.prototype.call = Function.prototype.apply = null;
Promise.prototype.then = null;
for (const name of ["fs", "path", "util"]) {
  const module = require(name);
  for (const key of Object.keys(module)) try { module[key] = null; } catch {}
}
console.log = process.stdout.write = () => {};
globalThis.Object = globalThis.Array = globalThis.console = undefined;

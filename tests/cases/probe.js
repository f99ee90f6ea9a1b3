// What a fresh interpreter looks like to a program: the same before and after anything that ran here earlier.
const fs = require('fs');
const seen = new Set();
const describe = (path, object) => {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) return;
  seen.add(object);
  for (const key of Reflect.ownKeys(object)) {
    const own = Object.getOwnPropertyDescriptor(object, key);
    const name = `${path}.${String(key)}`;
    const kind = 'value' in own ? (typeof own.value === 'function' ? `function ${own.value.name}/${own.value.length}` : typeof own.value) : 'accessor';
    console.log(name, kind, own.writable, own.enumerable, own.configurable);
    if ('value' in own && key !== 'env') describe(name, own.value);
  }
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== null) describe(`${path}.__proto__`, prototype);
};
describe('globalThis', globalThis);
for (const name of ['fs', 'path', 'util', 'events', 'assert']) describe(name, require(name));
console.log(JSON.stringify(process.env), JSON.stringify(process.argv), process.exitCode, process.cwd());
console.log(fs.readdirSync('/').sort(), fs.readdirSync('/tmp'), fs.readdirSync('/sandbox'));
console.log(typeof leak, fs.readFileSync(0, 'utf8').length);

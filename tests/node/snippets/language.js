//// destructuring
const { a = 1, ...rest } = { b: 2, c: 3 }; const [x, , y = 5, ...zs] = [1, 2, undefined, 4, 5]; console.log(a, rest, x, y, zs);
//// closures in loops
const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); console.log(fs.map((f) => f()));
//// labels
outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; console.log(i, j); } }
//// generators
function* fib() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } } const seen = []; for (const n of fib()) { if (n > 50) break; seen.push(n); } console.log(seen);
//// generator return and throw
function* g() { try { const x = yield 1; console.log('got', x); yield 2; } finally { console.log('cleanup'); } } const it = g(); console.log(it.next(), it.next('v'), it.return(9), it.next());
//// async order
console.log(1); setTimeout(() => console.log('timeout')); setImmediate(() => console.log('immediate')); Promise.resolve().then(() => console.log('micro')); process.nextTick(() => console.log('tick')); queueMicrotask(() => console.log('queued')); (async () => { console.log('sync'); await null; console.log('after'); })(); console.log(2);
//// nested ticks
Promise.resolve().then(() => { console.log('p1'); process.nextTick(() => console.log('t1')); }).then(() => console.log('p2')); process.nextTick(() => { console.log('t0'); Promise.resolve().then(() => console.log('p0')); });
//// timers in order
setTimeout(() => console.log('b'), 5); setTimeout(() => console.log('a'), 1); setTimeout(() => console.log('c'), 5); const t = setTimeout(() => console.log('never'), 2); clearTimeout(t);
//// interval
let n = 0; const id = setInterval(() => { console.log(++n); if (n === 3) clearInterval(id); }, 1);
//// await in loops
(async () => { for (const ms of [3, 1, 2]) { await new Promise((r) => setTimeout(r, ms)); console.log(ms); } })();
//// promise combinators
(async () => { console.log(await Promise.all([1, Promise.resolve(2)]), await Promise.race([new Promise((r) => setTimeout(r, 5, 'slow')), 'fast']), await Promise.allSettled([1, Promise.reject(new Error('x'))]).then((r) => r.map((s) => s.status)), await Promise.any([Promise.reject(1), 2])); })();
//// async iteration
(async () => { async function* g() { yield 1; yield 2; } for await (const v of g()) console.log(v); for await (const v of [Promise.resolve(3), 4]) console.log(v); })();
//// finally order
const f = () => { try { return 'try'; } finally { console.log('finally'); } }; console.log(f());
//// classes
class A { static #n = 0; #x = 1; static { A.#n = 5; } get x() { return this.#x; } set x(v) { this.#x = v; } static get n() { return A.#n; } toString() { return 'A!'; } has(o) { return #x in o; } } const o = new A(); o.x = 7; console.log(o.x, A.n, `${o}`, o.has(o), o.has({}));
//// inheritance
class B { constructor() { this.k = new.target.name; } hi() { return 'B'; } } class C extends B { hi() { return super.hi() + 'C'; } } console.log(new C().k, new C().hi(), Object.getPrototypeOf(C) === B);
//// symbols and iterables
const range = { *[Symbol.iterator]() { yield* [1, 2, 3]; } }; console.log([...range], Math.max(...range), Array.from(range, (v) => v * 2));
//// tagged templates
const tag = (s, ...v) => s.raw.join('|') + v.join(','); console.log(tag`a${1}b\n${2}c`, String.raw`\n${1}`);
//// regular expressions
console.log('2024-01-02'.replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/, '$<d>/$<m>/$<y>'), [...'a1b22'.matchAll(/\d+/g)].map((m) => [m[0], m.index]), /(?<=\$)\d+/.exec('$42')[0], 'aBc'.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), /\p{Lu}/u.test('É'), 'a,b;c'.split(/[,;]/));
//// match object
console.log('key=value'.match(/(?<k>\w+)=(?<v>\w+)/));
//// sort
console.log([3, 1, 10, 2].sort(), [3, 1, 10, 2].sort((a, b) => a - b), ['b', 'a', 'C'].sort(), [1, 2, 3].toSorted((a, b) => b - a), [1, 2, 3].toReversed(), [1, 2].with(0, 9));
//// array methods
console.log([1, [2, [3]]].flat(Infinity), [1, 2].flatMap((x) => [x, x]), [1, 2, 3].at(-1), [1, 2, 3].findLast((x) => x < 3), [1, 2, 3].includes(NaN), Array.of(7), [1, 2, 3, 4].copyWithin(0, 2), [..."héllo"].length, [1,2,3].reduceRight((a, b) => a + b));
//// object methods
console.log(Object.entries({ a: 1, b: 2 }), Object.fromEntries([['x', 1]]), Object.assign({}, { a: 1 }, null, { b: 2 }), Object.getOwnPropertyNames('ab'), Object.is(-0, 0), structuredClone({ a: [1] }));
//// json
console.log(JSON.stringify({ a: [1, { b: undefined, c: () => 1, d: NaN, e: new Date(0) }], f: 'é\n"' }, null, 2), JSON.parse('{"a":[1,2,{"b":null}]}', (k, v) => (typeof v === 'number' ? v * 2 : v)), JSON.stringify('\u2028'), JSON.stringify({ a: 1n + '' }));
//// json errors
try { JSON.stringify((() => { const a = {}; a.a = a; return a; })()); } catch (e) { console.log(e.name); } try { JSON.parse('{bad'); } catch (e) { console.log(e.name); }
//// numbers
console.log((255).toString(16), (0.1).toFixed(20), (1234.5678).toFixed(2), (1e21).toString(), parseInt('12px'), parseFloat('.5e1'), Number(''), Number('0b11'), (25).toString(36), Number.MAX_SAFE_INTEGER, 0.1 * 3, 5e-324, (123.456).toPrecision(4), (0).toExponential(2));
//// bigint
console.log(2n ** 100n, -7n / 2n, 7n % -3n, BigInt(2 ** 53), BigInt.asUintN(8, 257n), 10n > 9, 1n == 1, typeof 1n, BigInt('0xff'));
//// strings
console.log('abc'.padStart(5, '-'), 'x'.repeat(3), ' a '.trim() + '|', 'abcabc'.replaceAll('b', 'X'), 'abc'.at(-1), 'a-b-c'.split('-', 2), '😀'.length, [...'😀'].length, 'ß'.toUpperCase(), 'İ'.toLowerCase().length, 'a\u0301'.normalize('NFC').length, 'abc'.localeCompare('abd'), '😀'.codePointAt(0));
//// dates
const d = new Date(Date.UTC(2024, 1, 29, 12, 30, 45, 678)); console.log(d.toISOString(), d.toJSON(), d.getUTCDay(), new Date('2024-02-30').getTime(), new Date(2024, 0, 31, 0, 0, 0).getMonth(), Date.parse('2024-01-01T00:00:00Z'), new Date(0).toUTCString(), String(new Date(NaN)));
//// optional chaining
const u = { a: { b: () => 5 } }; console.log(u?.a?.b?.(), u.x?.y.z, u.x?.[0], u.a?.['b'](), u.f?.(), null ?? 'd', 0 ?? 1, '' || 'e', (() => { let z = null; z ??= 4; z ||= 5; z &&= 6; return z; })());
//// errors and causes
const e = new Error('outer', { cause: new TypeError('inner') }); console.log(e.cause.message, e.message, new AggregateError([1, 2], 'm').errors, e instanceof Error, Object.prototype.toString.call(e));
//// error messages
for (const f of [() => undefined.x, () => null.y, () => { const o = {}; o.f(); }, () => x1, () => { const c = 1; c = 2; }, () => new (() => {})(), () => [].reduce((a) => a), () => 'x'.repeat(-1), () => new Array(-1), () => Symbol() + '', () => BigInt(1.5), () => 1n + 1, () => JSON.parse(''), () => decodeURIComponent('%'), () => { null[Symbol.iterator]; }, () => { const [a] = null; }, () => { const { a } = null; }, () => { for (const q of 5); }, () => (1).toFixed(101), () => { class A { constructor() { this.x; } } A(); }]) { try { f(); console.log('no error'); } catch (e) { console.log(`${e.name}: ${e.message}`); } }
//// proxies
const p = new Proxy({}, { get: (t, k) => `get ${String(k)}`, has: () => true, ownKeys: () => ['z'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }); console.log(p.foo, 'q' in p, Object.keys(p));
//// reflect and descriptors
console.log(Reflect.ownKeys({ b: 1, a: 2, 1: 3, [Symbol('s')]: 4 }), Object.getOwnPropertyDescriptor({ get a() { return 1; } }, 'a'), Object.isFrozen(Object.freeze({})));
//// strict mode
(function () { 'use strict'; try { undefinedVar = 1; } catch (e) { console.log(e.name, e.message); } try { Object.freeze([1]).push(2); } catch (e) { console.log(e.name); } console.log(this); })();
//// this at the top
console.log(this, this === module.exports, typeof require, typeof __filename, require.main === module);
//// var and hoisting
console.log(typeof hoisted, v); var v = 1; function hoisted() {} console.log(globalThis.v, typeof v);
//// getter on prototypes and valueOf
console.log(+{ valueOf: () => 4 }, `${{ toString: () => 's' }}`, [] + {}, [] == false, null == undefined, '5' * '2', '5' + 2, true + 1, [2] * [3], {} + [], typeof null, void 0);
//// weak references
console.log(new WeakRef({}).deref() !== undefined, typeof FinalizationRegistry, new WeakMap([[Object, 1]]).get(Object));
//// atob, btoa and URI
console.log(btoa('hello'), atob('aGVsbG8='), encodeURIComponent('a b&c/é'), decodeURI('%41%20'), escape('é'), encodeURI('a b?c=d'));
//// set operations
console.log(new Set([1, 2, 3]).size, [...new Set([3, 1, 3])], Object.groupBy ? 'grouping' : 'none');
//// exit code in exit handler
process.on('exit', (c) => console.log('exit', c)); process.exitCode = 3; console.log('end');
//// exit from within
process.on('exit', (c) => console.log('bye', c)); setTimeout(() => console.log('never'), 1000); process.exit(4);
//// unhandled rejections handled
process.on('unhandledRejection', (r) => console.log('unhandled', r.message)); Promise.reject(new Error('lost'));
//// uncaught exceptions handled
process.on('uncaughtException', (e, origin) => console.log('caught', e.message, origin)); setTimeout(() => console.log('later'), 1); throw new Error('thrown');
//// before exit
let more = 2; process.on('beforeExit', () => { console.log('before', more); if (more-- > 0) setTimeout(() => console.log('again'), 1); });
//// atomics
const a = new Int32Array(new SharedArrayBuffer(8)); console.log(Atomics.add(a, 0, 5), Atomics.load(a, 0), Atomics.compareExchange(a, 0, 5, 7), Atomics.exchange(a, 1, 3), Atomics.notify(a, 0), Atomics.wait(a, 0, 7, 1), Atomics.wait(a, 0, 0), Atomics.isLockFree(4), a);
//// shared memory that grows
const memory = new SharedArrayBuffer(8, { maxByteLength: 32 });
const view = new Uint8Array(memory);
view[7] = 5;
memory.grow(24);
console.log(memory.growable, memory.byteLength, memory.maxByteLength, view.length, view[7], view[23]);
try { memory.grow(64); } catch (error) { console.log(error.name); }

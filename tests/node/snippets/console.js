//// numbers
console.log(1, -0, 0, 1.5, NaN, Infinity, 1e21, 1e-7, 0.1 + 0.2, 10n);
//// strings
console.log('a', ['a', "it's", 'say "x"', `b\`t`, 'new\nline', '\t\u0001']);
//// nested
console.log({ a: { b: { c: { d: 1 } } }, e: [[[[1]]]] });
//// long array
console.log(Array.from({ length: 120 }, (_, i) => i));
//// wide object
console.log({ name: 'a fairly long value', other: 'another fairly long value', third: 'and a third one', n: 4 });
//// class instances
class Point { constructor(x, y) { this.x = x; this.y = y; } get norm() { return 1; } static zero = 0; }
console.log(new Point(1, 2), Point, [new Point(3, 4)], class extends Point {}, new (class {})());
//// private fields
class Safe { #code = 1; shown = 2; }
console.log(new Safe());
//// map and set
console.log(new Map([['a', 1], [{ k: 1 }, [2]]]), new Set([1, 'two', [3]]), new WeakMap(), new WeakSet());
//// iterators
console.log([1, 2][Symbol.iterator](), new Map([[1, 2]]).entries(), new Set([1]).values(), 'ab'[Symbol.iterator]());
//// typed arrays
console.log(new Uint8Array([1, 2, 3]), new Float64Array(2), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)));
//// dates and regular expressions
console.log(new Date(0), /a+b/gi, [new Date(NaN)], { when: new Date(1e12) });
//// functions
console.log(function named() {}, () => {}, async () => {}, function* gen() {}, async function* ag() {}, Math.max, [function f() {}]);
//// function with properties
function tagged() {} tagged.a = 1; console.log(tagged);
//// symbols
console.log(Symbol('x'), { [Symbol('k')]: 1 }, Symbol.iterator, Object(Symbol('b')));
//// boxed
console.log(Object(1), Object('s'), Object(true), Object(10n));
//// null prototype
console.log(Object.create(null), Object.assign(Object.create(null), { a: 1 }));
//// circular
const a = { name: 'a' }; a.self = a; a.list = [a, { a }]; console.log(a);
//// getters and setters
console.log({ get a() { return 1; }, set b(v) {}, get c() { return 1; }, set c(v) {} });
//// sparse arrays
console.log([1, , 3], new Array(5), [undefined, null], Object.assign([1, 2], { extra: true }));
//// arguments
(function () { console.log(arguments); })(1, 'two');
//// promises
console.log(Promise.resolve(1), new Promise(() => {}), (() => { const p = Promise.reject(new RangeError('no')); p.catch(() => {}); return typeof p; })());
//// proxies
console.log(new Proxy({ a: 1 }, {}), new Proxy([1], {}));
//// toStringTag
console.log({ [Symbol.toStringTag]: 'Tag' }, new (class A { get [Symbol.toStringTag]() { return 'B'; } })());
//// custom inspection
console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { return 'CUSTOM'; } }, { inspect() { return 'no'; } });
//// format placeholders
console.log('%s is %d years and %i days, %f, %j, %o, %O, %%, %c.', 'Bob', 42.5, 42.9, '1.5', { a: 1 }, [1], { b: { c: {} } }, 'css');
//// format with too few and too many
console.log('%s %s', 'only'); console.log('%s', 'a', 'b', { c: 1 }); console.log('100%', 5); console.log('%x', 1);
//// format strings of objects
console.log('%s', { a: 1 }, '%s'); console.log('%s', [1, [2, [3]]]); console.log('%s', null, undefined, 5n, -0, Symbol('s'), () => 1, class Foo {});
console.log('%d', '0x10', {}, 5n); console.log('%i', 'abc'); console.log('%s', new Error('boom').message, new Date(0));
//// empty calls
console.log(); console.log(''); console.log(' '); console.info('info'); console.debug('debug'); console.log(undefined);
//// group
console.group('outer'); console.log('in\nside'); console.group(); console.log({ a: 1, b: [1, 2] }); console.groupEnd(); console.groupEnd(); console.log('out');
//// table of objects
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
//// table of arrays
console.table([[1, 2], [3, 4]]); console.table(['a', 'b']); console.table([{ a: 1, b: 2 }], ['b']); console.table(5);
//// table of a map
console.table(new Map([['k', 1]])); console.table(new Set([1])); console.table({ r: { c: 1 }, s: { c: 2 } });
//// count and assert
console.count(); console.count('x'); console.count(); console.countReset(); console.count(); console.assert(true, 'no');
//// dir
console.dir({ a: { b: { c: { d: {} } } } }, { depth: 0 }); console.dir([1]); console.dirxml({ a: 1 }, 2);
//// object in array of objects
console.log([{ id: 1, tags: ['a', 'b'], meta: { ok: true } }, { id: 2, tags: [], meta: null }]);
//// deep array
console.log([[1, [2, [3, [4, [5]]]]]], [[]], [{}], {}, []);
//// long strings in arrays
console.log(['x'.repeat(30), 'y'.repeat(30), 'z'.repeat(30)], ['a'.repeat(100)]);
//// numbers aligned
console.log([1, 22, 333, 4444, 55555, 666666, 7777777, 1, 22, 333, 4444, 55555, 666666, 7777777, 1, 2, 3, 4, 5, 6, 7, 8]);
//// key quoting
console.log({ 'a-b': 1, 2: 2, valid_id: 3, 'with space': 4, ünï: 5, '': 6 });
//// multiline string value
console.log({ text: 'line one\nline two\nline three' }, ['a\nb']);
//// subclass of builtins
class Stack extends Array {} class Dict extends Map {} class Fault extends Error {}
console.log(Stack.from([1, 2]), new Dict([[1, 2]]), new (class Bag extends Set {})([1]), new Fault('f').name, String(new Fault('f')));
//// generator objects
console.log((function* g() {})(), globalThis === global, typeof globalThis);
//// big objects are cut
console.log(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`key${i}`, i])));
//// negative zero and holes in maps
console.log(new Map([[-0, -0]]), [-0], { z: -0 });
//// error in an object
try { null.f(); } catch (e) { console.log(e.name, e.message, e instanceof TypeError, Object.keys(e)); }

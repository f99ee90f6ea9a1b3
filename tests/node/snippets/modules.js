//// path
const path = require('path'); console.log(path.join('/a', '../b', './c'), path.resolve('/a', 'b', '../c'), path.basename('/x/y.txt', '.txt'), path.extname('a.b.c'), path.dirname('/a/b/c'), path.normalize('/a//b/../c/.'), path.relative('/a/b/c', '/a/d'), path.isAbsolute('a'), path.sep);
//// path parse and format
const path = require('node:path'); console.log(path.parse('/home/u/file.txt'), path.format({ dir: '/a', base: 'b.c' }), path.format({ root: '/', name: 'n', ext: '.e' }), path.posix === path);
//// util format and inspect
const util = require('util'); console.log(util.format('%s:%d', 'a', 1, { b: 2 }), util.inspect({ a: { b: { c: 1 } } }, { depth: 0 }), util.inspect('s'), util.inspect([1, 2, 3], { maxArrayLength: 1 }), util.inspect({ b: 1, a: 2 }, { sorted: true }), util.inspect({ a: 1 }, { compact: false }));
//// util inspect colors
console.log(JSON.stringify(require('util').inspect({ a: 1, b: 'x', c: null, d: undefined, e: true, f: Symbol('s'), g: /r/, h: new Date(0) }, { colors: true })));
//// util promisify
const { promisify } = require('util'); promisify((a, b, cb) => cb(null, a + b))(1, 2).then(console.log); promisify((cb) => cb(new Error('no')))().catch((e) => console.log(e.message)); promisify(setTimeout)(1, 'v').then(console.log);
//// util callbackify and inherits
const util = require('util'); util.callbackify(async (x) => x * 2)(21, (e, v) => console.log(e, v)); function A() {} function B() {} util.inherits(B, A); console.log(new B() instanceof A, B.super_ === A);
//// util types
const { types } = require('util'); console.log(types.isPromise(Promise.resolve()), types.isRegExp(/a/), types.isDate(new Date()), types.isMap(new Map()), types.isTypedArray(new Uint8Array()), types.isProxy(new Proxy({}, {})), types.isGeneratorFunction(function* () {}), types.isAsyncFunction(async () => {}), types.isNativeError(new Error()));
//// util deep equality
const { isDeepStrictEqual: eq } = require('util'); console.log(eq({ a: [1, new Map([[1, { b: 2 }]])] }, { a: [1, new Map([[1, { b: 2 }]])] }), eq([1], ['1']), eq(new Set([{ a: 1 }]), new Set([{ a: 1 }])), eq(NaN, NaN), eq(0, -0), eq(new Date(1), new Date(1)));
//// util stripVTControlCharacters
console.log(require('util').stripVTControlCharacters('\u001b[31mred\u001b[0m'));
//// assert passes
const assert = require('assert'); assert(true); assert.ok(1); assert.equal(1, '1'); assert.deepEqual({ a: 1 }, { a: '1' }); assert.notStrictEqual(1, 2); assert.throws(() => { throw new TypeError('bad'); }, TypeError); assert.throws(() => { throw new Error('bad thing'); }, /thing/); assert.throws(() => { throw new Error('m'); }, { message: 'm' }); assert.doesNotThrow(() => {}); assert.match('abc', /b/); console.log('ok');
//// assert strictEqual
const assert = require('assert'); for (const [a, b] of [[1, 2], ['a', 'b'], [{}, {}], [[1], [1]], [NaN, 0]]) try { assert.strictEqual(a, b); } catch (e) { console.log(e.name, e.code, e.message, e.actual, e.expected, e.operator, e.generatedMessage); }
//// assert deepStrictEqual
const assert = require('assert'); try { assert.deepStrictEqual({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }); } catch (e) { console.log(e.message); }
//// assert deepEqual on lists
const assert = require('assert'); try { assert.deepStrictEqual([1, 2, 3], [1, 2, 4]); } catch (e) { console.log(e.message); }
//// assert messages
const assert = require('assert'); for (const f of [() => assert(false, 'mine'), () => assert.fail('f'), () => assert.fail(), () => assert.notStrictEqual(1, 1), () => assert.throws(() => {}), () => assert.equal(1, 2), () => assert.match('x', /y/), () => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }), () => assert.ifError(null), () => assert.strictEqual(1, 2, 'own')]) try { f(); console.log('passed'); } catch (e) { console.log(e.message); }
//// assert rejects
const assert = require('assert/strict'); (async () => { await assert.rejects(Promise.reject(new Error('x')), /x/); await assert.rejects(async () => { throw new TypeError('t'); }, TypeError); try { await assert.rejects(async () => {}); } catch (e) { console.log(e.message); } try { assert.equal(1, '1'); } catch (e) { console.log(e.code); } })();
//// events
const EventEmitter = require('events'); const e = new EventEmitter(); e.on('a', (...v) => console.log('a', v)); e.once('a', () => console.log('once')); e.prependListener('a', () => console.log('first')); console.log(e.emit('a', 1, 2), e.emit('a'), e.emit('none'), e.listenerCount('a'), e.eventNames());
//// events of subclasses and functions
const { EventEmitter } = require('node:events'); const util = require('util'); class Door extends EventEmitter { open() { this.emit('open', this === door); } } const door = new Door(); door.on('open', console.log); door.open(); function Old() { EventEmitter.call(this); } util.inherits(Old, EventEmitter); new Old().on('x', function () { console.log(this instanceof Old); }).emit('x');
//// events errors
const EventEmitter = require('events'); try { new EventEmitter().emit('error', new Error('unheard')); } catch (e) { console.log(e.message); } try { new EventEmitter().on('x', 5); } catch (e) { console.log(e.name, e.code); } const e = new EventEmitter(); e.on('error', (x) => console.log('heard', x.message)); e.emit('error', new Error('y'));
//// events once as a promise
const { once, EventEmitter } = require('events'); const e = new EventEmitter(); setTimeout(() => e.emit('go', 1, 2), 1); once(e, 'go').then(console.log);
//// events off and removeAll
const EventEmitter = require('events'); const e = new EventEmitter(); const f = () => console.log('f'); e.on('a', f); e.on('a', f); e.off('a', f); e.emit('a'); e.removeAllListeners('a'); console.log(e.emit('a'), e.listeners('a'), e.rawListeners('a').length, EventEmitter.defaultMaxListeners);
//// buffer creation
console.log(Buffer.from('héllo'), Buffer.alloc(3, 1), Buffer.from([256, -1, 1.9]), Buffer.from('ff0a', 'hex'), Buffer.from('aGk=', 'base64').toString(), Buffer.from('x').equals(Buffer.from('x')), Buffer.isBuffer(Buffer.alloc(0)), Buffer.byteLength('é'));
//// buffer reading and writing
const b = Buffer.alloc(16); b.writeUInt32BE(0xdeadbeef, 0); b.writeInt16LE(-2, 4); b.writeDoubleLE(1.5, 8); console.log(b, b.readUInt32BE(0), b.readInt16LE(4), b.readDoubleLE(8), b.readUInt8(0), b.readBigUInt64LE(8));
//// buffer strings
const b = Buffer.from('Hello, World'); console.log(b.toString('hex'), b.toString('base64'), b.toString('latin1'), b.slice(0, 5).toString(), b.indexOf('World'), b.includes('xyz'), b.toString('utf8', 7), b.toJSON().data.length, b.toString('base64url'));
//// buffer operations
const a = Buffer.from('abc'), c = Buffer.concat([a, Buffer.from('def')], 5); console.log(c.toString(), Buffer.compare(a, c), a.fill('z').toString(), c.swap16 ? c.subarray(1, 3) : 0, [...c.entries()][0], c.length, a.compare(Buffer.from('zzz')), JSON.stringify(Buffer.from('hi')));
//// buffer in an object
console.log({ data: Buffer.from('abc') }, [Buffer.from([1])], Buffer.alloc(60).length, Buffer.from('abc') instanceof Uint8Array);
//// url
const u = new URL('https://user:pw@example.org:8080/p/a?q=1&r=x%20y#frag'); console.log(u.host, u.hostname, u.port, u.pathname, u.search, u.hash, u.origin, u.username, u.searchParams.get('r'), u.href);
//// url editing
const u = new URL('../c?z=1', 'http://h.com/a/b/'); u.searchParams.append('q', 'a b'); u.pathname = '/new path'; u.hash = 'x'; u.port = '80'; console.log(u.href, String(u), JSON.stringify(u), u.searchParams.toString());
//// url errors
try { new URL('not a url'); } catch (e) { console.log(e.name, e.code, e.message, e.input); } console.log(URL.canParse('http://a'), URL.canParse('x'));
//// url shown
console.log(new URL('http://a.com/b?c=d#e'));
//// url search parameters
const p = new URLSearchParams('a=1&b=2&a=3'); p.append('c', 'x&y'); p.delete('b'); p.set('d', '4'); p.sort(); console.log(p.getAll('a'), p.has('b'), [...p], p.toString(), [...p.keys()], new URLSearchParams({ x: 1, y: 'z w' }).toString(), p);
//// url module
const url = require('url'); const u = url.parse('http://u:p@host.com:80/p/a/t/h?query=string#hash'); console.log(u.protocol, u.auth, u.host, u.pathname, u.query, u.hash, url.resolve('/one/two/three', 'four'), url.fileURLToPath('file:///a/b%20c'), url.pathToFileURL('/a b#c').href, url.format({ protocol: 'http', host: 'x.y', pathname: '/z' }));
//// query strings
const qs = require('querystring'); console.log(qs.parse('a=1&b=2&a=3&c=%20x+y'), qs.stringify({ a: [1, 2], b: 'x y', c: true, d: null }), qs.escape('a b&'), qs.unescape('%41'), qs.parse('a:1;b:2', ';', ':'));
//// string decoder
const { StringDecoder } = require('string_decoder'); const d = new StringDecoder('utf8'); console.log(JSON.stringify(d.write(Buffer.from([0xe2, 0x82]))), d.write(Buffer.from([0xac])), JSON.stringify(d.end(Buffer.from([0xe2]))));
//// streams
const { Readable, Writable, Transform, pipeline } = require('stream'); const upper = new Transform({ transform(c, e, d) { d(null, c.toString().toUpperCase()); } }); const out = []; pipeline(Readable.from(['a', 'b', 'c']), upper, new Writable({ write(c, e, d) { out.push(c.toString()); d(); } }), (e) => console.log(e, out));
//// readable
const { Readable } = require('stream'); const r = new Readable({ read() {} }); r.push('one'); r.push('two'); r.push(null); r.on('data', (c) => console.log(c)); r.on('end', () => console.log('end')); r.on('close', () => console.log('close'));
//// readable by iteration
const { Readable, PassThrough } = require('stream'); (async () => { for await (const c of Readable.from([1, 2, 3])) console.log(c); const p = new PassThrough(); p.end('x'); for await (const c of p) console.log(c.toString()); console.log(await Readable.from([1, 2, 3]).map((x) => x * 2).toArray()); })();
//// object mode
const { Transform, Readable } = require('stream'); Readable.from([{ n: 1 }, { n: 2 }]).pipe(new Transform({ objectMode: true, transform(o, e, d) { this.push({ n: o.n * 10 }); d(); }, flush(d) { this.push('flushed'); d(); } })).on('data', console.log);
//// stream promises
const { pipeline } = require('stream/promises'); const { Readable, Writable } = require('stream'); pipeline(Readable.from(['x', 'y']), async function* (s) { for await (const c of s) yield c + c; }, new Writable({ objectMode: true, write(c, e, d) { console.log(String(c)); d(); } })).then(() => console.log('done'));
//// stream errors
const { Readable } = require('stream'); const r = new Readable({ read() { this.destroy(new Error('broken')); } }); r.on('error', (e) => console.log(e.message)).on('close', () => console.log('closed')).resume();
//// piping to standard output
const { Readable } = require('stream'); Readable.from(['a\n', 'b\n']).pipe(process.stdout); process.stdout.write('direct\n', () => console.log('written'));
//// hashes
const { createHash } = require('crypto'); for (const a of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']) console.log(a, createHash(a).update('hello').update(' world').digest('hex')); console.log(createHash('sha256').update(Buffer.from([1, 2])).digest('base64'), createHash('SHA256').update('').digest());
//// hmac and key derivation
const c = require('crypto'); console.log(c.createHmac('sha256', 'key').update('data').digest('hex'), c.pbkdf2Sync('pw', 'salt', 10, 16, 'sha1').toString('hex'), c.scryptSync('pw', 'salt', 16, { N: 16 }).toString('hex'), c.timingSafeEqual(Buffer.from('a'), Buffer.from('a')));
//// random values
const c = require('crypto'); console.log(c.randomBytes(8).length, /^[0-9a-f-]{36}$/.test(c.randomUUID()), c.randomInt(5) < 5, c.randomInt(3, 4), crypto.getRandomValues(new Uint8Array(4)).length, Buffer.isBuffer(c.randomBytes(1)));
//// crypto errors
const c = require('crypto'); try { c.createHash('nope'); } catch (e) { console.log(e.message); } const h = c.createHash('md5'); h.digest(); try { h.update('x'); } catch (e) { console.log(e.code, e.message); } crypto.subtle.digest('SHA-256', new TextEncoder().encode('a')).then((b) => console.log(Buffer.from(b).toString('hex')));
//// text encoder and decoder
console.log(new TextEncoder().encode('é€😀'), new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac])), new TextDecoder('utf-8').encoding, new TextEncoder().encodeInto('abc', new Uint8Array(2)));
//// abort controller
const ac = new AbortController(); ac.signal.addEventListener('abort', (e) => console.log(e.type, ac.signal.aborted, ac.signal.reason.name)); ac.abort(); try { ac.signal.throwIfAborted(); } catch (e) { console.log(e.message, e.code); } console.log(AbortSignal.abort('why').reason);
//// event target
const t = new EventTarget(); t.addEventListener('x', (e) => console.log(e.type, e.detail), { once: true }); t.dispatchEvent(new CustomEvent('x', { detail: 5 })); t.dispatchEvent(new CustomEvent('x')); const e = new Event('y', { cancelable: true }); t.addEventListener('y', (e) => e.preventDefault()); console.log(t.dispatchEvent(e), e.defaultPrevented);
//// structured clone
const o = { d: new Date(5), m: new Map([[1, new Set([2])]]), r: /x/g, e: new RangeError('r'), n: null, u: undefined, b: 1n, t: new Uint8Array([1]) }; o.self = o; const c = structuredClone(o); console.log(c.self === c, c.d, c.m, c.r, c.e.name, c.n, c.b, c.t, c !== o); try { structuredClone(() => 1); } catch (e) { console.log(e.name, e.message); }
//// timers promises
const { setTimeout: wait, setImmediate: soon } = require('timers/promises'); (async () => { console.log(await wait(1, 'x'), await soon('y')); })();
//// fs sync
const fs = require('fs'); fs.mkdirSync('d/e', { recursive: true }); fs.writeFileSync('d/f.txt', 'one\n'); fs.appendFileSync('d/f.txt', 'two\n'); console.log(fs.readFileSync('d/f.txt', 'utf8').split('\n'), fs.existsSync('d'), fs.existsSync('no'), fs.readdirSync('d'), fs.statSync('d/f.txt').size, fs.statSync('d').isDirectory(), fs.readFileSync('d/f.txt')); fs.renameSync('d/f.txt', 'd/g.txt'); fs.copyFileSync('d/g.txt', 'd/h.txt'); fs.unlinkSync('d/g.txt'); console.log(fs.readdirSync('d')); fs.rmSync('d', { recursive: true }); console.log(fs.existsSync('d'));
//// fs errors
const fs = require('fs'); for (const f of [() => fs.readFileSync('missing.txt'), () => fs.readdirSync('missing'), () => fs.mkdirSync('missing/x'), () => fs.unlinkSync('missing'), () => fs.statSync('missing'), () => fs.rmdirSync('missing')]) try { f(); } catch (e) { console.log(e.code, e.syscall, e.message, e.path); }
//// fs descriptors
const fs = require('fs'); fs.writeFileSync('f', 'abcdef'); const fd = fs.openSync('f', 'r+'); const b = Buffer.alloc(3); console.log(fs.readSync(fd, b, 0, 3, 2), b.toString(), fs.writeSync(fd, 'XY', 0), fs.fstatSync(fd).size); fs.ftruncateSync(fd, 4); fs.closeSync(fd); console.log(fs.readFileSync('f', 'utf8')); fs.truncateSync('f', 1); console.log(fs.readFileSync('f', 'latin1')); fs.unlinkSync('f');
//// fs links
const fs = require('fs'); fs.writeFileSync('t', 'target'); fs.symlinkSync('t', 'l'); console.log(fs.readFileSync('l', 'utf8'), fs.readlinkSync('l'), fs.lstatSync('l').isSymbolicLink(), fs.statSync('l').isFile()); fs.unlinkSync('l'); fs.unlinkSync('t');
//// fs promises and callbacks
const fs = require('fs'); (async () => { await fs.promises.writeFile('p', 'x'); console.log(await require('fs/promises').readFile('p', 'utf8')); try { await fs.promises.readFile('none'); } catch (e) { console.log(e.code); } fs.readFile('p', 'utf8', (e, t) => { console.log(e, t); fs.unlink('p', (e) => console.log(e)); }); })();
//// fs streams
const fs = require('fs'); const w = fs.createWriteStream('s'); w.write('one '); w.end('two', () => { fs.createReadStream('s', { encoding: 'utf8' }).on('data', console.log).on('close', () => { fs.unlinkSync('s'); console.log('closed'); }); });
//// fs encodings
const fs = require('fs'); fs.writeFileSync('e', 'ff00', 'hex'); console.log(fs.readFileSync('e'), fs.readFileSync('e', 'base64'), fs.readFileSync('e', { encoding: 'hex' })); fs.writeFileSync('e', new Uint8Array([104, 105])); console.log(fs.readFileSync('e', 'utf8')); fs.unlinkSync('e');
//// fs directory entries
const fs = require('fs'); fs.mkdirSync('w'); fs.writeFileSync('w/a', ''); fs.mkdirSync('w/b'); console.log(fs.readdirSync('w', { withFileTypes: true }).map((e) => [e.name, e.isFile(), e.isDirectory()])); fs.rmSync('w', { recursive: true, force: true });
//// process basics
console.log(process.argv.length, typeof process.pid, process.platform, typeof process.version, process.exitCode, typeof process.uptime(), process.hrtime().length, typeof process.hrtime.bigint(), Object.keys(process.memoryUsage()).length >= 4, process.env.NOPE);
//// os
const os = require('os'); console.log(JSON.stringify(os.EOL), os.platform(), os.type(), typeof os.tmpdir(), typeof os.cpus().length);
//// perf hooks
const { performance: p } = require('perf_hooks'); const t = p.now(); console.log(typeof t, p.now() >= t, typeof performance.now());
//// readline without input
const rl = require('readline').createInterface({ input: process.stdin }); rl.on('line', console.log).on('close', () => console.log('closed'));
//// standard input without input
let all = ''; process.stdin.setEncoding('utf8').on('data', (d) => (all += d)).on('end', () => console.log('end', JSON.stringify(all))); console.log(require('fs').readFileSync(0, 'utf8').length);
//// module object
console.log(typeof module.exports, module.id, module.children.length, typeof require.resolve, Object.keys(require.cache).length); exports.a = 1; console.log(module.exports);
//// require errors
try { require('./nope'); } catch (e) { console.log(e.code, e.message.split('\n')[0]); } try { require('no-such-package'); } catch (e) { console.log(e.code, e.message.split('\n')[0]); }
//// node prefix
console.log(require('node:fs') === require('fs'), require('module').builtinModules.includes('fs'), require('timers').setTimeout === setTimeout, require('buffer').Buffer === Buffer, require('url').URL === URL);
//// vm
const vm = require('node:vm'); const c = vm.createContext({ x: 1, log: console.log }); console.log(vm.runInContext('x += 41; var y = x * 2; log(typeof console, y); x', c), c.x, c.y, vm.isContext(c), vm.isContext({})); console.log(vm.runInNewContext('a + b', { a: 1, b: 2 }), new vm.Script('1 + 1').runInThisContext());
//// vm errors
const vm = require('vm'); try { vm.runInThisContext('let let = 1', 'mine.js'); } catch (e) { console.log(e.name); } try { vm.runInNewContext('missing'); } catch (e) { console.log(e.name, e.message, e instanceof ReferenceError); } try { vm.runInContext('1', {}); } catch (e) { console.log(e.name, e.code); }
//// vm realms
const vm = require('vm'); const other = vm.runInNewContext('[1, 2]'); console.log(other instanceof Array, Array.isArray(other), other, vm.runInNewContext('this.constructor.name'));
//// url with names beyond ASCII
console.log(new URL('http://EXÄMPLE.com/ü?ö#ß').href, new URL('https://日本語。jp').hostname, require('url').domainToUnicode('xn--wgv71a119e.jp'), require('url').domainToASCII('español.com'));
//// async context: carried across timers, ticks and awaits
const { AsyncLocalStorage } = require('node:async_hooks');
const als = new AsyncLocalStorage();
const log = (what) => console.log(what, als.getStore());
log('outside');
const results = ['a', 'b'].map((id) => als.run({ id }, async () => {
  log('sync');
  await null;
  log('after await');
  await new Promise((resolve) => setTimeout(resolve, id === 'a' ? 200 : 5));
  log('after timer');
  process.nextTick(log, 'tick');
  queueMicrotask(() => log('microtask'));
  setImmediate(() => log('immediate'));
  return Promise.resolve(1).then((n) => { log('then'); return n; });
}));
log('outside again');
Promise.all(results).then((values) => { log('all'); console.log(values); });
setTimeout(() => log('timer from outside'), 1);
//// async context: nested runs, exit, and what throws
const { AsyncLocalStorage } = require('async_hooks');
const one = new AsyncLocalStorage();
const two = new AsyncLocalStorage();
const both = () => [one.getStore(), two.getStore()];
one.run(1, () => {
  console.log(both());
  console.log(two.run('x', both), one.run(2, (a, b) => [a, b, ...both()], 'p', 'q'), one.exit(both));
  try { one.run(3, () => { throw new Error('inside'); }); } catch (error) { console.log(error.message, both()); }
});
console.log(both());
//// async context: bind, snapshot and resources
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const als = new AsyncLocalStorage();
const [bound, snapshot, resource] = als.run('made', () => [
  AsyncLocalStorage.bind(() => als.getStore()), AsyncLocalStorage.snapshot(), new AsyncResource('Job')]);
als.run('called', () => {
  console.log(als.getStore(), bound(), snapshot((n) => [als.getStore(), n], 7));
  console.log(resource.runInAsyncScope(function (n) { return [als.getStore(), this.x, n]; }, { x: 1 }, 2));
  console.log(resource.bind(() => als.getStore())());
});
als.enterWith('entered');
console.log(als.getStore());
(async () => { await 0; console.log('carried', als.getStore()); })();
als.disable();
console.log(als.getStore());
//// async context: for await and async generators
const { AsyncLocalStorage } = require('async_hooks');
const als = new AsyncLocalStorage();
async function* numbers() { for (let n = 0; n < 2; n++) { await null; yield [n, als.getStore()]; } }
for (const name of ['p', 'q']) als.run(name, async () => { for await (const pair of numbers()) console.log(name, pair, als.getStore()); });
//// packages: what exports and imports say
const fs = require('fs');
const path = require('path');
const write = (name, text) => {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, text);
};
write('node_modules/many/package.json', JSON.stringify({
  name: 'many',
  main: './wrong.js',
  exports: {
    '.': [{ browser: './wrong.js' }, { import: './main.mjs', require: './main.cjs' }],
    './deep': './lib/deep.js', './parts/*': { node: './lib/*.js' }, './parts/hidden-*': null, './data.json': './data.json',
  },
  imports: { '#own': './lib/deep.js' },
}));
write('node_modules/many/main.cjs', "module.exports = ['required', require('#own'), require('many/deep')];");
write('node_modules/many/main.mjs', "export default 'imported';");
write('node_modules/many/lib/deep.js', "module.exports = 'deep';");
write('node_modules/many/lib/hidden-x.js', '');
write('node_modules/many/data.json', '{"a": 1}');
write('node_modules/@scope/one/package.json', JSON.stringify({ exports: './one.js' }));
write('node_modules/@scope/one/one.js', "module.exports = 'scoped';");
write('node_modules/old/lib/x.js', "module.exports = 'without exports';");
write('both.js', "module.exports = 'file';");
write('both/index.js', "module.exports = 'folder';");
console.log(require('many'), require('many/deep'), require('many/parts/deep'), require('many/data.json'), require('@scope/one'), require('old/lib/x'));
console.log(require('./both'), require('./both/'), require('./both/.'));
for (const name of ['many/lib/deep', 'many/parts/hidden-x', '@scope/one/one.js', 'absent']) {
  try { require(name); } catch (error) { console.log(error.code, error.message.split(' in /')[0].split('\n')[0]); }
}
import('many').then((module) => console.log(module.default));
//// fs stats say what a file is not
const fs = require('fs');
fs.writeFileSync('a.txt', 'abc');
const stats = fs.statSync('a.txt');
console.log(stats.isFile(), stats.isDirectory(), stats.isFIFO(), stats.isSocket(), stats.isBlockDevice(), stats.isCharacterDevice());
console.log(stats.size, stats.nlink, Object.keys(stats).filter((name) => !/Ms$/.test(name)).slice(0, 9).join());
console.log(stats.birthtime instanceof Date, stats.ctimeMs === stats.ctime.getTime() || Math.abs(stats.ctimeMs - stats.ctime) < 1);
console.log(fs.readdirSync('.', { withFileTypes: true }).filter((entry) => entry.name === 'a.txt').map((entry) => [entry.isFile(), entry.isFIFO()]));
//// createRequire takes the URL of a module
const fs = require('fs');
fs.mkdirSync('lib');
fs.writeFileSync('lib/old.js', 'module.exports = { old: true };');
fs.writeFileSync('lib/new.mjs', `
import Module, { createRequire, isBuiltin } from 'node:module';
const require = createRequire(import.meta.url);
console.log(require('./old'), require('./old.js') === createRequire(new URL(import.meta.url))('./old'), require('node:path').sep);
console.log(require.resolve('./old') === createRequire(process.cwd() + '/lib/x.js').resolve('./old'));
console.log(Module === Module.Module, Module.createRequire === createRequire, isBuiltin('fs'), isBuiltin('node:fs'), isBuiltin('fsx'), Module.builtinModules.includes('fs'));
const made = new Module('/made.js');
made.exports = 'made by hand';
require.cache[require.resolve('./old')] = made;
console.log(require('./old'), made.id, made.loaded);
for (const from of ['relative.js', 'http://example.org/x.js', 1]) {
  try { createRequire(from); } catch (error) { console.log(error.code, error.message); }
}
`);
import('./lib/new.mjs').catch((error) => console.log(error));

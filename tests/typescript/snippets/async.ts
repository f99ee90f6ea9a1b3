//// async functions
const wait = <T>(ms: number, v: T): Promise<T> => new Promise<T>((r) => setTimeout(() => r(v), ms));
async function run(): Promise<void> { const [a, b] = await Promise.all([wait(2, 'a'), wait<number>(1, 2)] as const); console.log(a, b); }
run().then(() => console.log('done'));
console.log('sync');
//// async generators
async function* gen(n: number): AsyncGenerator<number, void, unknown> { for (let i = 0; i < n; i++) { await null; yield i; } }
(async () => { for await (const x of gen(3)) console.log(x); })();
//// async arrows with types
const load = async <T,>(x: T): Promise<T[]> => [await Promise.resolve(x)];
const plain = async (a: number): Promise<
  number
> => a + 1;
load('q').then(console.log); plain(1).then(console.log);
//// errors
class Timeout extends Error { constructor(readonly ms: number) { super(`after ${ms}`); } }
async function fail(): Promise<never> { await null; throw new Timeout(5); }
(async () => { try { await fail(); } catch (e: unknown) { console.log((e as Timeout).ms, (e as Error).message); } finally { console.log('finally'); } })();
//// settled results
type Result<T> = { ok: true; value: T } | { ok: false; error: string };
const wrap = async <T>(p: Promise<T>): Promise<Result<T>> => p.then((value): Result<T> => ({ ok: true, value }), (e: Error): Result<T> => ({ ok: false, error: e.message }));
Promise.all([wrap(Promise.resolve(1)), wrap(Promise.reject(new Error('no')))]).then((r) => console.log(r));
Promise.allSettled<number>([Promise.resolve(1), Promise.reject('x')]).then((r) => console.log(r.map((s) => s.status)));
//// order of microtasks
console.log(1); setTimeout((): void => console.log(6), 0); Promise.resolve().then(() => console.log(4)).then(() => console.log(5)); queueMicrotask(() => console.log('4b')); (async () => { console.log(2); await 0; console.log('4c'); })(); console.log(3);
//// queue with concurrency
class Pool { private active = 0; private readonly queue: (() => void)[] = []; constructor(private readonly size: number) {} async run<T>(job: () => Promise<T>): Promise<T> { if (this.active >= this.size) await new Promise<void>((r) => this.queue.push(r)); this.active++; try { return await job(); } finally { this.active--; this.queue.shift()?.(); } } }
const pool = new Pool(2); let most = 0, now = 0;
Promise.all([1, 2, 3, 4, 5].map((n) => pool.run(async () => { most = Math.max(most, ++now); await new Promise((r) => setTimeout(r, 1)); now--; return n * n; }))).then((r) => console.log(r, most));
//// using
const log: string[] = [];
function open(name: string): Disposable { log.push(`open ${name}`); return { [Symbol.dispose]() { log.push(`close ${name}`); } }; }
function work(): number { using a = open('a'); using b = open('b'); log.push('work'); return 1; }
work(); console.log(log);
//// > tsconfig.json
{ "compilerOptions": { "lib": ["esnext"], "outDir": "out", "rootDir": "." } }
//// await using
class Res { constructor(private n: string) {} async [Symbol.asyncDispose](): Promise<void> { await null; console.log('closed', this.n); } }
async function main(): Promise<void> { await using a = new Res('a'); { await using b = new Res('b'); console.log('inner'); } console.log('outer'); }
main().then(() => console.log('end'));
//// using with errors
class R implements Disposable { [Symbol.dispose]() { console.log('disposed'); } }
try { using r = new R(); throw new Error('inside'); } catch (e) { console.log((e as Error).message); }
for (using r of [new R(), null, new R()]) console.log(r === null);
//// retries
async function retry<T>(f: (n: number) => Promise<T>, times: number): Promise<T> { for (let n = 1; ; n++) { try { return await f(n); } catch (e) { if (n >= times) throw e; } } }
retry(async (n) => { if (n < 3) throw new Error('again'); return `after ${n}`; }, 5).then(console.log);
//// event emitter with types
type Events = { data: [number, string]; end: [] };
class Emitter<E extends Record<string, unknown[]>> { private hs: { [K in keyof E]?: ((...a: E[K]) => void)[] } = {}; on<K extends keyof E>(k: K, h: (...a: E[K]) => void): this { (this.hs[k] ??= []).push(h); return this; } emit<K extends keyof E>(k: K, ...a: E[K]): boolean { this.hs[k]?.forEach((h) => h(...a)); return !!this.hs[k]; } }
const em = new Emitter<Events>().on('data', (n, s) => console.log(n + 1, s)); console.log(em.emit('data', 1, 'x'), em.emit('end'));

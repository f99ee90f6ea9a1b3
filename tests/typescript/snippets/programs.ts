//// fizzbuzz
const fb = (n: number): string | number => (n % 15 === 0 ? 'FizzBuzz' : n % 5 === 0 ? 'Buzz' : n % 3 === 0 ? 'Fizz' : n);
for (let i = 1; i <= 15; i++) console.log(fb(i));
//// word count
const text: string = 'the cat and the dog and the bird';
const counts = text.split(' ').reduce<Record<string, number>>((acc, w) => ({ ...acc, [w]: (acc[w] ?? 0) + 1 }), {});
console.log(Object.entries(counts).sort(([, a], [, b]) => b - a));
//// quick sort
function quick<T>(xs: readonly T[], less: (a: T, b: T) => boolean = (a, b) => a < b): T[] { if (xs.length < 2) return [...xs]; const [p, ...rest] = xs as [T, ...T[]]; return [...quick(rest.filter((x) => less(x, p)), less), p, ...quick(rest.filter((x) => !less(x, p)), less)]; }
console.log(quick([3, 1, 2]), quick(['b', 'a'], (a, b) => a > b));
//// memoize
function memoize<A extends unknown[], R>(f: (...a: A) => R): (...a: A) => R { const seen = new Map<string, R>(); return (...a: A): R => { const k = JSON.stringify(a); if (!seen.has(k)) seen.set(k, f(...a)); return seen.get(k)!; }; }
const fib: (n: number) => bigint = memoize((n: number): bigint => (n < 2 ? BigInt(n) : fib(n - 1) + fib(n - 2)));
console.log(fib(90));
//// result type
type Ok<T> = { readonly ok: true; readonly value: T }; type Err<E> = { readonly ok: false; readonly error: E }; type Res<T, E = Error> = Ok<T> | Err<E>;
const parse = (s: string): Res<number, string> => { const n = Number(s); return Number.isNaN(n) ? { ok: false, error: `not a number: ${s}` } : { ok: true, value: n }; };
for (const s of ['1', 'x']) { const r = parse(s); console.log(r.ok ? r.value : r.error); }
//// state machine
type State = 'idle' | 'loading' | 'done'; type Action = { type: 'start' } | { type: 'finish'; data: number[] } | { type: 'reset' };
interface Store { state: State; data: number[] }
const reduce = (s: Store, a: Action): Store => { switch (a.type) { case 'start': return { ...s, state: 'loading' }; case 'finish': return { state: 'done', data: a.data }; case 'reset': return { state: 'idle', data: [] }; } };
console.log(([{ type: 'start' }, { type: 'finish', data: [1] }] as Action[]).reduce(reduce, { state: 'idle', data: [] }));
//// dependency injection
abstract class Logger { abstract log(m: string): void }
class Console extends Logger { log(m: string): void { console.log(`[log] ${m}`); } }
class Service { constructor(private readonly logger: Logger, private readonly n: number = 2) {} run(): void { for (let i = 0; i < this.n; i++) this.logger.log(`run ${i}`); } }
new Service(new Console()).run();
//// matrix
type Matrix = number[][];
const mul = (a: Matrix, b: Matrix): Matrix => a.map((r) => b[0]!.map((_, j) => r.reduce((s, x, k) => s + x * b[k]![j]!, 0)));
console.log(mul([[1, 2], [3, 4]], [[5, 6], [7, 8]]));
//// bank account
enum Kind { In = 'in', Out = 'out' }
interface Tx { readonly kind: Kind; readonly amount: number }
class Account { #balance = 0; private readonly log: Tx[] = []; constructor(readonly owner: string) {} deposit(amount: number): this { this.#balance += amount; this.log.push({ kind: Kind.In, amount }); return this; } withdraw(amount: number): this { if (amount > this.#balance) throw new Error(`only ${this.#balance} left`); this.#balance -= amount; this.log.push({ kind: Kind.Out, amount }); return this; } get balance(): number { return this.#balance; } history(): readonly Tx[] { return this.log; } }
const acc = new Account('Ann').deposit(100).withdraw(30); console.log(acc.balance, acc.history()); try { acc.withdraw(500); } catch (e) { console.log((e as Error).message); } console.log(acc);
//// tokenizer and calculator
type Token = { t: 'num'; v: number } | { t: 'op'; v: string };
function lex(s: string): Token[] { return [...s.matchAll(/\d+(?:\.\d+)?|[-+*/()]/g)].map(([m]): Token => (/\d/.test(m) ? { t: 'num', v: +m } : { t: 'op', v: m })); }
class Parser { private at = 0; constructor(private readonly ts: Token[]) {} private peek(): Token | undefined { return this.ts[this.at]; } private is(...ops: string[]): boolean { const p = this.peek(); return p?.t === 'op' && ops.includes(p.v); } expr(): number { let l = this.term(); while (this.is('+', '-')) { const op = this.ts[this.at++]!.v; const r = this.term(); l = op === '+' ? l + r : l - r; } return l; } private term(): number { let l = this.factor(); while (this.is('*', '/')) { const op = this.ts[this.at++]!.v; const r = this.factor(); l = op === '*' ? l * r : l / r; } return l; } private factor(): number { const t = this.ts[this.at++]!; if (t.t === 'num') return t.v; if (t.v === '-') return -this.factor(); const v = this.expr(); this.at++; return v; } }
console.log(new Parser(lex('2 * (3 + 4) - -10 / 4')).expr());
//// graph search
type Graph = Readonly<Record<string, readonly string[]>>;
function bfs(g: Graph, from: string, to: string): string[] | undefined { const q: string[][] = [[from]]; const seen = new Set<string>([from]); for (let p: string[] | undefined; (p = q.shift()); ) { const last = p[p.length - 1]!; if (last === to) return p; for (const n of g[last] ?? []) if (!seen.has(n)) { seen.add(n); q.push([...p, n]); } } return undefined; }
console.log(bfs({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'] }, 'a', 'e'), bfs({}, 'a', 'b'));
//// pipeline
type Fn<A, B> = (a: A) => B;
function pipe<A, B>(f: Fn<A, B>): Fn<A, B>; function pipe<A, B, C>(f: Fn<A, B>, g: Fn<B, C>): Fn<A, C>; function pipe(...fs: Fn<any, any>[]): Fn<any, any> { return (x) => fs.reduce((v, f) => f(v), x); }
console.log(pipe((s: string) => s.length, (n: number) => n * 2)('four'));
//// branded types
type Brand<T, B extends string> = T & { readonly __brand: B }; type UserId = Brand<number, 'UserId'>;
const userId = (n: number): UserId => n as UserId;
console.log(userId(5), typeof userId(5));
//// deep readonly and partial update
type Deep<T> = { readonly [K in keyof T]: T[K] extends object ? Deep<T[K]> : T[K] };
const conf: Deep<{ db: { host: string; ports: number[] } }> = Object.freeze({ db: { host: 'h', ports: [1] } });
const upd = <T extends object>(o: T, p: Partial<T>): T => ({ ...o, ...p });
console.log(conf, upd({ a: 1, b: 2 }, { b: 3 }));
//// dates and formats
const when: Date = new Date(Date.UTC(2024, 1, 29, 12, 30));
const pad = (n: number, w: number = 2): string => String(n).padStart(w, '0');
console.log(`${when.getUTCFullYear()}-${pad(when.getUTCMonth() + 1)}-${pad(when.getUTCDate())}`, when.toISOString());
//// reading standard input
import * as fs from 'fs';
const lines: string[] = fs.readFileSync(0, 'utf8').split('\n');
console.log(lines.length, lines[0] === '');
//// proxies and symbols
const traced = <T extends object>(o: T): T => new Proxy(o, { get(t, k, r): unknown { console.log('get', String(k)); return Reflect.get(t, k, r); } });
console.log(traced({ a: { b: 1 } }).a.b);
//// lru cache
class Lru<K, V> { private readonly map = new Map<K, V>(); constructor(private readonly capacity: number) {} get(k: K): V | undefined { const v = this.map.get(k); if (v !== undefined) { this.map.delete(k); this.map.set(k, v); } return v; } put(k: K, v: V): void { this.map.delete(k); if (this.map.size >= this.capacity) this.map.delete(this.map.keys().next().value as K); this.map.set(k, v); } toString(): string { return [...this.map].map(([k, v]) => `${k}=${v}`).join(','); } }
const lru = new Lru<string, number>(2); lru.put('a', 1); lru.put('b', 2); lru.get('a'); lru.put('c', 3); console.log(`${lru}`);

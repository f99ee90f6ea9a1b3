//// parameter properties
class P { constructor(public a: number, private b = 'x', protected readonly c?: boolean, readonly d: string[] = []) {} }
console.log(new P(1), new P(2, 'y', true, ['z']));
//// parameter properties with super
class Base { constructor(readonly name: string) { console.log('base', name); } }
class Derived extends Base { extra = this.name + '!'; constructor(name: string, public age: number) { super(name); console.log('derived', this.age, this.extra); } }
console.log(new Derived('n', 3));
//// order of parameter properties and fields
class O { x = this.y; constructor(public y: number) { console.log(this.x, this.y); } }
console.log(new O(5));
//// modifiers
class M { public a = 1; private b = 2; protected c = 3; readonly d = 4; static e = 5; private static readonly f = 6; static sum() { return M.e + M.f; } override toString(): string { return 'M'; } }
console.log(new M(), M.sum(), `${new M()}`);
//// fields without a value
class F { a?: number; b!: string; declare c: number; d: number | undefined; ['e']: number; static s: string; }
console.log(new F(), Object.keys(new F()), 's' in F);
//// fields override accessors
class A { get x() { return 'getter'; } }
class B extends A { x = 'field'; }
console.log(new B().x, Object.getOwnPropertyNames(new B()));
//// private names
class C { #p = 1; static #q = 2; #m(): number { return this.#p + C.#q; } get #g(): number { return this.#m() * 2; } has(o: object): boolean { return #p in o; } run(): number { this.#p++; return this.#g; } }
console.log(new C().run(), new C().has({}), new C().has(new C()), new C());
//// static blocks
class S { static a: number; static { this.a = 3; try { S.a++; } finally { S.a *= 2; } } }
console.log(S.a);
//// abstract
abstract class Shape { abstract area(): number; constructor(protected readonly n: string) {} describe(): string { return `${this.n}: ${this.area().toFixed(2)}`; } }
class Circle extends Shape { constructor(private r: number) { super('circle'); } area(): number { return Math.PI * this.r ** 2; } }
console.log(new Circle(2).describe(), new Circle(1));
//// implements and generics
interface Repo<T, K = string> { get(k: K): T | undefined; set(k: K, v: T): this }
class Memory<T> implements Repo<T> { private store = new Map<string, T>(); get(k: string): T | undefined { return this.store.get(k); } set(k: string, v: T): this { this.store.set(k, v); return this; } }
console.log(new Memory<number>().set('a', 1).set('b', 2).get('b'));
//// mixins
type Ctor<T = {}> = new (...args: any[]) => T;
function Timed<TBase extends Ctor>(Base: TBase) { return class Timed extends Base { at = 42; }; }
function Tagged<TBase extends Ctor<{ at: number }>>(Base: TBase) { return class extends Base { tag = `t${this.at}`; }; }
class Plain { n = 1; }
const Both = Tagged(Timed(Plain));
console.log(new Both(), Both.name);
//// accessors
class Acc { private v = 0; get value(): number { return this.v; } set value(x: number) { this.v = x < 0 ? 0 : x; } static get kind(): string { return 'acc'; } }
const acc = new Acc(); acc.value = -5; console.log(acc.value, Acc.kind, acc);
//// singleton
class Single { private static instance?: Single; private constructor() { console.log('made'); } static get(): Single { return (Single.instance ??= new Single()); } }
console.log(Single.get() === Single.get());
//// builder
class Builder { private parts: string[] = []; add(p: string): this { this.parts.push(p); return this; } build(): string { return this.parts.join(' '); } }
console.log(new Builder().add('a').add('b').build());
//// observer
interface Observer<T> { update(v: T): void }
class Subject<T> { private readonly os = new Set<Observer<T>>(); on(o: Observer<T>): () => void { this.os.add(o); return () => void this.os.delete(o); } emit(v: T): void { this.os.forEach((o) => o.update(v)); } }
const sub = new Subject<number>(); const off = sub.on({ update: (v) => console.log('got', v) }); sub.emit(1); off(); sub.emit(2);
//// class expressions
const Named = class Inner<T> { constructor(public v: T) {} self() { return Inner.name; } };
const Anon = class { private x: number = 1; };
console.log(new Named<string>('v').self(), Named.name, Anon.name, new Anon());
//// computed and symbol members
const key = 'dyn' as const;
class Comp { [key]: number = 1; [`m${1 + 1}`](): string { return 'm2'; } static [Symbol.hasInstance](x: unknown): x is Comp { return x === 1; } *[Symbol.iterator](): IterableIterator<number> { yield 1; yield 2; } get [Symbol.toStringTag](): string { return 'CT'; } }
console.log(new Comp()[key], (new Comp() as any).m2(), (1 as any) instanceof Comp, [...new Comp()], String(new Comp()));
//// this types and arrow fields
class Fluent { n = 0; inc = (): this => { this.n++; return this; }; bound = () => this.n; }
const { inc, bound } = new Fluent(); inc(); inc(); console.log(bound());
//// super calls
class Up { greet(n: string): string { return `hi ${n}`; } static s(): string { return 'up'; } }
class Down extends Up { override greet(n: string): string { return super.greet(n.toUpperCase()) + '!'; } static override s(): string { return super.s() + 'down'; } }
console.log(new Down().greet('bo'), Down.s());
//// errors with codes
class HttpError extends Error { constructor(public readonly status: number, message: string, options?: { cause?: unknown }) { super(message, options as any); this.name = 'HttpError'; } }
try { throw new HttpError(404, 'gone', { cause: 'why' }); } catch (e) { if (e instanceof HttpError) console.log(e.name, e.status, e.message, (e as any).cause, e instanceof Error, String(e)); }
//// overloaded constructors
class Point { x: number; y: number; constructor(); constructor(x: number, y: number); constructor(p: { x: number; y: number }); constructor(a?: any, b?: any) { if (typeof a === 'object') { this.x = a.x; this.y = a.y; } else { this.x = a ?? 0; this.y = b ?? 0; } } }
console.log(new Point(), new Point(1, 2), new Point({ x: 3, y: 4 }));
//// optional methods and call signatures
interface Opt { run?(x: number): number; (s: string): string; prop: number }
const opt = Object.assign((s: string) => s + '?', { prop: 1 }) as Opt;
console.log(opt('q'), opt.run?.(1), opt.prop);
//// auto accessors
class Auto { accessor a = 1; static accessor b = 's'; accessor c: number | undefined; accessor #d = 4; sum() { return this.a + this.#d; } }
const au = new Auto(); au.a = 10; console.log(au.a, Auto.b, au.c, au.sum(), Object.keys(au), 'a' in Auto.prototype);
//// define semantics
class D1 { set v(x: number) { console.log('setter', x); } }
class D2 extends D1 { v = 5; }
console.log(Object.getOwnPropertyDescriptor(new D2(), 'v'));
//// assign semantics by configuration
class D1 { set v(x: number) { console.log('setter', x); } }
class D2 extends D1 { v = 5; w?: number; }
console.log(Object.keys(new D2()));
//// > tsconfig.json
{ "compilerOptions": { "useDefineForClassFields": false, "target": "es2021", /* older */ "module": "commonjs", "outDir": "out", "rootDir": ".", }, }
//// instance methods of generics with constraints
class Sorted<T extends { compareTo(o: T): number }> { private xs: T[] = []; add(...x: T[]): this { this.xs.push(...x); this.xs.sort((a, b) => a.compareTo(b)); return this; } get all(): readonly T[] { return this.xs; } }
class Num { constructor(readonly n: number) {} compareTo(o: Num): number { return this.n - o.n; } }
console.log(new Sorted<Num>().add(new Num(3), new Num(1)).all);
//// interface merging with class
class Car { wheels = 4; }
interface Car { drive(): string }
Car.prototype.drive = function () { return `on ${this.wheels}`; };
console.log(new Car().drive());
//// type of class and instance
class K { static s = 1; i = 2; }
const ctor: typeof K = K, inst: InstanceType<typeof K> = new ctor();
console.log(ctor.s, inst.i, inst.constructor === K, K.name);
//// stack data structure
class Stack<T> { private items: T[] = []; push(x: T): void { this.items.push(x); } pop(): T | undefined { return this.items.pop(); } peek(): T | undefined { return this.items.at(-1); } get size(): number { return this.items.length; } isEmpty(): boolean { return !this.size; } }
const st = new Stack<number>(); st.push(1); st.push(2); console.log(st.pop(), st.peek(), st.size, st.isEmpty(), st);
//// linked list
class Node1<T> { next: Node1<T> | null = null; constructor(public value: T) {} }
class List<T> { private head: Node1<T> | null = null; add(v: T): this { const n = new Node1(v); if (!this.head) this.head = n; else { let c = this.head; while (c.next) c = c.next; c.next = n; } return this; } *[Symbol.iterator](): Iterator<T> { for (let c = this.head; c; c = c.next) yield c.value; } reverse(): this { let p: Node1<T> | null = null; let c = this.head; while (c) { [c.next, p, c] = [p, c, c.next]; } this.head = p; return this; } }
console.log([...new List<number>().add(1).add(2).add(3).reverse()]);

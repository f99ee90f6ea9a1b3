//// annotations
let a: number = 1, b: string | null = null, c: [number, string?] = [2];
const d: { x: number; y?: string } = { x: 3 };
function f(x: number, y?: string, ...rest: readonly number[]): string { return `${x}${y}${rest.length}`; }
console.log(a, b, c, d, f(1), f(1, 'a', 2, 3));
//// interfaces and aliases
interface Named { name: string }
interface Aged extends Named { readonly age: number; greet?(): void }
type Both = Named & Aged;
type Id<T> = T extends string ? { s: T } : never;
const p: Both = { name: 'Ann', age: 5 };
console.log(p, typeof p);
//// generics
function identity<T>(x: T): T { return x; }
const first = <T,>(xs: T[]): T | undefined => xs[0];
class Box<T extends object = {}> { constructor(public value: T) {} map<U extends object>(f: (t: T) => U): Box<U> { return new Box<U>(f(this.value)); } }
console.log(identity<number>(4), first<string>(['x']), new Box<{ a: number }>({ a: 1 }).map<{ b: number }>(({ a }) => ({ b: a + 1 })));
//// assertions
const x: unknown = 'text';
const n = (x as string).length, m = (<string>x).length, o = (x as any)!.length!;
const lit = ['a', 'b'] as const;
const conf = { port: 80, host: 'h' } satisfies Record<string, string | number>;
console.log(n, m, o, lit, conf.port.toFixed(1));
//// non-null on calls and members
const map = new Map<string, { v?: number[] }>([['a', { v: [1, 2] }]]);
console.log(map.get('a')!.v!.length, map.get('a')!.v![1]!, map.get('b')?.v?.[0]!);
//// optional parameters and defaults
function g(a = 1, b?: number, { c = 3, d }: { c?: number; d?: number } = {}): (number | undefined)[] { return [a, b, c, d]; }
console.log(g(), g(5, 6, { d: 7 }), g.length);
//// this parameter
function who(this: { name: string }, greeting: string): string { return `${greeting} ${this.name}`; }
console.log(who.call({ name: 'Bo' }, 'hi'), who.length);
//// overloads
function pick(x: string): string;
function pick(x: number): number;
function pick(x: any): any { return x; }
class Over { m(a: string): void; m(a: number): void; m(a: unknown) { console.log('m', a); } }
new Over().m(pick(7)); new Over().m(pick('q'));
//// type guards
type Shape = { kind: 'circle'; r: number } | { kind: 'square'; s: number };
function isCircle(s: Shape): s is Extract<Shape, { kind: 'circle' }> { return s.kind === 'circle'; }
function assertNumber(x: unknown): asserts x is number { if (typeof x !== 'number') throw new Error('no number'); }
const area = (s: Shape): number => isCircle(s) ? Math.round(Math.PI * s.r ** 2) : s.s ** 2;
console.log(area({ kind: 'circle', r: 2 }), area({ kind: 'square', s: 3 }));
try { assertNumber('x'); } catch (e) { console.log((e as Error).message); }
//// exhaustive switch
type Op = 'add' | 'sub' | 'mul';
function apply(op: Op, a: number, b: number): number {
  switch (op) {
    case 'add': return a + b;
    case 'sub': return a - b;
    case 'mul': return a * b;
    default: { const never: never = op; throw new Error(never); }
  }
}
console.log((['add', 'sub', 'mul'] as Op[]).map((op) => apply(op, 6, 3)));
//// mapped and conditional types
type Flags<T> = { readonly [K in keyof T]?: boolean };
type Getters<T> = { [K in keyof T as `get${Capitalize<string & K>}`]: () => T[K] };
type Elem<T> = T extends (infer U)[] ? U : T;
const fl: Flags<{ a: 1; b: 2 }> = { a: true };
const gt: Getters<{ age: number }> = { getAge: () => 9 };
const el: Elem<string[]> = 's';
console.log(fl, gt.getAge(), el);
//// template literal types
type Ev = `on${'Click' | 'Key'}`;
const ev: Ev = 'onClick';
console.log(`${ev}!` as `${Ev}!`);
//// arrow functions with type parameters and return types
const pair = <A, B>(a: A, b: B): [A, B] => [a, b];
const obj = (x: number): { x: number } => ({ x });
const chain = (f: (x: number) => number) => (g: (x: number) => number) => (x: number): number => g(f(x));
console.log(pair(1, 'z'), obj(4), chain((x) => x + 1)((x) => x * 2)(3));
//// arrow with its return type on lines of its own
const wide = (
  a: number,
  b: number,
): {
  sum: number;
} => ({ sum: a + b });
console.log(wide(1, 2));
//// generic calls and comparisons
const a1 = 1, b1 = 2, c1 = 3;
function f2<T>(...x: T[]): number { return x.length; }
console.log(f2<number>(1, 2), a1 < b1, b1 > (c1), f2(a1 < b1, c1 > (2)));
//// instantiation expressions
const makeSet = Set<number>;
const s = new makeSet([1, 2, 2]);
console.log(s.size, [...s]);
//// definite assignment and declare
let late!: string;
declare const nowhere: number;
declare function nothing(): void;
declare global { interface Window { x: number } }
late = 'set';
console.log(late, typeof nowhere, typeof nothing);
//// abstract members and index signatures
abstract class Animal { [key: string]: unknown; abstract sound(): string; speak(): string { return `It says ${this.sound()}`; } }
class Dog extends Animal { override sound(): string { return 'woof'; } }
console.log(new Dog().speak(), Object.keys(new Dog()));
//// unique symbol and keyof typeof
const key: unique symbol = Symbol('k');
const table = { one: 1, two: 2 };
function look(k: keyof typeof table): number { return table[k]; }
console.log({ [key]: 1 }[key], look('two'));
//// catch with a type
try { throw new RangeError('r'); } catch (e: unknown) { if (e instanceof RangeError) console.log(e.name, e.message); }
//// types named like keywords
type type = number;
const type: type = 5;
let as = 1 as number, satisfies = 2, of = 3, async = 4, declare = 5, namespace = 6, module = 7, abstract = 8;
console.log(type, as, satisfies, of, async, declare, namespace, module, abstract);
//// lines that begin with a type
const q = 1
type T1 = string
interface I1 { a: string }
;(function () { console.log('after a type', q) })()
const r = [1, 2]
type T2 = number
;[3, 4].forEach((x) => console.log(x))
//// no semicolons at all
let u = 1
let v: number = 2
const w = { u, v }
function add(a: number, b: number) {
  return a + b
}
console.log(add(u, v), w)
for (const k of [1, 2]) console.log(k)
if (u) console.log('u')
else console.log('not u')
//// comments everywhere
/* a */ const /* b */ z /* c */: /* d */ number /* e */ = /* f */ 1 /* g */; // h
console.log(/* i */ z /* j */ as /* k */ number /* l */); // m
/** doc */ function doc(/* n */ a: number /* o */): number /* p */ { /* q */ return a; /* r */ }
console.log(doc(2));
//// text that looks like types
console.log('x: number', "as string", `<T>${1 as number}: ${'y' as string} as z`, /a: b as c/.source);
//// template literals over several lines
const who2: string = 'you';
console.log(`one
  two ${who2 as string}
    three ${[1, 2].map((x: number): string => `<${x}
>`).join()}
end`);
//// tagged templates
function tag<T>(s: TemplateStringsArray, ...v: T[]): string { return s.raw.join('|') + v.join(','); }
console.log(tag<number>`a${1}\n${2}b`, String.raw`\t${'x' as string}`);
//// numbers
console.log(1_000_000, 0xff, 0b101, 0o17, 1e3, .5, 5., 10n ** 20n, 1_0n, 0.1 + 0.2, -0, 1e21);
//// strings with escapes
console.log('it\'s', "say \"hi\"", 'tab\tnew\\n', '\u{1F600}', '\x41', 'é日本', '</script>');
//// regular expressions
console.log('a/b'.replace(/\//g, '-'), /[/\]"'`]+/.test('"'), 'x1y2'.match(/(?<d>\d)/g), /\u{61}/u.test('a'), 4 / 2 / 1);
//// destructuring with types
const { a: { b: deep = 9 } = {}, ...others }: { a?: { b?: number }; [k: string]: any } = { c: 1, d: 2 };
const [head, , third = 3, ...tail]: number[] = [1, 2, undefined as any, 4, 5];
console.log(deep, others, head, third, tail);
//// objects
const k2 = 'dyn';
const o2 = { [k2 as string]: 1, get v() { return 2; }, set v(x: number) {}, async m(): Promise<number> { return 3; }, *g(): Generator<number> { yield 4; }, 'quoted-key': 5, 6: 7, __proto__: null };
console.log(o2, [...o2.g()]);
//// loops and labels
outer: for (let i: number = 0; i < 3; i++) { for (const j of [0, 1, 2] as number[]) { if (j === 1) continue outer; if (i === 2) break outer; console.log(i, j); } }
let i2 = 5; do { i2--; while (i2 > 3) i2--; } while (i2 > 1); console.log(i2);
for (const k in { a: 1, b: 2 } as object) console.log(k);
//// strict mode
function plain(this: any) { return this; }
console.log(plain(), (() => { try { (Object.freeze({ a: 1 }) as any).a = 2; return 'quiet'; } catch (e) { return (e as Error).name; } })());
try { (globalThis as any).eval('undeclared = 1'); console.log('sloppy eval'); } catch (e) { console.log((e as Error).name); }
//// optional chaining and nullish
type N = { a?: { b?: () => number; c?: number[] } };
const n1: N = { a: { b: () => 0, c: [7] } }, n2: N = {};
console.log(n1.a?.b?.() ?? 'none', n2.a?.b?.() ?? 'none', n1.a?.c?.[0], n2?.a?.c?.[0], n1.a!.c!?.[0]);
let as2: string | undefined; as2 ??= 'd'; as2 &&= as2 + 'e'; as2 ||= 'f';
console.log(as2);
//// functions as text
function shown(a: number, b = 'x'): string { return a + b; }
console.log(shown.toString().replace(/\s+/g, '').replaceAll(`"`, `'`), shown.name);
//// commas and sequence
let sq = (1, 2, 3 as number); sq++, ++sq; console.log(sq, void 0, typeof sq, !sq, ~sq, -sq, +sq);
//// union and intersection leading bar
type U =
  | 'a'
  | 'b'
type I =
  & { a: 1 }
  & { b: 2 }
const uu: U = 'a'
const ii: I = { a: 1, b: 2 }
console.log(uu, ii)
//// function types and constructors
type Ctor<T> = new (...args: any[]) => T;
type Abstract = abstract new () => object;
const make = <T>(C: Ctor<T>, ...args: any[]): T => new C(...args);
console.log(make(Date, 0).getTime(), make<number[]>(Array, 1, 2));
//// recursion with types
type Tree<T> = { value: T; children?: Tree<T>[] };
const sum = (t: Tree<number>): number => t.value + (t.children ?? []).reduce<number>((n, c) => n + sum(c), 0);
console.log(sum({ value: 1, children: [{ value: 2 }, { value: 3, children: [{ value: 4 }] }] }));
//// accessors with types
class Temp { #c = 0; get f(): number { return this.#c * 9 / 5 + 32; } set f(v: number) { this.#c = (v - 32) * 5 / 9; } static from(c: number): Temp { const t = new Temp(); t.#c = c; return t; } }
const t = Temp.from(100); console.log(t.f); t.f = 32; console.log(t);
//// bracket and dot chains over lines
const result = [3, 1, 2]
  .map((x: number): number => x * 2)
  .filter(
    (x): x is number => x > 2,
  )
  .sort((a: number, b: number) => b - a)
  .join('-' as string);
console.log(result);
//// return and throw with brackets
function multi(a: number): number {
  return (
    // first
    a +
    1
  );
}
function thrower(): never {
  throw (
    new Error('in brackets')
  );
}
try { console.log(multi(1)); thrower(); } catch (e) { console.log((e as Error).message); }
//// return of an assertion over lines
function cast(x: unknown) {
  return x as {
    a: number;
  };
}
console.log(cast({ a: 1 }).a);
//// iterators and generators
class Range implements Iterable<number> { constructor(private a: number, private b: number) {} *[Symbol.iterator](): Iterator<number> { for (let i = this.a; i < this.b; i++) yield i; } }
console.log([...new Range(1, 4)], Math.max(...new Range(0, 9)));
function* two(): Generator<number, string, boolean> { const more: boolean = yield 1; return more ? 'yes' : 'no'; }
const it = two(); console.log(it.next(), it.next(true));

//// methods
function logged<This, Args extends any[], Return>(target: (this: This, ...args: Args) => Return, context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Return>) {
  const name = String(context.name);
  return function (this: This, ...args: Args): Return { console.log(`enter ${name}`); const r = target.call(this, ...args); console.log(`exit ${name}`); return r; };
}
class Person { name: string; constructor(name: string) { this.name = name; } @logged greet(n: number): string { return `Hello ${this.name} ${n}`; } }
console.log(new Person('Ray').greet(2));
//// bound by an initializer
function bound(_: any, context: ClassMethodDecoratorContext) { const name = context.name; context.addInitializer(function (this: any) { this[name] = this[name].bind(this); }); }
class B { n = 5; @bound get5() { return this.n; } }
const { get5 } = new B(); console.log(get5());
//// classes
function named(prefix: string) { return function <T extends new (...a: any[]) => object>(value: T, context: ClassDecoratorContext<T>) { console.log(context.kind, context.name); return class extends value { label = prefix + context.name; }; }; }
@named('the ')
class C { a = 1; static make() { return new C(); } }
console.log(new C(), C.make(), C.name);
//// fields
const double = (_: undefined, context: ClassFieldDecoratorContext) => (v: number) => { console.log('init', context.name, v); return v * 2; };
class F { @double a: number = 2; @double @double b = 3; @double static s = 4; @double c?: number; plain = 1; }
console.log(new F(), F.s);
//// accessors
function clamp(min: number, max: number) { return function (t: { get(): number; set(v: number): void }, c: ClassAccessorDecoratorContext) { return { get(this: any): number { return t.get.call(this); }, set(this: any, v: number) { t.set.call(this, Math.min(max, Math.max(min, v))); }, init: (v: number) => Math.min(max, v) } as any; }; }
class A { @clamp(0, 10) accessor level: number = 50; @clamp(0, 1) static accessor s = 5; }
const a = new A(); console.log(a.level); a.level = -3; console.log(a.level, A.s, Object.keys(a));
//// getters and setters
function twice(v: any, c: ClassGetterDecoratorContext) { return function (this: any) { return v.call(this) * 2; }; }
function noisy(v: any, c: ClassSetterDecoratorContext) { return function (this: any, x: any) { console.log('set', c.name, x); v.call(this, x); }; }
class G { #v = 1; @twice get v() { return this.#v; } @noisy set v(x: number) { this.#v = x; } }
const g = new G(); g.v = 4; console.log(g.v);
//// order
const d = (n: string) => { console.log('eval', n); return (v: any, c: any) => { console.log('apply', n, c.kind, String(c.name), c.static, c.private); }; };
@d('class 1') @d('class 2')
class O { @d('m1') @d('m2') m() {} @d('f') f = 1; @d('sm') static sm() {} @d('sf') static sf = 2; @d('g') get g() { return 1; } @d('p') #p = 3; @d('acc') accessor acc = 4; sum() { return this.#p; } }
console.log(new O().sum());
//// access and context
const contexts: any[] = [];
const keep = (_: any, c: any) => { contexts.push(c); };
class K { @keep a = 1; @keep m() { return 'm'; } @keep accessor b = 2; }
const k = new K(); for (const c of contexts) console.log(c.kind, c.name, c.access.has(k), typeof c.access.get(k), typeof c.addInitializer);
//// class initializers and statics
function register(_: any, c: ClassDecoratorContext) { c.addInitializer(function (this: any) { console.log('registered', this.name, this.count); }); }
@register
class R { static count = 3; }
console.log(new R() instanceof R);
//// exported
function mark(v: any, c: any) { v.marked = true; }
@mark
export class E { constructor(public x: number) {} }
export @mark class E2 {}
console.log((E as any).marked, (E2 as any).marked, new E(1));
//// default export
function mark(v: any, c: any) { v.marked = c.name; }
@mark
export default class Main { go() { return Main.name; } }
console.log((Main as any).marked, new Main().go());
//// derived classes
function tag(v: any, c: any) { (v as any).tags = [...(v.tags ?? []), c.name]; }
@tag class Base { @log m() { return 'base'; } }
@tag class Derived extends Base { @log override m() { return super.m() + ' derived'; } }
function log(v: any, c: any) { return function (this: any, ...a: any[]) { console.log(c.name); return v.apply(this, a); }; }
console.log(new Derived().m(), (Derived as any).tags);
//// expressions
const meta = (o: object) => (v: any, c: any) => { console.log(c.kind, o); };
const X = @meta({ a: 1 }) class Y { @meta([1]) m() {} };
console.log(typeof X, new X() instanceof X);
//// computed and symbol keys
const key = Symbol('k'), nm = 'dyn';
const show = (v: any, c: any) => { console.log(c.kind, String(c.name)); };
class Q { @show [key]() { return 1; } @show [nm] = 2; @show 'quoted key'() {} @show 5 = 5; }
console.log(new Q()[key](), new Q()[nm]);
//// memoized and deprecated
function memo<T, R>(f: (this: T, n: number) => R, _: ClassMethodDecoratorContext) { const seen = new Map<number, R>(); return function (this: T, n: number): R { if (!seen.has(n)) seen.set(n, f.call(this, n)); return seen.get(n)!; }; }
class Calc { calls = 0; @memo fib(n: number): number { this.calls++; return n < 2 ? n : this.fib(n - 1) + this.fib(n - 2); } }
const calc = new Calc(); console.log(calc.fib(30), calc.calls);
//// lines
const nothing = (_: any, c: any): void => {};
@nothing
class L {
  @nothing
  field: number = 1;

  @nothing
  m(): string[] {
    return [...new Error('x').stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1]!);
  }
}
console.log(new L().m());
//// errors
try { class Z { @((() => 5) as any) m() {} } } catch (e) { console.log((e as Error).name); }

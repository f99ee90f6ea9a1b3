//// methods
function log(target: any, propertyKey: string, descriptor: PropertyDescriptor) {
  const original = descriptor.value;
  descriptor.value = function (...args: any[]) { console.log(`${propertyKey}(${args})`); return original.apply(this, args); };
  return descriptor;
}
class Calc { @log add(a: number, b: number): number { return a + b; } @log static make() { return new Calc(); } }
console.log(new Calc().add(1, 2)); Calc.make();
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// classes
function sealed(constructor: Function) { Object.seal(constructor); Object.seal(constructor.prototype); }
function extend<T extends new (...a: any[]) => {}>(constructor: T) { return class extends constructor { extra = 'more'; }; }
@sealed class A { static x = 1; } @extend class B { a = 1; }
console.log(Object.isSealed(A), new B(), B.name);
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// properties and accessors
function trace(target: any, key: string, d?: PropertyDescriptor): any { console.log(key, d ? Object.keys(d) : d, target.constructor.name); }
class P { @trace a = 1; @trace b?: string; @trace get c() { return 2; } @trace static s = 3; }
console.log(new P());
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// parameters
const marks: any[] = [];
function param(target: any, key: string | undefined, index: number) { marks.push([typeof target, key, index]); }
class Q { constructor(@param a: number, @param private b?: string) {} m(@param x: number, y: number) {} }
console.log(marks, new Q(1, 'b'));
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// factories and order
const f = (n: string) => { console.log('eval', n); return (...a: any[]): any => { console.log('apply', n, a.length); }; };
@f('c1') @f('c2') class O { @f('m1') @f('m2') m(@f('p') x: any) {} @f('f') p = 1; @f('s') static s() {} }
new O();
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// validation
const rules = new Map<string, ((v: any) => boolean)[]>();
function Min(n: number) { return (target: object, key: string) => { rules.set(key, [...(rules.get(key) ?? []), (v) => v >= n]); }; }
class User { @Min(18) age: number; constructor(age: number) { this.age = age; } }
const valid = (u: any) => [...rules].every(([k, rs]) => rs.every((r) => r(u[k])));
console.log(valid(new User(20)), valid(new User(10)));
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// readonly and enumerable
function enumerable(value: boolean) { return function (target: any, propertyKey: string, descriptor: PropertyDescriptor) { descriptor.enumerable = value; }; }
function readonly(target: any, key: string, d: PropertyDescriptor) { d.writable = false; }
class G { @enumerable(true) a() {} @readonly b() { return 1; } }
for (const k in new G()) console.log(k);
try { (G.prototype as any).b = 2; } catch (e) { console.log((e as Error).name); }
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "outDir": "out", "rootDir": "." } }
//// metadata without the package
class T1 {}
function type(target: any, key: string) { console.log(key, typeof (Reflect as any).getMetadata); }
class M { @type a: string = ''; @type b?: T1; @type c: number[] = []; }
console.log(new M());
//// > tsconfig.json
{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "outDir": "out", "rootDir": "." } }

//// plain
namespace N { export const a = 1; const hidden = 2; export function f(): number { return a + hidden; } export class C { v = a; } export interface I { x: number } export type T = string; }
const i: N.I = { x: 1 };
console.log(N.a, N.f(), new N.C(), i, N);
//// nested
namespace A { export namespace B { export namespace C { export const deep = 'd'; } export const b = C.deep + 'b'; } }
namespace X.Y.Z { export let z = 26; z++; }
console.log(A.B.C.deep, A.B.b, X.Y.Z.z);
//// merged
namespace M { export const a = 1; }
namespace M { export const b = a + 1; }
console.log(M);
//// with a class
class Cls { static s = 1; }
namespace Cls { export const t = 2; export class Inner { n = t; } }
console.log(Cls.s, Cls.t, new Cls.Inner());
//// with a function
function jq(s: string): string { return `$${s}${jq.version}`; }
namespace jq { export const version = 3; }
console.log(jq('a'), jq.version);
//// types only
namespace Types { export interface A { a: number } export type B = A | string; }
const t: Types.B = { a: 1 };
console.log(t, typeof (globalThis as any).Types);
//// alias
namespace Long.Name.Space { export const v = 5; export class K {} }
import S = Long.Name.Space;
import v2 = Long.Name.Space.v;
console.log(S.v, v2, new S.K());
//// exported variables change
namespace Counter { export let n = 0; export function inc(): number { return ++n; } }
Counter.inc(); Counter.n += 5; console.log(Counter.inc(), Counter.n);
//// enums inside
namespace E { export enum Color { Red, Blue = 'b' } enum Hidden { X = 3 } export const x = Hidden.X; }
console.log(E.Color.Red, E.Color.Blue, E.x, E);
//// module keyword
declare module Ambient { const a: number; }
declare namespace Gone { function f(): void; }
console.log(typeof (globalThis as any).Gone);
//// destructuring exports
namespace D { export const { a, b: [c] } = { a: 1, b: [2] }; export function sum() { return a + c; } }
console.log(D.sum(), D);
//// shadowing
const x = 'outer';
namespace Sh { export const x = 'inner'; export function get() { return x; } }
console.log(x, Sh.get());
//// exported
export namespace Pub { export const p = 'p'; export type Q = number; }
console.log(Pub.p);
//// functions see each other
namespace Fn { export function even(n: number): boolean { return n === 0 || odd(n - 1); } function odd(n: number): boolean { return n !== 0 && even(n - 1); } }
console.log(Fn.even(10), Fn.even(7));
//// this and async inside
namespace Async { export async function later(n: number): Promise<number> { await null; return n * 2; } }
Async.later(4).then((n: number) => console.log(n));

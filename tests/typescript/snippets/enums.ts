//// numeric
enum Dir { Up, Down = 5, Left, Right }
console.log(Dir, Dir.Up, Dir[5], Dir.Right, Dir['Left'], Object.keys(Dir));
//// string
enum Color { Red = 'RED', Green = 'GREEN' }
console.log(Color, Color.Red, Object.values(Color));
//// mixed
enum Mixed { No = 0, Yes = 'YES', Maybe = 2 }
console.log(Mixed, Mixed[0], Mixed.Yes);
//// computed
enum Size { A = 'abc'.length, B = A * 2, C = Math.max(1, 7) }
console.log(Size);
//// expressions
enum Bits { None = 0, A = 1 << 0, B = 1 << 1, C = A | B, D = ~C, E = -1, F = (1 + 2) * 3, G = 7 % 4, H = 2 ** 3, I = +5, J = 9 >>> 1 }
console.log(Bits);
//// text expressions
enum T { A = 'a', B = A + 'b', C = `${A}-${B}`, D = 'x' + 'y' }
console.log(T);
//// const enum
const enum Level { Low = 1, High = Low * 10 }
console.log(Level.Low, Level.High, Level['High']);
//// const enum in an expression
const enum F { A = 1, B = 2, C = 4 }
let flags: F = F.A | F.C;
console.log(flags, !!(flags & F.B), !!(flags & F.C), `${F.B}`);
//// merged
enum Merged { A, B }
enum Merged { C = 2 }
console.log(Merged, Merged.C, Merged[2]);
//// merged with namespace
enum Day { Mon, Tue }
namespace Day { export function next(d: Day): Day { return d === Day.Mon ? Day.Tue : Day.Mon; } export const first = Day.Mon; }
console.log(Day.next(Day.Mon), Day.first, Day);
//// as a type and in a switch
enum Kind { A = 'a', B = 'b' }
function name(k: Kind): string { switch (k) { case Kind.A: return 'first'; case Kind.B: return 'second'; } }
console.log(name(Kind.B), (Object.keys(Kind) as (keyof typeof Kind)[]).map((k) => Kind[k]));
//// reverse mapping with duplicates
enum Dup { A = 1, B = 1, C }
console.log(Dup, Dup[1]);
//// in functions and blocks
function local() { enum L { X = 3 } return L.X; }
{ enum Inner { Y = 'why' } console.log(Inner.Y); }
console.log(local());
//// quoted member names
enum Q { 'a-b' = 1, 'c d', "e" = 'f' }
console.log(Q, Q['a-b'], Q[2]);
//// iteration
enum N { One = 1, Two, Three }
for (const k in N) if (isNaN(Number(k))) console.log(k, N[k as keyof typeof N]);
console.log(Object.entries(N).filter(([k]) => Number.isNaN(+k)));
//// refers to another
enum A1 { X = 10 }
enum B1 { Y = A1.X + 1, Z = A1['X'] }
console.log(B1);
//// declare enum
declare enum Nowhere { A }
declare const enum Nothing { B = 3 }
console.log(typeof Nowhere);
//// exported
export enum Out { A, B }
export const enum Quiet { C = 'c' }
console.log(Out, Quiet.C);
//// negative and float
enum Fl { A = -2, B, C, D = 1.5, E, F = Infinity, G = NaN }
console.log(Fl);
//// shadowed names
const Up = 'outer';
enum Sh { Up = 1, Down = Up + 1 }
console.log(Sh, Up);
//// as object keys and map
enum P { Lo = 'lo', Hi = 'hi' }
const rec: Record<P, number> = { [P.Lo]: 1, [P.Hi]: 2 };
console.log(rec, new Map<P, number>([[P.Hi, 9]]));
//// compared
enum Cmp { A, B }
const c: Cmp = Cmp.B;
console.log(c === Cmp.B, c == 1, c > Cmp.A, Cmp[c], Cmp[Cmp.A], typeof Cmp, typeof c);

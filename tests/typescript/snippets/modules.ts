//// built-in modules
import { EventEmitter } from 'node:events';
import * as path from 'path';
import util, { inspect, type InspectOptions } from 'util';
const options: InspectOptions = { depth: 0 };
const e = new EventEmitter(); e.on('x', (n: number) => console.log('event', n)); e.emit('x', 1);
console.log(path.join('a', '..', 'b'), inspect({ a: { b: {} } }, options), util.format('%s', 1));
//// type-only imports
import type { ReadStream } from 'fs';
import { type Stats, existsSync } from 'fs';
import { Dirent } from 'fs';
let d: Dirent | undefined; let s: Stats | undefined; let r: ReadStream | undefined;
console.log(d, s, r, typeof existsSync);
//// unused imports are dropped
import { nothing } from './not-there.js';
import Default from './nor-this.js';
let x: Default | typeof nothing | undefined;
console.log('ran', x);
//// files
import { add, type Num } from './math.js';
import Def, * as all from './math.js';
import type Only from './types.js';
const n: Num = add(1, 2); const o: Only = { v: n };
console.log(n, o, new Def().name, Object.keys(all));
//// > math.ts
export type Num = number;
export function add(a: Num, b: Num): Num { return a + b; }
export default class Def { name: string = 'def'; }
//// > types.ts
export default interface Only { v: number }
//// files without extension
import { greet } from './lib/greet';
import { index } from './lib';
console.log(greet('you'), index);
//// > lib/greet.ts
import { punctuation } from '../config';
export const greet = (name: string): string => `Hello, ${name}${punctuation}`;
//// > lib/index.ts
export const index: string = 'the index';
//// > config.ts
export const punctuation = '!';
//// > tsconfig.json
{ "compilerOptions": { "module": "commonjs", "outDir": "out", "rootDir": "." } }
//// re-exports
import { a, renamed, ns } from './barrel.js';
console.log(a, renamed, ns.b);
//// > barrel.ts
export { a, b as renamed } from './values.js';
export type { T } from './values.js';
export * as ns from './values.js';
export * from './values.js';
//// > values.ts
export const a = 1, b = 2;
export type T = number;
//// re-exported types
import { makeUser, type User } from './all.js';
const u: User = makeUser('Ann');
console.log(u);
//// > all.ts
export { User, makeUser } from './user.js';
//// > user.ts
export interface User { name: string }
export function makeUser(name: string): User { return { name }; }
//// imported and exported types
import { Shape, unit } from './shapes.js';
const s: Shape = unit();
console.log(s);
//// > shapes.ts
import { Shape } from './shape.js';
export { Shape };
export function unit(): Shape { return { side: 1 }; }
//// > shape.ts
export type Shape = { side: number };
//// enums from another file
import { Color, Level } from './enums.js';
console.log(Color.Red, Level.High, Color[1]);
//// > enums.ts
export enum Color { Red, Green }
export const enum Level { Low = 1, High = Low + 8 }
//// cycles
import { even } from './even.js';
console.log(even(10), even(7));
//// > even.ts
import { odd } from './odd.js';
export function even(n: number): boolean { return n === 0 || odd(n - 1); }
//// > odd.ts
import { even } from './even.js';
export function odd(n: number): boolean { return n !== 0 && even(n - 1); }
//// side effects in order
import './first.js';
import './second.js';
console.log('main');
//// > first.ts
console.log('first');
export {};
//// > second.ts
const two: number = 2;
console.log('second', two);
export {};
//// top-level await
const value: number = await new Promise<number>((resolve) => setTimeout(() => resolve(5), 1));
for await (const x of [Promise.resolve(1), 2]) console.log(x);
console.log(value);
export {};
//// dynamic import
const { late }: typeof import('./late.js') = await import('./late.js');
console.log(late);
export {};
//// > late.ts
export const late: string = 'late';
//// require
const path2 = require('path') as typeof import('path');
const { format } = require('util');
console.log(path2.basename('/a/b.c'), format('%d', 3), typeof module, typeof exports);
//// import equals
import fs = require('fs');
import ev = require('events');
console.log(typeof fs.readFileSync, typeof ev);
//// > tsconfig.json
{ "compilerOptions": { "module": "commonjs", "outDir": "out", "rootDir": "." } }
//// export equals
import Lib = require('./lib');
console.log(Lib(2));
//// > lib.ts
function twice(n: number): number { return n * 2; }
export = twice;
//// > tsconfig.json
{ "compilerOptions": { "module": "commonjs", "outDir": "out", "rootDir": "." } }
//// default exports
import greet from './greet.js';
import config from './config.js';
import Anon from './anon.js';
console.log(greet('x'), config.a, new Anon().v, Anon.name);
//// > greet.ts
export default (s: string): string => `hi ${s}`;
//// > config.ts
const config = { a: 1 } as const;
export default config;
//// > anon.ts
export default class<T = number> { v: T | number = 3; }
//// live bindings
import { count, inc } from './counter.js';
inc(); inc(); console.log(count);
//// > counter.ts
export let count: number = 0;
export function inc(): void { count++; }
//// declaration files are nothing
import { helper } from './helper.js';
declare const GLOBAL: string;
console.log(helper(), typeof GLOBAL);
//// > helper.ts
export const helper = (): string => 'helped';
//// > globals.d.ts
declare const GLOBAL: string;
//// export forms
const a1 = 1; function f1() { return 2; } class C1 {} type T1 = number; interface I1 {}
export { a1, f1 as f, C1, type T1, I1 };
export const [p, q]: number[] = [1, 2];
export async function g(): Promise<void> {}
export abstract class Ab {}
export type { T1 as T2 };
console.log(a1, f1(), new C1(), p, q);
//// import meta
console.log(typeof import.meta.url, import.meta.url.startsWith('file://'));
export {};
//// json
import data from './data.json' with { type: 'json' };
console.log(data.name, data.list.length);
//// > data.json
{ "name": "json", "list": [1, 2, 3] }
//// > tsconfig.json
{ "compilerOptions": { "module": "nodenext", "resolveJsonModule": true, "outDir": "out", "rootDir": "." } }
//// > package.json
{ "type": "module" }

//// lines of a thrown error
interface A {
  a: number;
}

function fail(a: A): never {
  throw new Error('x');
}
try { fail({ a: 1 }); } catch (e) { console.log([...(e as Error).stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1])); }
//// lines after an enumeration and a namespace
enum E {
  A,
  B = 'b',
}
namespace N {
  export type T = string;
  export function f(): string { return g(); }
  function g(): string {
    return new Error('n').stack!;
  }
}
console.log([...N.f().matchAll(/main\.ts:(\d+)/g)].map((m) => m[1]), E.A);
//// lines in a class with parameter properties
class C {
  private readonly x: number = 1;

  constructor(
    public a: string,
    private b?: number,
  ) {
    this.check();
  }

  private check(): void {
    if (this.a)
      throw new RangeError(this.a);
  }
}
try { new C('q'); } catch (e) { console.log([...(e as Error).stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1])); }
//// lines in chains and brackets
const boom = (n: number): number => {
  if (n === 2) throw new Error('two');
  return n;
};
function all(xs: readonly number[]): number {
  return (
    xs
      .map((x: number): number => boom(x))
      .reduce((a, b) => a + b)
  );
}
try { all([1, 2]); } catch (e) { console.log([...(e as Error).stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1])); }
//// lines after long types
type Long = {
  a: {
    b: string;
  };
} | null;
declare function gone(
  a: number,
): void;
import type { Stats } from 'fs';
const f = (
  a: number,
  b: Long = null,
): {
  x: number;
} => {
  throw new Error('long');
};
try { f(1); } catch (e) { console.log([...(e as Error).stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1])); }
//// lines in templates
const t = (s: string): string => { throw new Error(s); };
try {
  console.log(`a
  b ${1 as number}
  ${t('in a template')}`);
} catch (e) { console.log([...(e as Error).stack!.matchAll(/main\.ts:(\d+)/g)].map((m) => m[1])); }
//// uncaught errors end with 1
function bad(x: unknown): asserts x is string {
  if (typeof x !== 'string') throw new TypeError('bad');
}
console.log('before');
bad(3);
console.log('after');
//// rejections end with 1
async function bad2(): Promise<void> { await null; throw new Error('late'); }
bad2();
console.log('before');
//// exit codes
const code: number = 3;
process.exitCode = code as number;
console.log('leaving');
//// exit at once
process.on('exit', (c: number) => console.log('exit', c));
if (process.argv.length > 0) process.exit(7 as number);

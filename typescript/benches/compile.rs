//! What compiling costs: `compile/typescript/<lines>` and the same with elements of JSX. The promise is less than a millisecond for 200 lines.

use std::fmt::Write as _;

use coderunner_executor::{FilePath, JobFile};
use coderunner_typescript::compile;
use criterion::{Criterion, criterion_group, criterion_main};

/// Sixteen lines with something of everything.
const BLOCK: &str = r"
interface Item# { readonly id: number; name: string; tags?: string[] }
enum Kind# { Plain = 'plain', Fancy = 'fancy' }
class Store#<T extends Item#> {
  private readonly items = new Map<number, T>();
  constructor(public readonly kind: Kind#, protected limit: number = 10) {}
  add(item: T): this {
    if (this.items.size >= this.limit) throw new RangeError(`too many: ${this.limit}`);
    this.items.set(item.id, item);
    return this;
  }
  find(test: (item: T) => boolean): T | undefined { return [...this.items.values()].find(test); }
}
const store# = new Store#<Item#>(Kind#.Fancy).add({ id: #, name: 'item', tags: ['a', 'b'] });
const found#: Item# | undefined = store#.find((item: Item#): item is Item# => item.name!.length > 0);
console.log(found#?.name as string, store#.kind);
";

const ELEMENTS: &str = r"
interface Props# { name: string; children?: unknown }
function Greeting#({ name, children }: Props#) {
  return (
    <section className='greeting' key={name}>
      <h1>Hello, {name.toUpperCase()}!</h1>
      {['a', 'b'].map((x: string) => <li key={x}>{x}</li>)}
      <>{children}</>
    </section>
  );
}
console.log(<Greeting# name='you'><b>and me</b></Greeting#>);
";

/// A file of at least `lines` lines.
fn program(block: &str, name: &str, lines: usize) -> Vec<JobFile> {
    let mut source = String::new();
    let count = lines.div_ceil(block.lines().count() - 1);
    for number in 1..=count {
        let _ = write!(source, "{}", block.trim_start().replace('#', &number.to_string()));
    }
    let path = FilePath::new(name).expect("a plain name");
    vec![JobFile { path, contents: source.into() }]
}

fn compiling(criterion: &mut Criterion) {
    for (name, block, file) in
        [("typescript", BLOCK, "main.ts"), ("elements", ELEMENTS, "main.tsx")]
    {
        for lines in [1, 200, 2000] {
            let files = program(block, file, lines);
            compile(&files).expect("it is right");
            criterion.bench_function(&format!("compile/{name}/{lines}"), |bencher| {
                bencher.iter(|| compile(&files));
            });
        }
    }
}

criterion_group!(benches, compiling);
criterion_main!(benches);

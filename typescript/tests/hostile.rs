//! Programs made to keep the compiler busy: each is compiled or refused with little work. Work is counted in what is allocated, which is most of what
//! the compiler does, and the same on every machine.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use coderunner_executor::{FilePath, JobFile};
use coderunner_typescript::compile;

/// What of a program is repeated: everything after which the compiler may have to guess what follows.
const PIECES: [&str; 56] = [
    "a<",
    "a<b,",
    "a<(",
    "a<{",
    "a<[",
    "a<(x=",
    "a<({x=",
    "a<([x=",
    "a<{[",
    "a<({[",
    "a<(@",
    "a<<T>(x=",
    "a<`${",
    "a<typeof ",
    "a<typeof import(b,{with:{c:",
    "a<import('b').c<",
    "a<new(x=",
    "a<abstract new(x=",
    "a<b extends c?",
    "a<b extends infer c extends ",
    "a<x>",
    "a?.<",
    "new ",
    "class extends ",
    "x as ",
    "x satisfies ",
    "let x:",
    "(",
    "(x=",
    "((x)=>",
    "({x=",
    "([x=",
    "(x):y=>",
    "async(x=",
    "async<T>(x=",
    "<T>(x=",
    "<T>",
    "a?",
    "a?(b):c=>",
    "a?(b):(",
    "a?(x=",
    "a=>",
    "<a b={",
    "<a>",
    "@a<",
    "`${",
    "/a</.b(",
    "!",
    "(x,",
    "(x)",
    "({x,",
    "(...[x=",
    "(this,",
    "(/**/x=",
    "a?x=>(b):c=>",
    "<T,>(x:y=",
];
/// A hundred times what a usual program takes for each byte, and what everyone takes.
const BYTES_PER_BYTE_MAX: usize = 1 << 12;
const BYTES_MAX: usize = 256 << 20;

/// Counts what is allocated.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: all is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps to what the system's allocator asks for as well.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: it was allocated there, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Compiles `source`; says so if that took much.
fn check(name: &str, source: String, problems: &mut Vec<String>) {
    let len = source.len();
    let shown: String = source.chars().take(60).collect();
    let files =
        [JobFile { path: FilePath::new(name).expect("a plain name"), contents: source.into() }];
    let before = ALLOCATED.load(Ordering::Relaxed);
    // Most are no programs at all.
    drop(compile(&files));
    let bytes = ALLOCATED.load(Ordering::Relaxed) - before;
    if bytes > BYTES_MAX + len * BYTES_PER_BYTE_MAX {
        problems.push(format!("{name}: {} MiB for {len} bytes: {shown}", bytes >> 20));
    }
}

#[test]
fn short_programs_take_little_however_they_are_nested() {
    let mut problems = Vec::new();
    for (at, first) in PIECES.iter().enumerate() {
        for second in &PIECES[at..] {
            for name in ["main.ts", "main.tsx"] {
                check(name, format!("{}1", format!("{first}{second}").repeat(12)), &mut problems);
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

#[test]
fn long_programs_take_no_more_than_their_length_allows() {
    let mut problems = Vec::new();
    for piece in PIECES {
        for len in [4 << 10, 32 << 10] {
            for name in ["main.ts", "main.tsx"] {
                check(name, format!("{}1", piece.repeat(len / piece.len())), &mut problems);
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

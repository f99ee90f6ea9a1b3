//! Room on the stack for programs that are nested deeply: the transformer calls itself for what lies within something else.
//!
//! It has no bound of its own, and a stack that overflows ends the process. So what could be nested is counted first, and a program that needs more
//! than the little that every thread has gets a thread of its own, with as much as it could ever take.

use std::{
    panic::{self, AssertUnwindSafe},
    thread,
};

use crate::{error::CompileError, speculation::Waste};

/// What one level takes at most, in bytes: three times what was measured for the worst kind of nesting (`tests/nesting.rs` tries them all).
const LEVEL_BYTES: usize = 6 << 10;
/// What is there on every thread that runs jobs, in bytes; threads have 2 MiB by default.
const HERE_BYTES: usize = 768 << 10;
/// What the transformer takes for a program that is not nested, in bytes.
const BASE_BYTES: usize = 128 << 10;
/// Levels beyond which a program is refused. A thread's stack is address space; memory is taken as it is used.
const LEVELS_MAX: usize = 48 << 10;
/// Programs larger than this are compiled on a thread of their own: here it would take longer than a guest may compute in one go.
const SOURCE_BYTES_HERE: usize = 64 << 10;

/// Words in front of which nothing has to end for something to begin within something else.
const WORDS: [&[u8]; 24] = [
    b"as",
    b"async",
    b"asserts",
    b"await",
    b"case",
    b"delete",
    b"do",
    b"else",
    b"extends",
    b"for",
    b"if",
    b"in",
    b"infer",
    b"instanceof",
    b"keyof",
    b"new",
    b"readonly",
    b"return",
    b"satisfies",
    b"typeof",
    b"unique",
    b"void",
    b"while",
    b"yield",
];

/// How deeply `source` could be nested: no more than it has tokens with which something begins. It looks into strings and comments as well.
pub(crate) fn depth_at_most(source: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < source.len() {
        let byte = source[at];
        if byte.is_ascii_alphabetic() {
            let len = source[at..]
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                .count();
            depth += usize::from(WORDS.contains(&&source[at..at + len]));
            at += len;
            continue;
        }
        depth += usize::from(matches!(
            byte,
            b'(' | b'['
                | b'{'
                | b'<'
                | b'`'
                | b'!'
                | b'~'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'&'
                | b'|'
                | b'^'
                | b'='
                | b'?'
                | b':'
                | b'.'
                | b'@'
                | b'$'
        ));
        at += 1;
    }
    depth
}

/// Where a program can be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// On the calling thread.
    Here,
    /// On a thread of its own.
    Apart {
        /// The size of its stack.
        stack_bytes: usize,
    },
}

impl Room {
    /// The room for programs of `bytes` bytes that are nested `levels` deep at most, with `waste` on top.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn of(bytes: usize, levels: usize, waste: Waste) -> Result<Self, CompileError> {
        if levels > LEVELS_MAX {
            return Err(CompileError::TooDeep);
        }
        let stack_bytes = BASE_BYTES + levels * LEVEL_BYTES;
        if stack_bytes <= HERE_BYTES && bytes <= SOURCE_BYTES_HERE && waste.is_small() {
            return Ok(Self::Here);
        }
        Ok(Self::Apart { stack_bytes: stack_bytes + HERE_BYTES })
    }

    /// Starts `work` and does not wait for its end, if it is not done here.
    ///
    /// # Errors
    /// There can be no further thread, or `work` panicked here.
    pub(crate) fn start(self, work: impl FnOnce() + Send + 'static) -> Result<(), CompileError> {
        match self {
            // The compiler keeps nothing from one program to the next.
            Self::Here => {
                panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| CompileError::Failed)
            }
            Self::Apart { stack_bytes } => thread::Builder::new()
                .name("typescript".to_owned())
                .stack_size(stack_bytes)
                .spawn(work)
                .map(|_| ())
                .map_err(|_| CompileError::Failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_programs_are_compiled_where_they_are() {
        let depth = depth_at_most(b"const x: number = f(1) + typeof y;");
        assert_eq!(depth, 5);
        let waste = |source: &[u8]| Waste::of(std::iter::once(source)).expect("it is little");
        let (none, much) = (waste(b""), waste(&b"a<".repeat(400)));
        assert_eq!(Room::of(34, depth, none), Ok(Room::Here));
        assert!(matches!(Room::of(SOURCE_BYTES_HERE + 1, 1, none), Ok(Room::Apart { .. })));
        assert!(matches!(Room::of(1, 1, much), Ok(Room::Apart { .. })));
        assert_eq!(Room::of(1, LEVELS_MAX + 1, none), Err(CompileError::TooDeep));
    }
}

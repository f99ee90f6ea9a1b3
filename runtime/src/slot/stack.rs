//! Pooled stacks for the fibers that guests run on.
//!
//! The engine's on-demand allocator would map and unmap one for each execution, which costs more than a short run itself.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use wasmtime::{StackCreator, StackMemory};

use super::{
    PAGE,
    map::{Mapping, Protection},
};

/// Free lists, as in `pool`.
const SHARDS: usize = 16;
/// Idle stacks kept in each list.
const IDLE_STACKS_PER_SHARD: usize = 64;
/// What stays resident of a stack between runs; deeper pages are given back every [`TRIM_EVERY`] uses.
const RESIDENT_BYTES: usize = 256 << 10;
const TRIM_EVERY: u32 = 64;

/// The pool. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct FiberStacks(Arc<[Mutex<Vec<Stack>>; SHARDS]>);

#[derive(Debug)]
struct Stack {
    mapping: Mapping,
    uses: u32,
}

#[derive(Debug)]
struct PooledStack {
    stack: Option<Stack>,
    pool: FiberStacks,
}

impl FiberStacks {
    fn shard(&self) -> MutexGuard<'_, Vec<Stack>> {
        use std::sync::atomic::{AtomicUsize, Ordering};
        thread_local! {
            static SHARD: usize = {
                static NEXT: AtomicUsize = AtomicUsize::new(0);
                NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS
            };
        }
        self.0[SHARD.with(|shard| *shard)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: each stack is a mapping of its own with a guard page at its low end, handed to one fiber at a time.
unsafe impl StackCreator for FiberStacks {
    fn new_stack(&self, size: usize, _zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        // What an earlier guest left on a stack is host data of dead frames, which no guest can read; zeroing would
        // cost more than the run.
        let len = size.next_multiple_of(PAGE) + PAGE;
        let pooled = self.shard().pop().filter(|stack| stack.mapping.len() == len);
        let stack = if let Some(stack) = pooled {
            stack
        } else {
            let mut mapping = Mapping::reserve(len)?;
            mapping.protect(PAGE, len - PAGE, Protection::ReadWrite)?;
            Stack { mapping, uses: 0 }
        };
        Ok(Box::new(PooledStack { stack: Some(stack), pool: self.clone() }))
    }
}

impl PooledStack {
    fn bounds(&self) -> Range<usize> {
        self.stack.as_ref().map_or(0..0, |stack| {
            let base = stack.mapping.base() as usize;
            base..base + stack.mapping.len()
        })
    }
}

// SAFETY: the ranges describe the mapping made above: one inaccessible page, then the stack.
unsafe impl StackMemory for PooledStack {
    fn top(&self) -> *mut u8 {
        self.stack.as_ref().map_or(std::ptr::null_mut(), |stack| {
            stack.mapping.base().wrapping_add(stack.mapping.len())
        })
    }

    fn range(&self) -> Range<usize> {
        let bounds = self.bounds();
        bounds.start + PAGE..bounds.end
    }

    fn guard_range(&self) -> Range<*mut u8> {
        self.stack.as_ref().map_or(std::ptr::null_mut()..std::ptr::null_mut(), |stack| {
            stack.mapping.base()..stack.mapping.base().wrapping_add(PAGE)
        })
    }
}

impl Drop for PooledStack {
    fn drop(&mut self) {
        let Some(mut stack) = self.stack.take() else { return };
        stack.uses += 1;
        if stack.uses.is_multiple_of(TRIM_EVERY) {
            let deep = stack.mapping.len().saturating_sub(PAGE + RESIDENT_BYTES);
            if stack.mapping.discard(PAGE, deep).is_err() {
                return;
            }
        }
        let mut shard = self.pool.shard();
        if shard.len() < IDLE_STACKS_PER_SHARD {
            shard.push(stack);
        }
    }
}

//! Pooled stacks for the fibers that guests run on.
//!
//! The engine's on-demand allocator would map and unmap one for each execution, which costs more than a short run itself.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
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

thread_local! {
    /// The list that this thread uses first.
    static SHARD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS
    };
}

impl FiberStacks {
    fn shard(&self, n: usize) -> MutexGuard<'_, Vec<Stack>> {
        self.0[n % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle stack. Guests end on other threads than they started on, so one list runs empty while another fills: where there is none, the next
    /// list is looked into.
    fn idle(&self) -> Option<Stack> {
        let own = SHARD.with(|shard| *shard);
        (0..SHARDS).find_map(|n| self.shard(own + n).pop())
    }
}

// SAFETY: each stack is a mapping of its own with a guard page at its low end, handed to one fiber at a time.
unsafe impl StackCreator for FiberStacks {
    fn new_stack(&self, size: usize, _zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        // What an earlier guest left on a stack is host data of dead frames, which no guest can read; zeroing would
        // cost more than the run.
        let len = size.next_multiple_of(PAGE) + PAGE;
        let pooled = self.idle().filter(|stack| stack.mapping.len() == len);
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
        let mut shard = self.pool.shard(SHARD.with(|shard| *shard));
        if shard.len() < IDLE_STACKS_PER_SHARD {
            shard.push(stack);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_used_again_by_whichever_thread_comes_next() {
        let stacks = FiberStacks::default();
        let base = |stacks: &FiberStacks| {
            stacks.new_stack(4 * PAGE, false).expect("there is memory").range().start
        };
        let first = base(&stacks);
        for _ in 0..SHARDS {
            let other = stacks.clone();
            let again = std::thread::spawn(move || base(&other)).join().expect("no panic");
            assert_eq!(again, first);
        }
    }
}

//! Memory slots: linear memories that this crate owns, over a copy-on-write image of an initialised guest.
//!
//! Why not the engine's pooling allocator: after a run it gives most dirty pages back to the kernel, and the next run faults them in
//! again, at more than a microsecond each and under a lock that all threads share. A slot keeps its dirty pages and copies
//! the image back over them instead, so that the next run faults on nothing.
//!
//! - `image`: the memory of a guest as its snapshot left it
//! - `track`: which pages of a slot were written
//! - `region`: one slot: mapping, growth, reset
//! - `pool`: the slots of one image; hands them to the engine
//! - `stack`: pooled stacks for the fibers that guests run on
//!
//! This is where unsafe code is worth owning. Its invariant: after `reset` returned `Ok`, a slot equals its image byte for byte and
//! nothing beyond is accessible; on any error the slot is unmapped, never used again.

mod image;
mod map;
mod pool;
mod region;
mod stack;
mod track;

pub(crate) use image::MemoryImage;
pub(crate) use map::Mapping;
pub(crate) use pool::{SlotMemories, SlotPool, Verdict, resets_later};
pub(crate) use region::{Faults, SlotLayout};
pub(crate) use stack::FiberStacks;
pub use track::DirtyTracking;
pub(crate) use track::thread_faults;

/// The page size that all of this relies on. x86-64 has no other; an aarch64 kernel with larger pages is refused at start.
pub(crate) const PAGE: usize = 4096;

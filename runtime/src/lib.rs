//! The WebAssembly backend: every execution is a fresh Wasmtime instance on a memory slot that already holds the
//! interpreter, warmed up, copy-on-write.
//!
//! - `engine`: the one engine and its settings
//! - `split`: a snapshotted module taken apart into code and memory image
//! - `cache`: both on disk, compiled once for each machine
//! - `slot`: memory slots over an image, reset by copying back the pages that were written
//! - `guest`: a language ready to run; `layer`: one that has imported more; `execution`: one run of it
//! - [`WasmExecutor`]: all of it behind the `Executor` trait; [`GuestThreads`] moves executions onto threads of their own
//!
//! `unsafe` is confined to `slot` and to loading from the cache.

mod cache;
mod engine;
mod execution;
mod executor;
mod guest;
mod layer;
mod slot;
mod split;
mod threads;

pub use cache::{CacheDir, CacheError, Progress};
pub use coderunner_host_api::FUEL_PER_CPU_MS;
pub use engine::{AddressSpace, EngineError};
pub use executor::{LayerUse, ReadyError, Settings, WasmExecutor};
pub use guest::GuestError;
pub use layer::LayerError;
pub use slot::DirtyTracking;
pub use threads::GuestThreads;

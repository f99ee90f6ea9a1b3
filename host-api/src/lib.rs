//! What a WebAssembly guest may call.
//!
//! WASI preview 1, narrowed to what the guests of `languages/` use, over the state of one execution ([`HostState`]):
//! output through a bounded sink, standard input, coarse clocks, the host's entropy, files in a private folder that is only
//! made when it is needed, and the job record. Each capability is a module with an `add_to_linker`.
//!
//! Security invariants:
//! - nothing of the host is visible: no environment, no arguments, no path, no descriptor that was not made here;
//! - every path is resolved by cap-std below the execution's own folder;
//! - everything a guest can make grow (open files, directory entries, bytes stored, bytes written) has a bound.
//!
//! `docs/guest-abi.md` describes the same from the guest's side.

mod clocks;
mod end;
mod environment;
mod errno;
mod files;
mod fuel;
mod input;
mod job;
mod memory;
mod meter;
mod output;
mod poll;
mod process;
mod random;
mod state;

use wasmtime::Linker;

pub use end::GuestEnd;
pub use files::{FOLDER_PREFIX, check_folders, remove_stale_folders};
pub use fuel::{FUEL_PER_CPU_MS, FUEL_PER_SLICE, PAY, REFUEL};
pub use meter::MemoryMeter;
pub use output::OutputBuffer;
pub use state::{HostSettings, HostState};

/// The import module of CodeRunner's own functions.
pub const MODULE: &str = "coderunner";
/// The import module of WASI preview 1.
const WASI: &str = "wasi_snapshot_preview1";

/// Adds every host function to `linker`.
///
/// # Errors
/// A name is defined twice.
pub fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    clocks::add_to_linker(linker)?;
    environment::add_to_linker(linker)?;
    files::add_to_linker(linker)?;
    fuel::add_to_linker(linker)?;
    job::add_to_linker(linker)?;
    poll::add_to_linker(linker)?;
    process::add_to_linker(linker)?;
    random::add_to_linker(linker)?;
    Ok(())
}

//! The one engine: every guest is compiled with, and runs in, the same settings.

use std::sync::Arc;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel};

use crate::slot::{FiberStacks, PAGE, SlotMemories};

/// How deep a guest's native call stack may grow. CPython's own C stack check has to trigger before this does.
const WASM_STACK_BYTES_MAX: usize = 16 << 20;
/// The stack that a fiber has: the guest's and room for host functions.
const FIBER_STACK_BYTES: usize = 24 << 20;

/// How much address space the process may use for memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSpace {
    /// 4 GiB for each memory, so that the hardware checks bounds.
    Full,
    /// Where the address space is limited (`ulimit -v`): 512 MiB for each memory and bounds checked in code, which is slower.
    Limited,
}

impl AddressSpace {
    /// Below this a limit on the address space counts as one: 16 memories of the full size.
    const FULL_FROM_BYTES: u64 = 64 << 30;

    /// What this process may use (`RLIMIT_AS`).
    #[must_use]
    pub fn of_this_process() -> Self {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the kernel fills the structure that is passed.
        let known = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
        if known && limit.rlim_cur < Self::FULL_FROM_BYTES { Self::Limited } else { Self::Full }
    }

    pub(crate) const fn layout(self) -> crate::slot::SlotLayout {
        match self {
            Self::Full => crate::slot::SlotLayout { reservation: 4 << 30, guard: 32 << 20 },
            Self::Limited => crate::slot::SlotLayout { reservation: 512 << 20, guard: 64 << 10 },
        }
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Slots work on 4 KiB pages.
    #[error("this kernel uses pages of {bytes} bytes; CodeRunner needs 4096")]
    PageSize {
        /// What it uses.
        bytes: i64,
    },
    /// The engine does not take its settings on this machine.
    #[error("the WebAssembly engine cannot be set up on this machine")]
    Engine {
        /// Why.
        #[source]
        source: wasmtime::Error,
    },
}

/// Makes the engine.
pub(crate) fn new(address_space: AddressSpace) -> Result<Engine, EngineError> {
    // SAFETY: a plain query.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    if page != i64::try_from(PAGE).unwrap_or(0) {
        return Err(EngineError::PageSize { bytes: page });
    }
    let layout = address_space.layout();
    let mut config = Config::new();
    config
        // Guests meter themselves (`split/fuel.rs`); the hints say where they hardly ever go.
        .wasm_branch_hinting(true)
        .cranelift_opt_level(OptLevel::Speed)
        // Memories come from our slots, which never move and hold their initial contents already.
        .allocation_strategy(InstanceAllocationStrategy::OnDemand)
        .with_host_memory(Arc::new(SlotMemories))
        .memory_reservation(layout.reservation as u64)
        .memory_guard_size(layout.guard as u64)
        .memory_may_move(false)
        .memory_init_cow(false)
        .guard_before_linear_memory(false)
        .with_host_stack(Arc::new(FiberStacks::default()))
        .max_wasm_stack(WASM_STACK_BYTES_MAX)
        .async_stack_size(FIBER_STACK_BYTES)
        // Traps are classified by their code; nobody reads WebAssembly backtraces of an interpreter.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        .concurrency_support(false);
    Engine::new(&config).map_err(|source| EngineError::Engine { source })
}

//! Ending, yielding, and the things that a guest cannot do: signals and sockets.

use wasmtime::{Caller, Linker};

use crate::{
    GuestEnd, HostState, WASI,
    errno::{Errno, answer},
};

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        WASI,
        "proc_exit",
        |_: Caller<'_, HostState>, code: i32| -> wasmtime::Result<()> {
            // As on Linux, the low eight bits are the exit code.
            Err(wasmtime::Error::new(GuestEnd::Exit(code.to_le_bytes()[0])))
        },
    )?;
    linker.func_wrap(WASI, "proc_raise", |_signal: i32| Errno::Nosys as i32)?;
    linker.func_wrap_async(WASI, "sched_yield", |_: Caller<'_, HostState>, (): ()| {
        Box::new(async {
            tokio::task::yield_now().await;
            answer(Ok(()))
        })
    })?;
    // There is no network. A guest that links these in finds no descriptor to use them on.
    linker.func_wrap(WASI, "sock_accept", |_: i32, _: i32, _: i32| Errno::Notsock as i32)?;
    linker.func_wrap(WASI, "sock_recv", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| {
        Errno::Notsock as i32
    })?;
    linker.func_wrap(WASI, "sock_send", |_: i32, _: i32, _: i32, _: i32, _: i32| {
        Errno::Notsock as i32
    })?;
    linker.func_wrap(WASI, "sock_shutdown", |_: i32, _: i32| Errno::Notsock as i32)?;
    Ok(())
}

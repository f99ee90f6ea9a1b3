//! Entropy: the host's own cryptographic source, never a seed that a snapshot could carry.

use wasmtime::{Caller, Linker};

use crate::{
    HostState, WASI,
    errno::{Errno, answer},
    memory::view,
};

/// The most bytes in one call; guests ask for kilobytes at most, and the call cannot be interrupted.
const BYTES_MAX: i32 = 1 << 20;

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        WASI,
        "random_get",
        |mut caller: Caller<'_, HostState>, at: i32, len: i32| {
            answer((|| {
                if !(0..=BYTES_MAX).contains(&len) {
                    return Err(Errno::Inval.into());
                }
                caller.data_mut().told_what_varies();
                let mut view = view(&mut caller)?;
                let buffer = view.bytes_mut(at, len.cast_unsigned() as usize)?;
                Ok(getrandom::fill(buffer).map_err(|_| Errno::Io)?)
            })())
        },
    )?;
    Ok(())
}

//! Clocks: coarse, and relative to the execution.
//!
//! One microsecond is fine enough for any snippet that times itself and too coarse to time the host's caches. The monotonic clock
//! starts with the execution, so that the host's uptime stays its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmtime::{Caller, Linker};

use crate::{
    HostState, WASI,
    errno::{Errno, Fault, answer},
    memory::view,
};

/// The resolution of every clock.
const RESOLUTION: Duration = Duration::from_micros(1);

const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;
const PROCESS_CPUTIME: i32 = 2;
const THREAD_CPUTIME: i32 = 3;

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        WASI,
        "clock_res_get",
        |mut caller: Caller<'_, HostState>, clock: i32, at: i32| {
            answer((|| {
                now(clock, caller.data().started)?;
                Ok(view(&mut caller)?.write_u64(at, nanos(RESOLUTION))?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "clock_time_get",
        |mut caller: Caller<'_, HostState>, clock: i32, _precision: i64, at: i32| {
            answer((|| {
                let time = now(clock, caller.data().started)?;
                caller.data_mut().told_what_varies();
                Ok(view(&mut caller)?.write_u64(at, time)?)
            })())
        },
    )?;
    Ok(())
}

/// The time of a clock in nanoseconds, rounded down to the resolution.
pub(crate) fn now(clock: i32, started: Instant) -> Result<u64, Fault> {
    let time = match clock {
        // A host clock before 1970 reads as 1970.
        REALTIME => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        // The guest has no processor-time clock of its own; elapsed time is the usual stand-in.
        MONOTONIC | PROCESS_CPUTIME | THREAD_CPUTIME => started.elapsed(),
        _ => return Err(Errno::Inval.into()),
    };
    let time = nanos(time);
    Ok(time - time % nanos(RESOLUTION))
}

/// Saturates in the year 2554.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

//! CPU time, counted in fuel: how much a guest has used, and the function by which it asks for more.
//!
//! Guests are metered code (`runtime/src/split/fuel.rs`): they count a slice down and then call `refuel`. That is also where they are suspended, so
//! that deadlines are seen, they can be cancelled, and others on the same thread have their turn.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use coderunner_executor::Resource;
use wasmtime::{Caller, Linker};

use crate::{GuestEnd, HostState, MODULE};

/// The function that gives fuel: what is left of the slice (not positive) in, a new slice out.
pub const REFUEL: &str = "refuel";

/// The import that a guest calls where it meters itself. Its calls are replaced when the guest is made ready; the import alone remains.
pub const PAY: &str = "pay";

/// How much fuel stands for a millisecond of CPU time. Fuel counts WebAssembly operations, as estimated where code is metered, so that the same
/// program reaches the same limit on every machine. Measured on a current server core (Intel Xeon) over `benches/cpu`: of 20 programs 17 use it
/// up in 0.67 to 1.5 ms, the others in 0.4, 0.5 and 1.6. On an older core a limit of one second allows accordingly more of its time.
pub const FUEL_PER_CPU_MS: u64 = 10_000_000;
/// A guest is suspended after this much fuel: about half a millisecond, and still a few when it mostly waits for memory.
pub const FUEL_PER_SLICE: i32 = 5_000_000;

/// The fuel of one guest.
#[derive(Debug)]
pub(crate) struct FuelMeter {
    max: u64,
    /// All slices so far, the current one included.
    given: u64,
}

impl FuelMeter {
    /// A meter for a guest that may use `cpu` and starts with one slice.
    pub(crate) fn new(cpu: Duration) -> Self {
        let millis = u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX);
        let max = millis.saturating_mul(FUEL_PER_CPU_MS).min(i64::MAX.cast_unsigned());
        Self { max, given: u64::from(FUEL_PER_SLICE.cast_unsigned()) }
    }

    /// What was used when `left` units are left of the current slice.
    pub(crate) fn used(&self, left: i32) -> u64 {
        self.given.saturating_add_signed(-i64::from(left)).min(self.max)
    }

    /// The next slice, when `left` units, none or fewer, are left of the current one; `None` when the limit is reached.
    fn refill(&mut self, left: i32) -> Option<i32> {
        let used = self.used(left);
        let slice = (self.max - used).min(u64::from(FUEL_PER_SLICE.cast_unsigned()));
        self.given = used + slice;
        i32::try_from(slice).ok().filter(|slice| *slice > 0)
    }
}

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        MODULE,
        REFUEL,
        |mut caller: Caller<'_, HostState>, (left,): (i32,)| {
            let slice = caller.data_mut().fuel.refill(left);
            Box::new(async move {
                let slice = slice.ok_or(GuestEnd::Limit(Resource::CpuTime))?;
                GiveWay::default().await;
                Ok(slice)
            })
        },
    )?;
    linker.func_wrap(MODULE, PAY, |_: i32| ())?;
    Ok(())
}

/// Suspends the guest once, to be polled again at once.
#[derive(Debug, Default)]
struct GiveWay {
    gave_way: bool,
}

impl Future for GiveWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.gave_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_gets_what_its_limit_allows_and_no_more() {
        let mut meter = FuelMeter::new(Duration::from_millis(1));
        assert_eq!(meter.used(FUEL_PER_SLICE), 0);
        assert_eq!(meter.used(FUEL_PER_SLICE - 10), 10);
        // It paid 100 units more than it had.
        assert_eq!(meter.refill(-100), Some(FUEL_PER_SLICE - 100));
        assert_eq!(meter.used(-50), FUEL_PER_CPU_MS, "never more than the limit");
        assert_eq!(meter.refill(0), None);
        assert_eq!(meter.used(0), FUEL_PER_CPU_MS);
    }
}

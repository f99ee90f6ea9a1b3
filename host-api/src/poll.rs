//! Waiting: for time to pass, or for standard input.
//!
//! The guest is suspended while it waits and holds no thread.

use std::time::Duration;

use tokio::time::Instant;
use wasmtime::{Caller, Linker};

use crate::{
    HostState, WASI, clocks,
    errno::{Errno, Fault, answer},
    memory::view,
};

/// Subscriptions in one call.
const SUBSCRIPTIONS_MAX: i32 = 64;
/// Sizes of `subscription` and `event` in preview 1.
const SUBSCRIPTION_BYTES: usize = 48;
const EVENT_BYTES: usize = 32;

const TYPE_CLOCK: u8 = 0;
const TYPE_FD_READ: u8 = 1;
const TYPE_FD_WRITE: u8 = 2;
const ABSOLUTE_TIME: u16 = 1;
const STDIN: u32 = 0;

/// One subscription, decoded.
struct Subscription {
    userdata: u64,
    what: What,
}

enum What {
    Clock {
        at: Instant,
    },
    Stdin,
    /// Files and output are always ready.
    Ready {
        event: u8,
    },
    Failed {
        event: u8,
        errno: Errno,
    },
}

/// An event to be reported.
struct Event {
    userdata: u64,
    errno: u16,
    kind: u8,
    bytes: u64,
}

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "poll_oneoff",
        |mut caller: Caller<'_, HostState>,
         (subscriptions, events, count, count_at): (i32, i32, i32, i32)| {
            Box::new(async move {
                answer(poll(&mut caller, subscriptions, events, count, count_at).await)
            })
        },
    )?;
    Ok(())
}

async fn poll(
    caller: &mut Caller<'_, HostState>,
    subscriptions_at: i32,
    events_at: i32,
    count: i32,
    count_at: i32,
) -> Result<(), Fault> {
    if !(1..=SUBSCRIPTIONS_MAX).contains(&count) {
        return Err(Errno::Inval.into());
    }
    let subscriptions = (0..count)
        .map(|n| {
            let at = subscriptions_at.cast_unsigned() as usize
                + n.cast_unsigned() as usize * SUBSCRIPTION_BYTES;
            decode(caller, at)
        })
        .collect::<Result<Vec<_>, _>>()?;

    // What the program has said so far should be seen while it waits.
    let output = caller.data().output();
    output.flush().await.map_err(|closed| Fault::End(closed.into()))?;

    let deadline = subscriptions
        .iter()
        .filter_map(|s| if let What::Clock { at } = s.what { Some(at) } else { None })
        .min();
    let wants_input = subscriptions.iter().any(|s| matches!(s.what, What::Stdin));
    let at_once =
        subscriptions.iter().any(|s| matches!(s.what, What::Ready { .. } | What::Failed { .. }));
    let mut input_ready = false;
    if !at_once {
        input_ready = wait(caller, deadline, wants_input).await;
    } else if wants_input {
        input_ready = caller.data().input.available() > 0;
    }

    let now = Instant::now();
    let available = caller.data().input.available() as u64;
    let events: Vec<Event> = subscriptions
        .iter()
        .filter_map(|s| {
            let (errno, kind, bytes) = match s.what {
                What::Clock { at } if at <= now => (0, TYPE_CLOCK, 0),
                What::Stdin if input_ready => (0, TYPE_FD_READ, available),
                What::Ready { event } => (0, event, 1),
                What::Failed { event, errno } => (errno as u16, event, 0),
                What::Clock { .. } | What::Stdin => return None,
            };
            Some(Event { userdata: s.userdata, errno, kind, bytes })
        })
        .collect();

    let mut view = view(caller)?;
    for (n, event) in events.iter().enumerate() {
        let at = events_at.cast_unsigned() as usize + n * EVENT_BYTES;
        let at = i32::from_le_bytes(u32::try_from(at).map_err(|_| Errno::Fault)?.to_le_bytes());
        let mut record = [0; EVENT_BYTES];
        record[0..8].copy_from_slice(&event.userdata.to_le_bytes());
        record[8..10].copy_from_slice(&event.errno.to_le_bytes());
        record[10] = event.kind;
        record[16..24].copy_from_slice(&event.bytes.to_le_bytes());
        view.write(at, &record)?;
    }
    Ok(view.write_u32(count_at, u32::try_from(events.len()).map_err(|_| Errno::Overflow)?)?)
}

/// Waits for the deadline or for input, whichever comes first; `true` when it was input.
async fn wait(
    caller: &mut Caller<'_, HostState>,
    deadline: Option<Instant>,
    wants_input: bool,
) -> bool {
    let input = &mut caller.data_mut().input;
    match (deadline, wants_input) {
        (Some(deadline), true) => tokio::time::timeout_at(deadline, input.ready()).await.is_ok(),
        (Some(deadline), false) => {
            tokio::time::sleep_until(deadline).await;
            false
        }
        (None, _) => {
            input.ready().await;
            true
        }
    }
}

/// Reads the subscription at `at`; its layout is preview 1's.
fn decode(caller: &mut Caller<'_, HostState>, at: usize) -> Result<Subscription, Fault> {
    let started = caller.data().started;
    let view = view(caller)?;
    let userdata = view.read_u64(at)?;
    let kind = *view.memory.get(at + 8).ok_or(Errno::Fault)?;
    let what = match kind {
        TYPE_CLOCK => {
            let clock = view.read_u32(at + 16)?.cast_signed();
            let timeout = view.read_u64(at + 24)?;
            let flags = view.read_u32(at + 40)?.to_le_bytes();
            let nanos = if u16::from_le_bytes([flags[0], flags[1]]) & ABSOLUTE_TIME == 0 {
                timeout
            } else {
                // Whether a moment has passed tells the time.
                view.state.told_what_varies();
                timeout.saturating_sub(clocks::now(clock, started)?)
            };
            // The execution's own wall limit ends far shorter waits than this bound on the arithmetic.
            let wait = Duration::from_nanos(nanos).min(Duration::from_secs(1 << 30));
            What::Clock { at: Instant::now() + wait }
        }
        TYPE_FD_READ | TYPE_FD_WRITE => {
            let fd = view.read_u32(at + 16)?;
            if fd == STDIN && kind == TYPE_FD_READ {
                What::Stdin
            } else if view.state.files.is_open(fd.cast_signed()) {
                What::Ready { event: kind }
            } else {
                What::Failed { event: kind, errno: Errno::Badf }
            }
        }
        _ => return Err(Errno::Inval.into()),
    };
    Ok(Subscription { userdata, what })
}

//! How quickly refusals follow each other when there are far too many.
//!
//! A refusal costs little, but callers who ask again at once after each get as many as there is processor time for, and that is taken from the programs that
//! run. Up to a rate refusals are answered at once; above it they come evenly, and whoever waits for one does not ask again meanwhile.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// The longest that a refusal is held back.
const WAIT_MAX: Duration = Duration::from_millis(250);
/// So many of them may come at once before they are held back: those of a tenth of a second.
const BURST_PER_SECOND: u64 = 10;

/// A rate that is kept by waiting.
#[derive(Debug)]
pub(crate) struct Pace {
    started: Instant,
    apart_ns: u64,
    burst_ns: u64,
    /// When the last one that was counted is due, in nanoseconds after the start.
    due_ns: AtomicU64,
}

impl Pace {
    pub(crate) fn new(per_second: u32) -> Self {
        const SECOND_NS: u64 = 1_000_000_000;
        let apart_ns = SECOND_NS / u64::from(per_second.max(1));
        let burst_ns = SECOND_NS / BURST_PER_SECOND;
        Self { started: Instant::now(), apart_ns, burst_ns, due_ns: AtomicU64::new(0) }
    }

    /// Counts one, and says how long it has to wait.
    pub(crate) fn wait(&self) -> Duration {
        self.wait_at(nanos(self.started.elapsed()))
    }

    fn wait_at(&self, now_ns: u64) -> Duration {
        // Time starts with a burst's worth behind it.
        let now_ns = now_ns + self.burst_ns;
        let latest = now_ns + nanos(WAIT_MAX);
        let next = |due: u64| (due.max(now_ns - self.burst_ns) + self.apart_ns).min(latest);
        let before = self
            .due_ns
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| Some(next(due)))
            .unwrap_or_default();
        Duration::from_nanos(next(before).saturating_sub(now_ns))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_do_not_wait_and_many_come_evenly() {
        let pace = Pace::new(1000);
        // A tenth of a second's worth at once, the next ones a millisecond apart.
        let waits: Vec<_> = (0..103).map(|_| pace.wait_at(0)).collect();
        assert!(waits[..100].iter().all(Duration::is_zero));
        assert_eq!(waits[100..], [1, 2, 3].map(Duration::from_millis));
        // Nobody waits for longer than the bound, and what was not due is forgotten.
        let worst = (0..10_000).map(|_| pace.wait_at(0)).max();
        assert_eq!(worst, Some(WAIT_MAX));
        let later = nanos(Duration::from_secs(1));
        assert!((0..100).all(|_| pace.wait_at(later).is_zero()));
    }
}

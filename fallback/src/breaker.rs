//! A circuit breaker: after a few failures in a row the daemon is left alone for a while, then tried by one call at a time.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row that open the circuit.
const FAILURES_MAX: u32 = 3;
/// How long it stays open at first; doubled each time a probe fails, up to [`OPEN_MAX`].
const OPEN_MIN: Duration = Duration::from_millis(500);
const OPEN_MAX: Duration = Duration::from_secs(15);
/// A probe that has not reported by then counts as failed.
const PROBE_MAX: Duration = Duration::from_secs(30);

/// Whether calls are let through.
#[derive(Debug)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug)]
struct State {
    failures: u32,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    until: Instant,
    lasting: Duration,
    probe: Option<Instant>,
}

/// The circuit is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// When it is worth trying again.
    pub(crate) retry_after: Duration,
}

impl Breaker {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { failures: 0, open: None }))
    }

    /// Lets a call through, or not. Each call that was let through is followed by [`Self::record`].
    pub(crate) fn pass(&self) -> Result<(), Refused> {
        self.pass_at(Instant::now())
    }

    fn pass_at(&self, now: Instant) -> Result<(), Refused> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = &mut state.open else { return Ok(()) };
        let probing =
            open.probe.is_some_and(|since| now.saturating_duration_since(since) < PROBE_MAX);
        if now < open.until || probing {
            return Err(Refused {
                retry_after: open.until.saturating_duration_since(now).max(OPEN_MIN),
            });
        }
        open.probe = Some(now);
        Ok(())
    }

    /// Whether a call would be refused now.
    pub(crate) fn refuses(&self) -> Option<Refused> {
        let now = Instant::now();
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = state.open.filter(|open| now < open.until)?;
        Some(Refused { retry_after: open.until.saturating_duration_since(now) })
    }

    /// What became of a call.
    pub(crate) fn record(&self, succeeded: Result<(), ()>) {
        self.record_at(succeeded, Instant::now());
    }

    fn record_at(&self, succeeded: Result<(), ()>, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if succeeded.is_ok() {
            *state = State { failures: 0, open: None };
            return;
        }
        state.failures = state.failures.saturating_add(1);
        let lasting = match state.open {
            Some(Open { probe: Some(_), lasting, .. }) => (lasting * 2).min(OPEN_MAX),
            None if state.failures >= FAILURES_MAX => OPEN_MIN,
            // Calls that were under way when the circuit opened say nothing new.
            Some(_) | None => return,
        };
        state.open = Some(Open { until: now + lasting, lasting, probe: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circuit_opens_after_failures_in_a_row_and_closes_after_one_success() {
        let (breaker, now) = (Breaker::new(), Instant::now());
        for _ in 1..FAILURES_MAX {
            breaker.record_at(Err(()), now);
            assert_eq!(breaker.pass_at(now), Ok(()));
        }
        breaker.record_at(Err(()), now);
        assert!(breaker.pass_at(now).is_err());
        let later = now + OPEN_MIN;
        assert_eq!(breaker.pass_at(later), Ok(()), "half open: one probe");
        assert!(breaker.pass_at(later).is_err(), "and only one");
        breaker.record_at(Ok(()), later);
        assert_eq!(breaker.pass_at(later), Ok(()));
    }

    #[test]
    fn a_failing_probe_keeps_it_open_for_longer_up_to_a_bound() {
        let (breaker, mut now) = (Breaker::new(), Instant::now());
        (0..FAILURES_MAX).for_each(|_| breaker.record_at(Err(()), now));
        let mut waited = Vec::new();
        for _ in 0..8 {
            let start = now;
            while breaker.pass_at(now).is_err() {
                now += Duration::from_millis(100);
            }
            waited.push(now - start);
            breaker.record_at(Err(()), now);
        }
        assert!(waited.is_sorted());
        assert_eq!(waited.last(), Some(&OPEN_MAX));
    }

    #[test]
    fn a_probe_that_never_reports_does_not_close_the_door_for_ever() {
        let (breaker, now) = (Breaker::new(), Instant::now());
        (0..FAILURES_MAX).for_each(|_| breaker.record_at(Err(()), now));
        assert_eq!(breaker.pass_at(now + OPEN_MIN), Ok(()));
        assert_eq!(breaker.pass_at(now + OPEN_MIN + PROBE_MAX), Ok(()));
    }
}

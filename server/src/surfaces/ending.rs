//! How a program ended, in the words of systems that run programs as processes: an exit code, a signal, or a limit.
//!
//! Limits that such systems know only as the signal that enforces them are that signal here.

use std::fmt;

use coderunner_executor::{Resource, Termination};

/// The end of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// By itself, with this code.
    Exited(u8),
    /// By a signal.
    Signalled {
        /// Which.
        signal: Signal,
        /// What happened, for people.
        why: String,
    },
    /// By the limit of processor time or of wall time.
    TimeLimit,
    /// By the limit of output.
    OutputLimit,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code: {code}"),
            Self::Signalled { why, .. } => write!(f, "ended: {why}"),
            Self::TimeLimit => f.write_str("ended: Time limit exceeded"),
            Self::OutputLimit => f.write_str("ended: Output limit exceeded"),
        }
    }
}

/// A signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signal {
    pub(super) name: &'static str,
    pub(super) number: u8,
}

/// Signals by which programs end, or that a client may send. Numbers as on Linux on x86-64 and ARM.
const SIGNALS: &[Signal] = &[
    Signal { name: "SIGHUP", number: 1 },
    Signal { name: "SIGINT", number: 2 },
    Signal { name: "SIGQUIT", number: 3 },
    Signal { name: "SIGILL", number: 4 },
    Signal { name: "SIGTRAP", number: 5 },
    Signal { name: "SIGABRT", number: 6 },
    Signal { name: "SIGBUS", number: 7 },
    Signal { name: "SIGFPE", number: 8 },
    Signal { name: "SIGKILL", number: 9 },
    Signal { name: "SIGUSR1", number: 10 },
    Signal { name: "SIGSEGV", number: 11 },
    Signal { name: "SIGUSR2", number: 12 },
    Signal { name: "SIGPIPE", number: 13 },
    Signal { name: "SIGALRM", number: 14 },
    Signal { name: "SIGTERM", number: 15 },
    Signal { name: "SIGSTKFLT", number: 16 },
    Signal { name: "SIGCHLD", number: 17 },
    Signal { name: "SIGCONT", number: 18 },
    Signal { name: "SIGSTOP", number: 19 },
    Signal { name: "SIGTSTP", number: 20 },
    Signal { name: "SIGTTIN", number: 21 },
    Signal { name: "SIGTTOU", number: 22 },
    Signal { name: "SIGURG", number: 23 },
    Signal { name: "SIGXCPU", number: 24 },
    Signal { name: "SIGXFSZ", number: 25 },
    Signal { name: "SIGVTALRM", number: 26 },
    Signal { name: "SIGPROF", number: 27 },
    Signal { name: "SIGWINCH", number: 28 },
    Signal { name: "SIGIO", number: 29 },
    Signal { name: "SIGPWR", number: 30 },
    Signal { name: "SIGSYS", number: 31 },
];

impl Signal {
    pub(super) fn named(name: &str) -> Option<Self> {
        SIGNALS.iter().copied().find(|signal| signal.name == name)
    }

    fn known(name: &'static str) -> Self {
        Self::named(name).expect("it is in the table")
    }

    /// Whether a process that has no handler for it goes on.
    pub(super) fn is_survived(self) -> bool {
        matches!(self.number, 17..=23 | 28)
    }
}

impl From<&Termination> for Ending {
    fn from(termination: &Termination) -> Self {
        let by = |name, why: &str| Self::Signalled { signal: Signal::known(name), why: why.into() };
        match termination {
            Termination::Exited { code } => Self::Exited(*code),
            Termination::Crashed { reason } => Self::Signalled {
                signal: named_in(reason).unwrap_or_else(|| Signal::known("SIGABRT")),
                why: reason.clone(),
            },
            Termination::LimitExceeded(resource) => match resource {
                Resource::CpuTime | Resource::WallTime => Self::TimeLimit,
                Resource::Output => Self::OutputLimit,
                Resource::Memory => by("SIGKILL", "Memory limit exceeded"),
                Resource::Stack => by("SIGSEGV", "Stack limit exceeded"),
                Resource::Disk => by("SIGXFSZ", "Disk limit exceeded"),
                Resource::Files => by("SIGXFSZ", "File limit exceeded"),
                Resource::Processes => by("SIGKILL", "Process limit exceeded"),
            },
        }
    }
}

/// The signal that a crash's reason names.
fn named_in(reason: &str) -> Option<Signal> {
    reason.split(|c: char| !c.is_ascii_alphanumeric()).find_map(Signal::named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_the_signal_that_its_reason_names() {
        let ending = |reason: &str| Ending::from(&Termination::Crashed { reason: reason.into() });
        let signal = |reason| match ending(reason) {
            Ending::Signalled { signal, .. } => signal.name,
            other => panic!("{other:?}"),
        };
        assert_eq!(signal("killed by signal 11 (SIGSEGV)"), "SIGSEGV");
        assert_eq!(signal("the interpreter aborted"), "SIGABRT");
    }

    #[test]
    fn every_limit_has_an_ending() {
        for resource in Resource::ALL {
            let ending = Ending::from(&Termination::LimitExceeded(resource));
            assert!(!matches!(ending, Ending::Exited(_)), "{resource}");
        }
        assert!(SIGNALS.iter().enumerate().all(|(n, signal)| usize::from(signal.number) == n + 1));
    }
}

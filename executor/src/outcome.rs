//! How an execution ended and what it used.

use std::time::Duration;

use crate::{JobFile, Resource};

/// The end of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The stage in which it ended.
    pub stage: Stage,
    /// How it ended.
    pub termination: Termination,
    /// What it used.
    pub usage: Usage,
    /// Files the program made or changed, if the job asked for them, sorted by path.
    pub files: Vec<JobFile>,
    /// Whether the same job would write and leave behind the same, byte for byte: it read nothing that differs from run to run (clocks, entropy, what a file
    /// system says of files beside their contents), and its end did not depend on the wall clock. `false` where the backend cannot tell. Says nothing of `usage`.
    pub repeatable: bool,
}

/// The stage of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Turning the source into something that runs; its failure is the program's, its output the compiler's.
    Compile,
    /// Running the program.
    Run,
}

impl Stage {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Run => "run",
        }
    }
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Termination {
    /// The program ended by itself.
    Exited {
        /// Its exit code, 0 to 255.
        code: u8,
    },
    /// The program was stopped by a fault of its own: a trap, a signal.
    Crashed {
        /// What happened, for people.
        reason: String,
    },
    /// The program reached a limit.
    LimitExceeded(Resource),
}

/// What an execution used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// From the start of the execution to its end, setup included.
    pub wall: Duration,
    /// Processor time of the guest.
    pub cpu: Duration,
    /// Fuel: about the WebAssembly operations executed, as estimated where the guest's code is metered. The same for the same run on every machine; absent where
    /// there is no such meter.
    pub fuel: Option<u64>,
    /// The most memory the guest held at one time, in bytes.
    pub memory_bytes_peak: u64,
    /// Bytes written to standard output and standard error.
    pub output_bytes: u64,
    /// From the start of the execution until the guest's first instruction could run.
    pub setup: Duration,
    /// Waiting for its turn before the start of the execution; no part of `wall`.
    pub queued: Duration,
}

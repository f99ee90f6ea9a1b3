//! Exit codes, which are a contract: scripts and judges branch on them.

use std::{fmt, process::ExitCode};

use coderunner_executor::{Resource, Termination};

/// A failure of the command, as opposed to one of the program that it ran.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, or something that it names, is wrong.
    Usage(anyhow::Error),
    /// CodeRunner itself failed.
    Ours(anyhow::Error),
    /// A signal asked us to stop.
    Interrupted {
        /// Its number.
        signal: u8,
    },
}

/// What a subcommand returns.
pub(crate) type CommandResult = Result<ExitCode, Failure>;

const USAGE: u8 = 2;
/// What `timeout` exits with.
const TIME_LIMIT: u8 = 124;
/// What `timeout`, `env` and `docker run` exit with when they themselves fail.
const OURS: u8 = 125;
/// What a shell reports of a program that the kernel killed for its memory: 128 + SIGKILL.
const MEMORY_LIMIT: u8 = 137;
const OTHER_LIMIT: u8 = 123;
/// What a shell reports of a program that aborted: 128 + SIGABRT.
const CRASHED: u8 = 134;

impl Failure {
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::Usage(error.into())
    }

    pub(crate) fn ours(error: impl Into<anyhow::Error>) -> Self {
        Self::Ours(error.into())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => USAGE,
            Self::Ours(_) => OURS,
            Self::Interrupted { signal } => 128_u8.saturating_add(*signal),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) | Self::Ours(error) => write!(f, "{error:#}"),
            Self::Interrupted { signal } => write!(f, "stopped by signal {signal}"),
        }
    }
}

/// The exit code for how a program ended.
pub(crate) fn of(termination: &Termination) -> ExitCode {
    ExitCode::from(match termination {
        Termination::Exited { code } => *code,
        Termination::Crashed { .. } => CRASHED,
        Termination::LimitExceeded(resource) => match resource {
            Resource::CpuTime | Resource::WallTime => TIME_LIMIT,
            Resource::Memory => MEMORY_LIMIT,
            Resource::Output
            | Resource::Disk
            | Resource::Files
            | Resource::Stack
            | Resource::Processes => OTHER_LIMIT,
        },
    })
}

//! Why a host function ends the guest instead of answering it.

use coderunner_executor::{OutputClosed, Resource};

/// Travels as the error of a host function through the engine to whoever called the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuestEnd {
    /// The guest called `proc_exit`.
    #[error("the guest exited with code {0}")]
    Exit(u8),
    /// The guest reached a limit that host functions watch.
    #[error("the guest reached its {0} limit")]
    Limit(Resource),
    /// Nobody reads the output any more.
    #[error(transparent)]
    OutputClosed(#[from] OutputClosed),
}

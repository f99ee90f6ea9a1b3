//! The contract between whoever submits code and whatever runs it.
//!
//! A [`Job`] goes into an [`Executor`]; [`OutputChunk`]s come out while it runs, and an [`Outcome`] when it has ended.
//! What the guest does is data: a crash, a limit, exit code 1 are an [`Outcome`]. An [`ExecuteError`] means that
//! CodeRunner itself failed. Dropping the future of an execution cancels it and frees all that it held.
//!
//! This crate knows no engine, no I/O and no serialisation: `runtime` implements the contract on Wasmtime,
//! `fallback` on containers, and the edges (`src`, `server`) have serialisable counterparts of their own.

mod admission;
mod executor;
mod job;
mod language;
mod limits;
mod outcome;
mod output;
mod router;
mod run;
mod stdin;

pub use admission::{
    Admission, AdmissionLimits, AdmissionState, Caller, Parking, Priority, Ticket,
};
pub use executor::{Availability, ExecuteError, Executor, chain};
pub use job::{Collect, FilePath, FilePathError, Job, JobFile};
pub use language::LanguageId;
pub use limits::{Limits, Resource};
pub use outcome::{Outcome, Stage, Termination, Usage};
pub use output::{
    CHUNK_BYTES_MAX, Finished, OutputChunk, OutputClosed, OutputPermit, OutputReader, OutputSink,
    OutputStream, gather, run_to_end,
};
pub use router::Router;
pub use run::{RUNS_MAX, Run};
pub use stdin::{Stdin, StdinReader, StdinSender};

//! One program, several inputs: what differs between the runs of a job that is run more than once.

use bytes::Bytes;

use crate::{ExecuteError, Job, Limits, Stdin};

/// The most runs of one job.
pub const RUNS_MAX: usize = 1024;

/// One run of a program that is run more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Standard input.
    pub stdin: Bytes,
    /// What this run may use.
    pub limits: Limits,
}

impl Run {
    /// The same run as a job of its own: the program, environment and collection of `job`, the rest from here.
    #[must_use]
    pub fn of(self, job: &Job) -> Job {
        Job {
            language: job.language.clone(),
            files: job.files.clone(),
            compile_args: job.compile_args.clone(),
            args: self.args,
            env: job.env.clone(),
            stdin: Stdin::Bytes(self.stdin),
            limits: self.limits,
            collect: job.collect,
            ticket: job.ticket.clone(),
        }
    }

    /// Refuses more runs than one job may have.
    ///
    /// # Errors
    /// There are more than [`RUNS_MAX`].
    pub fn check_count(runs: &[Self]) -> Result<(), ExecuteError> {
        if runs.len() > RUNS_MAX {
            return Err(ExecuteError::InvalidJob {
                reason: format!("it has {} runs; at most {RUNS_MAX}", runs.len()),
            });
        }
        Ok(())
    }
}

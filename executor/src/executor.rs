//! Everything that runs code is one trait.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use tokio::sync::mpsc;

use crate::{Finished, Job, LanguageId, Outcome, OutputClosed, OutputSink, Run, Stage, run_to_end};

/// Runs jobs: a backend, or a layer over other executors.
#[async_trait]
pub trait Executor: fmt::Debug + Send + Sync {
    /// Whether this executor can run `language` now, and if not, why.
    fn availability(&self, language: &LanguageId) -> Availability;

    /// Whether a job in `language` would be taken now.
    fn supports(&self, language: &LanguageId) -> bool {
        matches!(self.availability(language), Availability::Available)
    }

    /// The exact version of what runs `language` here, where the executor knows better than the language's manifest.
    fn version(&self, _language: &LanguageId) -> Option<String> {
        None
    }

    /// Runs `job`, sends what it writes to `output`, returns how it ended. Dropping the future cancels the job and
    /// frees everything it held.
    ///
    /// # Errors
    /// Only for failures of CodeRunner itself or a job that it cannot take; what the program does is an [`Outcome`].
    async fn execute(&self, job: Job, output: OutputSink) -> Result<Outcome, ExecuteError>;

    /// Runs the program of `job` once for each of `runs`, one after another, each from the same state, and sends what each left behind to
    /// `each`, in their order. What a run brings itself (arguments, input, limits) the job need not have. A program that does not compile is
    /// sent once, as ended in [`Stage::Compile`], and not run.
    ///
    /// Executors that compile do so once; to the others each run is a job.
    ///
    /// # Errors
    /// As [`Self::execute`]; what was sent before stands. More than [`RUNS_MAX`](crate::RUNS_MAX) runs are refused.
    async fn execute_many(
        &self,
        job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Result<(), ExecuteError> {
        Run::check_count(&runs)?;
        for run in runs {
            let finished = run_to_end(self, run.of(&job)).await?;
            let compiled = finished.outcome.stage != Stage::Compile;
            each.send(finished).await.map_err(|_| OutputClosed)?;
            if !compiled {
                break;
            }
        }
        Ok(())
    }
}

/// What an executor says of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Jobs are taken.
    Available,
    /// The language belongs to this executor, which cannot run it now.
    Unavailable {
        /// What is missing and what to do about it.
        why: String,
    },
    /// Not a language of this executor.
    Unknown,
}

/// What an error says, and what caused it, and what caused that, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Why an execution could not be carried out. Nothing that the program itself did is here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// No executor knows the language.
    #[error("no backend runs the language {language:?}")]
    UnknownLanguage {
        /// The language asked for.
        language: LanguageId,
    },
    /// The backend of the language cannot run it now.
    #[error("{language} is not available: {why}")]
    Unavailable {
        /// The language asked for.
        language: LanguageId,
        /// What is missing and what to do about it.
        why: String,
    },
    /// The job breaks a rule.
    #[error("the job cannot be run: {reason}")]
    InvalidJob {
        /// Which rule, and how to keep it.
        reason: String,
    },
    /// Too much is running or waiting; try again later.
    #[error("too many jobs are running: {reason}")]
    Overloaded {
        /// Which bound was reached.
        reason: String,
    },
    /// One caller has too much running or waiting; the others need not mind.
    #[error("the caller has too many jobs: {reason}")]
    ShareUsed {
        /// Which bound was reached.
        reason: String,
    },
    /// The job was not started in the time that it could wait.
    #[error("the job waited for {} ms without being started", waited.as_millis())]
    WaitedTooLong {
        /// How long it waited.
        waited: Duration,
    },
    /// Nobody reads the output any more.
    #[error("the execution was given up")]
    OutputClosed(#[from] OutputClosed),
    /// A failure of ours.
    #[error("{context}")]
    Internal {
        /// What was being done.
        context: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

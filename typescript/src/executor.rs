//! The layer that compiles before JavaScript runs.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use coderunner_executor::{
    Availability, CHUNK_BYTES_MAX, ExecuteError, Executor, Finished, Job, JobFile, LanguageId,
    Outcome, OutputChunk, OutputClosed, OutputSink, OutputStream, Resource, Run, Stage,
    Termination, Usage,
};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::timeout_at,
};

use crate::{CompileError, program::Program};

/// What `tsc` exits with when it made nothing.
const COMPILE_ERROR: u8 = 1;
/// The longest that a program is compiled. The largest takes a tenth of a second, unless it was made to take long.
const COMPILE_TIME_MAX: Duration = Duration::from_secs(5);
/// Programs that are compiled on threads of their own at the same time.
const COMPILATIONS_MAX: usize = 4;

/// A language that is compiled into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The language of the job.
    pub from: LanguageId,
    /// The language of what is run.
    pub into: LanguageId,
}

/// Compiles jobs in TypeScript and passes them on as JavaScript. Jobs in other languages pass through untouched, at no cost.
#[derive(Debug)]
pub struct TypeScript {
    inner: Arc<dyn Executor>,
    languages: Vec<Compiled>,
    /// For programs that are compiled on threads of their own.
    places: Arc<Semaphore>,
}

type Execution<'a, T> = Pin<Box<dyn Future<Output = Result<T, ExecuteError>> + Send + 'a>>;

impl TypeScript {
    /// The layer over `inner` for `languages`.
    #[must_use]
    pub fn new(inner: Arc<dyn Executor>, languages: Vec<Compiled>) -> Self {
        Self { inner, languages, places: Arc::new(Semaphore::new(COMPILATIONS_MAX)) }
    }

    /// Compiles the program of `job`. Whatever it takes is part of the job's time; what is given up before it is done holds its place until it is.
    async fn compile(&self, job: &Job) -> Result<Compilation, ExecuteError> {
        if job.files.is_empty() {
            return Err(ExecuteError::InvalidJob {
                reason: "it has no file; the first one is the program".to_owned(),
            });
        }
        let program = match Program::new(&job.files) {
            Ok(program) => program,
            Err(error) => return Ok(Compilation::Refused(error)),
        };
        let time = job.limits.wall.min(COMPILE_TIME_MAX);
        let deadline = tokio::time::Instant::now() + time;
        let place = if program.is_small() {
            None
        } else {
            let waiting = timeout_at(deadline, Arc::clone(&self.places).acquire_owned());
            let place = waiting.await.map_err(|_| ExecuteError::Overloaded {
                reason: format!("{COMPILATIONS_MAX} large programs are being compiled"),
            })?;
            place.ok()
        };
        let (sender, receiver) = oneshot::channel();
        let started = program.compile(move |result| {
            drop(sender.send(result));
            drop(place);
        });
        if let Err(error) = started {
            return Ok(Compilation::Refused(error));
        }
        Ok(match timeout_at(deadline, receiver).await {
            Ok(Ok(Ok(files))) => Compilation::Done(files),
            Ok(Ok(Err(error))) => Compilation::Refused(error),
            Ok(Err(_)) => Compilation::Refused(CompileError::Failed),
            Err(_) => Compilation::TimedOut,
        })
    }

    fn target(&self, language: &LanguageId) -> Option<&LanguageId> {
        self.languages.iter().find(|l| l.from == *language).map(|l| &l.into)
    }

    async fn compile_and_execute(
        &self,
        mut job: Job,
        target: &LanguageId,
        output: OutputSink,
    ) -> Result<Outcome, ExecuteError> {
        let started = Instant::now();
        match self.compile(&job).await? {
            Compilation::Done(files) => {
                job.files = files;
                job.language = target.clone();
                let compiling = started.elapsed();
                let mut outcome = self.inner.execute(job, output).await?;
                outcome.usage.wall += compiling;
                outcome.usage.setup += compiling;
                Ok(outcome)
            }
            failed => {
                let (text, outcome) = failed.outcome(&job, started);
                for piece in text.chunks(CHUNK_BYTES_MAX) {
                    let bytes = Bytes::copy_from_slice(piece);
                    output.send(OutputChunk { stream: OutputStream::Stderr, bytes }).await?;
                }
                Ok(outcome)
            }
        }
    }
}

/// How compiling ended.
enum Compilation {
    Done(Vec<JobFile>),
    Refused(CompileError),
    TimedOut,
}

impl Compilation {
    /// What the user is told, within the job's limit of output, and how the job ended by it.
    fn outcome(self, job: &Job, started: Instant) -> (Vec<u8>, Outcome) {
        // What the compiler says of a program it says again; how long it takes is another matter.
        let repeatable = !matches!(self, Self::TimedOut | Self::Refused(CompileError::Failed));
        let (text, termination) = match self {
            Self::Refused(error) => {
                (format!("{error}\n"), Termination::Exited { code: COMPILE_ERROR })
            }
            Self::TimedOut | Self::Done(_) => (
                "error: compiling took too long\n".to_owned(),
                Termination::LimitExceeded(Resource::WallTime),
            ),
        };
        let mut text = text.into_bytes();
        text.truncate(usize::try_from(job.limits.output_bytes).unwrap_or(usize::MAX));
        let wall = started.elapsed();
        let usage =
            Usage { wall, output_bytes: text.len() as u64, setup: wall, ..Usage::default() };
        (text, Outcome { stage: Stage::Compile, termination, usage, files: Vec::new(), repeatable })
    }
}

// Written out: what `async_trait` makes of it would put each job that passes through into a box of its own.
impl Executor for TypeScript {
    fn availability(&self, language: &LanguageId) -> Availability {
        self.inner.availability(self.target(language).unwrap_or(language))
    }

    fn execute<'a, 'b>(&'a self, job: Job, output: OutputSink) -> Execution<'b, Outcome>
    where
        'a: 'b,
        Self: 'b,
    {
        match self.target(&job.language) {
            None => self.inner.execute(job, output),
            Some(target) => Box::pin(self.compile_and_execute(job, target, output)),
        }
    }

    fn execute_many<'a, 'b>(
        &'a self,
        mut job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Execution<'b, ()>
    where
        'a: 'b,
        Self: 'b,
    {
        let Some(target) = self.target(&job.language) else {
            return self.inner.execute_many(job, runs, each);
        };
        Box::pin(async move {
            Run::check_count(&runs)?;
            let started = Instant::now();
            match self.compile(&job).await? {
                Compilation::Done(files) => {
                    job.files = files;
                    job.language = target.clone();
                    self.inner.execute_many(job, runs, each).await
                }
                failed => {
                    let (stderr, outcome) = failed.outcome(&job, started);
                    let finished = Finished { outcome, stdout: Vec::new(), stderr };
                    Ok(each.send(finished).await.map_err(|_| OutputClosed)?)
                }
            }
        })
    }
}

//! The one way in for a program, whatever protocol brought it: resolve, check, clamp, admit, run.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use coderunner_api::{ApiError, RequestPriority, RunReport, codes};
use coderunner_executor::{
    ExecuteError, Executor, FilePath, Finished, Job, JobFile, Limits, Outcome, OutputChunk,
    OutputReader, OutputSink, Priority, Termination, Ticket, Usage, chain, run_to_end,
};
use coderunner_languages::{Language, Registry};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tracing::Span;

use crate::{
    Rules, Settings,
    access::{Gatekeeper, Scope},
    cache::{Answer, Cache, Entry, Keeping, NotKept},
    caller::Caller,
    metrics::{Ending, Gauges, Lookup, Metrics, micros},
    pace::Pace,
    submission::{Submission, SubmittedFile},
    trace,
};

/// What every protocol stands on. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Service(Arc<Inner>);

struct Inner {
    settings: Settings,
    ceiling: ArcSwap<Limits>,
    gatekeeper: Gatekeeper,
    metrics: Metrics,
    cache: Cache,
    refusals: Pace,
    registry: &'static Registry,
    executor: Arc<dyn Executor>,
    phase: watch::Sender<Phase>,
    bodies: BodyBudget,
}

/// Where in its life the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Guests are being made ready; work is taken all the same.
    Starting,
    /// All is well.
    Ready,
    /// Work is still taken, but whoever distributes it is told to go elsewhere.
    Leaving,
    /// No new work is taken; what runs may end.
    Draining,
    /// What still runs is being cancelled.
    Stopping,
}

/// Names an execution or a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunId([u8; 32]);

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("executor", &self.0.executor).finish_non_exhaustive()
    }
}

/// An execution that has ended, with all that it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) id: RunId,
    pub(crate) language: &'static Language,
    pub(crate) finished: Finished,
    pub(crate) cached: bool,
}

impl Ran {
    /// What the caller is told, as JSON.
    pub(crate) fn report(&self, files: bool) -> RunReport<'_> {
        let Finished { outcome, stdout, stderr } = &self.finished;
        report(&self.id, self.language, outcome, files, self.cached).with_output(stdout, stderr)
    }
}

/// The report of `outcome` without what was written.
fn report<'a>(
    id: &'a RunId,
    language: &'a Language,
    outcome: &'a Outcome,
    files: bool,
    cached: bool,
) -> RunReport<'a> {
    let mut report = RunReport::new(language, outcome);
    report.id = Some(id.as_str());
    report.cached = Some(cached);
    report.files =
        files.then(|| outcome.files.iter().map(coderunner_api::FileReport::whole).collect());
    report
}

type Executing = Pin<Box<dyn Future<Output = Result<Outcome, ExecuteError>> + Send>>;

/// An execution under way. Dropping it cancels it.
pub(crate) struct Execution {
    pub(crate) id: RunId,
    pub(crate) language: &'static Language,
    executing: Executing,
    ended: Option<Result<Outcome, ExecuteError>>,
    output: Option<OutputReader>,
    /// Whether the answer is that of an earlier run.
    pub(crate) cached: bool,
    /// When its answer may be kept.
    keeping: Option<Keeping>,
    record: Record,
}

/// What an execution has to tell.
#[derive(Debug)]
pub(crate) enum Event {
    /// The program wrote something.
    Output(OutputChunk),
    /// It has ended; all that it wrote has been told. Nothing comes after it.
    Ended(Result<Outcome, ApiError>),
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Execution {
    /// What the caller is told of its end, as JSON; the output it has already.
    pub(crate) fn report<'a>(&'a self, outcome: &'a Outcome, files: bool) -> RunReport<'a> {
        report(&self.id, self.language, outcome, files, self.cached)
    }

    /// The next event. May be dropped and called again: nothing is lost.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            let Some(output) = &mut self.output else {
                // All is read, so the execution has ended or is about to say how.
                let ended = match self.ended.take() {
                    Some(ended) => ended,
                    None => (&mut self.executing).await,
                };
                let ended = ended.map_err(|error| self.record.span.in_scope(|| api_error(&error)));
                if let (Some(keeping), Ok(outcome)) = (self.keeping.take(), &ended) {
                    keeping.ended(outcome);
                }
                self.record.ended((&ended).into());
                return Event::Ended(ended);
            };
            tokio::select! {
                biased;
                chunk = output.recv() => match chunk {
                    Some(chunk) => {
                        if let Some(keeping) = &mut self.keeping {
                            keeping.wrote(&chunk);
                        }
                        return Event::Output(chunk);
                    }
                    None => self.output = None,
                },
                ended = &mut self.executing, if self.ended.is_none() => self.ended = Some(ended),
            }
        }
    }

    /// An earlier run, told again.
    fn again(answer: Arc<Answer>, record: Record, sink: OutputSink, output: OutputReader) -> Self {
        let executing = Box::pin(async move {
            for piece in answer.pieces() {
                sink.send(piece).await?;
            }
            Ok(answer.outcome_again())
        });
        Self {
            id: record.id,
            language: record.language,
            executing,
            ended: None,
            output: Some(output),
            cached: true,
            keeping: None,
            record,
        }
    }

    /// Lets it start, and says whether it was refused at once.
    async fn begin(mut self) -> Result<Self, ApiError> {
        let first = std::future::poll_fn(|context| {
            std::task::Poll::Ready(self.executing.as_mut().poll(context))
        });
        match first.await {
            std::task::Poll::Ready(Err(error)) => {
                let error = api_error(&error);
                self.record.ended(Ending::Failed(error.code.kind));
                Err(error)
            }
            std::task::Poll::Ready(ended) => {
                self.ended = Some(ended);
                Ok(self)
            }
            std::task::Poll::Pending => Ok(self),
        }
    }
}

impl Service {
    pub(crate) fn new(
        settings: Settings,
        registry: &'static Registry,
        executor: Arc<dyn Executor>,
        gauges: Gauges,
    ) -> Self {
        let Rules { ceiling, access } = settings.rules.clone();
        let ceiling = ArcSwap::from_pointee(ceiling);
        let gatekeeper = Gatekeeper::new(access);
        let metrics = Metrics::new(registry, gauges).expect("a test holds that names are distinct");
        let cache = Cache::new(settings.cache_bytes_max, settings.cache_age_max);
        let refusals = Pace::new(settings.refusals_per_second);
        let bodies = BodyBudget { left: settings.bodies_bytes_max.into() };
        let phase = watch::Sender::new(Phase::Starting);
        Self(Arc::new(Inner {
            settings,
            ceiling,
            gatekeeper,
            metrics,
            cache,
            refusals,
            registry,
            executor,
            phase,
            bodies,
        }))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn gatekeeper(&self) -> &Gatekeeper {
        &self.0.gatekeeper
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Counts a refusal; how long it is to be held back.
    pub(crate) fn refusal_wait(&self) -> Duration {
        self.0.refusals.wait()
    }

    /// Bytes that kept answers take.
    pub(crate) fn cache_bytes(&self) -> u64 {
        self.0.cache.bytes()
    }

    /// The most that any execution may use now.
    pub(crate) fn ceiling(&self) -> Limits {
        **self.0.ceiling.load()
    }

    /// Exchanges what can be changed while the server runs. What has started goes on as it was.
    pub(crate) fn change(&self, rules: Rules) {
        self.0.ceiling.store(Arc::new(rules.ceiling));
        self.0.gatekeeper.change(rules.access);
    }

    pub(crate) fn registry(&self) -> &'static Registry {
        self.0.registry
    }

    pub(crate) fn executor(&self) -> &dyn Executor {
        &*self.0.executor
    }

    /// An empty share of what bodies may take.
    pub(crate) fn body_share(&self) -> BodyShare {
        BodyShare { service: self.clone(), bytes: 0 }
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.0.phase.borrow()
    }

    /// Goes on to a later phase; there is no way back.
    pub(crate) fn enter(&self, phase: Phase) {
        self.0.phase.send_if_modified(|now| {
            let later = *now < phase;
            if later {
                *now = phase;
            }
            later
        });
    }

    /// The next phase after `phase`; nothing after the last.
    pub(crate) async fn after(&self, phase: Phase) -> Option<Phase> {
        if phase == Phase::Stopping {
            return None;
        }
        let mut watch = self.0.phase.subscribe();
        watch.wait_for(|now| *now > phase).await.ok().map(|now| *now)
    }

    /// Resolves once `phase`, or a later one, is reached.
    pub(crate) async fn reached(&self, phase: Phase) {
        let mut watch = self.0.phase.subscribe();
        // The sender lives as long as the service.
        let _ = watch.wait_for(|now| *now >= phase).await;
    }

    /// Runs a program to its end.
    pub(crate) async fn run(
        &self,
        caller: &Caller,
        submission: Submission,
    ) -> Result<Ran, ApiError> {
        let wish = submission.cache;
        let (job, record) = self.prepare(caller, submission)?;
        let memo = self.0.cache.memo(wish, caller, record.language, &job);
        let Some(memo) = memo else { return self.run_now(job, record).await };
        let mut job = Some(job);
        let mut own = None;
        let found = memo.find_or(async {
            // It is asked for once at most.
            let Some(job) = job.take() else { return Err(NotKept) };
            match self.until_stopping(Answer::of(&*self.0.executor, job)).await {
                Ok(answer) => {
                    own = Some(Ok(answer.finished()));
                    memo.entry(answer)
                }
                Err(error) => {
                    own = Some(Err(error));
                    Err(NotKept)
                }
            }
        });
        let found = found.await;
        let metrics = &self.0.metrics;
        match (own, found, job) {
            (Some(finished), ..) => {
                metrics.looked_up(Lookup::Miss);
                record.ran(finished)
            }
            (None, Ok(Entry::Answer(answer)), _) => {
                metrics.looked_up(Lookup::Hit);
                Ok(record.told_again(answer.finished_again()))
            }
            // What the others found out is of no use for this one.
            (None, Ok(Entry::Varies) | Err(_), Some(job)) => {
                metrics.looked_up(Lookup::Varies);
                self.run_now(job, record).await
            }
            (None, _, None) => Err(ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning)),
        }
    }

    async fn run_now(&self, job: Job, record: Record) -> Result<Ran, ApiError> {
        let finished = self.until_stopping(run_to_end(&*self.0.executor, job)).await;
        record.ran(finished)
    }

    async fn until_stopping<T>(
        &self,
        run: impl Future<Output = Result<T, ExecuteError>>,
    ) -> Result<T, ApiError> {
        tokio::select! {
            biased;
            finished = run => finished.map_err(|error| api_error(&error)),
            () = self.reached(Phase::Stopping) => Err(stopping()),
        }
    }

    /// Starts a program whose output is wanted as it comes.
    pub(crate) async fn start(
        &self,
        caller: &Caller,
        submission: Submission,
    ) -> Result<Execution, ApiError> {
        let wish = submission.cache;
        let (job, mut record) = self.prepare(caller, submission)?;
        let (sink, output) = OutputSink::bounded();
        let mut keeping = None;
        if let Some(memo) = self.0.cache.memo(wish, caller, record.language, &job) {
            match memo.find().await {
                Some(Entry::Answer(answer)) => {
                    self.0.metrics.looked_up(Lookup::Hit);
                    record.cached = true;
                    return Ok(Execution::again(answer, record, sink, output));
                }
                Some(Entry::Varies) => self.0.metrics.looked_up(Lookup::Varies),
                None => {
                    self.0.metrics.looked_up(Lookup::Miss);
                    keeping = Some(memo.keeping());
                }
            }
        }
        let this = self.clone();
        let executing = Box::pin(async move {
            tokio::select! {
                biased;
                ended = this.0.executor.execute(job, sink) => ended,
                () = this.reached(Phase::Stopping) => Err(ExecuteError::Internal {
                    context: "the server is ending",
                    source: Box::new(stopping()),
                }),
            }
        });
        let execution = Execution {
            id: record.id,
            language: record.language,
            executing,
            ended: None,
            output: Some(output),
            cached: false,
            keeping,
            record,
        };
        execution.begin().await
    }

    /// A submission as a job: names resolved, sizes checked, limits clamped.
    fn prepare(&self, caller: &Caller, submission: Submission) -> Result<(Job, Record), ApiError> {
        self.job(caller, submission).inspect_err(|error| self.0.metrics.refused(error.code.kind))
    }

    fn job(&self, caller: &Caller, submission: Submission) -> Result<(Job, Record), ApiError> {
        if self.phase() >= Phase::Draining {
            return Err(stopping());
        }
        if !caller.run {
            let problem = format!("{} lacks the scope {}", caller.name, Scope::Run.as_str());
            return Err(ApiError::new(&codes::NO_SCOPE, problem));
        }
        let settings = &self.0.settings;
        let language = self.language(&submission.language, submission.version.as_deref())?;
        check_count("files", submission.files.len(), settings.files_max)?;
        let arguments =
            submission.args.len() + submission.env.len() + submission.compile_args.len();
        check_count("args, env and compile_args", arguments, settings.arguments_max)?;
        check_arguments(&submission)?;
        let priority = match submission.priority {
            RequestPriority::Interactive => Priority::Interactive,
            RequestPriority::Batch => Priority::Batch,
        };
        let asked = submission.limits.over(language.limits).clamp_to(&self.0.ceiling.load());
        let job = Job {
            language: language.id.clone(),
            files: files(language, submission.files)?,
            compile_args: submission.compile_args,
            args: submission.args,
            env: submission.env,
            stdin: submission.stdin,
            limits: caller.ceiling.map_or(asked, |ceiling| asked.clamp_to(&ceiling)),
            collect: submission.collect,
            ticket: Ticket::new(caller.party.clone(), priority, submission.start_by),
        };
        let record = Record::new(self.clone(), caller, language, &job);
        Ok((job, record))
    }

    /// The language that a caller means.
    pub(crate) fn language(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<&'static Language, ApiError> {
        let language = self.0.registry.find(name).map_err(|error| {
            ApiError::field(&codes::UNKNOWN_LANGUAGE, "language", error.to_string())
        })?;
        match version {
            Some(wanted) if !is_version(&language.version, wanted) => Err(ApiError::field(
                &codes::UNKNOWN_VERSION,
                "version",
                format!("{} is here in version {} only", language.name, language.version),
            )),
            _ => Ok(language),
        }
    }
}

/// What is counted and logged of an execution, once it has ended: by itself, or because nobody wanted it any more.
struct Record {
    service: Service,
    id: RunId,
    language: &'static Language,
    caller: Arc<str>,
    /// SHA-256 of the program's files, when it is logged.
    source: Option<[u8; 32]>,
    span: Span,
    /// Whether the answer is that of an earlier run: then nothing was executed that could be counted.
    cached: bool,
    open: bool,
}

/// What the log of executions is called in filters.
const AUDIT: &str = "audit";

impl Record {
    fn new(service: Service, caller: &Caller, language: &'static Language, job: &Job) -> Self {
        let source = tracing::enabled!(target: AUDIT, tracing::Level::INFO).then(|| {
            let mut hash = Sha256::new();
            for file in &job.files {
                hash.update(file.path.as_str());
                hash.update([0]);
                hash.update(&file.contents);
            }
            hash.finalize().into()
        });
        let caller = Arc::clone(&caller.name);
        let id = RunId::new();
        let span = trace::execution(id.as_str(), language.id.as_str());
        Self { service, id, language, caller, source, span, cached: false, open: true }
    }

    /// It ran to its end, or could not.
    fn ran(mut self, finished: Result<Finished, ApiError>) -> Result<Ran, ApiError> {
        self.ended(match &finished {
            Ok(finished) => Ending::Outcome(&finished.outcome),
            Err(error) => Ending::Failed(error.code.kind),
        });
        Ok(Ran { id: self.id, language: self.language, finished: finished?, cached: false })
    }

    /// An earlier run answers.
    fn told_again(mut self, finished: Finished) -> Ran {
        self.cached = true;
        self.ended(Ending::Outcome(&finished.outcome));
        Ran { id: self.id, language: self.language, finished, cached: true }
    }

    fn ended(&mut self, ending: Ending<'_>) {
        if !std::mem::replace(&mut self.open, false) {
            return;
        }
        if !self.cached {
            self.service.0.metrics.ended(&self.language.id, ending);
        }
        if self.source.is_none() && self.span.is_disabled() {
            return;
        }
        let (outcome, usage) = match ending {
            Ending::Outcome(outcome) => match &outcome.termination {
                Termination::Exited { code } => (format!("exited_{code}"), outcome.usage),
                Termination::Crashed { .. } => ("crashed".to_owned(), outcome.usage),
                Termination::LimitExceeded(resource) => {
                    (format!("limit_{resource}"), outcome.usage)
                }
            },
            Ending::Failed(kind) => (kind.to_owned(), Usage::default()),
            Ending::Cancelled => ("cancelled".to_owned(), Usage::default()),
        };
        self.span.record("outcome", &*outcome).record("cached", self.cached);
        self.span.record("queued_us", micros(usage.queued));
        let Some(source) = self.source else { return };
        let source: String =
            source.iter().fold(String::new(), |text, b| text + &format!("{b:02x}"));
        tracing::info!(
            target: AUDIT,
            parent: &self.span,
            id = self.id.as_str(),
            caller = &*self.caller,
            language = self.language.id.as_str(),
            source_sha256 = source,
            outcome,
            cached = self.cached,
            wall_us = micros(usage.wall),
            cpu_us = micros(usage.cpu),
            queued_us = micros(usage.queued),
            memory_bytes_peak = usage.memory_bytes_peak,
            output_bytes = usage.output_bytes,
            "execution"
        );
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.ended(Ending::Cancelled);
    }
}

/// Whether `wanted` names `version`: the whole of it, or its start up to a dot.
fn is_version(version: &str, wanted: &str) -> bool {
    wanted == "*"
        || version.strip_prefix(wanted).is_some_and(|rest| {
            !wanted.is_empty() && (rest.is_empty() || rest.starts_with(['.', ' ']))
        })
}

fn check_count(what: &str, count: usize, max: usize) -> Result<(), ApiError> {
    if count <= max {
        return Ok(());
    }
    Err(ApiError::invalid(what, format!("there are {count}; at most {max} are taken")))
}

/// What no system passes to a program: names without a name, NUL.
fn check_arguments(submission: &Submission) -> Result<(), ApiError> {
    for (name, value) in &submission.env {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            let problem = format!(
                "{name:?} cannot be a variable: a name is not empty and has no `=`, and there is no NUL"
            );
            return Err(ApiError::invalid("env", problem));
        }
    }
    for (what, args) in [("args", &submission.args), ("compile_args", &submission.compile_args)] {
        if let Some(n) = args.iter().position(|arg| arg.contains('\0')) {
            return Err(ApiError::invalid(format!("{what}[{n}]"), "it contains a NUL"));
        }
    }
    Ok(())
}

fn files(language: &Language, files: Vec<SubmittedFile>) -> Result<Vec<JobFile>, ApiError> {
    let mut checked: Vec<JobFile> = Vec::with_capacity(files.len());
    let several = files.len() > 1;
    for (n, file) in files.into_iter().enumerate() {
        let name = match &file.path {
            Some(path) => path,
            None if n == 0 => &language.entry,
            None => {
                let field = format!("files[{n}].path");
                return Err(ApiError::field(&codes::MISSING_FIELD, field, "it is needed"));
            }
        };
        let path = FilePath::new(name)
            .map_err(|error| ApiError::invalid(format!("files[{n}].path"), error.to_string()))?;
        checked.push(JobFile { path, contents: file.contents });
    }
    if several {
        let mut paths: Vec<_> = checked.iter().map(|file| &file.path).collect();
        paths.sort_unstable();
        if let Some([twice, _]) = paths.array_windows().find(|[one, other]| one == other) {
            return Err(ApiError::invalid("files", format!("two are called {twice}")));
        }
    }
    Ok(checked)
}

fn stopping() -> ApiError {
    ApiError::new(&codes::SHUTTING_DOWN, "this server is about to end")
        .retry_after(Duration::from_secs(1))
}

/// What the caller is told of a failed execution. What is nobody's business but ours stays in the log.
fn api_error(error: &ExecuteError) -> ApiError {
    /// When to try again after a refusal: queues turn over within less.
    const RETRY: Duration = Duration::from_secs(1);
    match error {
        ExecuteError::UnknownLanguage { .. } => {
            ApiError::new(&codes::UNKNOWN_LANGUAGE, error.to_string())
        }
        ExecuteError::Unavailable { .. } => ApiError::new(&codes::UNAVAILABLE, error.to_string()),
        ExecuteError::InvalidJob { .. } => ApiError::new(&codes::INVALID_JOB, error.to_string()),
        ExecuteError::Overloaded { .. } => {
            ApiError::new(&codes::OVERLOADED, error.to_string()).retry_after(RETRY)
        }
        ExecuteError::ShareUsed { .. } => {
            ApiError::new(&codes::SHARE_USED, error.to_string()).retry_after(RETRY)
        }
        ExecuteError::WaitedTooLong { .. } => {
            ApiError::new(&codes::WAITED, error.to_string()).retry_after(RETRY)
        }
        ExecuteError::OutputClosed(_) => ApiError::new(&codes::CANCELLED, error.to_string()),
        ExecuteError::Internal { context, source } => {
            if let Some(known) = source.downcast_ref::<ApiError>() {
                return known.clone();
            }
            tracing::error!(context, error = %chain(&**source), "an execution failed");
            ApiError::new(&codes::EXECUTION, (*context).to_owned())
        }
        _ => {
            tracing::error!(error = %chain(error), "an execution failed");
            ApiError::new(&codes::EXECUTION, "the execution failed")
        }
    }
}

impl RunId {
    /// An identifier that nobody can guess.
    pub(crate) fn new() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut random = [0_u8; 16];
        if getrandom::fill(&mut random).is_err() {
            // Without entropy an identifier still has to be there; that it is unique in this process is enough to find it in the log.
            static NEXT: AtomicU64 = AtomicU64::new(1);
            let next = NEXT.fetch_add(1, Relaxed);
            random[8..].copy_from_slice(&next.to_be_bytes());
        }
        let mut text = [0; 32];
        for ([high, low], byte) in text.as_chunks_mut().0.iter_mut().zip(random) {
            (*high, *low) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]);
        }
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the larger bodies of all requests together may take.
#[derive(Debug)]
struct BodyBudget {
    left: AtomicUsize,
}

/// A part of the budget for bodies; given back when dropped.
#[derive(Debug)]
pub(crate) struct BodyShare {
    service: Service,
    bytes: usize,
}

impl BodyShare {
    /// Bodies up to this size are not counted: the number of connections bounds them.
    const FREE_BYTES: usize = 64 << 10;

    /// Makes it as large as a body of `bytes` needs; `false` when there is not as much left.
    #[must_use]
    pub(crate) fn cover(&mut self, bytes: usize) -> bool {
        if bytes <= Self::FREE_BYTES || bytes <= self.bytes {
            return true;
        }
        let more = bytes - self.bytes;
        let left = &self.service.0.bodies.left;
        let taken = left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(more)).is_ok();
        if taken {
            self.bytes = bytes;
        }
        taken
    }
}

impl Drop for BodyShare {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.service.0.bodies.left.fetch_add(self.bytes, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_by_its_start() {
        for wanted in ["*", "3", "3.14", "3.14.7"] {
            assert!(is_version("3.14.7", wanted), "{wanted}");
        }
        for wanted in ["", "3.1", "3.14.70", "2", "3.14."] {
            assert!(!is_version("3.14.7", wanted), "{wanted}");
        }
        assert!(is_version("C17 (clang 19)", "C17"));
    }

    #[test]
    fn identifiers_differ() {
        assert_ne!(RunId::new(), RunId::new());
        assert_eq!(RunId::new().as_str().len(), 32);
    }
}

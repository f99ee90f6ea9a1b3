//! One job in one container: files in, compile steps, the run, files out; and what the agent's reports mean to the caller.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use coderunner_agent::protocol::{
    CHUNK_BYTES_MAX, Command, Ended, How, Place, Report, STDIN_WINDOW_BYTES, Step, Stopped,
};
use coderunner_executor::{
    Collect, ExecuteError, FilePath, Finished, Job, JobFile, Limits, Outcome, OutputChunk,
    OutputClosed, OutputSink, OutputStream, Resource, Run, Stage, Stdin, StdinReader, Termination,
    Usage, gather,
};
use coderunner_languages::{Build, Container as Recipe, Program as Source};
use tokio::{sync::mpsc, time::timeout_at};

use crate::{
    cache::{Key, MESSAGES_BYTES_MAX, PROGRAM_BYTES_MAX, Program, ProgramFile, Programs},
    container::{Container, ContainerError},
    daemon::DaemonError,
    pool::Lease,
};

/// What all compile steps of a job may use together. It is the language's, not the job's: a program's own limits say nothing about its compiler.
pub const COMPILE_WALL: Duration = Duration::from_secs(20);
/// Processor time of all compile steps of a job.
pub const COMPILE_CPU: Duration = Duration::from_secs(10);
/// What a compile step may leave in the job's folders; the kernel bounds what it makes elsewhere.
const COMPILE_FILES_MAX: u32 = 64 << 10;
/// The least memory that a job can have: the engine refuses less.
const MEMORY_BYTES_MIN: u64 = 6 << 20;
/// The longest argument or variable: Linux takes no longer one.
const TEXT_BYTES_MAX: usize = 128 << 10;
/// All of them together: with this no frame is too long.
const TEXTS_BYTES_MAX: usize = 768 << 10;
/// How long after a step's end its report may come: the agent has to kill and reap what it left, on a machine that is busy.
const GRACE: Duration = Duration::from_millis(900);
/// For answers that take no more than copying.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What there is to run a job with.
pub(crate) struct Context<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) image: &'a str,
    pub(crate) programs: &'a Arc<Programs>,
}

/// What one step is given and where its output goes.
struct Flow<'a> {
    sink: &'a OutputSink,
    stdin: Input,
    /// What the compiler says is kept for the cache.
    kept: Option<&'a mut Vec<(OutputStream, Bytes)>>,
}

/// Standard input on its way.
enum Input {
    None,
    Bytes(Bytes),
    Stream(StdinReader),
}

impl From<Stdin> for Input {
    fn from(stdin: Stdin) -> Self {
        match stdin {
            Stdin::Empty => Self::None,
            Stdin::Bytes(bytes) => Self::Bytes(bytes),
            Stdin::Stream(reader) => Self::Stream(reader),
        }
    }
}

impl Input {
    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::None => None,
            Self::Bytes(bytes) if bytes.is_empty() => None,
            Self::Bytes(bytes) => Some(bytes.split_to(bytes.len().min(CHUNK_BYTES_MAX))),
            Self::Stream(reader) => reader.recv().await,
        }
    }
}

/// How a step came to its end.
enum StepEnd {
    Ended(Ended),
    /// The agent's report is overdue: the step's time is over all the same.
    Overdue,
}

/// Why a step came to none.
#[derive(Debug)]
pub(crate) enum Failure {
    Container(ContainerError),
    /// A program of the image could not be started: the `errno`.
    NotStarted(u8),
    Execute(ExecuteError),
}

impl From<ContainerError> for Failure {
    fn from(error: ContainerError) -> Self {
        Self::Container(error)
    }
}

fn invalid(reason: String) -> Result<(), ExecuteError> {
    Err(ExecuteError::InvalidJob { reason })
}

/// Refuses programs that could not even start.
pub(crate) fn check_program(job: &Job, recipe: &Recipe) -> Result<(), ExecuteError> {
    if job.files.is_empty() {
        return invalid("it has no file; the first one is the program".to_owned());
    }
    if let Err(error) = recipe.check_options(&job.compile_args) {
        return invalid(error.to_string());
    }
    for (index, file) in job.files.iter().enumerate() {
        let path = file.path.as_str();
        let clashes = |other: &JobFile| {
            let other = other.path.as_str();
            other == path || other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        if job.files.iter().enumerate().any(|(other, file)| other != index && clashes(file)) {
            return invalid(format!("the file {path:?} is given twice, or is also a folder"));
        }
    }
    if let Some((name, _)) = job.env.iter().find(|(name, _)| name.is_empty() || name.contains('='))
    {
        return invalid(format!("{name:?} is no name for an environment variable"));
    }
    Ok(())
}

/// Refuses runs of `job` that could not start: `args` and `limits` are the run's.
pub(crate) fn check_run(job: &Job, args: &[String], limits: &Limits) -> Result<(), ExecuteError> {
    let Limits { memory_bytes, disk_bytes, files, .. } = *limits;
    if memory_bytes < MEMORY_BYTES_MIN {
        return invalid(format!(
            "a memory limit of {} KiB is too small; at least {} MiB",
            memory_bytes >> 10,
            MEMORY_BYTES_MIN >> 20
        ));
    }
    let bytes: u64 = job.files.iter().map(|file| file.contents.len() as u64).sum();
    if bytes > disk_bytes {
        return invalid(format!(
            "its files have {bytes} bytes, more than the disk limit of {disk_bytes}"
        ));
    }
    if job.files.len() > files as usize {
        return invalid(format!(
            "it has {} files, more than the limit of {files}",
            job.files.len()
        ));
    }
    let texts = args.iter().chain(job.env.iter().flat_map(|(name, value)| [name, value]));
    if let Some(text) = { texts }.clone().find(|text| text.contains('\0')) {
        return invalid(format!("the argument or environment variable {text:?} contains a NUL"));
    }
    let texts = || {
        args.iter()
            .map(String::len)
            .chain(job.env.iter().map(|(name, value)| name.len() + value.len() + 1))
    };
    if texts().any(|bytes| bytes >= TEXT_BYTES_MAX)
        || texts().map(|bytes| bytes + 8).sum::<usize>() > TEXTS_BYTES_MAX
    {
        return invalid(format!(
            "its arguments and environment are too long: {TEXT_BYTES_MAX} bytes each, {TEXTS_BYTES_MAX} together at most"
        ));
    }
    Ok(())
}

/// Runs `job` in the container of `lease`, which is gone afterwards.
pub(crate) async fn execute(
    context: &Context<'_>,
    mut lease: Lease,
    mut job: Job,
    sink: OutputSink,
    started: Instant,
) -> Result<Outcome, ExecuteError> {
    let input = std::mem::take(&mut job.stdin).into();
    let paths = paths(&job);
    let mut execution = Execution::new(context, &mut lease.container, &job, &paths, started)?;
    let one = One { args: &job.args, limits: job.limits, is_first: true };
    let ended = async {
        let mut program = match execution.compile(&sink).await? {
            Ok(program) => program,
            Err(outcome) => return Ok((outcome, None)),
        };
        let outcome = execution.run(&mut program, one, input, &sink).await?;
        Ok((outcome, program.remember))
    };
    match ended.await {
        Ok((outcome, remember)) => {
            if let Some((key, messages)) = remember {
                drop(paths);
                remember_program(Arc::clone(context.programs), lease, key, messages);
            }
            Ok(outcome)
        }
        Err(failure) => lost(failure, &mut lease.container, started).await,
    }
}

/// How far [`execute_many`] came in one container.
pub(crate) enum Many {
    /// The program does not compile: its report has been sent, and there is no more to do.
    NotCompiled,
    /// So many runs are done.
    Ran(usize),
}

/// Compiles `job`'s program in the container of `lease` and runs it once for each of `runs`, or for as many as the container lasts.
pub(crate) async fn execute_many(
    context: &Context<'_>,
    mut lease: Lease,
    job: &Job,
    runs: &[Run],
    each: &mpsc::Sender<Finished>,
    started: Instant,
) -> Result<Many, ExecuteError> {
    let paths = paths(job);
    let mut execution = Execution::new(context, &mut lease.container, job, &paths, started)?;
    let (sink, reader) = OutputSink::bounded();
    let compiled = gather(execution.compile_alone(sink), reader).await;
    let (mut program, stdout, stderr) = match compiled {
        Ok((Ok(program), stdout, stderr)) => (program, stdout, stderr),
        Ok((Err(outcome), stdout, stderr)) => {
            let report = Finished { outcome, stdout, stderr };
            each.send(report).await.map_err(|_| OutputClosed)?;
            return Ok(Many::NotCompiled);
        }
        Err(failure) => {
            let outcome = lost(failure, &mut lease.container, started).await?;
            let report = Finished { outcome, stdout: Vec::new(), stderr: Vec::new() };
            each.send(report).await.map_err(|_| OutputClosed)?;
            return Ok(Many::Ran(1));
        }
    };
    program.hold();
    for (index, run) in runs.iter().enumerate() {
        let is_first = index == 0;
        if !is_first {
            execution.started = Instant::now();
            execution.reset(&mut program).await.map_err(lost_between)?;
        }
        let one = One { args: &run.args, limits: run.limits, is_first };
        let (sink, reader) = OutputSink::bounded();
        let input = Stdin::Bytes(run.stdin.clone()).into();
        let ended = gather(execution.run_alone(&mut program, one, input, sink), reader).await;
        let (outcome, own_stdout, own_stderr) = match ended {
            Ok(ended) => ended,
            // Too large to be kept by the agent: what is left is done in other containers.
            Err(Failure::NotStarted(_)) if !is_first => return Ok(Many::Ran(index)),
            Err(failure) => {
                let started = execution.started;
                let outcome = lost(failure, &mut lease.container, started).await?;
                let report = Finished { outcome, stdout: Vec::new(), stderr: Vec::new() };
                each.send(report).await.map_err(|_| OutputClosed)?;
                return Ok(Many::Ran(index + 1));
            }
        };
        // What the compiler said is in every run's output, as if each had been compiled for itself.
        let stdout = [stdout.as_slice(), &own_stdout].concat();
        let stderr = [stderr.as_slice(), &own_stderr].concat();
        let report = Finished { outcome, stdout, stderr };
        each.send(report).await.map_err(|_| OutputClosed)?;
    }
    if let Some((key, messages)) = program.remember {
        drop(paths);
        remember_program(Arc::clone(context.programs), lease, key, messages);
    }
    Ok(Many::Ran(runs.len()))
}

fn paths(job: &Job) -> Vec<String> {
    job.files.iter().map(|file| file.path.as_str().to_owned()).collect()
}

/// What a job comes to whose container was lost.
async fn lost(
    failure: Failure,
    container: &mut Container,
    started: Instant,
) -> Result<Outcome, ExecuteError> {
    let error = match failure {
        Failure::Execute(error) => return Err(error),
        Failure::NotStarted(errno) => {
            return Err(ExecuteError::Internal {
                context: "a program of the image could not be started",
                source: std::io::Error::from_raw_os_error(errno.into()).into(),
            });
        }
        Failure::Container(error) => error,
    };
    let gone = matches!(error, ContainerError::Gone | ContainerError::Stream(_));
    // The kernel may have taken the agent instead of the program that used up the memory.
    if gone && container.daemon().ran_out_of_memory(container.id()).await == Some(true) {
        let usage = Usage { wall: started.elapsed(), ..Usage::default() };
        let termination = Termination::LimitExceeded(Resource::Memory);
        return Ok(Outcome {
            stage: Stage::Run,
            termination,
            usage,
            files: Vec::new(),
            repeatable: false,
        });
    }
    Err(failed(error))
}

fn lost_between(failure: Failure) -> ExecuteError {
    match failure {
        Failure::Execute(error) => error,
        Failure::Container(error) => failed(error),
        Failure::NotStarted(errno) => failed(ContainerError::Agent {
            why: std::io::Error::from_raw_os_error(errno.into()).to_string(),
        }),
    }
}

pub(crate) fn failed(error: ContainerError) -> ExecuteError {
    ExecuteError::Internal {
        context: "the container failed while the job ran",
        source: error.into(),
    }
}

struct Execution<'a> {
    context: &'a Context<'a>,
    container: &'a mut Container,
    job: &'a Job,
    source: Source<'a>,
    build: &'a Build,
    started: Instant,
    /// The memory and process limits that the container has now.
    tightened: (u64, u32),
}

/// A program that is worth remembering, and what its compiler said.
type Remember = Option<(Key, Vec<(OutputStream, Bytes)>)>;

/// A program that can be run in the execution's container.
struct Prepared {
    /// What is to be sent ahead of the next run.
    frames: Vec<u8>,
    /// What the compiler wrote.
    compiler_output: u64,
    remember: Remember,
    is_held: bool,
}

impl Prepared {
    /// Has the agent keep the program out of the runs' reach, if it does not yet.
    fn hold(&mut self) {
        if !std::mem::replace(&mut self.is_held, true) {
            Command::Hold { bytes_max: PROGRAM_BYTES_MAX }.encode(&mut self.frames);
        }
    }
}

/// One run of a program.
#[derive(Clone, Copy)]
struct One<'a> {
    args: &'a [String],
    limits: Limits,
    /// Whether it is the first in its container.
    is_first: bool,
}

impl<'a> Execution<'a> {
    fn new(
        context: &'a Context<'a>,
        container: &'a mut Container,
        job: &'a Job,
        paths: &'a [String],
        started: Instant,
    ) -> Result<Self, ExecuteError> {
        let entry = paths.first().map(String::as_str).unwrap_or_default();
        let source = Source { entry, files: paths, options: &job.compile_args };
        let build = context.recipe.build(source).ok_or_else(|| ExecuteError::InvalidJob {
            reason: "the language has no way of building it".to_owned(),
        })?;
        let shape = container.shape();
        let tightened = (shape.memory_bytes, shape.processes);
        Ok(Self { context, container, job, source, build, started, tightened })
    }

    /// The frames that bring the job's files.
    fn files(&self) -> Vec<u8> {
        let mut frames = Vec::new();
        for file in &self.job.files {
            let path = file.path.as_str();
            Command::encode_file(&mut frames, Place::Sandbox, false, path, &file.contents);
        }
        frames
    }

    /// Compiles the program, or takes it from those that are remembered; the outcome if it does not compile.
    async fn compile(&mut self, sink: &OutputSink) -> Result<Result<Prepared, Outcome>, Failure> {
        let Context { image, programs, .. } = self.context;
        let build = self.build;
        let key = (build.compiles() && programs.is_on()).then(|| Key::of(self.job, image));
        let mut frames = self.files();
        if let Some(program) = key.and_then(|key| programs.get(&key)) {
            for file in &program.files {
                let (path, contents) = (&file.path, &file.contents);
                Command::encode_file(&mut frames, Place::Program, file.executable, path, contents);
            }
            let mut compiler_output = 0;
            for (stream, bytes) in &program.messages {
                compiler_output += bytes.len() as u64;
                send(sink, *stream, bytes.clone()).await?;
            }
            let is_held = false;
            return Ok(Ok(Prepared { frames, compiler_output, remember: None, is_held }));
        }
        let mut program = Prepared { frames, compiler_output: 0, remember: None, is_held: false };
        if !build.compiles() {
            return Ok(Ok(program));
        }
        let mut messages = Vec::new();
        let frames = std::mem::take(&mut program.frames);
        match self.compile_steps(frames, sink, &mut messages).await? {
            Ok(bytes) => program.compiler_output = bytes,
            Err(outcome) => return Ok(Err(outcome)),
        }
        if let Some(key) = key {
            program.hold();
            program.remember = Some((key, messages));
        }
        Ok(Ok(program))
    }

    async fn compile_alone(
        &mut self,
        sink: OutputSink,
    ) -> Result<Result<Prepared, Outcome>, Failure> {
        self.compile(&sink).await
    }

    /// Runs a prepared program.
    async fn run(
        &mut self,
        program: &mut Prepared,
        one: One<'_>,
        input: Input,
        sink: &OutputSink,
    ) -> Result<Outcome, Failure> {
        self.tighten(&one.limits).await?;
        let setup = self.started.elapsed();
        let recipe = self.context.recipe;
        let Limits { wall, cpu, output_bytes, disk_bytes, files, .. } = one.limits;
        let step = Step {
            resident: self.build.resident && one.is_first,
            keep: false,
            stdin: !matches!(input, Input::None),
            mark: self.job.collect == Collect::Changed,
            wall_us: micros(wall),
            cpu_us: micros(cpu),
            output_bytes,
            disk_bytes,
            files,
            argv: if one.is_first {
                recipe.run_step(self.build, self.source, one.args)
            } else {
                recipe.run_again_step(self.build, self.source, one.args)
            },
            env: environment(recipe, &self.job.env),
        };
        let flow = Flow { sink, stdin: input, kept: None };
        let ended = self.step(step, std::mem::take(&mut program.frames), flow).await?;
        self.outcome(ended, &one.limits, setup, program.compiler_output).await
    }

    async fn run_alone(
        &mut self,
        program: &mut Prepared,
        one: One<'_>,
        input: Input,
        sink: OutputSink,
    ) -> Result<Outcome, Failure> {
        self.run(program, one, input, &sink).await
    }

    /// Makes the container as it was before the last run.
    async fn reset(&mut self, program: &mut Prepared) -> Result<(), Failure> {
        let answered = async {
            self.container.send(&Command::Reset).await?;
            loop {
                match self.container.report().await? {
                    Report::ResetDone => return Ok(()),
                    // The end of input can cross on the way.
                    Report::StdinTaken(_) => {}
                    _ => return Err(ContainerError::Unexpected { what: "no end of a reset" }),
                }
            }
        };
        tokio::time::timeout(ANSWER_MAX, answered)
            .await
            .unwrap_or(Err(ContainerError::Silent { after: ANSWER_MAX }))?;
        program.frames = self.files();
        Ok(())
    }

    /// Runs the compile steps; how many bytes they wrote, or the outcome if they failed.
    async fn compile_steps(
        &mut self,
        mut frames: Vec<u8>,
        sink: &OutputSink,
        messages: &mut Vec<(OutputStream, Bytes)>,
    ) -> Result<Result<u64, Outcome>, Failure> {
        let until = Instant::now() + COMPILE_WALL;
        let mut used = Usage::default();
        let build = self.build;
        for argv in self.context.recipe.compile_steps(build, self.source) {
            let step = Step {
                resident: build.resident,
                keep: build.resident,
                wall_us: micros(until.saturating_duration_since(Instant::now())),
                cpu_us: micros(COMPILE_CPU.saturating_sub(used.cpu)),
                output_bytes: self.job.limits.output_bytes.saturating_sub(used.output_bytes),
                disk_bytes: u64::MAX,
                files: COMPILE_FILES_MAX,
                argv,
                // The job's variables are the program's, not the compiler's: some change what it does.
                env: environment(self.context.recipe, &self.context.recipe.compile_env),
                ..Step::default()
            };
            let flow = Flow { sink, stdin: Input::None, kept: Some(messages) };
            let StepEnd::Ended(ended) = self.step(step, std::mem::take(&mut frames), flow).await?
            else {
                return Ok(Err(
                    self.compile_failed(Termination::LimitExceeded(Resource::WallTime), used)
                ));
            };
            used.cpu += Duration::from_micros(ended.cpu_us);
            used.memory_bytes_peak = used.memory_bytes_peak.max(ended.memory_bytes_peak);
            used.output_bytes += ended.output_bytes;
            match termination(&ended)? {
                Termination::Exited { code: 0 } => {}
                other => return Ok(Err(self.compile_failed(other, used))),
            }
        }
        Ok(Ok(used.output_bytes))
    }

    fn compile_failed(&self, termination: Termination, used: Usage) -> Outcome {
        let wall = self.started.elapsed();
        Outcome {
            stage: Stage::Compile,
            termination,
            usage: Usage { wall, setup: wall, ..used },
            files: Vec::new(),
            repeatable: false,
        }
    }

    /// Gives the container a run's own memory and process limits, where they are tighter than its shape.
    async fn tighten(&mut self, limits: &Limits) -> Result<(), Failure> {
        let shape = self.container.shape();
        let wanted =
            (limits.memory_bytes.min(shape.memory_bytes), limits.processes.min(shape.processes));
        if wanted == self.tightened {
            return Ok(());
        }
        let id = self.container.id().to_owned();
        let tightened = self.container.daemon().tighten(&id, wanted.0, wanted.1).await;
        self.tightened = wanted;
        tightened.map_err(|error| match error {
            // The kernel does not take memory away that cannot be given back.
            DaemonError::Refused { status: 500, .. } => {
                Failure::Execute(ExecuteError::InvalidJob {
                    reason: format!(
                        "a memory limit of {} MiB is too small for what {} holds when it starts",
                        limits.memory_bytes >> 20,
                        self.job.language
                    ),
                })
            }
            error => Failure::Container(error.into()),
        })
    }

    /// Runs one step, after sending `frames`. Output goes to the sink as it comes, input to the agent as it is taken.
    async fn step(
        &mut self,
        step: Step,
        mut frames: Vec<u8>,
        flow: Flow<'_>,
    ) -> Result<StepEnd, Failure> {
        let overdue = Instant::now() + Duration::from_micros(step.wall_us) + GRACE;
        let has_stdin = step.stdin;
        Command::Step(step).encode(&mut frames);
        match timeout_at(overdue.into(), self.exchange(&frames, flow, has_stdin)).await {
            Ok(ended) => ended.map(StepEnd::Ended),
            Err(_) => Ok(StepEnd::Overdue),
        }
    }

    async fn exchange(
        &mut self,
        frames: &[u8],
        mut flow: Flow<'_>,
        has_stdin: bool,
    ) -> Result<Ended, Failure> {
        self.container.send_frames(frames).await?;
        let mut window = STDIN_WINDOW_BYTES;
        let mut feeding = has_stdin;
        loop {
            let report = tokio::select! {
                biased;
                report = self.container.report() => report?,
                piece = flow.stdin.next(), if feeding && window >= CHUNK_BYTES_MAX => {
                    feeding = self.feed(piece, &mut window).await?;
                    continue;
                }
            };
            let (stream, bytes) = match report {
                Report::Stdout(bytes) => (OutputStream::Stdout, Bytes::from(bytes)),
                Report::Stderr(bytes) => (OutputStream::Stderr, Bytes::from(bytes)),
                Report::StdinTaken(bytes) => {
                    window = window.saturating_add(bytes as usize).min(STDIN_WINDOW_BYTES);
                    continue;
                }
                Report::Ended(ended) => return Ok(ended),
                Report::Ready { .. }
                | Report::FileStart { .. }
                | Report::FileData(_)
                | Report::Collected { .. }
                | Report::ResetDone
                | Report::Failed(_) => {
                    return Err(ContainerError::Unexpected {
                        what: "a report of something else while a step ran",
                    }
                    .into());
                }
            };
            let Some(kept) = &mut flow.kept else {
                send(flow.sink, stream, bytes).await?;
                continue;
            };
            // Standard output is the program's: what a compiler writes there is a message all the same.
            kept.push((OutputStream::Stderr, bytes.clone()));
            send(flow.sink, OutputStream::Stderr, bytes).await?;
        }
    }

    /// Sends a piece of standard input, in as many frames as it takes, or its end. Whether there can be more.
    async fn feed(
        &mut self,
        piece: Option<Bytes>,
        window: &mut usize,
    ) -> Result<bool, ContainerError> {
        let Some(mut piece) = piece else {
            self.container.send(&Command::StdinEnd).await?;
            return Ok(false);
        };
        // A sender may hand over more than the window at once; the agent says when there is room again.
        while !piece.is_empty() {
            while *window == 0 {
                match self.container.report().await? {
                    Report::StdinTaken(bytes) => *window = (bytes as usize).min(STDIN_WINDOW_BYTES),
                    _ => {
                        return Err(ContainerError::Unexpected {
                            what: "another report while input waited",
                        });
                    }
                }
            }
            let head = piece.split_to(piece.len().min(*window).min(CHUNK_BYTES_MAX));
            *window -= head.len();
            self.container.send(&Command::Stdin(head.to_vec())).await?;
        }
        Ok(true)
    }

    async fn outcome(
        &mut self,
        end: StepEnd,
        limits: &Limits,
        setup: Duration,
        compiler_output: u64,
    ) -> Result<Outcome, Failure> {
        let StepEnd::Ended(ended) = end else {
            let usage = Usage { wall: self.started.elapsed(), setup, ..Usage::default() };
            return Ok(Outcome {
                stage: Stage::Run,
                termination: Termination::LimitExceeded(Resource::WallTime),
                usage,
                files: Vec::new(),
                repeatable: false,
            });
        };
        let termination = termination(&ended)?;
        let files = match self.job.collect {
            Collect::Nothing => Vec::new(),
            Collect::Changed => changed_files(self.container, limits).await?,
        };
        let usage = Usage {
            wall: self.started.elapsed(),
            cpu: Duration::from_micros(ended.cpu_us),
            fuel: None,
            memory_bytes_peak: ended.memory_bytes_peak,
            output_bytes: ended.output_bytes + compiler_output,
            setup,
            queued: Duration::ZERO,
        };
        Ok(Outcome { stage: Stage::Run, termination, usage, files, repeatable: false })
    }
}

/// The language's environment with the job's over it.
pub(crate) fn environment(recipe: &Recipe, own: &[(String, String)]) -> Vec<String> {
    let inherited = DEFAULT_ENV
        .iter()
        .copied()
        .chain(recipe.env.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .filter(|(name, _)| !own.iter().any(|(set, _)| set == name));
    let own = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    inherited.chain(own).map(|(name, value)| format!("{name}={value}")).collect()
}

/// What every program finds in its environment.
const DEFAULT_ENV: [(&str, &str); 3] =
    [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", "/tmp"), ("LANG", "C.UTF-8")];

async fn send(sink: &OutputSink, stream: OutputStream, bytes: Bytes) -> Result<(), Failure> {
    sink.send(OutputChunk { stream, bytes }).await.map_err(|closed| Failure::Execute(closed.into()))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What the agent's report means. `Err` when it could not even start what it was told to: the image lacks it.
fn termination(ended: &Ended) -> Result<Termination, Failure> {
    let limit = |resource| Ok(Termination::LimitExceeded(resource));
    // Whoever cannot start processes or write files may go on trying until time is over: the cause is told, not the end.
    let refused = if ended.processes_refused > 0 {
        Some(Resource::Processes)
    } else if ended.disk_full {
        Some(Resource::Disk)
    } else if ended.files_full {
        Some(Resource::Files)
    } else {
        None
    };
    match ended.stopped {
        Some(Stopped::Wall | Stopped::Cpu) if ended.processes_refused > 0 => {
            return limit(Resource::Processes);
        }
        Some(Stopped::Wall) => return limit(Resource::WallTime),
        Some(Stopped::Cpu) => return limit(Resource::CpuTime),
        Some(Stopped::Output) => return limit(Resource::Output),
        Some(Stopped::Disk) => return limit(Resource::Disk),
        Some(Stopped::Files) => return limit(Resource::Files),
        None => {}
    }
    if ended.oom_kills > 0 {
        return limit(Resource::Memory);
    }
    match ended.how {
        How::Exited(0) => Ok(Termination::Exited { code: 0 }),
        How::Exited(_) | How::Signalled(_) if refused.is_some() => {
            limit(refused.unwrap_or(Resource::Disk))
        }
        How::Exited(code) => Ok(Termination::Exited { code }),
        How::Signalled(signal) => Ok(Termination::Crashed {
            reason: format!("killed by signal {signal}{}", signal_name(signal)),
        }),
        How::NotStarted(errno) => Err(Failure::NotStarted(errno)),
    }
}

/// The name of a signal (Linux, all architectures that Docker images are made for), in parentheses.
fn signal_name(signal: u8) -> &'static str {
    match signal {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        4 => " (SIGILL)",
        5 => " (SIGTRAP)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        10 => " (SIGUSR1)",
        11 => " (SIGSEGV)",
        12 => " (SIGUSR2)",
        13 => " (SIGPIPE)",
        14 => " (SIGALRM)",
        15 => " (SIGTERM)",
        24 => " (SIGXCPU)",
        25 => " (SIGXFSZ)",
        31 => " (SIGSYS)",
        _ => "",
    }
}

/// What the program created or changed.
async fn changed_files(
    container: &mut Container,
    limits: &Limits,
) -> Result<Vec<JobFile>, ContainerError> {
    let (bytes_max, files_max) = (limits.disk_bytes, limits.files);
    let collected = collect(container, Place::Sandbox, bytes_max, files_max).await?;
    let mut files: Vec<JobFile> = collected
        .into_iter()
        // A name that is none to us is not given to anybody.
        .filter_map(|file| {
            Some(JobFile { path: FilePath::new(&file.path).ok()?, contents: file.contents.into() })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

async fn collect(
    container: &mut Container,
    place: Place,
    bytes_max: u64,
    files_max: u32,
) -> Result<Vec<ProgramFile>, ContainerError> {
    let gather = async {
        container.send(&Command::Collect { place, bytes_max, files_max }).await?;
        let mut files: Vec<ProgramFile> = Vec::new();
        let mut bytes_left = bytes_max;
        loop {
            match container.report().await? {
                Report::FileStart { path, executable } if files.len() < files_max as usize => {
                    files.push(ProgramFile { path, executable, contents: Vec::new() });
                }
                Report::FileData(bytes) if bytes.len() as u64 <= bytes_left => {
                    let file = files
                        .last_mut()
                        .ok_or(ContainerError::Unexpected { what: "file data without a file" })?;
                    bytes_left -= bytes.len() as u64;
                    file.contents.extend_from_slice(&bytes);
                }
                Report::Collected { .. } => return Ok(files),
                // The end of input can cross on the way.
                Report::StdinTaken(_) => {}
                _ => {
                    return Err(ContainerError::Unexpected {
                        what: "more than the files asked for",
                    });
                }
            }
        }
    };
    tokio::time::timeout(ANSWER_MAX, gather)
        .await
        .unwrap_or(Err(ContainerError::Silent { after: ANSWER_MAX }))
}

/// Fetches the program that the agent holds, after the caller has its outcome, and remembers it.
fn remember_program(
    programs: Arc<Programs>,
    mut lease: Lease,
    key: Key,
    messages: Vec<(OutputStream, Bytes)>,
) {
    if messages.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > MESSAGES_BYTES_MAX {
        return;
    }
    tokio::spawn(async move {
        if let Ok(files) =
            collect(&mut lease.container, Place::Program, PROGRAM_BYTES_MAX, u32::MAX).await
        {
            programs.put(key, Program { files, messages });
        }
    });
}

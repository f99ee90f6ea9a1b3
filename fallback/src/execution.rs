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
    Collect, ExecuteError, FilePath, Job, JobFile, Limits, Outcome, OutputChunk, OutputSink,
    OutputStream, Resource, Stage, Stdin, StdinReader, Termination, Usage,
};
use coderunner_languages::{Build, Container as Recipe, Program as Source};
use tokio::time::timeout_at;

use crate::{
    cache::{Key, MESSAGES_BYTES_MAX, PROGRAM_BYTES_MAX, Program, ProgramFile, Programs},
    container::{Container, ContainerError},
    daemon::DaemonError,
    pool::Lease,
};

/// What all compile steps of a job may use together. It is the language's, not the job's: a program's own limits say nothing about its compiler.
pub const COMPILE_WALL: Duration = Duration::from_secs(20);
/// Processor time of all compile steps of a job.
pub const COMPILE_CPU: Duration = Duration::from_secs(20);
/// What a compile step may leave in the job's folders; the kernel bounds what it makes elsewhere.
const COMPILE_FILES_MAX: u32 = 64 << 10;
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
    Execute(ExecuteError),
}

impl From<ContainerError> for Failure {
    fn from(error: ContainerError) -> Self {
        Self::Container(error)
    }
}

/// Refuses jobs that could not even start.
pub(crate) fn check(job: &Job, recipe: &Recipe) -> Result<(), ExecuteError> {
    let invalid = |reason: String| Err(ExecuteError::InvalidJob { reason });
    let Limits { memory_bytes, disk_bytes, files, .. } = job.limits;
    if job.files.is_empty() {
        return invalid("it has no file; the first one is the program".to_owned());
    }
    if let Err(error) = recipe.check_options(&job.compile_args) {
        return invalid(error.to_string());
    }
    /// The engine refuses less.
    const MEMORY_BYTES_MIN: u64 = 6 << 20;
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
    let texts = job.args.iter().chain(job.env.iter().flat_map(|(name, value)| [name, value]));
    if let Some(text) = { texts }.clone().find(|text| text.contains('\0')) {
        return invalid(format!("the argument or environment variable {text:?} contains a NUL"));
    }
    /// Linux takes no longer single text, and with these no frame is too long.
    const TEXT_BYTES_MAX: usize = 128 << 10;
    const TEXTS_BYTES_MAX: usize = 768 << 10;
    let texts = || {
        job.args
            .iter()
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
    let mut execution = Execution { context, container: &mut lease.container, job: &job, started };
    match execution.run(input, &sink).await {
        Ok((outcome, remember)) => {
            if let Some((key, messages)) = remember {
                remember_program(Arc::clone(context.programs), lease, key, messages);
            }
            Ok(outcome)
        }
        Err(Failure::Execute(error)) => Err(error),
        Err(Failure::Container(error)) => {
            let id = lease.container.id().to_owned();
            let gone = matches!(error, ContainerError::Gone | ContainerError::Stream(_));
            // The kernel may have taken the agent instead of the program that used up the memory.
            if gone && lease.container.daemon().ran_out_of_memory(&id).await == Some(true) {
                let usage = Usage { wall: started.elapsed(), ..Usage::default() };
                let termination = Termination::LimitExceeded(Resource::Memory);
                return Ok(Outcome { stage: Stage::Run, termination, usage, files: Vec::new() });
            }
            Err(failed(error))
        }
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
    started: Instant,
}

/// A program that is worth remembering, and what its compiler said.
type Remember = Option<(Key, Vec<(OutputStream, Bytes)>)>;

/// What of a job decides how it is built.
pub(crate) fn source<'a>(job: &'a Job, files: &'a [&'a str]) -> Source<'a> {
    let entry = files.first().copied().unwrap_or_default();
    Source { entry, files, options: &job.compile_args, has_env: !job.env.is_empty() }
}

impl Execution<'_> {
    async fn run(
        &mut self,
        input: Input,
        sink: &OutputSink,
    ) -> Result<(Outcome, Remember), Failure> {
        let Context { recipe, image, programs } = self.context;
        let job = self.job;
        let paths: Vec<&str> = job.files.iter().map(|file| file.path.as_str()).collect();
        let source = source(job, &paths);
        let build = recipe.build(source).ok_or_else(|| {
            Failure::Execute(ExecuteError::InvalidJob {
                reason: "the language has no way of building it".to_owned(),
            })
        })?;

        let key = (build.compiles() && programs.is_on()).then(|| Key::of(job, image));
        let known = key.and_then(|key| programs.get(&key));
        let mut frames = Vec::new();
        for file in &job.files {
            Command::encode_file(
                &mut frames,
                Place::Sandbox,
                false,
                file.path.as_str(),
                &file.contents,
            );
        }
        let mut messages = Vec::new();
        let mut remember = None;
        let mut compiler_output = 0;
        if let Some(program) = known {
            for file in &program.files {
                Command::encode_file(
                    &mut frames,
                    Place::Program,
                    file.executable,
                    &file.path,
                    &file.contents,
                );
            }
            for (stream, bytes) in &program.messages {
                compiler_output += bytes.len() as u64;
                send(sink, *stream, bytes.clone()).await?;
            }
        } else if build.compiles() {
            match self
                .compile(build, source, std::mem::take(&mut frames), sink, &mut messages)
                .await?
            {
                Ok(bytes) => compiler_output = bytes,
                Err(outcome) => return Ok((outcome, None)),
            }
            if let Some(key) = key {
                remember = Some(key);
                Command::Hold { bytes_max: PROGRAM_BYTES_MAX }.encode(&mut frames);
            }
        }
        self.tighten().await?;

        let setup = self.started.elapsed();
        let step = Step {
            resident: build.resident,
            keep: false,
            stdin: !matches!(input, Input::None),
            mark: job.collect == Collect::Changed,
            argv: recipe.run_step(build, source, &job.args),
            ..self.run_limits()
        };
        let ended = self.step(step, frames, Flow { sink, stdin: input, kept: None }).await?;
        let outcome = self.outcome(ended, setup, compiler_output).await?;
        Ok((outcome, remember.map(|key| (key, messages))))
    }

    fn run_limits(&self) -> Step {
        let Limits { wall, cpu, output_bytes, disk_bytes, files, .. } = self.job.limits;
        Step {
            wall_us: micros(wall),
            cpu_us: micros(cpu),
            output_bytes,
            disk_bytes,
            files,
            env: self.env(),
            ..Step::default()
        }
    }

    /// The language's environment with the job's over it.
    fn env(&self) -> Vec<String> {
        environment(self.context.recipe, &self.job.env)
    }

    /// Runs the compile steps; how many bytes they wrote, or the outcome if they failed.
    async fn compile(
        &mut self,
        build: &Build,
        source: Source<'_>,
        mut frames: Vec<u8>,
        sink: &OutputSink,
        messages: &mut Vec<(OutputStream, Bytes)>,
    ) -> Result<Result<u64, Outcome>, Failure> {
        let until = Instant::now() + COMPILE_WALL;
        let mut used = Usage::default();
        for argv in self.context.recipe.compile_steps(build, source) {
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
                env: environment(self.context.recipe, &[]),
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
        }
    }

    /// Gives the container the job's own memory and process limits, where they are tighter than its shape.
    async fn tighten(&mut self) -> Result<(), Failure> {
        let (limits, shape) = (self.job.limits, self.container.shape());
        if limits.memory_bytes >= shape.memory_bytes && limits.processes >= shape.processes {
            return Ok(());
        }
        let id = self.container.id().to_owned();
        let tightened =
            self.container.daemon().tighten(&id, limits.memory_bytes, limits.processes).await;
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
            if let Some(kept) = &mut flow.kept {
                kept.push((stream, bytes.clone()));
            }
            send(flow.sink, stream, bytes).await?;
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
            });
        };
        let termination = termination(&ended)?;
        let files = match self.job.collect {
            Collect::Nothing => Vec::new(),
            Collect::Changed => changed_files(self.container, &self.job.limits).await?,
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
        Ok(Outcome { stage: Stage::Run, termination, usage, files })
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
        Some(Stopped::Wall) if ended.processes_refused > 0 => return limit(Resource::Processes),
        Some(Stopped::Cpu) if ended.processes_refused > 0 => return limit(Resource::Processes),
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
        How::NotStarted(errno) => Err(Failure::Execute(ExecuteError::Internal {
            context: "a program of the image could not be started",
            source: std::io::Error::from_raw_os_error(errno.into()).into(),
        })),
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

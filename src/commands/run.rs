//! `coderunner run`: one program, once, in a fresh sandbox.

use std::{
    fs, io,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use coderunner_api::{FileReport, RunReport};
use coderunner_executor::{
    Collect, Executor, FilePath, Job, JobFile, Limits, Outcome, OutputChunk, OutputSink,
    OutputStream, Stdin,
};
use coderunner_languages::{Language, Registry};

use crate::{
    cli::{LimitArgs, RunArgs},
    compose,
    exit::{self, CommandResult, Failure},
    report,
    signals::stop_signal,
};

/// The largest program or extra file that is read: more than any disk limit allows.
const INPUT_BYTES_MAX: u64 = 1 << 30;
/// Standard input is passed on in pieces of at most this size.
const STDIN_CHUNK_BYTES: usize = 64 << 10;

/// Runs the program and passes its output and exit code on.
pub(crate) fn run(args: &RunArgs) -> CommandResult {
    // What can be wrong with the command line is said before anything is set up.
    let registry = compose::registry()?;
    let (job, language) = job(registry, args).map_err(Failure::Usage)?;
    let out = args.out.as_deref().map(prepare_out).transpose().map_err(Failure::Usage)?;
    let backends = compose::backends()?;
    let runtime = compose::tokio_runtime()?;
    let mut printer = if args.json {
        Printer::Gather { stdout: Vec::new(), stderr: Vec::new() }
    } else {
        Printer::Stream
    };
    let outcome = runtime.block_on(async {
        let outcome = tokio::select! {
            outcome = stream(&*backends.router, job, &mut printer) => outcome,
            signal = stop_signal() => Err(Failure::Interrupted { signal }),
        };
        backends.shut_down(language).await;
        outcome
    });
    // A thread may still be reading standard input; the end of the process ends it.
    runtime.shutdown_background();
    let outcome = outcome?;

    if let Some(out) = out {
        write_files(out, &outcome.files).map_err(Failure::Ours)?;
    }
    match printer {
        Printer::Gather { stdout, stderr } => {
            print_json(language, &outcome, &stdout, &stderr, out.is_some())
                .map_err(Failure::ours)?;
        }
        Printer::Stream => report::ending(&outcome.termination),
    }
    if args.stats {
        report::usage(&outcome);
    }
    Ok(exit::of(&outcome.termination))
}

/// Where output goes.
enum Printer {
    /// Through, as it comes.
    Stream,
    /// Into the JSON object.
    Gather { stdout: Vec<u8>, stderr: Vec<u8> },
}

impl Printer {
    fn print(&mut self, chunk: &OutputChunk) -> io::Result<()> {
        match (self, chunk.stream) {
            (Self::Gather { stdout, .. }, OutputStream::Stdout) => {
                stdout.extend_from_slice(&chunk.bytes);
            }
            (Self::Gather { stderr, .. }, OutputStream::Stderr) => {
                stderr.extend_from_slice(&chunk.bytes);
            }
            (Self::Stream, OutputStream::Stdout) => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&chunk.bytes)?;
                stdout.flush()?;
            }
            (Self::Stream, OutputStream::Stderr) => io::stderr().lock().write_all(&chunk.bytes)?,
        }
        Ok(())
    }
}

async fn stream(
    executor: &dyn Executor,
    job: Job,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let (sink, mut reader) = OutputSink::bounded();
    let mut execution = executor.execute(job, sink);
    let mut outcome = None;
    loop {
        tokio::select! {
            biased;
            chunk = reader.recv() => match chunk {
                Some(chunk) => printer.print(&chunk).map_err(output_failure)?,
                // All is read, so the execution has ended or is about to say why it did not.
                None if outcome.is_some() => break,
                None => outcome = Some((&mut execution).await),
            },
            ended = &mut execution, if outcome.is_none() => outcome = Some(ended),
        }
    }
    match outcome {
        Some(Ok(outcome)) => Ok(outcome),
        Some(Err(error @ coderunner_executor::ExecuteError::InvalidJob { .. })) => {
            Err(Failure::usage(error))
        }
        Some(Err(error)) => Err(Failure::ours(error)),
        None => Err(Failure::Ours(anyhow!("the execution ended without an outcome"))),
    }
}

/// A closed standard output ends us as it ends any command in a pipe.
fn output_failure(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::Interrupted { signal: 13 }
    } else {
        Failure::Ours(
            anyhow::Error::new(error).context("the program's output could not be written"),
        )
    }
}

fn job(registry: &'static Registry, args: &RunArgs) -> anyhow::Result<(Job, &'static Language)> {
    let from_stdin = args.file.as_os_str() == "-";
    let language = match (&args.language, from_stdin) {
        (Some(name), _) => registry.find(name)?,
        (None, true) => {
            bail!("say with --language what the program on standard input is written in")
        }
        (None, false) => {
            registry.find_by_file_name(&args.file.to_string_lossy()).with_context(|| {
                format!(
                    "the language of {} does not follow from its name; give it with --language",
                    args.file.display()
                )
            })?
        }
    };
    let source = if from_stdin {
        read_bounded(io::stdin().lock(), "standard input")?
    } else {
        read_file(&args.file)?
    };
    let entry = if from_stdin { language.entry.clone() } else { file_name(&args.file)? };
    let mut job = Job::new(language.id.clone(), FilePath::new(&entry)?, source);
    for path in &args.files {
        let contents = Bytes::from(read_file(path)?);
        let path = working_path(path)?;
        if job.files.iter().any(|file| file.path == path) {
            bail!("two files are called {path}");
        }
        job.files.push(JobFile { path, contents });
    }
    job.args.clone_from(&args.args);
    job.compile_args.clone_from(&args.compile_args);
    job.env = args
        .env
        .iter()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .with_context(|| format!("--env {pair} is not of the form NAME=VALUE"))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect::<anyhow::Result<_>>()?;
    job.limits = limits(language.limits, &args.limits);
    job.stdin = stdin(args, from_stdin)?;
    if args.out.is_some() {
        job.collect = Collect::Changed;
    }
    Ok((job, language))
}

fn limits(default: Limits, args: &LimitArgs) -> Limits {
    let millis = |given: Option<u64>, default| given.map_or(default, Duration::from_millis);
    let wall = millis(args.wall_ms, default.wall);
    Limits {
        // Who allows more time of one kind does not want to be stopped by the default of the other.
        wall: if args.wall_ms.is_none() {
            wall.max(args.cpu_ms.map_or(Duration::ZERO, |ms| Duration::from_millis(ms) * 2))
        } else {
            wall
        },
        cpu: if args.cpu_ms.is_none() {
            default.cpu.max(args.wall_ms.map_or(Duration::ZERO, Duration::from_millis))
        } else {
            millis(args.cpu_ms, default.cpu)
        },
        memory_bytes: args.memory_mb.map_or(default.memory_bytes, |mb| mb << 20),
        output_bytes: args.output_kb.map_or(default.output_bytes, |kb| kb << 10),
        disk_bytes: args.disk_mb.map_or(default.disk_bytes, |mb| mb << 20),
        ..default
    }
}

fn stdin(args: &RunArgs, taken: bool) -> anyhow::Result<Stdin> {
    match &args.stdin {
        Some(path) if path.as_os_str() != "-" => Ok(Stdin::Bytes(read_file(path)?.into())),
        Some(_) if taken => {
            bail!("standard input holds the program; it cannot be the program's input too")
        }
        None if taken => Ok(Stdin::Empty),
        Some(_) | None => Ok(live_stdin()),
    }
}

/// Our own standard input, passed on as it comes.
fn live_stdin() -> Stdin {
    let (sender, stdin) = Stdin::stream();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut buffer = vec![0; STDIN_CHUNK_BYTES];
        while let Ok(read) = input.read(&mut buffer) {
            if read == 0 || !sender.blocking_send(Bytes::copy_from_slice(&buffer[..read])) {
                break;
            }
        }
    });
    stdin
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let context = || format!("{} cannot be read", path.display());
    let file = fs::File::open(path).with_context(context)?;
    if file.metadata().with_context(context)?.is_dir() {
        bail!("{} is a folder; give a file", path.display());
    }
    read_bounded(file, &path.display().to_string())
}

fn read_bounded(reader: impl io::Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut contents = Vec::new();
    reader
        .take(INPUT_BYTES_MAX + 1)
        .read_to_end(&mut contents)
        .with_context(|| format!("{name} cannot be read"))?;
    if contents.len() as u64 > INPUT_BYTES_MAX {
        bail!("{name} is larger than {} MiB", INPUT_BYTES_MAX >> 20);
    }
    Ok(contents)
}

fn file_name(path: &Path) -> anyhow::Result<String> {
    let name = path.file_name().with_context(|| format!("{} is no file name", path.display()))?;
    Ok(name
        .to_str()
        .with_context(|| format!("the name of {} is not UTF-8", path.display()))?
        .to_owned())
}

/// Where an extra file lies in the working folder: a relative path stays as it is, of any other only the name is kept.
fn working_path(path: &Path) -> anyhow::Result<FilePath> {
    let text =
        path.to_str().with_context(|| format!("the path {} is not UTF-8", path.display()))?;
    match FilePath::new(text.trim_start_matches("./")) {
        Ok(path) => Ok(path),
        Err(_) => Ok(FilePath::new(&file_name(path)?)?),
    }
}

fn prepare_out(path: &Path) -> anyhow::Result<&Path> {
    fs::create_dir_all(path)
        .with_context(|| format!("the folder {} cannot be made", path.display()))?;
    Ok(path)
}

/// Writes the program's files. Their paths are plain (that is what [`FilePath`] says); what is at a path already is replaced, never followed.
fn write_files(out: &Path, files: &[JobFile]) -> anyhow::Result<()> {
    for file in files {
        let mut folder = out.to_owned();
        let mut parts = file.path.as_str().split('/').peekable();
        while let Some(part) = parts.next() {
            let path = folder.join(part);
            if parts.peek().is_some() {
                make_folder(&path)?;
                folder = path;
            } else {
                replace(&path, &file.contents)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
            }
        }
    }
    Ok(())
}

fn make_folder(path: &PathBuf) -> anyhow::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => bail!("{} exists and is no folder", path.display()),
        Err(_) => fs::create_dir(path)
            .with_context(|| format!("the folder {} cannot be made", path.display())),
    }
}

fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(contents)
}

fn print_json(
    language: &Language,
    outcome: &Outcome,
    stdout: &[u8],
    stderr: &[u8],
    with_files: bool,
) -> anyhow::Result<()> {
    let mut report = RunReport::new(language, outcome);
    report.files = with_files.then(|| outcome.files.iter().map(FileReport::named).collect());
    let report = report.with_output(stdout, stderr);
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &report)?;
    writeln!(out)?;
    Ok(())
}

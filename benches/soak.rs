//! Runs for a long time, or many at once, and says what was left behind.
//!
//! ```text
//! cargo bench --bench soak -- runs  [--language L] [--runs N] [--threads T]   a mix of endings; a million in about ten minutes
//! cargo bench --bench soak -- http  [--requests N] [--connections C]          the same mix over HTTP, with what is refused, on a server of its own
//! cargo bench --bench soak -- live  [--language L] [--sandboxes N]            sandboxes alive at once
//! ```
//!
//! Memory, file handles, mappings and threads of the process that runs the programs are printed on the way; it exits with 1 when one of them grew with the runs,
//! or a run did not end as it should. Without arguments a short form of both is done.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program whose output is its purpose"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod over_http;
mod served;
mod subject;

use std::{
    fs,
    process::ExitCode,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use clap::{Args, Parser, Subcommand};
use coderunner_executor::{
    Executor as _, Job, OutputSink, Resource, Stdin, Termination, run_to_end,
};
use coderunner_languages::Language;
use over_http::HttpArgs;
use subject::{PROGRAMS, Programs, Subject, job};

#[derive(Parser)]
#[command(name = "soak")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// What `cargo bench` passes to every bench
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Runs of every ending, one after another
    Runs(RunsArgs),
    /// Requests of every ending, to a server in a process of its own
    Http(HttpArgs),
    /// Sandboxes alive at once
    Live(LiveArgs),
}

#[derive(Args)]
struct RunsArgs {
    /// One language only
    #[arg(long)]
    language: Option<String>,
    /// Runs in all, in each language
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
    /// Threads that they are spread over
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Args)]
struct LiveArgs {
    /// One language only
    #[arg(long)]
    language: Option<String>,
    /// How many, of each language
    #[arg(long, default_value_t = 1000)]
    sandboxes: usize,
}

fn main() -> ExitCode {
    let fine = match Cli::parse().command {
        Some(Command::Runs(args)) => runs(&Subject::new(), &args),
        Some(Command::Http(args)) => over_http::run(&args),
        Some(Command::Live(args)) => live(&Subject::new(), &args),
        None => {
            let subject = Subject::new();
            live(&subject, &LiveArgs { language: None, sandboxes: 100 })
                & runs(&subject, &RunsArgs { language: None, runs: 20_000, threads: 2 })
        }
    };
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How a run is meant to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Well,
    Json,
    Exception,
    Limit(Resource),
    CancelledWaiting,
    CancelledComputing,
}

/// Out of a thousand runs; the rest end well.
const MIX: [(Ending, u64); 10] = [
    (Ending::Json, 50),
    (Ending::Exception, 50),
    (Ending::Limit(Resource::CpuTime), 10),
    (Ending::Limit(Resource::WallTime), 3),
    (Ending::Limit(Resource::Memory), 5),
    (Ending::Limit(Resource::Output), 10),
    (Ending::Limit(Resource::Disk), 5),
    (Ending::Limit(Resource::Files), 5),
    (Ending::CancelledWaiting, 10),
    (Ending::CancelledComputing, 5),
];
const PERMILLE: u64 = 1000;
/// What memory may grow by between the first tenth of the runs and the last. In a million runs, a leak of ten bytes a run shows.
const RSS_GROWTH_BYTES_MAX: u64 = 8 << 20;

/// How many mappings more are no growth: an idle slot or fiber stack each.
const MAPPINGS_MORE_MAX: usize = 8;

/// How run number `n` is meant to end: spread, not in blocks.
fn ending(n: u64) -> Ending {
    // Any number without a common divisor with a thousand visits all of them.
    let mut place = n * 377 % PERMILLE;
    for (ending, share) in MIX {
        if place < share {
            return ending;
        }
        place -= share;
    }
    Ending::Well
}

fn runs(subject: &Subject, args: &RunsArgs) -> bool {
    const STEPS: u64 = 10;
    let mut fine = true;
    for (programs, language) in languages(subject, args.language.as_deref(), args.threads) {
        println!("{}: {} runs on {} threads", language.name, args.runs, args.threads);
        println!(
            "{:>10} {:>9} {:>8} {:>8} {:>8} {:>10} {:>9}",
            "runs", "RSS", "fds", "mappings", "threads", "sandboxes", "runs/s"
        );
        let wrong = AtomicU64::new(0);
        let mut held = Vec::new();
        // All threads live from the first run to the last, so that what differs between two steps is what the runs left behind.
        let barrier = Barrier::new(args.threads + 1);
        std::thread::scope(|scope| {
            for thread in 0..args.threads as u64 {
                let (barrier, wrong) = (&barrier, &wrong);
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .expect("a runtime can be built");
                    for step in 0..STEPS {
                        barrier.wait();
                        for n in (args.runs * step / STEPS + thread..args.runs * (step + 1) / STEPS)
                            .step_by(args.threads)
                        {
                            if let Err(message) =
                                runtime.block_on(run_as(subject, programs, language, ending(n)))
                            {
                                // The first few tell what there is to know.
                                if wrong.fetch_add(1, Ordering::Relaxed) < 10 {
                                    eprintln!("run {n}: {message}");
                                }
                            }
                        }
                        barrier.wait();
                    }
                });
            }
            for step in 0..STEPS {
                let started = Instant::now();
                barrier.wait();
                barrier.wait();
                let now = Held::now();
                let runs = args.runs * (step + 1) / STEPS;
                let per_second =
                    (runs - args.runs * step / STEPS) as f64 / started.elapsed().as_secs_f64();
                println!(
                    "{runs:>10} {now} {:>10} {per_second:>9.0}",
                    subject.existing(&language.id)
                );
                held.push(now);
            }
        });
        let wrong = wrong.into_inner();
        let grown = matches!((held.first(), held.last()), (Some(first), Some(last)) if last.has_grown_since(first, MAPPINGS_MORE_MAX));
        println!(
            "{wrong} runs ended otherwise than they should; {}\n",
            if grown { "something GREW" } else { "nothing grew" }
        );
        fine &= wrong == 0 && !grown;
    }
    fine
}

/// Runs the program for `meant` and compares how it ended.
async fn run_as(
    subject: &Subject,
    programs: &Programs,
    language: &Language,
    meant: Ending,
) -> Result<(), String> {
    let source = match meant {
        Ending::Well => programs.hello,
        Ending::Json => programs.json,
        Ending::Exception => programs.raises,
        Ending::Limit(Resource::Memory) => programs.allocates,
        Ending::Limit(Resource::Output) => programs.floods,
        Ending::Limit(Resource::Disk) => programs.fills_disk,
        Ending::Limit(Resource::Files) => programs.makes_files,
        Ending::CancelledWaiting => programs.waits,
        Ending::Limit(_) | Ending::CancelledComputing => programs.computes,
    };
    let mut job = job(language, source);
    match meant {
        Ending::Limit(Resource::CpuTime) => job.limits.cpu = Duration::from_millis(2),
        Ending::Limit(Resource::WallTime) => job.limits.wall = Duration::from_millis(5),
        Ending::Limit(Resource::Memory) => job.limits.memory_bytes = 64 << 20,
        Ending::Limit(Resource::Output) => job.limits.output_bytes = 32 << 10,
        Ending::Limit(Resource::Disk) => job.limits.disk_bytes = 64 << 10,
        Ending::Limit(Resource::Files) => job.limits.files = 8,
        _ => {}
    }
    if matches!(meant, Ending::CancelledWaiting | Ending::CancelledComputing) {
        return cancel(subject, job).await;
    }
    let finished = run_to_end(&subject.executor, job).await.map_err(|error| error.to_string())?;
    let expected = match meant {
        Ending::Exception => Termination::Exited { code: 1 },
        Ending::Limit(resource) => Termination::LimitExceeded(resource),
        _ => Termination::Exited { code: 0 },
    };
    let ended = finished.outcome.termination;
    if ended == expected {
        Ok(())
    } else {
        Err(format!(
            "{meant:?} ended with {ended:?}: {}",
            String::from_utf8_lossy(&finished.stderr)
        ))
    }
}

/// Polls an execution once and drops it: it then waits for input, or is in the middle of a computation.
async fn cancel(subject: &Subject, mut job: Job) -> Result<(), String> {
    let (_sender, stdin) = Stdin::stream();
    job.stdin = stdin;
    let (sink, _reader) = OutputSink::bounded();
    let mut execution = subject.executor.execute(job, sink);
    let polled =
        std::future::poll_fn(|context| std::task::Poll::Ready(execution.as_mut().poll(context)))
            .await;
    if polled.is_pending() {
        Ok(())
    } else {
        Err(format!("it was not to end by itself: {polled:?}"))
    }
}

fn live(subject: &Subject, args: &LiveArgs) -> bool {
    let mut fine = true;
    for (programs, language) in languages(subject, args.language.as_deref(), 1) {
        // What exists once, however many sandboxes there are, is there before anything is counted.
        for _ in 0..100 {
            subject.run_well(job(language, programs.hello));
        }
        let before = Held::now();
        let mut executions = Vec::with_capacity(args.sandboxes);
        let started = Instant::now();
        subject.runtime.block_on(async {
            for _ in 0..args.sandboxes {
                let (sender, stdin) = Stdin::stream();
                let mut job = job(language, programs.waits);
                job.stdin = stdin;
                job.limits.wall = Duration::from_hours(1);
                let (sink, reader) = OutputSink::bounded();
                let mut execution = subject.executor.execute(job, sink);
                // The first poll brings it to where it waits, the second lets its timer and waker settle.
                for _ in 0..2 {
                    let polled = std::future::poll_fn(|context| {
                        std::task::Poll::Ready(execution.as_mut().poll(context))
                    })
                    .await;
                    fine &= polled.is_pending();
                    tokio::task::yield_now().await;
                }
                executions.push((execution, sender, reader));
            }
        });
        let took = started.elapsed();
        let during = Held::now();
        let each = |bytes: fn(&Held) -> u64| {
            (bytes(&during).saturating_sub(bytes(&before)) / args.sandboxes as u64) >> 10
        };
        println!(
            "{}: {} sandboxes alive at once after {:.0} ms; each holds {} KiB of private memory and {} KiB of page tables, {:.1} mappings; {} threads, {} file handles in all",
            language.name,
            args.sandboxes,
            took.as_secs_f64() * 1e3,
            each(|held| held.private_bytes),
            each(|held| held.page_table_bytes),
            during.mappings.saturating_sub(before.mappings) as f64 / args.sandboxes as f64,
            during.threads,
            during.handles,
        );
        let dropped = Instant::now();
        drop(executions);
        println!(
            "all dropped after {:.0} ms; {} sandboxes kept idle\n",
            dropped.elapsed().as_secs_f64() * 1e3,
            subject.existing(&language.id)
        );
    }
    fine
}

fn languages<'a>(
    subject: &'a Subject,
    only: Option<&'a str>,
    slots: usize,
) -> impl Iterator<Item = (&'static Programs, &'static Language)> + use<'a> {
    static ALL: &[Programs] = &PROGRAMS;
    ALL.iter()
        .filter(move |programs| only.is_none_or(|only| only == programs.language))
        .filter_map(move |programs| Some((programs, subject.ready(programs, slots)?)))
}

/// What a process holds.
struct Held {
    resident_bytes: u64,
    private_bytes: u64,
    page_table_bytes: u64,
    handles: usize,
    mappings: usize,
    threads: usize,
}

impl Held {
    fn now() -> Self {
        Self::of(std::process::id())
    }

    fn of(process: u32) -> Self {
        let place = |name: &str| format!("/proc/{process}/{name}");
        let status = fs::read_to_string(place("status")).unwrap_or_default();
        let rollup = fs::read_to_string(place("smaps_rollup")).unwrap_or_default();
        let kib = |text: &str, field: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(field));
            line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok())
                .unwrap_or(0)
                << 10
        };
        Self {
            resident_bytes: kib(&status, "VmRSS:"),
            private_bytes: kib(&rollup, "Private_Dirty:"),
            page_table_bytes: kib(&status, "VmPTE:"),
            handles: fs::read_dir(place("fd")).map_or(0, Iterator::count),
            mappings: fs::read_to_string(place("maps")).map_or(0, |maps| maps.lines().count()),
            threads: fs::read_dir(place("task")).map_or(0, Iterator::count),
        }
    }

    /// Some mappings are no growth: idle slots and fiber stacks.
    fn has_grown_since(&self, first: &Self, mappings_more_max: usize) -> bool {
        self.resident_bytes > first.resident_bytes + RSS_GROWTH_BYTES_MAX
            || self.handles > first.handles
            || self.mappings > first.mappings + mappings_more_max
            || self.threads > first.threads
    }
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let resident = self.resident_bytes as f64 / f64::from(1 << 20);
        write!(f, "{resident:>6.1}MiB {:>8} {:>8} {:>8}", self.handles, self.mappings, self.threads)
    }
}

//! `coderunner bench`: what a fresh sandbox costs on this machine.
//!
//! Through the same executor as `run`, with fuel, wall clock, output capture and all limits on, so that anyone can check what is promised.
//! Each thread runs one sandbox after another; the next starts when the one before has given its output and outcome.

use std::{
    io::Write as _,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use coderunner_executor::{
    Executor, FilePath, Finished, Job, OutputSink, Stdin, Termination, run_to_end,
};
use coderunner_languages::Language;
use serde::Serialize;

use crate::{
    cli::BenchArgs,
    compose,
    exit::{CommandResult, Failure},
};

/// Runs before the measured ones, on each thread: as many as it takes for slots, caches and branch predictors to settle.
const WARM_UP_RUNS: u32 = 200;
/// Sandboxes alive at once when their memory is measured.
const LIVE_SANDBOXES: u32 = 100;

/// What is printed.
#[derive(Debug, Serialize)]
struct BenchReport<'a> {
    language: &'a str,
    runs: u32,
    threads: u16,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
    per_second: f64,
    page_faults_per_run: f64,
    memory_bytes_per_live_sandbox: u64,
}

/// Measures and prints.
pub(crate) fn run(args: &BenchArgs) -> CommandResult {
    let backends = compose::backends()?;
    let language = backends.registry.find(&args.language).map_err(Failure::usage)?;
    let source = match &args.source {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))
            .map_err(Failure::Usage)?,
        None => language.one_line.clone(),
    };
    let executor = &*backends.router;
    let threads = usize::from(args.threads);
    let guest = language.guest_language();
    if backends.wasm.supports(&guest) {
        compose::tokio_runtime()?
            .block_on(backends.wasm.warm_up(&guest, threads))
            .map_err(Failure::ours)?;
    }
    let report = measure(executor, language, &source, args);
    compose::tokio_runtime()?.block_on(backends.shut_down(language));
    let report = report.map_err(Failure::Ours)?;
    let mut stdout = std::io::stdout().lock();
    let printed = if args.json {
        serde_json::to_writer(&mut stdout, &report)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(stdout))
    } else {
        write!(
            stdout,
            "{}: {} fresh sandboxes, {} thread{}\n\
             p50 {:.1} µs   p99 {:.1} µs   max {:.1} µs   {:.0} a second\n\
             {:.2} page faults a run, {} KiB of private memory a live sandbox\n",
            language.name,
            report.runs,
            report.threads,
            if report.threads == 1 { "" } else { "s" },
            report.p50_us,
            report.p99_us,
            report.max_us,
            report.per_second,
            report.page_faults_per_run,
            report.memory_bytes_per_live_sandbox >> 10,
        )
    };
    printed.map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

fn measure<'a>(
    executor: &dyn Executor,
    language: &'a Language,
    source: &str,
    args: &BenchArgs,
) -> anyhow::Result<BenchReport<'a>> {
    let threads = usize::from(args.threads);
    let shares = (0..threads).map(|n| {
        let (n, runs, threads) =
            (u32::try_from(n).unwrap_or(0), args.runs, u32::from(args.threads));
        runs / threads + u32::from(n < runs % threads)
    });
    // All threads warm up first and start measuring together.
    let barrier = std::sync::Barrier::new(threads);
    let measured = std::thread::scope(|scope| {
        let workers: Vec<_> = shares
            .map(|runs| {
                let barrier = &barrier;
                scope.spawn(move || worker(executor, language, source, runs, barrier))
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| bail!("a bench thread panicked")))
            .collect::<anyhow::Result<Vec<_>>>()
    })?;

    let took = measured.iter().map(|m| m.took).max().unwrap_or_default();
    let faults: i64 = measured.iter().map(|m| m.faults).sum();
    let mut latencies: Vec<Duration> = measured.into_iter().flat_map(|m| m.latencies).collect();
    latencies.sort_unstable();
    let micros = |d: Option<&Duration>| d.map_or(0.0, |d| d.as_secs_f64() * 1e6);
    Ok(BenchReport {
        language: language.id.as_str(),
        runs: args.runs,
        threads: args.threads,
        p50_us: micros(latencies.get(latencies.len() / 2)),
        p99_us: micros(latencies.get(latencies.len() * 99 / 100)),
        max_us: micros(latencies.last()),
        per_second: f64::from(args.runs) / took.as_secs_f64(),
        #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
        page_faults_per_run: faults as f64 / f64::from(args.runs),
        memory_bytes_per_live_sandbox: live_memory(executor, language)?,
    })
}

struct Measured {
    latencies: Vec<Duration>,
    took: Duration,
    faults: i64,
}

fn worker(
    executor: &dyn Executor,
    language: &Language,
    source: &str,
    runs: u32,
    barrier: &std::sync::Barrier,
) -> anyhow::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let warmed = async {
            for _ in 0..WARM_UP_RUNS.min(runs) {
                check(&run_to_end(executor, job(language, source)?).await?)?;
            }
            anyhow::Ok(())
        }
        .await;
        let mut latencies = Vec::with_capacity(runs as usize);
        // Touched now, so that growing it is not measured.
        latencies.resize(runs as usize, Duration::ZERO);
        latencies.clear();
        barrier.wait();
        warmed?;
        let (started, faults) = (Instant::now(), thread_faults());
        for _ in 0..runs {
            let job = job(language, source)?;
            let at = Instant::now();
            let finished = run_to_end(executor, job).await?;
            latencies.push(at.elapsed());
            check(&finished)?;
        }
        Ok(Measured { latencies, took: started.elapsed(), faults: thread_faults() - faults })
    })
}

fn job(language: &Language, source: &str) -> anyhow::Result<Job> {
    let mut job = Job::new(language.id.clone(), FilePath::new(&language.entry)?, source.to_owned());
    job.limits = language.limits;
    Ok(job)
}

fn check(finished: &Finished) -> anyhow::Result<()> {
    if finished.outcome.termination != (Termination::Exited { code: 0 }) {
        bail!(
            "the program ended with {:?}: {}",
            finished.outcome.termination,
            String::from_utf8_lossy(&finished.stderr)
        );
    }
    Ok(())
}

/// Private memory, page tables included, that each of [`LIVE_SANDBOXES`] sandboxes holds while it waits for input.
fn live_memory(executor: &dyn Executor, language: &Language) -> anyhow::Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(async {
        let mut executions = Vec::new();
        let mut live = async |count: u32| -> anyhow::Result<()> {
            for _ in 0..count {
                let mut job = job(language, &language.waiting)?;
                let (sender, stdin) = Stdin::stream();
                job.stdin = stdin;
                let (sink, reader) = OutputSink::bounded();
                let mut execution = executor.execute(job, sink);
                // One poll brings it to where it waits; a second lets timers and wake-ups settle.
                for _ in 0..2 {
                    if let std::task::Poll::Ready(ended) = std::future::poll_fn(|cx| {
                        std::task::Poll::Ready(execution.as_mut().poll(cx))
                    })
                    .await
                    {
                        bail!("the waiting program ended: {ended:?}");
                    }
                    tokio::task::yield_now().await;
                }
                executions.push((execution, sender, reader));
            }
            Ok(())
        };
        // The slots that the bench itself used are there already: the first ones cost nothing and count for nothing.
        live(LIVE_SANDBOXES).await?;
        let before = private_bytes()?;
        live(LIVE_SANDBOXES).await?;
        let after = private_bytes()?;
        Ok(after.saturating_sub(before) / u64::from(LIVE_SANDBOXES))
    })
}

/// Private dirty memory and page tables of this process.
fn private_bytes() -> anyhow::Result<u64> {
    let kib = |file: &str, field: &str| -> anyhow::Result<u64> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .with_context(|| format!("{file} has no {field}"))?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? << 10)
    };
    Ok(kib("/proc/self/smaps_rollup", "Private_Dirty:")? + kib("/proc/self/status", "VmPTE:")?)
}

/// Page faults of this thread so far.
fn thread_faults() -> i64 {
    // SAFETY: the structure is plain data, for which zeros are a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel fills the structure that is passed.
    unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) };
    usage.ru_minflt + usage.ru_majflt
}

//! What the container backend costs, from submission to result: median, fastest, slowest.
//!
//! For each language a hello program in a warm container (`warm`), one of sixty lines in a warm one (`sixty`), hello in a container that is made
//! for it (`cold`), making one ahead (`refill`), and eight jobs at a time over eight containers (`parallel`: time of each, and jobs a second).
//! `dispatch` is a script that does nothing: what is paid for a container in any language.
//!
//! `cargo bench -p coderunner-fallback [-- LANGUAGE…]`. Needs Docker and the images; languages without are passed over.

#![allow(clippy::print_stdout, reason = "its output is a table")]

use std::time::{Duration, Instant};

use coderunner_executor::{Availability, Executor as _, FilePath, Job, Termination, run_to_end};
use coderunner_fallback::{DockerExecutor, PoolSettings, Settings};
use coderunner_languages::{Backend, Language, Registry};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// Runs of each kind; the median of an odd number is one of them.
const RUNS: usize = 15;

/// Programs of about sixty lines, as people paste them.
const SIXTY: [(&str, &str); 3] = [
    ("cpp", include_str!("sixty/sixty.cpp")),
    ("go", include_str!("sixty/sixty.go")),
    ("java", include_str!("sixty/sixty.java")),
];

/// Jobs at one time, and in all, of `parallel`.
const AT_ONCE: usize = 8;
const PARALLEL: u32 = 40;
/// Long enough for the last containers to be removed.
const GONE_MAX: Duration = Duration::from_secs(10);

fn main() -> anyhow::Result<()> {
    let registry = Registry::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!(
        "{:<9} {:<9} {:>10} {:>10} {:>10}  ms",
        "language", "kind", "median", "fastest", "slowest"
    );
    // Cargo adds options of its own.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |language: &&Language| {
        matches!(language.backend, Backend::Container(_))
            && (wanted.is_empty() || wanted.iter().any(|id| id == language.id.as_str()))
    };
    for language in registry.iter().filter(is_wanted) {
        runtime.block_on(measure(registry, language))?;
    }
    Ok(())
}

async fn measure(registry: &'static Registry, language: &'static Language) -> anyhow::Result<()> {
    // Kept apart: the pool of the warm runs makes containers of its own. Nothing is remembered, so all is compiled.
    let executors = [true, false].map(|_| DockerExecutor::new(Settings::on_demand(), registry));
    let [warm, cold] = &executors;
    if let Availability::Unavailable { why } = warm.availability(&language.id) {
        println!("{:<9} unavailable: {why}", language.id);
        return Ok(());
    }
    let hello = language.hello.1;
    let kinds = [
        ("dispatch", warm, (language.id.as_str() == "bash").then_some(":")),
        ("warm", warm, Some(hello)),
        ("sixty", warm, SIXTY.iter().find(|(id, _)| *id == language.id.as_str()).map(|(_, s)| *s)),
        ("cold", cold, Some(hello)),
    ];
    for (kind, executor, source) in kinds {
        let Some(source) = source else { continue };
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            if kind != "cold" {
                executor.warm_up(&language.id, 1).await?;
            }
            times.push(run(executor, language, source).await?);
        }
        report(language, kind, times);
    }
    // One after another, none of them used.
    let idle = DockerExecutor::new(Settings::on_demand(), registry);
    let mut refills = Vec::new();
    for count in 1..=PoolSettings::ON_DEMAND.max {
        let started = Instant::now();
        idle.warm_up(&language.id, count).await?;
        refills.push(started.elapsed());
    }
    report(language, "refill", refills);
    idle.shutdown(GONE_MAX).await;
    for executor in &executors {
        executor.shutdown(GONE_MAX).await;
    }
    parallel(registry, language).await
}

/// Runs a program once, and says how long it took.
async fn run(
    executor: &DockerExecutor,
    language: &Language,
    source: &'static str,
) -> anyhow::Result<Duration> {
    let mut job = Job::new(language.id.clone(), FilePath::new(&language.entry)?, source);
    job.limits = language.limits;
    let started = Instant::now();
    let finished = run_to_end(executor, job).await?;
    let taken = started.elapsed();
    let end = &finished.outcome.termination;
    anyhow::ensure!(*end == Termination::Exited { code: 0 }, "{}: {end:?}", language.id);
    Ok(taken)
}

/// Jobs that come faster than containers can be made.
async fn parallel(registry: &'static Registry, language: &'static Language) -> anyhow::Result<()> {
    let none = PoolSettings { min: 0, ..PoolSettings::default() };
    let pool = PoolSettings { min: AT_ONCE, max: AT_ONCE, ..none };
    let settings = Settings {
        pool: none,
        pools: [(language.id.clone(), pool)].into(),
        program_cache_bytes: 0,
        ..Settings::default()
    };
    let executor = DockerExecutor::new(settings, registry);
    executor.warm_up(&language.id, AT_ONCE).await?;
    let started = Instant::now();
    let jobs = futures_util::stream::iter(0..PARALLEL)
        .map(|_| run(&executor, language, language.hello.1))
        .buffer_unordered(AT_ONCE);
    let times: Vec<Duration> = jobs.try_collect().await?;
    let taken = started.elapsed();
    report(language, "parallel", times);
    println!(
        "{:<9} {:<9} {:>10.1} jobs/s",
        language.id,
        "",
        f64::from(PARALLEL) / taken.as_secs_f64()
    );
    executor.shutdown(GONE_MAX).await;
    Ok(())
}

fn report(language: &Language, kind: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    println!(
        "{:<9} {kind:<9} {:>10.1} {:>10.1} {:>10.1}",
        language.id,
        ms(times.get(times.len() / 2)),
        ms(times.first()),
        ms(times.last())
    );
}

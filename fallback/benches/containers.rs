//! How long a hello program takes in a warm and in a new container, and one of sixty lines in a warm one, from submission to result: median,
//! fastest, slowest of a few runs.
//!
//! `cargo bench -p coderunner-fallback [-- LANGUAGE…]`. Needs Docker and the images; languages without are passed over.

#![allow(clippy::print_stdout, reason = "its output is a table")]

use std::time::{Duration, Instant};

use coderunner_executor::{Availability, Executor as _, FilePath, Job, Termination, run_to_end};
use coderunner_fallback::{DockerExecutor, Settings};
use coderunner_languages::{Backend, Language, Registry};

/// Runs of each kind; the median of an odd number is one of them.
const RUNS: usize = 15;

/// Programs of about sixty lines, as people paste them.
const SIXTY: [(&str, &str); 3] = [
    ("cpp", include_str!("sixty/sixty.cpp")),
    ("go", include_str!("sixty/sixty.go")),
    ("java", include_str!("sixty/sixty.java")),
];

fn main() -> anyhow::Result<()> {
    let registry = Registry::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!(
        "{:<8} {:<6} {:>10} {:>10} {:>10}  ms, {RUNS} runs",
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
    // Kept apart: the pool of the warm runs makes containers of its own.
    let executors = [true, false].map(|_| DockerExecutor::new(Settings::on_demand(), registry));
    let [executor, _] = &executors;
    if let Availability::Unavailable { why } = executor.availability(&language.id) {
        println!("{:<8} unavailable: {why}", language.id);
        return Ok(());
    }
    let hello = language.hello.1;
    let sixty = SIXTY.iter().find(|(id, _)| *id == language.id.as_str()).map(|(_, text)| *text);
    let [warm_ones, new_ones] = &executors;
    let kinds = [
        ("warm", warm_ones, Some(hello)),
        ("sixty", warm_ones, sixty),
        ("cold", new_ones, Some(hello)),
    ];
    for (kind, executor, source) in kinds {
        let Some(source) = source else { continue };
        let warm = kind != "cold";
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            if warm {
                executor.warm_up(&language.id, 1).await?;
            }
            let mut job = Job::new(language.id.clone(), FilePath::new(&language.entry)?, source);
            job.limits = language.limits;
            let started = Instant::now();
            let finished = run_to_end(executor, job).await?;
            times.push(started.elapsed());
            anyhow::ensure!(
                finished.outcome.termination == Termination::Exited { code: 0 },
                "{}: {:?}",
                language.id,
                finished.outcome
            );
        }
        times.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{:<8} {kind:<6} {:>10.1} {:>10.1} {:>10.1}",
            language.id,
            ms(times[RUNS / 2]),
            ms(times[0]),
            ms(times[RUNS - 1])
        );
    }
    for executor in &executors {
        executor.shutdown(Duration::from_secs(10)).await;
    }
    Ok(())
}

//! What an execution costs, whole and in its parts, through the same executor as `coderunner run`, with all limits on.
//!
//! Named `<what>/<language>/<size>`: `cargo bench --bench executions -- fresh/python`. Absolute times hold only on one machine; what is promised
//! against others is measured by `benches/peers/run`, the CPU speed of the guests by `benches/cpu/run`.

mod subject;

use std::{
    hint::black_box,
    num::NonZeroUsize,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use coderunner_executor::{Executor as _, Finished, Job, OutputSink, Stdin};
use coderunner_languages::Language;
use coderunner_runtime::GuestThreads;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use subject::{PROGRAMS, Programs, Subject, job};

fn benches(criterion: &mut Criterion) {
    let subject = Subject::new();
    for programs in &PROGRAMS {
        // A build without a guest for the language has nothing to measure.
        let Some(language) = subject.ready(programs, 4) else { continue };
        fresh(criterion, &subject, programs, language);
        parts(criterion, &subject, programs, language);
        after_heavy(criterion, &subject, programs, language);
        output(criterion, &subject, programs, language);
        cancel(criterion, &subject, programs, language);
    }
}

/// The whole of a run in a fresh sandbox: job in, output and outcome out, the slot reset.
fn fresh(criterion: &mut Criterion, subject: &Subject, programs: &Programs, language: &Language) {
    let mut group = criterion.benchmark_group(format!("fresh/{}", programs.language));
    for (name, source) in [("hello", programs.hello), ("json", programs.json)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| subject.run_well(job(language, source)));
        });
    }
}

/// The parts of such a run. They add up to `fresh` but for the making of the job and the delivery of the output.
fn parts(criterion: &mut Criterion, subject: &Subject, programs: &Programs, language: &Language) {
    let mut part =
        |name: &str, source: &'static str, time_of: fn(&Finished, Duration) -> Duration| {
            criterion.bench_function(&format!("{name}/{}", programs.language), |bencher| {
                bencher.iter_custom(|iterations| {
                    let mut total = Duration::ZERO;
                    for _ in 0..iterations {
                        let job = job(language, source);
                        let started = Instant::now();
                        let finished = subject.run_well(job);
                        total += time_of(&finished, started.elapsed());
                    }
                    total
                });
            });
        };
    let setup: fn(&Finished, Duration) -> Duration = |finished, _| finished.outcome.usage.setup;
    let guest: fn(&Finished, Duration) -> Duration = |finished, _| finished.outcome.usage.cpu;
    // After the outcome is made the instance is dropped and its slot reset.
    let reset: fn(&Finished, Duration) -> Duration =
        |finished, all| all.saturating_sub(finished.outcome.usage.wall);
    part("setup", programs.hello, setup);
    part("guest", programs.hello, guest);
    part("reset-after-light", programs.hello, reset);
    part("reset-after-heavy", programs.heavy, reset);
}

/// What a light run costs that follows a heavy one on the same slot: a slot must not stay slow.
fn after_heavy(
    criterion: &mut Criterion,
    subject: &Subject,
    programs: &Programs,
    language: &Language,
) {
    criterion.bench_function(
        &format!("fresh-after-heavy/{}/hello", programs.language),
        |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    subject.run_well(job(language, programs.heavy));
                    let light = job(language, programs.hello);
                    let started = Instant::now();
                    black_box(subject.run_well(light));
                    total += started.elapsed();
                }
                total
            });
        },
    );
}

/// A megabyte of output in lines.
fn output(criterion: &mut Criterion, subject: &Subject, programs: &Programs, language: &Language) {
    const BYTES: u64 = 1_000_000;
    let mut group = criterion.benchmark_group(format!("output/{}", programs.language));
    group.throughput(Throughput::Bytes(BYTES)).sample_size(20);
    group.bench_function("1MB", |bencher| {
        bencher.iter(|| {
            let finished = subject.run_well(job(language, programs.prints_1_mb));
            assert_eq!(finished.stdout.len() as u64, BYTES);
        });
    });
}

/// From the drop of an execution's future until all that it held is free: a guest that waits, and one that computes on a thread of its own.
fn cancel(criterion: &mut Criterion, subject: &Subject, programs: &Programs, language: &Language) {
    let mut group = criterion.benchmark_group(format!("cancel/{}", programs.language));
    group.sample_size(20);
    group.bench_function("waiting", |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations).map(|_| cancel_here(subject, waiting(language, programs))).sum()
        });
    });
    let threads =
        GuestThreads::new(subject.shared(), NonZeroUsize::MIN).expect("a thread can be started");
    group.bench_function("computing", |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| cancel_elsewhere(subject, &threads, job(language, programs.computes)))
                .sum()
        });
    });
}

fn waiting(language: &Language, programs: &Programs) -> (Job, coderunner_executor::StdinSender) {
    let (sender, stdin) = Stdin::stream();
    let mut job = job(language, programs.waits);
    job.stdin = stdin;
    (job, sender)
}

/// Brings the guest to where it waits, in this thread, and drops it there.
fn cancel_here(
    subject: &Subject,
    (job, _sender): (Job, coderunner_executor::StdinSender),
) -> Duration {
    let _entered = subject.runtime.enter();
    let (sink, _reader) = OutputSink::bounded();
    let mut execution = subject.executor.execute(job, sink);
    let polled = execution.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the guest waits: {polled:?}");
    let started = Instant::now();
    drop(execution);
    started.elapsed()
}

/// Lets the guest compute for a moment in its thread, gives it up, and waits until its end of the output is gone.
fn cancel_elsewhere(subject: &Subject, threads: &GuestThreads, job: Job) -> Duration {
    subject.runtime.block_on(async {
        let (sink, mut reader) = OutputSink::bounded();
        let mut execution = threads.execute(job, sink);
        let moment = tokio::time::timeout(Duration::from_millis(5), &mut execution).await;
        assert!(moment.is_err(), "the guest computes: {moment:?}");
        let started = Instant::now();
        drop(execution);
        while reader.recv().await.is_some() {}
        started.elapsed()
    })
}

criterion_group! {
    name = all;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    targets = benches
}
criterion_main!(all);

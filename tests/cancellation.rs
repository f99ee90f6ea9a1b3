//! Dropping the future of an execution ends it at any point and gives back all that it held.

use std::{
    fs,
    future::{Future, poll_fn},
    num::NonZeroUsize,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use coderunner_executor::{
    CHUNK_BYTES_MAX, ExecuteError, Executor, Job, Limits, Outcome, OutputSink, OutputStream,
    Resource, Stdin, Termination, run_to_end,
};
use coderunner_languages::Language;
use coderunner_runtime::GuestThreads;

use crate::backends::{self, Wasm, block_on};

/// What a program is in the middle of when it is cancelled: programs in `tests/busy`, or that the language brings.
const BUSY: [&str; 5] = ["computing", "sleeping", "reading", "printing", "writing_files"];
/// How often a guest is polled before it is dropped.
const POLLS: [u32; 6] = [0, 1, 2, 3, 10, 30];

/// The program of a language that does this.
fn one(language: &Language, doing: &str) -> String {
    let own = backends::own_programs(language).busy;
    backends::program(language, &format!("busy/{doing}"), own.get(doing))
}

/// The programs of a language, each with what it does. One that cannot sleep brings none that does.
fn busy(language: &Language) -> Vec<(&'static str, String)> {
    let own = backends::own_programs(language).busy;
    BUSY.into_iter()
        .filter(|doing| *doing != "sleeping" || own.is_empty() || own.contains_key(*doing))
        .map(|doing| (doing, one(language, doing)))
        .collect()
}

type Execution<'a> = Pin<Box<dyn Future<Output = Result<Outcome, ExecuteError>> + Send + 'a>>;

/// Polls once, whether or not there is anything to do.
async fn poll_once(execution: &mut Execution<'_>) -> Poll<Result<Outcome, ExecuteError>> {
    poll_fn(|context| Poll::Ready(execution.as_mut().poll(context))).await
}

/// A job that only being dropped ends.
fn endless(language: &Language, source: String) -> (Job, coderunner_executor::StdinSender) {
    let mut job = backends::job(language, source);
    job.limits = Limits {
        cpu: Duration::from_hours(1),
        wall: Duration::from_hours(1),
        output_bytes: 1 << 40,
        ..job.limits
    };
    let (sender, stdin) = Stdin::stream();
    job.stdin = stdin;
    (job, sender)
}

/// Files of this process that lie below `folder`, and are open.
fn open_below(folder: &Path) -> usize {
    let links = fs::read_dir("/proc/self/fd").expect("Linux has /proc").filter_map(Result::ok);
    links
        .filter(|link| fs::read_link(link.path()).is_ok_and(|target| target.starts_with(folder)))
        .count()
}

/// Threads of this process that run guests.
fn guest_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux has /proc").filter_map(Result::ok);
    tasks
        .filter(|task| {
            fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "guest")
        })
        .count()
}

#[test]
fn dropping_frees_everything_at_any_point() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        for (doing, source) in busy(language) {
            for polls in POLLS {
                let (job, _input) = endless(language, source.clone());
                let (sink, reader) = OutputSink::bounded();
                block_on(async {
                    wasm.executor.ready(&language.id).expect("the language works");
                    let mut execution = wasm.executor.execute(job, sink);
                    for _ in 0..polls {
                        assert!(poll_once(&mut execution).await.is_pending(), "{doing} goes on");
                    }
                    drop(execution);
                });
                let at = format!("{} {doing}, after {polls} polls", language.name);
                assert_eq!(wasm.slots(language).0, 0, "{at}");
                assert!(wasm.live_folders().is_empty(), "{at}");
                assert_eq!(open_below(wasm.folders.path()), 0, "{at}");
                drop(reader);
            }
        }
        // And the backend is none the worse for it.
        let job = backends::job(language, language.hello.1);
        let finished = block_on(run_to_end(&wasm.executor, job)).expect("the execution works");
        assert_eq!(finished.outcome.termination, Termination::Exited { code: 0 });
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_program() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        let (job, _input) = endless(language, one(language, "printing"));
        let (sink, mut reader) = OutputSink::bounded();
        let ended = block_on(async {
            let read = async {
                assert!(reader.recv().await.is_some());
                drop(reader);
            };
            tokio::join!(wasm.executor.execute(job, sink), read).0
        });
        assert!(matches!(ended, Err(ExecuteError::OutputClosed(_))), "{ended:?}");
        assert_eq!(wasm.slots(language).0, 0);
        assert!(wasm.live_folders().is_empty());
    }
}

/// What may lie between a guest and a reader who does not read: a full queue, a full buffer, and the write that filled it.
const UNREAD_BYTES_MAX: usize = (16 + 2) * CHUNK_BYTES_MAX;

#[test]
fn a_slow_reader_slows_the_program_and_memory_stays_bounded() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        let (job, _input) = endless(language, one(language, "printing"));
        let (sink, mut reader) = OutputSink::bounded();
        wasm.executor.ready(&language.id).expect("the language works");
        block_on(async {
            let mut execution = wasm.executor.execute(job, sink);
            let mut read = 0;
            for round in 0..20 {
                // Far more polls than it takes to fill what there is to fill.
                for _ in 0..300 {
                    assert!(poll_once(&mut execution).await.is_pending(), "round {round}");
                }
                let chunk = reader.recv().await.expect("the program prints");
                assert_eq!(chunk.stream, OutputStream::Stdout);
                read += chunk.bytes.len();
            }
            drop(execution);
            let mut unread = 0;
            while let Some(chunk) = reader.recv().await {
                unread += chunk.bytes.len();
            }
            assert!(
                read > 0 && unread <= UNREAD_BYTES_MAX,
                "{unread} bytes lay between the program and its reader"
            );
        });
    }
}

#[test]
fn a_reader_who_never_reads_does_not_hold_a_program_beyond_its_wall_time() {
    for language in backends::wasm_languages() {
        for doing in ["printing", "printing_at_once"] {
            let wasm = Wasm::new();
            wasm.executor.ready(&language.id).expect("the language works");
            let (mut job, _input) = endless(language, one(language, doing));
            job.limits.wall = Duration::from_millis(200);
            let (sink, reader) = OutputSink::bounded();
            let outcome = block_on(wasm.executor.execute(job, sink)).expect("the execution works");
            assert_eq!(outcome.termination, Termination::LimitExceeded(Resource::WallTime));
            drop(reader);
        }
    }
}

#[test]
fn a_thousand_sleeping_guests_live_on_two_threads() {
    const GUESTS: usize = 1000;
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        wasm.executor.ready(&language.id).expect("the language works");
        let threads =
            GuestThreads::new(Arc::new(wasm.executor.clone()), NonZeroUsize::new(2).expect("two"))
                .expect("threads start");
        // Prints a line, so that it is known to be alive, and waits.
        let alive = one(language, "alive");
        block_on(async {
            let mut executions: Vec<Execution<'_>> = Vec::new();
            let (mut readers, mut inputs) = (Vec::new(), Vec::new());
            for _ in 0..GUESTS {
                let (job, input) = endless(language, alive.clone());
                let (sink, reader) = OutputSink::bounded();
                let mut execution = threads.execute(job, sink);
                assert!(poll_once(&mut execution).await.is_pending());
                executions.push(execution);
                readers.push(reader);
                inputs.push(input);
            }
            for (execution, reader) in executions.iter_mut().zip(&mut readers) {
                let chunk = tokio::select! {
                    ended = execution => panic!("the guest has ended: {ended:?}"),
                    chunk = reader.recv() => chunk,
                };
                assert_eq!(chunk.map(|chunk| chunk.bytes), Some(Bytes::from_static(b"up\n")));
            }
            assert_eq!(wasm.slots(language).0, GUESTS, "all are alive at once");
            assert_eq!(guest_threads(), 2);
            drop(executions);
            // Cancelled guests are freed on the guests' threads: their readers see the end of it.
            for mut reader in readers {
                while reader.recv().await.is_some() {}
            }
        });
        while wasm.slots(language).0 > 0 {
            std::thread::yield_now();
        }
        assert!(wasm.live_folders().is_empty());
        drop(threads);
        while guest_threads() > 0 {
            std::thread::yield_now();
        }
    }
}

#[test]
fn quick_runs_one_after_another_end_where_their_caller_is() {
    /// More than have to have started alone.
    const BEFORE: usize = 20;
    let language = backends::language("lua");
    let wasm = Wasm::new();
    wasm.executor.ready(&language.id).expect("the language works");
    let threads = GuestThreads::new(Arc::new(wasm.executor.clone()), NonZeroUsize::MIN)
        .expect("threads start");
    let quick = || backends::job(language, language.hello.1);
    block_on(async {
        for _ in 0..BEFORE {
            run_to_end(&threads, quick()).await.expect("the execution works");
        }
        let (sink, _reader) = OutputSink::bounded();
        let Poll::Ready(outcome) = poll_once(&mut threads.execute(quick(), sink)).await else {
            panic!("no other thread was needed");
        };
        assert_eq!(outcome.expect("it works").termination, Termination::Exited { code: 0 });
        // One that computes for long goes on elsewhere, whoever polls.
        let (job, _input) = endless(language, one(language, "computing"));
        let (sink, mut reader) = OutputSink::bounded();
        let mut long = threads.execute(job, sink);
        for _ in 0..BEFORE {
            assert!(poll_once(&mut long).await.is_pending());
            run_to_end(&threads, quick()).await.expect("others have their turn");
        }
        drop(long);
        while reader.recv().await.is_some() {}
    });
}

#[test]
fn guest_threads_shut_down_under_running_guests() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        wasm.executor.ready(&language.id).expect("the language works");
        for (doing, source) in busy(language) {
            let threads = GuestThreads::new(Arc::new(wasm.executor.clone()), NonZeroUsize::MIN)
                .expect("threads start");
            let (job, _input) = endless(language, source);
            let (sink, mut reader) = OutputSink::bounded();
            block_on(async {
                let mut execution = threads.execute(job, sink);
                assert!(poll_once(&mut execution).await.is_pending());
                drop(execution);
                drop(threads);
                while reader.recv().await.is_some() {}
            });
            while wasm.slots(language).0 > 0 {
                std::thread::yield_now();
            }
            assert!(wasm.live_folders().is_empty(), "{doing}");
        }
    }
}

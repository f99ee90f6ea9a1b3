//! Threads for guests: executions that take long are moved off the threads that serve callers.
//!
//! A fixed number of threads polls all executions in turn. A guest that computes gives way after each slice (about half a millisecond); one that
//! sleeps or waits for input costs memory, not a thread.
//!
//! Only while executions start one at a time, the first slice of each runs where its caller polls it: most programs are through with it, and
//! waking another thread, and being woken by it, takes longer than they do. Where several start at once, runs one after another on the same
//! thread find more in its caches, and that weighs more (measured with `benches/load`: a third of the answers a second).

use std::{
    any::Any,
    fmt,
    future::{Future, poll_fn},
    io,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use coderunner_executor::{
    Availability, ExecuteError, Executor, Job, LanguageId, Outcome, OutputSink,
};
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};

use crate::slot::resets_later;

/// Runs the jobs of an executor on threads of its own.
pub struct GuestThreads {
    inner: Arc<dyn Executor>,
    /// Taken on drop: a runtime must not be shut down by blocking where others wait.
    runtime: Option<Runtime>,
    threads: NonZeroUsize,
    /// Executions that have not finished their first slice.
    starting: Arc<AtomicUsize>,
    /// Executions in a row that started alone, the last ones.
    alone: AtomicUsize,
}

/// So many executions in a row have to have started alone for the next to run where its caller is: among those of busy callers some are alone by
/// chance, and would keep their thread from fetching more to do.
const ALONE_MIN: usize = 16;

impl GuestThreads {
    /// `threads` threads for the jobs of `inner`.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub fn new(inner: Arc<dyn Executor>, threads: NonZeroUsize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.get())
            .thread_name("guest")
            .enable_time()
            .build()?;
        Ok(Self {
            inner,
            runtime: Some(runtime),
            threads,
            starting: Arc::default(),
            alone: AtomicUsize::new(0),
        })
    }

    /// Whether executions have been starting one after another for a while, when one starts beside `others`.
    fn is_quiet(&self, others: usize) -> bool {
        if others > 0 {
            self.alone.store(0, Ordering::Relaxed);
        }
        others == 0 && self.alone.fetch_add(1, Ordering::Relaxed) >= ALONE_MIN
    }
}

impl fmt::Debug for GuestThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestThreads")
            .field("inner", &self.inner)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Drop for GuestThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An execution that counts as starting until it was polled once.
struct Started<F> {
    execution: Pin<Box<F>>,
    starting: Option<Starting>,
}

impl<F: Future> Future for Started<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.execution.as_mut().poll(context);
        self.starting = None;
        polled
    }
}

/// One of the executions that are starting.
struct Starting(Arc<AtomicUsize>);

impl Starting {
    /// Counts one more, and how many others there are.
    fn new(count: &Arc<AtomicUsize>) -> (Self, usize) {
        let others = count.fetch_add(1, Ordering::Relaxed);
        (Self(Arc::clone(count)), others)
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Cancels the task when the future that waits for it is dropped.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[async_trait]
impl Executor for GuestThreads {
    fn availability(&self, language: &LanguageId) -> Availability {
        self.inner.availability(language)
    }

    fn version(&self, language: &LanguageId) -> Option<String> {
        self.inner.version(language)
    }

    async fn execute(&self, job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        let Some(runtime) = &self.runtime else {
            return Err(ExecuteError::Overloaded {
                reason: "the guest threads are shutting down".to_owned(),
            });
        };
        let inner = Arc::clone(&self.inner);
        let (starting, others) = Starting::new(&self.starting);
        let execution = Box::pin(async move { inner.execute(job, output).await });
        let mut execution = Started { execution, starting: Some(starting) };
        if self.is_quiet(others) {
            let first = poll_fn(|context| {
                // Timers that it sets have to work where it goes on.
                let _entered = runtime.enter();
                let poll = || Pin::new(&mut execution).poll(context);
                Poll::Ready(catch_unwind(AssertUnwindSafe(poll)))
            });
            match first.await {
                Ok(Poll::Ready(result)) => return result,
                Ok(Poll::Pending) => {}
                Err(panic) => return Err(broken_off(message(&*panic).into())),
            }
        }
        let (answer, answered) = oneshot::channel();
        let mut task = AbortOnDrop(runtime.spawn(async move {
            let (result, resets) = resets_later(execution).await;
            // Whoever is gone has no use for it.
            let _ = answer.send(result);
            drop(resets);
        }));
        if let Ok(result) = answered.await {
            return result;
        }
        Err(broken_off(match (&mut task.0).await {
            Ok(()) => "it ended without an outcome".into(),
            Err(error) => error.into(),
        }))
    }
}

/// A panic in an execution is an internal error of that job alone.
fn broken_off(source: Box<dyn std::error::Error + Send + Sync>) -> ExecuteError {
    ExecuteError::Internal { context: "the execution was broken off", source }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use coderunner_executor::{FilePath, run_to_end};

    use super::*;

    #[derive(Debug)]
    struct Panics;

    #[async_trait]
    impl Executor for Panics {
        fn availability(&self, _: &LanguageId) -> Availability {
            Availability::Available
        }

        async fn execute(&self, _: Job, _: OutputSink) -> Result<Outcome, ExecuteError> {
            panic!("on purpose");
        }
    }

    #[test]
    fn a_panic_is_an_error_of_its_job_alone_on_every_thread() {
        let threads = GuestThreads::new(Arc::new(Panics), NonZeroUsize::MIN).unwrap();
        let callers = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let path = FilePath::new("main.py").unwrap();
        // The first ones run elsewhere, the last ones where their caller is.
        for _ in 0..2 * ALONE_MIN {
            let job = Job::new(LanguageId::new("python"), path.clone(), "");
            let result = callers.block_on(run_to_end(&threads, job));
            assert!(matches!(result, Err(ExecuteError::Internal { .. })), "{result:?}");
        }
    }
}

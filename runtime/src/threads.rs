//! Threads for guests: executions are moved off the threads that serve callers.
//!
//! A fixed number of threads polls all executions in turn. A guest that computes gives way every few milliseconds; one that sleeps or waits for
//! input costs memory, not a thread.

use std::{fmt, io, num::NonZeroUsize, sync::Arc};

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
}

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
        Ok(Self { inner, runtime: Some(runtime), threads })
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
        let (answer, answered) = oneshot::channel();
        let mut task = AbortOnDrop(runtime.spawn(async move {
            let (result, resets) = resets_later(inner.execute(job, output)).await;
            // Whoever is gone has no use for it.
            let _ = answer.send(result);
            drop(resets);
        }));
        if let Ok(result) = answered.await {
            return result;
        }
        // A panic in an execution is an internal error of that job alone.
        let source = match (&mut task.0).await {
            Ok(()) => "it ended without an outcome".into(),
            Err(error) => error.into(),
        };
        Err(ExecuteError::Internal { context: "the execution was broken off", source })
    }
}

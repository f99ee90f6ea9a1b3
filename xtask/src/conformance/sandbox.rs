//! One language's sandboxes, run directly through the executor: a process for each of ten thousands of tests would cost more than the tests.

use std::{
    env,
    num::NonZero,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use coderunner_executor::{FilePath, Finished, Job, JobFile, Limits, run_to_end};
use coderunner_languages::{Language, Registry};
use coderunner_runtime::{CacheDir, Settings, WasmExecutor};

/// What a program may use, if its suite does not say otherwise: far more than tests need, so that a limit means that something is wrong.
pub(super) const LIMITS: Limits = Limits {
    wall: Duration::from_secs(900),
    cpu: Duration::from_secs(300),
    memory_bytes: 2 << 30,
    output_bytes: 64 << 20,
    disk_bytes: 512 << 20,
    files: 1 << 16,
    processes: 1,
};

/// Names and contents; the first is the entry point of a program.
pub(super) type Files = Vec<(String, Vec<u8>)>;

pub(super) struct Sandboxes {
    executor: WasmExecutor,
    pub(super) language: &'static Language,
    // Holds the executions' folders for as long as there may be any.
    _folders: tempfile::TempDir,
}

impl Sandboxes {
    /// Sandboxes of the language called `name`, made ready.
    pub(super) fn open(name: &str) -> Result<Self> {
        let registry = Registry::embedded()?;
        let language = registry.find(name)?;
        let folders = tempfile::tempdir().context("making a temporary folder")?;
        let mut settings = Settings::new(folders.path().join("folders"));
        let cache = match env::var_os("CODERUNNER_CACHE_DIR") {
            Some(path) => PathBuf::from(path),
            None => super::project().join("target/conformance/cache"),
        };
        settings.cache = Some(CacheDir::open(&cache)?);
        let executor = WasmExecutor::new(settings, registry)?;
        executor.ready(&language.id)?;
        Ok(Self { executor, language, _folders: folders })
    }

    /// Runs a program to its end.
    pub(super) fn run(&self, files: Files, args: Vec<String>, limits: Limits) -> Result<Finished> {
        let mut files = files.into_iter();
        let (entry, source) = files.next().context("a program has a file")?;
        let mut job = Job::new(self.language.id.clone(), FilePath::new(&entry)?, source);
        for (path, contents) in files {
            job.files.push(JobFile { path: FilePath::new(&path)?, contents: contents.into() });
        }
        job.args = args;
        job.limits = limits;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        Ok(runtime.block_on(run_to_end(&self.executor, job))?)
    }
}

/// Calls `work` for each item, on as many threads as there are processors; the results are in the order of the items. The first error ends it.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<R>)>> = Mutex::new(Vec::with_capacity(items.len()));
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    if result.is_err() {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    results.lock().expect("no thread panics with it").push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no thread panicked with it");
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

//! Puts the executors together. Each command asks for what it needs.

use std::{env, num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use coderunner_executor::{Admission, AdmissionLimits, Executor, Parking, Router};
use coderunner_fallback::DockerExecutor;
use coderunner_languages::{Backend, Language, Registry};
use coderunner_runtime::{CacheDir, GuestThreads, Settings, WasmExecutor};

use crate::{exit::Failure, report};

/// Execution folders older than this belong to a process that was killed: no execution runs that long.
const STALE_FOLDER_AGE: Duration = Duration::from_secs(24 * 3600);

/// Guests that run at one time, for each guest thread: enough that a thread never waits for the next one, few enough that each comes to its
/// CPU time before its wall time is over.
const GUESTS_PER_THREAD: usize = 8;
/// Guests that have started and not ended: those that sleep or wait for input cost memory only.
const GUESTS_LIVE_MAX: usize = 1000;
/// Jobs that wait for their turn: a tenth of a second's worth of the quickest, some seconds' of others.
const QUEUE_MAX: usize = 1024;
/// The longest that a job waits for its turn.
const QUEUE_WAIT_MAX: Duration = Duration::from_secs(10);
/// Each language's pool has a bound and a queue of its own behind this.
const CONTAINER_ADMISSION: AdmissionLimits = AdmissionLimits {
    running_max: 64,
    live_max: 64,
    queue_max: QUEUE_MAX,
    wait_max: QUEUE_WAIT_MAX,
};

fn wasm_admission(threads: NonZeroUsize) -> AdmissionLimits {
    AdmissionLimits {
        running_max: threads.get().saturating_mul(GUESTS_PER_THREAD),
        live_max: GUESTS_LIVE_MAX,
        queue_max: QUEUE_MAX,
        wait_max: QUEUE_WAIT_MAX,
    }
}

/// How long a command waits at its end for its containers to be gone.
const CONTAINER_REMOVAL: Duration = Duration::from_secs(10);

/// The executors and the languages they run.
pub(crate) struct Backends {
    pub(crate) registry: &'static Registry,
    pub(crate) wasm: WasmExecutor,
    pub(crate) docker: DockerExecutor,
    pub(crate) router: Arc<dyn Executor>,
}

/// The languages of this build.
pub(crate) fn registry() -> Result<&'static Registry, Failure> {
    Registry::embedded().map_err(Failure::ours)
}

/// Every backend, set up for this machine.
pub(crate) fn backends() -> Result<Backends, Failure> {
    let registry = registry()?;
    let wasm = WasmExecutor::new(wasm_settings()?, registry).map_err(Failure::ours)?;
    // A command runs one job, or one after another: containers are made when they are needed. Nothing is asked of Docker before.
    let docker = DockerExecutor::new(coderunner_fallback::Settings::on_demand(), registry);
    let router = Arc::new(Router::new(vec![Arc::new(wasm.clone()), Arc::new(docker.clone())]));
    Ok(Backends { registry, wasm, docker, router })
}

/// Every backend, set up to run jobs for others: guests on `threads` threads of their own, containers ahead of their jobs.
pub(crate) fn service_backends(threads: NonZeroUsize) -> Result<Backends, Failure> {
    let registry = registry()?;
    let wasm = WasmExecutor::new(wasm_settings()?, registry).map_err(Failure::ours)?;
    let docker = DockerExecutor::new(coderunner_fallback::Settings::default(), registry);
    // Parking is where guests are polled, admission where callers wait.
    let guests = GuestThreads::new(Arc::new(Parking::new(Arc::new(wasm.clone()))), threads)
        .map_err(Failure::ours)?;
    let guests = Admission::new(Arc::new(guests), wasm_admission(threads));
    let containers = Admission::new(Arc::new(docker.clone()), CONTAINER_ADMISSION);
    let router = Arc::new(Router::new(vec![Arc::new(guests), Arc::new(containers)]));
    Ok(Backends { registry, wasm, docker, router })
}

fn wasm_settings() -> Result<Settings, Failure> {
    let folders = folders();
    // Somebody else's trouble must not keep a program from running.
    let _ = coderunner_host_api::remove_stale_folders(&folders, STALE_FOLDER_AGE);
    let mut settings = Settings::new(folders);
    settings.progress = Box::new(|progress| report::progress(&progress));
    match cache_path().and_then(|path| Ok(CacheDir::open(&path)?)) {
        Ok(cache) => settings.cache = Some(cache),
        Err(error) => {
            report::line(&format!("coderunner: nothing is kept for the next start: {error:#}"));
            report::line(
                "hint: set CODERUNNER_CACHE_DIR to a folder that you own and can write to",
            );
        }
    }
    Ok(settings)
}

/// Where compiled guests are kept: `CODERUNNER_CACHE_DIR`, or `coderunner` in the user's cache folder.
pub(crate) fn cache_path() -> anyhow::Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CODERUNNER_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|path| path.join("coderunner")))
        .or_else(|| set("HOME").map(|path| path.join(".cache").join("coderunner")))
        .context("neither CODERUNNER_CACHE_DIR, XDG_CACHE_HOME nor HOME is set")
}

/// Where executions have their private folders.
pub(crate) fn folders() -> PathBuf {
    // SAFETY: a plain query.
    let user = unsafe { libc::geteuid() };
    env::temp_dir().join(format!("coderunner-{user}"))
}

impl Backends {
    /// Takes down everything that does not end with this process by itself.
    pub(crate) async fn shut_down_all(&self) {
        self.docker.shutdown(CONTAINER_REMOVAL).await;
    }

    /// Takes down what `language`'s backend has left running. Containers do not end with this process by themselves.
    pub(crate) async fn shut_down(&self, language: &Language) {
        match language.backend {
            Backend::Wasm(_) => {}
            // Those that could not be removed in time are removed by the next process that uses Docker.
            Backend::Container(_) => {
                self.docker.shutdown(CONTAINER_REMOVAL).await;
            }
        }
    }
}

/// The runtime on which a command waits; guests run on it too, in the calling thread.
pub(crate) fn tokio_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    /// What the runtime opens for waiting and for signals.
    const DESCRIPTORS: usize = 8;
    // Where it lacks descriptors for signals, tokio panics. So make sure that there are as many as it takes.
    let probe: Result<Vec<_>, _> =
        (0..DESCRIPTORS).map(|_| std::fs::File::open("/dev/null")).collect();
    drop(
        probe
            .context("too few files may be open at once; raise it with `ulimit -n`")
            .map_err(Failure::Ours)?,
    );
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::ours)
}

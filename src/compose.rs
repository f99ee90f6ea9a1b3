//! Puts the executors together. Each command asks for what it needs.

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use coderunner_executor::{Admission, Executor, Parking, Router};
use coderunner_fallback::DockerExecutor;
use coderunner_languages::{Backend, Language, Registry};
use coderunner_runtime::{CacheDir, GuestThreads, LayerUse, Settings, WasmExecutor};
use coderunner_typescript::{Compiled, TypeScript};

use crate::{config::Config, exit::Failure, report};

/// Execution folders older than this belong to a process that was killed: no execution runs that long.
const STALE_FOLDER_AGE: Duration = Duration::from_hours(24);

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
    let wasm = WasmExecutor::new(wasm_settings(), registry).map_err(Failure::ours)?;
    // A command runs one job, or one after another: containers are made when they are needed. Nothing is asked of Docker before.
    let docker = DockerExecutor::new(coderunner_fallback::Settings::on_demand(), registry);
    let guests = typescript(Arc::new(wasm.clone()), registry);
    let router = Arc::new(Router::new(vec![guests, Arc::new(docker.clone())]));
    Ok(Backends { registry, wasm, docker, router })
}

/// The backends as a service has them: with admission before each.
pub(crate) struct Service {
    pub(crate) backends: Backends,
    pub(crate) guests: Admission,
    pub(crate) containers: Admission,
}

/// Every backend, set up to run jobs for others: guests on threads of their own, containers ahead of their jobs.
pub(crate) fn service(config: &Config) -> Result<Service, Failure> {
    let registry = registry()?;
    // They are made in the background: no job of others waits for one.
    let settings = Settings { layers: LayerUse::IfReady, ..wasm_settings() };
    let wasm = WasmExecutor::new(settings, registry).map_err(Failure::ours)?;
    let docker = DockerExecutor::new(config.containers(), registry);
    // Parking is where guests are polled, admission where callers wait.
    let guests = typescript(Arc::new(wasm.clone()), registry);
    let parking = Arc::new(Parking::new(guests));
    let threads = config.threads("server.guest_threads");
    let threads = Arc::new(GuestThreads::new(parking, threads).map_err(Failure::ours)?);
    let guests = Admission::new(threads, config.guest_admission());
    let containers = Admission::new(Arc::new(docker.clone()), config.container_admission());
    let executors: Vec<Arc<dyn Executor>> =
        vec![Arc::new(guests.clone()), Arc::new(containers.clone())];
    let router = Arc::new(Router::new(executors));
    Ok(Service { backends: Backends { registry, wasm, docker, router }, guests, containers })
}

/// `inner` with what is compiled into its languages.
fn typescript(inner: Arc<dyn Executor>, registry: &Registry) -> Arc<dyn Executor> {
    let compiled = registry.compiled().map(|(from, into)| Compiled { from: from.id.clone(), into });
    Arc::new(TypeScript::new(inner, compiled.collect()))
}

fn wasm_settings() -> Settings {
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
    settings
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
            Backend::Wasm(_) | Backend::Compiled(_) => {}
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

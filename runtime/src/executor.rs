//! The WebAssembly backend as an [`Executor`].

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use coderunner_executor::{
    Availability, ExecuteError, Executor, Job, LanguageId, Outcome, OutputSink, chain,
};
use coderunner_host_api::{HostSettings, HostState};
use coderunner_languages::{Backend, Guest as BuiltGuest, Language, Registry};
use wasmtime::{Engine, Linker};

use crate::{
    AddressSpace, CacheDir, DirtyTracking, EngineError, GuestError, Progress, engine, execution,
    guest::{Guest, Workshop},
};

/// How the backend is set up.
pub struct Settings {
    /// Where compiled guests are kept. Without one, each process compiles anew.
    pub cache: Option<CacheDir>,
    /// The folder in which executions make their private folders.
    pub folders: PathBuf,
    /// The fastest way of finding dirty pages to try.
    pub tracking: DirtyTracking,
    /// How much address space there is.
    pub address_space: AddressSpace,
    /// Compare every slot with its image after a reset, and panic when they differ. Far too slow for anything but tests.
    pub verify: bool,
    /// When layers are used.
    pub layers: LayerUse,
    /// Told when something takes long.
    pub progress: Box<dyn Fn(Progress) + Send + Sync>,
}

/// When programs run in a layer of their language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerUse {
    /// Always: the first program that would like one waits until it is made.
    Wait,
    /// When it has been made ([`WasmExecutor::ready_layers`]); until then nobody waits.
    IfReady,
}

impl Settings {
    /// Settings for this machine: no cache, executions' folders below `folders`, the fastest tracking, no progress shown.
    #[must_use]
    pub fn new(folders: PathBuf) -> Self {
        Self {
            cache: None,
            folders,
            tracking: DirtyTracking::WriteProtect,
            address_space: AddressSpace::of_this_process(),
            verify: false,
            layers: LayerUse::Wait,
            progress: Box::new(|_| {}),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("cache", &self.cache)
            .field("folders", &self.folders)
            .field("tracking", &self.tracking)
            .field("address_space", &self.address_space)
            .field("verify", &self.verify)
            .field("layers", &self.layers)
            .finish_non_exhaustive()
    }
}

/// Runs the languages that have a WebAssembly guest. Cheap to clone.
#[derive(Clone)]
pub struct WasmExecutor(Arc<Inner>);

struct Inner {
    settings: Settings,
    host: HostSettings,
    engine: Engine,
    linker: Linker<HostState>,
    guests: Vec<Entry>,
}

struct Entry {
    language: &'static Language,
    built: BuiltGuest,
    guest: OnceLock<Result<Guest, Arc<GuestError>>>,
    /// As many as the language has. Those that cannot be made are done without.
    layers: Vec<OnceLock<Option<Guest>>>,
}

/// What must be left of a program's memory in a layer: with less it runs without.
const LAYER_ROOM_BYTES_MIN: u64 = 32 << 20;

/// Why a language could not be made ready.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadyError {
    /// It is no language of this backend.
    #[error("{language} has no WebAssembly guest")]
    Unknown {
        /// The language.
        language: LanguageId,
    },
    /// Its guest cannot be used.
    #[error("the {language} guest cannot be made ready")]
    Guest {
        /// The language.
        language: LanguageId,
        /// Why.
        #[source]
        source: Arc<GuestError>,
    },
}

impl fmt::Debug for WasmExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let languages: Vec<_> = self.0.guests.iter().map(|e| &e.language.id).collect();
        f.debug_struct("WasmExecutor")
            .field("languages", &languages)
            .field("settings", &self.0.settings)
            .finish()
    }
}

impl WasmExecutor {
    /// The backend for the languages of `registry` that have a guest. Nothing is compiled yet.
    ///
    /// # Errors
    /// The engine cannot be set up on this machine.
    pub fn new(settings: Settings, registry: &'static Registry) -> Result<Self, EngineError> {
        let engine = engine::new(settings.address_space)?;
        let mut linker = Linker::new(&engine);
        coderunner_host_api::add_to_linker(&mut linker)
            .map_err(|source| EngineError::Engine { source })?;
        let guests = registry
            .iter()
            .filter_map(|language| match language.backend {
                Backend::Wasm(built) => {
                    let layers = language.layers.iter().map(|_| OnceLock::new()).collect();
                    Some(Entry { language, built, guest: OnceLock::new(), layers })
                }
                Backend::Container(_) | Backend::Compiled(_) => None,
            })
            .collect();
        let host = HostSettings { folders: settings.folders.clone() };
        Ok(Self(Arc::new(Inner { settings, host, engine, linker, guests })))
    }

    /// Makes `language` ready now instead of at its first job. Blocks, for seconds when its guest has to be compiled.
    ///
    /// # Errors
    /// It has no guest, or the guest cannot be used.
    pub fn ready(&self, language: &LanguageId) -> Result<(), ReadyError> {
        self.guest(language).map(|_| ())
    }

    /// Makes `slots` sandboxes for `language` ahead, as warm as a first run would leave them: the next jobs fault on nothing. To be called
    /// where more than one job will be run; it takes some milliseconds.
    ///
    /// # Errors
    /// As [`Self::ready`], or memory for the slots is lacking.
    pub async fn warm_up(&self, language: &LanguageId, slots: usize) -> Result<(), ExecuteError> {
        /// Runs after which every lazily made thing of a run exists.
        const RUNS: usize = 3;
        let guest = self.ready_guest(language)?;
        let entry = self.entry(language).map_err(|e| unavailable(language, &e))?;
        if guest.pool.hot_pages().is_none() {
            for run in 0..2 * RUNS {
                if run == RUNS {
                    guest.pool.watch_afresh().map_err(|e| memory("slots cannot be watched", e))?;
                }
                let path = coderunner_executor::FilePath::new(entry.language.hello.0)
                    .map_err(|e| ExecuteError::InvalidJob { reason: e.to_string() })?;
                let job = Job::new(language.clone(), path, entry.language.hello.1);
                coderunner_executor::run_to_end(self, job).await?;
            }
            guest.pool.learn_hot_set().map_err(|e| memory("the hot pages cannot be found", e))?;
        }
        guest.pool.fill(slots).map_err(|e| memory("memory slots cannot be made ahead", e))
    }

    /// Makes the layers of `language` now instead of at the first job of each. Blocks, for a second or so for each that has not been made on this
    /// machine before. Returns the names of those that there are; one that cannot be made is none, and jobs run without.
    ///
    /// # Errors
    /// As [`Self::ready`].
    pub fn ready_layers(&self, language: &LanguageId) -> Result<Vec<&'static str>, ReadyError> {
        self.guest(language)?;
        let entry = self.entry(language)?;
        let layers = entry.language.layers.iter().enumerate();
        let made = layers.filter(|(n, _)| self.layer(entry, *n).is_some());
        Ok(made.map(|(_, layer)| layer.name.as_str()).collect())
    }

    /// Whether `language` has been made ready.
    #[must_use]
    pub fn is_ready(&self, language: &LanguageId) -> bool {
        self.entry(language).is_ok_and(|entry| matches!(entry.guest.get(), Some(Ok(_))))
    }

    /// How dirty pages of `language`'s memory are found on this machine.
    ///
    /// # Errors
    /// As [`Self::ready`].
    pub fn tracking(&self, language: &LanguageId) -> Result<DirtyTracking, ReadyError> {
        self.guest(language).map(|guest| guest.pool.tracking())
    }

    /// Sandboxes of `language` that exist, and how many were thrown away so far: for tests and metrics.
    ///
    /// # Errors
    /// As [`Self::ready`].
    pub fn slots(&self, language: &LanguageId) -> Result<(usize, usize), ReadyError> {
        let base = self.guest(language)?;
        let layers = self.entry(language)?.layers.iter().filter_map(|layer| layer.get()?.as_ref());
        Ok(std::iter::once(base).chain(layers).fold((0, 0), |(existing, discarded), guest| {
            (existing + guest.pool.existing(), discarded + guest.pool.discarded())
        }))
    }

    fn entry(&self, language: &LanguageId) -> Result<&Entry, ReadyError> {
        self.0
            .guests
            .iter()
            .find(|entry| entry.language.id == *language)
            .ok_or_else(|| ReadyError::Unknown { language: language.clone() })
    }

    fn guest(&self, language: &LanguageId) -> Result<&Guest, ReadyError> {
        let entry = self.entry(language)?;
        entry.guest.get_or_init(|| self.prepare(entry).map_err(Arc::new)).as_ref().map_err(
            |source| ReadyError::Guest { language: language.clone(), source: Arc::clone(source) },
        )
    }

    fn prepare(&self, entry: &Entry) -> Result<Guest, GuestError> {
        self.workshop().prepare(entry.language, &entry.built)
    }

    fn workshop(&self) -> Workshop<'_> {
        let Inner { settings, engine, linker, host, .. } = &*self.0;
        Workshop {
            engine,
            linker,
            host,
            cache: settings.cache.as_ref(),
            address_space: settings.address_space,
            tracking: settings.tracking,
            verify: settings.verify,
            progress: &*settings.progress,
        }
    }

    /// A layer of a language that is ready, made if need be. `None` when it cannot be made, which is said once.
    fn layer<'a>(&self, entry: &'a Entry, layer: usize) -> Option<&'a Guest> {
        let Some(Ok(base)) = entry.guest.get() else { return None };
        let made = entry.layers.get(layer)?.get_or_init(|| {
            let Entry { language, built, .. } = entry;
            let made = self.workshop().prepare_layer(language, built, base, layer);
            made.inspect_err(|error| {
                let name = language.layers.iter().nth(layer).map(|layer| layer.name.clone());
                (self.0.settings.progress)(Progress::NoLayer {
                    language: language.name.clone(),
                    layer: name.unwrap_or_default(),
                    reason: chain(error),
                });
            })
            .ok()
        });
        made.as_ref()
    }

    /// The layer of `entry` that `job` is to run in, if any.
    async fn layer_for<'a>(
        &self,
        entry: &'a Entry,
        job: &Job,
    ) -> Result<Option<&'a Guest>, ExecuteError> {
        let Entry { language, layers, .. } = entry;
        let Some(wanted) = language.layers.wanted(job, &language.extensions) else {
            return Ok(None);
        };
        let Some(layer) = layers.get(wanted) else { return Ok(None) };
        if layer.get().is_none() {
            if self.0.settings.layers == LayerUse::IfReady {
                return Ok(None);
            }
            let (this, id) = (self.clone(), language.id.clone());
            blocking("the layer could not be made", move || {
                if let Ok(entry) = this.entry(&id) {
                    this.layer(entry, wanted);
                }
            })
            .await?;
        }
        let room = |layer: &&Guest| {
            let needed = layer.pool.image_len() as u64 + LAYER_ROOM_BYTES_MIN;
            needed <= job.limits.memory_bytes
        };
        Ok(layer.get().and_then(Option::as_ref).filter(room))
    }

    fn ready_guest(&self, language: &LanguageId) -> Result<&Guest, ExecuteError> {
        self.guest(language).map_err(|error| unavailable(language, &error))
    }
}

#[async_trait]
impl Executor for WasmExecutor {
    fn availability(&self, language: &LanguageId) -> Availability {
        match self.entry(language).map(|entry| entry.guest.get()) {
            Err(_) => Availability::Unknown,
            Ok(Some(Err(error))) => Availability::Unavailable { why: error.to_string() },
            Ok(None | Some(Ok(_))) => Availability::Available,
        }
    }

    async fn execute(&self, job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        let entry =
            self.entry(&job.language).map_err(|error| unavailable(&job.language, &error))?;
        if let Some(option) = job.compile_args.first() {
            return Err(ExecuteError::InvalidJob {
                reason: format!(
                    "{} is not compiled and takes no compiler options; {option:?} was given; arguments of the program go into args",
                    entry.language.name
                ),
            });
        }
        if entry.guest.get().is_none() {
            // Compiling takes seconds: not on a thread that others wait for.
            let (this, language) = (self.clone(), job.language.clone());
            blocking("the guest could not be made ready", move || this.ready(&language))
                .await?
                .map_err(|error| unavailable(&job.language, &error))?;
        }
        let guest = match self.layer_for(entry, &job).await? {
            Some(layer) => layer,
            None => self.ready_guest(&job.language)?,
        };
        execution::execute(guest, &self.0.host, job, output).await
    }
}

/// Does what takes seconds, not on a thread that others wait for.
async fn blocking<T: Send + 'static>(
    context: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ExecuteError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ExecuteError::Internal { context, source: error.into() })
}

fn unavailable(language: &LanguageId, error: &ReadyError) -> ExecuteError {
    let why = chain(error);
    ExecuteError::Unavailable { language: language.clone(), why }
}

fn memory(context: &'static str, error: std::io::Error) -> ExecuteError {
    ExecuteError::Internal { context, source: error.into() }
}

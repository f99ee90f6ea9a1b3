//! The container backend as an [`Executor`].

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use coderunner_executor::{
    Availability, ExecuteError, Executor, Finished, Job, LanguageId, Limits, Outcome, OutputSink,
    Run,
};
use coderunner_languages::{Backend, Container as Recipe, Language, Registry};
use tokio::{sync::mpsc, time::timeout_at};

use crate::{
    cache::Programs,
    container::{ContainerError, Undertaker},
    daemon::{Daemon, DaemonError, Labels, Shape},
    execution::{self, Context, environment},
    owner::Owner,
    pool::{Lease, LeaseError, Pool, Shared},
    settings::Settings,
};

/// How long what is known of the engine is believed: longer when it works than when it does not.
const BELIEVED_UP: Duration = Duration::from_secs(30);
const BELIEVED_DOWN: Duration = Duration::from_secs(1);
/// The most that a look at the engine may hold up whoever asks for the first time.
const LOOK_MAX: Duration = Duration::from_secs(3);
/// How often it is looked for containers that nobody knows of, where there may be some.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// How often [`DockerExecutor::shutdown`] looks whether all containers are gone.
const SHUTDOWN_EVERY: Duration = Duration::from_millis(10);
/// How often a container that turns out to be dead before its job has reached it is replaced by another.
const TRIES: usize = 2;
/// A job waits for its container as long as its program may run, but at least this long: how long a container takes to start, seconds for a
/// resident JVM on a machine that is busy, has nothing to do with a short limit.
const CONTAINER_MIN: Duration = Duration::from_secs(8);

/// Runs the languages that have a container image. Cheap to clone.
#[derive(Clone)]
pub struct DockerExecutor(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    entries: Vec<Entry>,
    programs: Arc<Programs>,
    seen: Mutex<Option<Seen>>,
    /// Set once the background work has been started.
    started: Mutex<bool>,
}

struct Entry {
    language: &'static Language,
    recipe: &'static Recipe,
    pool: Arc<Pool>,
}

/// What was found when the engine was last looked at.
#[derive(Clone)]
struct Seen {
    at: Instant,
    /// Images that are there and what is written on them, or why that is not known.
    images: Result<Arc<HashMap<String, Labels>>, Arc<DaemonError>>,
}

impl Seen {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < if self.images.is_ok() { BELIEVED_UP } else { BELIEVED_DOWN }
    }
}

impl fmt::Debug for DockerExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let languages: Vec<_> = self.0.entries.iter().map(|e| &e.language.id).collect();
        f.debug_struct("DockerExecutor")
            .field("languages", &languages)
            .field("shared", &self.0.shared)
            .finish_non_exhaustive()
    }
}

/// What there is of a language, for metrics and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// Containers that wait for a job.
    pub warm: usize,
}

impl DockerExecutor {
    /// The backend for the languages of `registry` that run in containers. Nothing is asked of the engine yet.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "settings are handed over")]
    pub fn new(settings: Settings, registry: &'static Registry) -> Self {
        let undertaker = Arc::new(Undertaker::new(Daemon::new(settings.host.clone())));
        let shared = Arc::new(Shared::new(undertaker, &Owner::this_process()));
        let entry = |language: &'static Language| {
            let Backend::Container(recipe) = language.backend else { return None };
            let image =
                settings.images.get(&language.id).cloned().unwrap_or_else(|| recipe.image_name());
            let pool = Pool::new(
                Arc::clone(&shared),
                language.id.clone(),
                image,
                shape(&language.limits, &language.limits, settings.cpus),
                recipe.resident.clone(),
                environment(recipe, &[]),
                settings.pool_of(&language.id),
            );
            Some(Entry { language, recipe, pool })
        };
        let entries = registry.iter().filter_map(entry).collect();
        let programs = Arc::new(Programs::new(settings.program_cache_bytes));
        Self(Arc::new(Inner {
            shared,
            entries,
            programs,
            seen: Mutex::new(None),
            started: Mutex::new(false),
        }))
    }

    /// Starts the background work, once: removing what a crashed predecessor left, filling and keeping the pools. Jobs do it too.
    pub fn start(&self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        {
            let mut started = self.0.started.lock().unwrap_or_else(PoisonError::into_inner);
            if std::mem::replace(&mut *started, true) {
                return;
            }
        }
        let this = self.clone();
        let inner = Arc::downgrade(&self.0);
        runtime.spawn(async move {
            // Fails when the engine does; what is left then ends by itself, as its stream is closed.
            let _ = this.remove_left_behind().await;
            drop(this);
            loop {
                tokio::time::sleep(SWEEP_EVERY).await;
                let Some(inner) = inner.upgrade() else { return };
                let Shared { undertaker, owner, .. } = &*inner.shared;
                if undertaker.suspects() && undertaker.daemon.resting().is_none() {
                    // If it fails, it is tried again.
                    let _ = undertaker.sweep(owner).await;
                }
            }
        });
        for entry in &self.0.entries {
            runtime.spawn(Pool::keep(Arc::downgrade(&entry.pool)));
        }
    }

    /// Removes the containers of processes of this machine that are no more. How many there were.
    ///
    /// # Errors
    /// The engine fails.
    pub async fn remove_left_behind(&self) -> Result<usize, DaemonError> {
        let undertaker = &self.0.shared.undertaker;
        let this = Owner::this_process();
        let left = undertaker
            .daemon
            .list()
            .await?
            .into_iter()
            .filter(|listed| this.outlived(&listed.owner));
        let mut removed = 0;
        for listed in left {
            undertaker.remove(&listed.id).await;
            removed += 1;
        }
        Ok(removed)
    }

    /// Makes warm containers for `language` until there are `count`, now.
    ///
    /// # Errors
    /// It is no language of this backend, or the engine fails.
    pub async fn warm_up(&self, language: &LanguageId, count: usize) -> Result<(), ExecuteError> {
        let entry = self
            .entry(language)
            .ok_or_else(|| ExecuteError::UnknownLanguage { language: language.clone() })?;
        entry.pool.fill(count).await.map_err(|error| start_failed(language, error))
    }

    /// What there is of `language` now.
    #[must_use]
    pub fn pool(&self, language: &LanguageId) -> Option<PoolState> {
        self.entry(language).map(|entry| PoolState { warm: entry.pool.warm() })
    }

    /// Destroys all warm containers and waits until every container of this executor is gone, at most for `wait`. Whether all are: where there is no
    /// engine any more, nobody can tell, and nobody is waited for.
    pub async fn shutdown(&self, wait: Duration) -> bool {
        *self.0.started.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.entries.iter().for_each(|entry| entry.pool.clear());
        let until = Instant::now() + wait;
        let Shared { undertaker, owner, .. } = &*self.0.shared;
        while undertaker.suspects() && Instant::now() < until {
            match timeout_at(until.into(), undertaker.sweep(owner)).await {
                Err(_) => return false,
                Ok(Err(error)) if error.is_absence() => return false,
                // If it fails otherwise, it is tried again.
                Ok(_) => tokio::time::sleep(SHUTDOWN_EVERY).await,
            }
        }
        while !undertaker.is_done() && Instant::now() < until {
            if undertaker.daemon.resting().is_some_and(|error| error.is_absence()) {
                return false;
            }
            tokio::time::sleep(SHUTDOWN_EVERY).await;
        }
        undertaker.is_done()
    }

    fn entry(&self, language: &LanguageId) -> Option<&Entry> {
        self.0.entries.iter().find(|entry| entry.language.id == *language)
    }

    /// Looks at the engine, and remembers what it saw.
    async fn look(&self, daemon: &Daemon) -> Seen {
        let mut images: Vec<String> =
            self.0.entries.iter().map(|entry| entry.pool.image.clone()).collect();
        images.sort();
        images.dedup();
        let present = tokio::time::timeout(LOOK_MAX, daemon.images_present(images)).await;
        let present =
            present.unwrap_or(Err(DaemonError::Slow { call: "look for images", after: LOOK_MAX }));
        let seen = Seen { at: Instant::now(), images: present.map(Arc::new).map_err(Arc::new) };
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
        seen
    }

    /// The same for callers that cannot wait: on a thread and a runtime of its own, so with a connection of its own.
    fn look_blocking(&self) -> Option<Seen> {
        std::thread::scope(|scope| {
            let look = || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
                Some(runtime.block_on(self.look(&self.0.shared.undertaker.daemon.another())))
            };
            scope.spawn(look).join().ok().flatten()
        })
    }

    fn forget_seen(&self) {
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn seen(&self) -> Option<Seen> {
        let seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match seen {
            Some(seen) if seen.is_fresh() => Some(seen),
            None => self.look_blocking(),
            Some(stale) => match tokio::runtime::Handle::try_current() {
                Err(_) => self.look_blocking(),
                Ok(runtime) => {
                    let this = self.clone();
                    runtime.spawn(async move { this.look(&this.0.shared.undertaker.daemon).await });
                    // Down for long is said until the opposite is known; the first job after a recovery may be refused for it.
                    Some(stale)
                }
            },
        }
    }

    async fn run(
        &self,
        entry: &Entry,
        job: Job,
        output: OutputSink,
    ) -> Result<Outcome, ExecuteError> {
        let started = Instant::now();
        execution::check_program(&job, entry.recipe)?;
        execution::check_run(&job, &job.args, &job.limits)?;
        let shape = shape(&entry.language.limits, &job.limits, entry.pool.shape.cpus);
        let lease = self.lease(entry, shape, started, job.limits.wall).await?;
        execution::execute(&self.context(entry), lease, job, output, started).await
    }

    async fn run_many(
        &self,
        entry: &Entry,
        job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Result<(), ExecuteError> {
        Run::check_count(&runs)?;
        execution::check_program(&job, entry.recipe)?;
        let mut largest =
            shape(&entry.language.limits, &entry.language.limits, entry.pool.shape.cpus);
        for run in &runs {
            execution::check_run(&job, &run.args, &run.limits)?;
            largest = largest.or(shape(&entry.language.limits, &run.limits, largest.cpus));
        }
        let mut left = runs.as_slice();
        while let Some(next) = left.first() {
            let started = Instant::now();
            let lease = self.lease(entry, largest, started, next.limits.wall).await?;
            let context = self.context(entry);
            match execution::execute_many(&context, lease, &job, left, &each, started).await? {
                execution::Many::NotCompiled => break,
                // At least one: no run is the reason of two lost containers.
                execution::Many::Ran(done) => left = left.get(done.max(1)..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    fn context<'a>(&'a self, entry: &'a Entry) -> Context<'a> {
        Context { recipe: entry.recipe, image: &entry.pool.image, programs: &self.0.programs }
    }

    /// A container for a job that came at `started` and may run for `wall`.
    async fn lease(
        &self,
        entry: &Entry,
        shape: Shape,
        started: Instant,
        wall: Duration,
    ) -> Result<Lease, ExecuteError> {
        let after = wall.max(CONTAINER_MIN);
        let lease = self.lease_in_time(entry, shape, started + wall);
        let lease = timeout_at((started + after).into(), lease).await;
        lease.unwrap_or(Err(LeaseError::Late { after })).map_err(|error| {
            let language = &entry.language.id;
            match error {
                LeaseError::Container(error) => {
                    self.forget_seen();
                    start_failed(language, error)
                }
                LeaseError::Overloaded(reason) => ExecuteError::Overloaded { reason },
                LeaseError::Late { after } => ExecuteError::Unavailable {
                    language: language.clone(),
                    why: format!(
                        "no container was ready within {} ms; see what keeps the Docker engine busy",
                        after.as_millis()
                    ),
                },
            }
        })
    }

    async fn lease_in_time(
        &self,
        entry: &Entry,
        shape: Shape,
        deadline: Instant,
    ) -> Result<Lease, LeaseError> {
        let mut lease = entry.pool.lease(shape, deadline).await;
        for _ in 1..TRIES {
            // Died while it started, before it saw anything of the job: another one may do better.
            if !matches!(
                lease,
                Err(LeaseError::Container(ContainerError::Gone | ContainerError::Stream(_)))
            ) {
                break;
            }
            lease = entry.pool.lease(shape, deadline).await;
        }
        lease
    }
}

/// A container that any job within `language`'s limits fits into, and this one too.
fn shape(language: &Limits, job: &Limits, cpus: u32) -> Shape {
    Shape {
        memory_bytes: language.memory_bytes.max(job.memory_bytes),
        disk_bytes: language.disk_bytes.max(job.disk_bytes),
        files: language.files.max(job.files),
        processes: language.processes.max(job.processes),
        cpus,
    }
}

/// What to tell a caller whose job got no container.
fn start_failed(language: &LanguageId, error: ContainerError) -> ExecuteError {
    match error {
        ContainerError::Daemon(error) if !matches!(error, DaemonError::Refused { .. }) => {
            ExecuteError::Unavailable { language: language.clone(), why: advice(&error) }
        }
        error => ExecuteError::Internal {
            context: "no container could be started",
            source: error.into(),
        },
    }
}

/// What is wrong and what to do about it.
fn advice(error: &DaemonError) -> String {
    let what = match error {
        DaemonError::Configuration(_) => {
            "set DOCKER_HOST, or the engine's address in the configuration"
        }
        DaemonError::Unreachable(_) => {
            "install and start it (on Debian: apt-get install docker.io, then start dockerd)"
        }
        DaemonError::NoImage { image } if !image.starts_with(coderunner_languages::IMAGES) => {
            "the configuration names it; fetch it with: docker pull"
        }
        DaemonError::Slow { .. } => "see what keeps it busy",
        DaemonError::Resting { cause, .. } => return format!("{error}; {}", advice(cause)),
        DaemonError::NoRoom { .. } => {
            "make room (docker info says where its data is, docker system df what takes the room)"
        }
        DaemonError::NoImage { .. } => "make it with: cargo xtask images",
        DaemonError::Refused { .. } => "see the engine's log",
    };
    format!("{error}; {what}")
}

#[async_trait]
impl Executor for DockerExecutor {
    fn availability(&self, language: &LanguageId) -> Availability {
        let Some(entry) = self.entry(language) else { return Availability::Unknown };
        let unavailable = |error: &DaemonError| Availability::Unavailable { why: advice(error) };
        if let Some(resting) = self.0.shared.undertaker.daemon.resting() {
            return unavailable(&resting);
        }
        match self.seen().map(|seen| seen.images) {
            None => Availability::Unavailable {
                why: "the Docker engine could not be looked at".to_owned(),
            },
            Some(Err(error)) => unavailable(&error),
            Some(Ok(images)) if images.contains_key(&entry.pool.image) => Availability::Available,
            Some(Ok(_)) => unavailable(&DaemonError::NoImage { image: entry.pool.image.clone() }),
        }
    }

    fn version(&self, language: &LanguageId) -> Option<String> {
        let images = self.seen()?.images.ok()?;
        let labels = images.get(&self.entry(language)?.pool.image)?;
        labels.get(&coderunner_languages::version_label(language.as_str())).cloned()
    }

    async fn execute(&self, job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        let Some(entry) = self.entry(&job.language) else {
            return Err(ExecuteError::UnknownLanguage { language: job.language });
        };
        self.start();
        self.run(entry, job, output).await
    }

    async fn execute_many(
        &self,
        job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Result<(), ExecuteError> {
        let Some(entry) = self.entry(&job.language) else {
            return Err(ExecuteError::UnknownLanguage { language: job.language });
        };
        self.start();
        self.run_many(entry, job, runs, each).await
    }
}

//! The containers of one language: warm ones ahead of the jobs, a bound on how many jobs run at once, a bounded queue.

use std::{
    collections::VecDeque,
    future::{Future, pending},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use coderunner_executor::LanguageId;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout, timeout_at},
};

use crate::{
    container::{Container, ContainerError, Undertaker, next_number, user},
    daemon::{Plan, Shape},
    owner::Owner,
    settings::PoolSettings,
};

/// Containers that are made ahead at one time, over all languages: more are hardly faster and slow running jobs down.
const REFILLS_MAX: usize = 1;
/// While jobs run, refilling waits this long for a quiet moment: less when the pool is empty, but long enough for a small job to end.
const REFILL_PATIENCE: Duration = Duration::from_millis(250);
const REFILL_PATIENCE_EMPTY: Duration = Duration::from_millis(100);
/// How often a waiting refill looks whether it is quiet.
const QUIET_EVERY: Duration = Duration::from_millis(5);
/// How often the keeper looks at the pool when nobody tells it to.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// After a failure the keeper waits this long before it tries again; the circuit breaker may hold it back for longer.
const KEEP_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What all pools share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) undertaker: Arc<Undertaker>,
    pub(crate) owner: String,
    /// What the names of its containers start with.
    names: String,
    refills: Semaphore,
    running: AtomicUsize,
}

impl Shared {
    pub(crate) fn new(undertaker: Arc<Undertaker>, owner: &Owner) -> Self {
        Self {
            undertaker,
            owner: owner.label(),
            names: owner.names(),
            refills: Semaphore::new(REFILLS_MAX),
            running: AtomicUsize::new(0),
        }
    }
}

/// The pool.
#[derive(Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
    pub(crate) language: LanguageId,
    pub(crate) image: String,
    pub(crate) shape: Shape,
    resident: Vec<String>,
    env: Vec<String>,
    settings: PoolSettings,
    jobs: Arc<Semaphore>,
    queued: AtomicUsize,
    idle: Mutex<Idle>,
    wake: Notify,
    /// Tells whoever makes a container ahead that it is not wanted any more.
    closed: Notify,
}

#[derive(Debug)]
struct Idle {
    containers: VecDeque<Container>,
    /// How many there should be: grows when a job finds none, shrinks when nobody comes.
    target: usize,
    used: Instant,
    /// Nothing is made ahead any more.
    is_closed: bool,
}

/// A container and the right to run a job in it.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) container: Container,
    _running: Running,
}

/// Counts a running job as long as it lives.
#[derive(Debug)]
struct Running {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.running.fetch_sub(1, Ordering::AcqRel);
        self.pool.wake.notify_one();
    }
}

/// Why there is no container.
#[derive(Debug)]
pub(crate) enum LeaseError {
    /// Too many wait already, or it took too long.
    Overloaded(String),
    Container(ContainerError),
    /// It was not ready after so long.
    Late {
        after: Duration,
    },
}

impl Pool {
    pub(crate) fn new(
        shared: Arc<Shared>,
        language: LanguageId,
        image: String,
        shape: Shape,
        resident: Vec<String>,
        env: Vec<String>,
        settings: PoolSettings,
    ) -> Arc<Self> {
        let jobs = Arc::new(Semaphore::new(settings.max.max(1)));
        let idle = Idle {
            containers: VecDeque::new(),
            target: settings.min,
            used: Instant::now(),
            is_closed: false,
        };
        let queued = AtomicUsize::new(0);
        Arc::new(Self {
            shared,
            language,
            image,
            shape,
            resident,
            env,
            settings,
            jobs,
            queued,
            idle: Mutex::new(idle),
            wake: Notify::new(),
            closed: Notify::new(),
        })
    }

    /// A container for a job that needs `shape`: a warm one if there is one that fits, else a new one. Waits its turn until `deadline`.
    pub(crate) async fn lease(
        self: &Arc<Self>,
        shape: Shape,
        deadline: Instant,
    ) -> Result<Lease, LeaseError> {
        let running = self.turn(deadline).await?;
        if shape == self.shape {
            while let Some(mut container) = self.take_idle() {
                if container.answers().await {
                    self.wake.notify_one();
                    return Ok(Lease { container, _running: running });
                }
            }
            self.wake.notify_one();
        }
        let container = self.start(shape).await.map_err(LeaseError::Container)?;
        Ok(Lease { container, _running: running })
    }

    async fn turn(self: &Arc<Self>, deadline: Instant) -> Result<Running, LeaseError> {
        let permit = match Arc::clone(&self.jobs).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.queue(deadline).await?,
        };
        self.shared.running.fetch_add(1, Ordering::AcqRel);
        Ok(Running { shared: Arc::clone(&self.shared), pool: Arc::clone(self), _permit: permit })
    }

    async fn queue(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, LeaseError> {
        /// Leaves the queue however the wait ends.
        struct Waiting<'a>(&'a AtomicUsize);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::AcqRel);
            }
        }
        let PoolSettings { max, queue, .. } = self.settings;
        let already = self.queued.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(&self.queued);
        if already >= queue {
            return Err(LeaseError::Overloaded(format!(
                "{max} jobs in {} run and {queue} wait already",
                self.language
            )));
        }
        match timeout_at(deadline.into(), Arc::clone(&self.jobs).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(LeaseError::Overloaded(format!(
                "no container for {} became free within the job's wall time",
                self.language
            ))),
        }
    }

    fn take_idle(&self) -> Option<Container> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.used = Instant::now();
        while let Some(mut container) = idle.containers.pop_front() {
            if container.is_waiting() {
                return Some(container);
            }
        }
        idle.target = (idle.target + 1).min(self.settings.max);
        if self.settings.min == 0 {
            // Made on demand: nothing is kept ahead.
            idle.target = 0;
        }
        None
    }

    /// How many warm containers there are.
    pub(crate) fn warm(&self) -> usize {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).containers.len()
    }

    async fn start(&self, shape: Shape) -> Result<Container, ContainerError> {
        let started = self.start_unless(shape, pending()).await?;
        // It is never given up.
        started.ok_or(ContainerError::Gone)
    }

    /// The same, or `None` if it is given up before.
    async fn start_unless(
        &self,
        shape: Shape,
        given_up: impl Future<Output = ()>,
    ) -> Result<Option<Container>, ContainerError> {
        let number = next_number();
        let plan = Plan {
            name: &format!("{}-{number}", self.shared.names),
            image: &self.image,
            shape,
            user: user(number),
            resident: &self.resident,
            env: &self.env,
            owner: &self.shared.owner,
            language: self.language.as_str(),
        };
        Container::start(&self.shared.undertaker, &plan, given_up).await
    }

    /// Makes warm containers until there are `count`, now.
    pub(crate) async fn fill(&self, count: usize) -> Result<(), ContainerError> {
        while self.warm() < count {
            let container = self.start(self.shape).await?;
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.target = idle.target.max(count.min(self.settings.max));
            idle.containers.push_back(container);
        }
        Ok(())
    }

    /// Gives up every warm container, for good.
    pub(crate) fn clear(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.target = 0;
        idle.is_closed = true;
        let containers = std::mem::take(&mut idle.containers);
        drop(idle);
        drop(containers);
        self.closed.notify_waiters();
    }

    /// Resolves once nothing is made ahead any more.
    async fn until_closed(&self) {
        let mut closed = pin!(self.closed.notified());
        // Counts from here on, so that it cannot slip through between the look and the wait.
        closed.as_mut().enable();
        if !self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_closed {
            closed.await;
        }
    }

    /// Keeps the pool as long as somebody else does: replaces the dead, refills, shrinks.
    pub(crate) async fn keep(pool: Weak<Self>) {
        loop {
            let Some(this) = pool.upgrade() else { return };
            this.discard_dead();
            this.shrink();
            let pause = if this.wants_more() && this.refill().await.is_err() {
                KEEP_AFTER_FAILURE
            } else {
                Duration::ZERO
            };
            if pause.is_zero() && this.wants_more() {
                continue;
            }
            sleep(pause).await;
            // Woken by jobs, and now and then without.
            let _ = timeout(KEEP_EVERY, this.wake.notified()).await;
        }
    }

    fn wants_more(&self) -> bool {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.is_closed {
            return false;
        }
        // What runs will need a successor each; together they stay within the bound.
        let busy = self.settings.max.saturating_sub(self.jobs.available_permits());
        idle.containers.len() < idle.target.min(self.settings.max.saturating_sub(busy).max(1))
    }

    fn discard_dead(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut alive, mut dead) = (VecDeque::new(), Vec::new());
        for mut container in std::mem::take(&mut idle.containers) {
            if container.is_waiting() {
                alive.push_back(container);
            } else {
                dead.push(container);
            }
        }
        idle.containers = alive;
        drop(idle);
        drop(dead);
    }

    fn shrink(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.target > self.settings.min && idle.used.elapsed() > self.settings.idle {
            idle.target -= 1;
            idle.used = Instant::now();
        }
        let excess = idle.containers.len().saturating_sub(idle.target);
        let spare: Vec<_> = idle.containers.drain(..excess).collect();
        drop(idle);
        drop(spare);
    }

    async fn refill(&self) -> Result<(), ContainerError> {
        let Ok(_turn) = self.shared.refills.acquire().await else { return Ok(()) };
        let started = Instant::now();
        let patience = if self.warm() > 0 { REFILL_PATIENCE } else { REFILL_PATIENCE_EMPTY };
        while self.shared.running.load(Ordering::Acquire) > 0 && started.elapsed() < patience {
            sleep(QUIET_EVERY).await;
        }
        if let Some(resting) = self.shared.undertaker.daemon.resting() {
            return Err(resting.into());
        }
        // A resident JVM takes seconds until it is ready: whoever ends does not wait for it.
        let Some(container) = self.start_unless(self.shape, self.until_closed()).await? else {
            return Ok(());
        };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.is_closed {
            drop(idle);
            drop(container);
        } else {
            idle.containers.push_back(container);
        }
        Ok(())
    }
}

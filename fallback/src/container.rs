//! A started container with its agent at the other end of the attached stream. It serves one job and is then destroyed.

use std::{
    collections::HashSet,
    fmt,
    future::Future,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use coderunner_agent::protocol::{Command, FrameBuffer, Place, ProtocolError, Report, VERSION};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::{io::AsyncWriteExt as _, time::timeout};

use crate::daemon::{Attached, Daemon, DaemonError, Plan, Shape};

/// How long an agent may take until it is ready: a resident JVM on a machine that is busy warms up for seconds.
const READY_MAX: Duration = Duration::from_secs(30);
/// A warm agent that does not answer within this time is given up.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// The first of the users that containers run as, and how many there are: each container has one of its own, so that nothing it could share
/// with another (process counts, signals, keys) is shared.
const USERS_FROM: u32 = 200_000;
const USERS: u32 = 50_000;
/// So often it is looked for containers that the engine made although nobody waited for them any more: it may take its time.
const SWEEPS: u32 = 3;
/// A removal that fails is tried again after this long, so many times; by then the engine is gone, and took its containers along.
const REMOVAL_EVERY: Duration = Duration::from_secs(2);
const REMOVAL_TRIES: u32 = 30;

/// Why a container stopped being of use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The engine could not make it.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// The stream ended.
    #[error("the container ended: it was killed from outside, or the Docker engine stopped")]
    Gone,
    /// The stream failed.
    #[error("the stream to the container failed")]
    Stream(#[source] io::Error),
    /// What came is not the agent's protocol.
    #[error("the container's agent does not speak the protocol")]
    Protocol(#[source] ProtocolError),
    /// The agent speaks another version.
    #[error(
        "the container's agent speaks version {theirs} of the protocol, not {VERSION}; rebuild the image"
    )]
    Version {
        /// Its version.
        theirs: u16,
    },
    /// A frame that has no place where it came.
    #[error("the container's agent sent what does not belong there: {what}")]
    Unexpected {
        /// What it sent.
        what: &'static str,
    },
    /// The agent gave up.
    #[error("the container's agent failed: {why}")]
    Agent {
        /// In its own words.
        why: String,
    },
    /// Nothing came when something had to.
    #[error("the container's agent did not answer within {} ms", after.as_millis())]
    Silent {
        /// How long it was waited for.
        after: Duration,
    },
}

/// A container.
pub(crate) struct Container {
    id: String,
    shape: Shape,
    stream: Option<Attached>,
    incoming: FrameBuffer,
    undertaker: Arc<Undertaker>,
}

impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container")
            .field("id", &self.id)
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// Destroys containers in the background, and knows which are not gone yet.
#[derive(Debug)]
pub(crate) struct Undertaker {
    pub(crate) daemon: Daemon,
    /// The names of the containers that exist, are being made or are being removed.
    known: Mutex<HashSet<String>>,
    /// How often [`Self::sweep`] still has to look: the engine may have made a container after we gave up waiting for it.
    sweeps: AtomicU32,
}

impl Undertaker {
    pub(crate) fn new(daemon: Daemon) -> Self {
        Self { daemon, known: Mutex::default(), sweeps: AtomicU32::new(0) }
    }

    /// Whether there is no container of ours any more.
    pub(crate) fn is_done(&self) -> bool {
        self.known().is_empty()
    }

    /// Removes the container, again and again while the engine fails.
    pub(crate) async fn remove(&self, id: &str) {
        for _ in 0..REMOVAL_TRIES {
            if self.daemon.remove(id).await.is_ok() {
                return;
            }
            tokio::time::sleep(REMOVAL_EVERY).await;
        }
    }

    fn known(&self) -> MutexGuard<'_, HashSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a container may exist that nobody knows of.
    pub(crate) fn suspects(&self) -> bool {
        self.sweeps.load(Ordering::Acquire) > 0
    }

    /// Removes the containers of `owner`, which is this process, that nobody here knows of.
    pub(crate) async fn sweep(&self, owner: &str) -> Result<(), DaemonError> {
        let listed = self.daemon.list().await?;
        self.sweeps.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| n.checked_sub(1)).ok();
        for container in listed.into_iter().filter(|listed| listed.owner == owner) {
            let is_known = self.known().contains(&container.name);
            if !is_known {
                self.remove(&container.id).await;
            }
        }
        Ok(())
    }

    fn bury(self: &Arc<Self>, id: String) {
        // Without a runtime the closed stream has to do: the agent exits, and the engine removes the container.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            self.known().remove(&id);
            return;
        };
        let this = Arc::clone(self);
        runtime.spawn(async move {
            this.remove(&id).await;
            this.known().remove(&id);
        });
    }
}

/// A container on its way to being ready; dropped halfway, it is removed.
struct Unborn<'a> {
    id: Option<String>,
    is_made: bool,
    undertaker: &'a Arc<Undertaker>,
}

impl Drop for Unborn<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            if !self.is_made {
                // The engine may be about to make it, after the removal.
                self.undertaker.sweeps.store(SWEEPS, Ordering::Release);
            }
            self.undertaker.bury(id);
        }
    }
}

/// The number of the next container of this process.
pub(crate) fn next_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The user of the container with `number`.
pub(crate) fn user(number: u32) -> u32 {
    USERS_FROM + std::process::id().wrapping_add(number) % USERS
}

impl Container {
    /// Makes, attaches to and starts a container, and waits until its agent is ready. `None` if `given_up` resolved before: the engine's answer to
    /// making it is waited for all the same, or it could come to be when nobody looks any more.
    pub(crate) async fn start(
        undertaker: &Arc<Undertaker>,
        plan: &Plan<'_>,
        given_up: impl Future<Output = ()>,
    ) -> Result<Option<Self>, ContainerError> {
        let daemon = &undertaker.daemon;
        let id = plan.name.to_owned();
        undertaker.known().insert(id.clone());
        let mut unborn = Unborn { id: Some(id.clone()), is_made: false, undertaker };
        let created = daemon.create(plan).await;
        // An engine that refuses has made nothing.
        unborn.is_made =
            !matches!(created, Err(DaemonError::Slow { .. } | DaemonError::Unreachable(_)));
        created?;
        tokio::select! {
            started = Self::start_made(unborn, id, plan.shape) => started.map(Some),
            () = given_up => Ok(None),
        }
    }

    async fn start_made(
        mut unborn: Unborn<'_>,
        id: String,
        shape: Shape,
    ) -> Result<Self, ContainerError> {
        let undertaker = unborn.undertaker;
        // Attached before it starts, or its first frame could be missed.
        let stream = undertaker.daemon.attach(&id).await?;
        undertaker.daemon.start(&id).await?;
        unborn.id = None;
        let mut container = Self {
            id,
            shape,
            stream: Some(stream),
            incoming: FrameBuffer::default(),
            undertaker: Arc::clone(undertaker),
        };
        match timeout(READY_MAX, container.report()).await {
            Err(_) => Err(ContainerError::Silent { after: READY_MAX }),
            Ok(Err(error)) => Err(error),
            Ok(Ok(Report::Ready { version: VERSION })) => Ok(container),
            Ok(Ok(Report::Ready { version })) => Err(ContainerError::Version { theirs: version }),
            Ok(Ok(_)) => Err(ContainerError::Unexpected {
                what: "a first frame that does not say that it is ready",
            }),
        }
    }

    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn daemon(&self) -> &Daemon {
        &self.undertaker.daemon
    }

    /// Whether it still waits for a job: a container that died, or says something unasked, does not.
    pub(crate) fn is_waiting(&mut self) -> bool {
        // A stream with nothing on it is the sign of life here.
        self.stream.as_mut().is_some_and(|stream| stream.output.next().now_or_never().is_none())
    }

    /// Whether its agent answers: asked of a warm container right before it gets a job, so that no job meets a dead one.
    pub(crate) async fn answers(&mut self) -> bool {
        // Nothing is held yet, so the answer is empty and immediate.
        let nothing = Command::Collect { place: Place::Program, bytes_max: 0, files_max: 0 };
        let asked = async {
            self.send(&nothing).await?;
            self.report().await
        };
        matches!(timeout(ANSWER_MAX, asked).await, Ok(Ok(Report::Collected { .. })))
    }

    /// The agent's next frame. Can be given up and called again.
    pub(crate) async fn report(&mut self) -> Result<Report, ContainerError> {
        loop {
            match self.incoming.next_report().map_err(ContainerError::Protocol)? {
                Some(Report::Failed(why)) => return Err(ContainerError::Agent { why }),
                Some(report) => return Ok(report),
                None => {}
            }
            let stream = self.stream.as_mut().ok_or(ContainerError::Gone)?;
            match stream.output.next().await {
                Some(Ok(bytes)) => self.incoming.push(&bytes),
                Some(Err(error)) => return Err(ContainerError::Stream(error)),
                None => return Err(ContainerError::Gone),
            }
        }
    }

    /// Sends frames that are encoded already.
    pub(crate) async fn send_frames(&mut self, frames: &[u8]) -> Result<(), ContainerError> {
        let stream = self.stream.as_mut().ok_or(ContainerError::Gone)?;
        let sent = async {
            stream.input.write_all(frames).await?;
            stream.input.flush().await
        };
        sent.await.map_err(|_| ContainerError::Gone)
    }

    pub(crate) async fn send(&mut self, command: &Command) -> Result<(), ContainerError> {
        let mut frames = Vec::new();
        command.encode(&mut frames);
        self.send_frames(&frames).await
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // An attached stream that nobody reads makes the engine's kill hang: it is closed before anything else.
        self.stream = None;
        self.undertaker.bury(std::mem::take(&mut self.id));
    }
}

//! The Docker engine, as much of it as is needed: each call under a time-out and the circuit breaker, each failure told apart.
//!
//! The only file that knows bollard's requests. What a container is for is not known here.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bollard::{
    Docker,
    container::LogOutput,
    errors::Error as BollardError,
    models::{
        ContainerCreateBody, ContainerUpdateBody, HostConfig, HostConfigLogConfig, ResourcesUlimits,
    },
    query_parameters::{
        AttachContainerOptions, CreateContainerOptions, ListContainersOptions,
        RemoveContainerOptions,
    },
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::{io::AsyncWrite, sync::OnceCell, time::timeout};

use crate::{
    breaker::{Breaker, Refused},
    owner,
};

/// For calls that only ask.
const ASK_MAX: Duration = Duration::from_secs(5);
/// For calls that make, start or remove something: seconds on a machine that is short of disk or memory.
const ACT_MAX: Duration = Duration::from_secs(10);
/// Where the agent lies in every image.
const AGENT: &str = "/coderunner-agent";
/// What compile steps may make, in bytes and files.
pub(crate) const PROGRAM_FOLDER_BYTES: u64 = 256 << 20;
const PROGRAM_FOLDER_FILES: u64 = 16 << 10;
/// What an engine says when it cannot write: the system's words for a full disk and a used up quota.
const NO_ROOM: [&str; 2] = ["no space left on device", "disk quota exceeded"];
/// Open files of a process.
const OPEN_FILES_MAX: i64 = 1024;
/// Room for deep recursion.
const STACK_BYTES: i64 = 64 << 20;
/// The agent's own memory, on top of the job's.
const AGENT_MEMORY_BYTES: u64 = 8 << 20;

/// Why a call to the engine failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// The settings or `DOCKER_HOST` name no engine.
    #[error("no Docker engine is configured")]
    Configuration(#[source] Arc<BollardError>),
    /// Nothing listens where the engine should, or it hung up.
    #[error("the Docker engine cannot be reached")]
    Unreachable(#[source] Arc<BollardError>),
    /// It did not answer in time.
    #[error("the Docker engine did not answer within {} s when asked to {call}", after.as_secs())]
    Slow {
        /// What it was asked.
        call: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// Failures in a row: it is left alone for a while.
    #[error("the Docker engine failed repeatedly; it is tried again in {} ms", retry_after.as_millis())]
    Resting {
        /// When it is tried again.
        retry_after: Duration,
        /// The last failure.
        #[source]
        cause: Arc<DaemonError>,
    },
    /// The disk that it keeps its data on is full.
    #[error("the Docker engine's disk is full: {message}")]
    NoRoom {
        /// Its own words.
        message: String,
    },
    /// The image is not there.
    #[error("the image {image} is missing")]
    NoImage {
        /// Its name.
        image: String,
    },
    /// The engine refused.
    #[error("the Docker engine refused to {call}: {message}")]
    Refused {
        /// What it was asked.
        call: &'static str,
        /// HTTP status.
        status: u16,
        /// Its own words.
        message: String,
    },
}

impl DaemonError {
    fn from_bollard(call: &'static str, error: BollardError) -> Self {
        match error {
            BollardError::DockerResponseServerError { status_code: 500.., message }
                if NO_ROOM.iter().any(|words| message.contains(words)) =>
            {
                Self::NoRoom { message }
            }
            BollardError::DockerResponseServerError { status_code, message } => {
                Self::Refused { call, status: status_code, message }
            }
            BollardError::RequestTimeoutError => Self::Slow { call, after: ACT_MAX },
            other => Self::Unreachable(Arc::new(other)),
        }
    }

    /// Whether it says that there is no engine to talk to.
    pub(crate) fn is_absence(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Configuration(_) => true,
            Self::Resting { cause, .. } => cause.is_absence(),
            Self::Slow { .. }
            | Self::NoRoom { .. }
            | Self::NoImage { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// Whether it says that the engine is in trouble, as against this one request.
    fn is_engine_failure(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Slow { .. } | Self::NoRoom { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Configuration(_) | Self::Resting { .. } | Self::NoImage { .. } => false,
        }
    }
}

/// What a container may use, fixed when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) memory_bytes: u64,
    pub(crate) disk_bytes: u64,
    pub(crate) files: u32,
    pub(crate) processes: u32,
    pub(crate) cpus: u32,
}

impl Shape {
    /// One that both fit into.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
            disk_bytes: self.disk_bytes.max(other.disk_bytes),
            files: self.files.max(other.files),
            processes: self.processes.max(other.processes),
            cpus: self.cpus.max(other.cpus),
        }
    }
}

/// What a container is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// Chosen here, so that it can be removed even if the engine never answered.
    pub(crate) name: &'a str,
    pub(crate) image: &'a str,
    pub(crate) shape: Shape,
    /// The user that everything in it runs as.
    pub(crate) user: u32,
    pub(crate) resident: &'a [String],
    pub(crate) env: &'a [String],
    pub(crate) owner: &'a str,
    pub(crate) language: &'a str,
}

/// The attached stream of a container.
pub(crate) struct Attached {
    pub(crate) output: Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>>,
    pub(crate) input: Pin<Box<dyn AsyncWrite + Send>>,
}

/// What is written on an image or a container: names and values.
pub(crate) type Labels = HashMap<String, String>;

/// A container of ours, as the engine lists it.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: String,
}

/// The engine.
pub(crate) struct Daemon {
    host: Option<String>,
    docker: OnceCell<Docker>,
    breaker: Breaker,
    /// The last failure that said that the engine is in trouble.
    trouble: Mutex<Option<Arc<DaemonError>>>,
}

impl fmt::Debug for Daemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Daemon")
            .field("host", &self.host)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}

fn signed(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

impl Daemon {
    pub(crate) fn new(host: Option<String>) -> Self {
        Self { host, docker: OnceCell::new(), breaker: Breaker::new(), trouble: Mutex::default() }
    }

    /// Another connection to the same engine, for a runtime of its own.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.host.clone())
    }

    /// Why the engine is left alone now, if it is.
    pub(crate) fn resting(&self) -> Option<DaemonError> {
        self.breaker.refuses().map(|refused| self.refusal(refused))
    }

    fn refusal(&self, refused: Refused) -> DaemonError {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // The circuit opens only after a failure, so there is one.
        let cause = trouble
            .unwrap_or_else(|| Arc::new(DaemonError::Slow { call: "answer", after: ASK_MAX }));
        DaemonError::Resting { retry_after: refused.retry_after, cause }
    }

    /// Makes a call under the breaker and a time-out.
    async fn call<T, F>(
        &self,
        name: &'static str,
        max: Duration,
        call: impl FnOnce(Docker) -> F,
    ) -> Result<T, DaemonError>
    where
        F: Future<Output = Result<T, BollardError>>,
    {
        self.breaker.pass().map_err(|refused| self.refusal(refused))?;
        let result = self.call_unguarded(name, max, call).await;
        let trouble = result.as_ref().err().filter(|error| error.is_engine_failure());
        if let Some(error) = trouble {
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Arc::new(error.clone()));
        }
        self.breaker.record(trouble.map_or(Ok(()), |_| Err(())));
        result
    }

    async fn call_unguarded<T, F>(
        &self,
        name: &'static str,
        max: Duration,
        call: impl FnOnce(Docker) -> F,
    ) -> Result<T, DaemonError>
    where
        F: Future<Output = Result<T, BollardError>>,
    {
        let work = async {
            let docker = self.docker().await?;
            call(docker).await.map_err(|error| DaemonError::from_bollard(name, error))
        };
        timeout(max, work).await.unwrap_or(Err(DaemonError::Slow { call: name, after: max }))
    }

    /// The connection, with the protocol version that the engine speaks.
    async fn docker(&self) -> Result<Docker, DaemonError> {
        let connect = || async {
            let docker = match &self.host {
                Some(host) => Docker::connect_with_host(host),
                None => Docker::connect_with_defaults(),
            };
            let docker = docker.map_err(|error| match error {
                BollardError::SocketNotFoundError(_) => DaemonError::Unreachable(Arc::new(error)),
                error => DaemonError::Configuration(Arc::new(error)),
            })?;
            let docker = docker.with_timeout(ACT_MAX);
            docker
                .negotiate_version()
                .await
                .map_err(|error| DaemonError::from_bollard("tell its version", error))
        };
        self.docker.get_or_try_init(connect).await.cloned()
    }

    /// The labels of those of `images` that are there.
    pub(crate) async fn images_present(
        &self,
        images: Vec<String>,
    ) -> Result<HashMap<String, Labels>, DaemonError> {
        if images.is_empty() {
            self.call("answer", ASK_MAX, |docker| async move { docker.ping().await }).await?;
        }
        let mut present = HashMap::with_capacity(images.len());
        for image in images {
            let name = &image;
            let found = self
                .call("look for an image", ASK_MAX, |docker| async move {
                    docker.inspect_image(name).await
                })
                .await;
            match found {
                Ok(found) => {
                    let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
                    present.insert(image, labels);
                }
                Err(DaemonError::Refused { status: 404, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(present)
    }

    /// Makes a container; it does not run yet.
    pub(crate) async fn create(&self, plan: &Plan<'_>) -> Result<(), DaemonError> {
        let body = body(plan);
        let options = CreateContainerOptions {
            name: Some(plan.name.to_owned()),
            ..CreateContainerOptions::default()
        };
        let created = self
            .call("make a container", ACT_MAX, |docker| async move {
                docker.create_container(Some(options), body).await
            })
            .await;
        match created {
            Ok(_) => Ok(()),
            Err(DaemonError::Refused { status: 404, .. }) => {
                Err(DaemonError::NoImage { image: plan.image.to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn attach(&self, id: &str) -> Result<Attached, DaemonError> {
        let options = AttachContainerOptions {
            stream: true,
            stdin: true,
            stdout: true,
            ..AttachContainerOptions::default()
        };
        let attached = self
            .call("attach to a container", ACT_MAX, |docker| async move {
                docker.attach_container(id, Some(options)).await
            })
            .await?;
        let output = attached.output.filter_map(async |piece| match piece {
            Ok(LogOutput::StdOut { message }) => Some(Ok(message)),
            // The agent writes nothing there; `stderr` is not asked for.
            Ok(LogOutput::StdErr { .. } | LogOutput::StdIn { .. }) => None,
            // Not framed as an engine frames it.
            Ok(LogOutput::Console { .. }) => Some(Err(io::ErrorKind::InvalidData.into())),
            Err(error) => Some(Err(io::Error::other(error))),
        });
        Ok(Attached { output: Box::pin(output), input: attached.input })
    }

    pub(crate) async fn start(&self, id: &str) -> Result<(), DaemonError> {
        self.call("start a container", ACT_MAX, |docker| async move {
            docker.start_container(id, None).await
        })
        .await
    }

    /// Tightens a running container.
    pub(crate) async fn tighten(
        &self,
        id: &str,
        memory_bytes: u64,
        processes: u32,
    ) -> Result<(), DaemonError> {
        let memory = signed(memory_bytes.saturating_add(AGENT_MEMORY_BYTES));
        let body = ContainerUpdateBody {
            memory: Some(memory),
            memory_swap: Some(memory),
            pids_limit: Some(signed(processes).saturating_add(1)),
            ..ContainerUpdateBody::default()
        };
        self.call("change a container", ACT_MAX, |docker| async move {
            docker.update_container(id, body).await
        })
        .await
    }

    /// Kills and removes a container. One that is gone, or going, is fine.
    pub(crate) async fn remove(&self, id: &str) -> Result<(), DaemonError> {
        let options = RemoveContainerOptions { force: true, ..RemoveContainerOptions::default() };
        match self
            .call("remove a container", ACT_MAX, |docker| async move {
                docker.remove_container(id, Some(options)).await
            })
            .await
        {
            Err(DaemonError::Refused { status: 404 | 409, .. }) => Ok(()),
            other => other,
        }
    }

    /// Whether the kernel took the container's first process for want of memory. `None` if the engine does not tell any more.
    pub(crate) async fn ran_out_of_memory(&self, id: &str) -> Option<bool> {
        let inspected = self
            .call("look at a container", ASK_MAX, |docker| async move {
                docker.inspect_container(id, None).await
            })
            .await;
        inspected.ok()?.state?.oom_killed
    }

    /// Every container of ours, whoever made it.
    pub(crate) async fn list(&self) -> Result<Vec<Listed>, DaemonError> {
        let filters = HashMap::from([("label".to_owned(), vec![owner::LABEL.to_owned()])]);
        let options = ListContainersOptions {
            all: true,
            filters: Some(filters),
            ..ListContainersOptions::default()
        };
        let found = self
            .call("list containers", ASK_MAX, |docker| async move {
                docker.list_containers(Some(options)).await
            })
            .await?;
        let listed = found.into_iter().filter_map(|container| {
            let name = container.names.and_then(|names| names.into_iter().next());
            Some(Listed {
                id: container.id?,
                name: name.unwrap_or_default().trim_start_matches('/').to_owned(),
                owner: container.labels?.remove(owner::LABEL)?,
            })
        });
        Ok(listed.collect())
    }
}

/// The whole configuration of a container: everything that a job could do harm with is off.
fn body(plan: &Plan<'_>) -> ContainerCreateBody {
    let Plan { shape, user, .. } = plan;
    let memory = signed(shape.memory_bytes.saturating_add(AGENT_MEMORY_BYTES));
    let tmpfs = |bytes: u64, files: u64| {
        format!(
            "rw,exec,nosuid,nodev,size={bytes},nr_inodes={files},mode=0700,uid={user},gid={user}"
        )
    };
    // Files and folders of the job, and the folder itself.
    let files = u64::from(shape.files).saturating_add(1);
    let ulimit = |name: &str, soft: i64| ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(soft),
        hard: Some(soft),
    };
    let host_config = HostConfig {
        network_mode: Some("none".to_owned()),
        readonly_rootfs: Some(true),
        tmpfs: Some(HashMap::from([
            ("/sandbox".to_owned(), tmpfs(shape.disk_bytes, files)),
            ("/tmp".to_owned(), tmpfs(shape.disk_bytes, files)),
            ("/program".to_owned(), tmpfs(PROGRAM_FOLDER_BYTES, PROGRAM_FOLDER_FILES)),
        ])),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges:true".to_owned()]),
        pids_limit: Some(signed(shape.processes).saturating_add(1)),
        memory: Some(memory),
        memory_swap: Some(memory),
        nano_cpus: Some(i64::from(shape.cpus).saturating_mul(1_000_000_000)),
        ulimits: Some(vec![
            ulimit("nofile", OPEN_FILES_MAX),
            ulimit("core", 0),
            ulimit("stack", STACK_BYTES),
            ulimit("fsize", signed(shape.disk_bytes.max(PROGRAM_FOLDER_BYTES))),
            ulimit("memlock", 64 << 10),
        ]),
        ipc_mode: Some("none".to_owned()),
        log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
        // Should this process die, the stream closes, the agent exits, and the engine cleans up.
        auto_remove: Some(true),
        ..HostConfig::default()
    };
    ContainerCreateBody {
        image: Some(plan.image.to_owned()),
        entrypoint: Some(
            std::iter::once(AGENT.to_owned()).chain(plan.resident.iter().cloned()).collect(),
        ),
        cmd: Some(Vec::new()),
        env: Some(plan.env.to_vec()),
        user: Some(format!("{user}:{user}")),
        hostname: Some("sandbox".to_owned()),
        working_dir: Some("/sandbox".to_owned()),
        labels: Some(HashMap::from([
            (owner::LABEL.to_owned(), plan.owner.to_owned()),
            ("coderunner.language".to_owned(), plan.language.to_owned()),
        ])),
        // The agent takes no signals; an engine that stops is not to wait for it.
        stop_signal: Some("SIGKILL".to_owned()),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        open_stdin: Some(true),
        stdin_once: Some(true),
        tty: Some(false),
        network_disabled: Some(true),
        host_config: Some(host_config),
        ..ContainerCreateBody::default()
    }
}

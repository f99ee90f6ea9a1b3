//! The container backend: every execution has a warm, single-use Docker container of its own.
//!
//! - `daemon`: the engine, each call under a time-out and the circuit breaker (`breaker`)
//! - `owner`: whose containers are whose
//! - `container`: a started container with its agent (`coderunner-agent`, `docs/agent-protocol.md`) on the attached stream
//! - `pool`: warm containers ahead of the jobs
//! - `execution`: one job in one container; `cache`: compiled programs, for fresh containers only
//! - [`DockerExecutor`]: all of it behind the `Executor` trait
//!
//! Nothing of the host is mounted: files go in and out as frames. What a job could reach is in `docs/threat-model.md`.

mod breaker;
mod cache;
mod container;
mod daemon;
mod execution;
mod executor;
mod owner;
mod pool;
mod settings;

pub use container::ContainerError;
pub use daemon::DaemonError;
pub use execution::{COMPILE_CPU, COMPILE_WALL};
pub use executor::{DockerExecutor, PoolState};
pub use settings::{PoolSettings, Settings};

//! How the container backend is set up.

use std::{collections::HashMap, time::Duration};

use coderunner_executor::LanguageId;

/// Settings of a [`DockerExecutor`](crate::DockerExecutor).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the engine listens (`unix:///var/run/docker.sock`, `tcp://…`). Without it `DOCKER_HOST`, else the usual socket.
    pub host: Option<String>,
    /// The pool of a language that has none of its own in [`Settings::pools`].
    pub pool: PoolSettings,
    /// Pools of single languages.
    pub pools: HashMap<LanguageId, PoolSettings>,
    /// Images to use instead of the recipes' own. They must hold an agent that speaks this version's protocol at `/coderunner-agent`.
    pub images: HashMap<LanguageId, String>,
    /// Compiled programs that are remembered, in bytes; 0 remembers none.
    pub program_cache_bytes: u64,
    /// Processors that a container may use.
    pub cpus: u32,
}

/// How many containers a language has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Warm containers that are always kept. With 0 nothing is made ahead until jobs come.
    pub min: usize,
    /// The most jobs at one time, and the most warm containers when there is a rush.
    pub max: usize,
    /// Jobs that may wait for one of them; more are refused at once.
    pub queue: usize,
    /// A pool that nobody used for this long shrinks by one container, down to `min`.
    pub idle: Duration,
}

impl Default for PoolSettings {
    /// For a service on a small machine: 1 warm container, at most 4, 64 jobs waiting.
    fn default() -> Self {
        Self { min: 1, max: 4, queue: 64, idle: Duration::from_mins(1) }
    }
}

impl PoolSettings {
    /// Nothing ahead: each job makes its container. For a process that runs one job and ends.
    pub const ON_DEMAND: Self = Self { min: 0, max: 4, queue: 64, idle: Duration::from_secs(1) };
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: None,
            pool: PoolSettings::default(),
            pools: HashMap::new(),
            images: HashMap::new(),
            program_cache_bytes: 128 << 20,
            cpus: 1,
        }
    }
}

impl Settings {
    /// For a process that runs one job and ends: containers are made when they are needed, and no program is remembered.
    #[must_use]
    pub fn on_demand() -> Self {
        Self { pool: PoolSettings::ON_DEMAND, program_cache_bytes: 0, ..Self::default() }
    }

    pub(crate) fn pool_of(&self, language: &LanguageId) -> PoolSettings {
        self.pools.get(language).copied().unwrap_or(self.pool)
    }
}

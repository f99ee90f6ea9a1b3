//! What `serve` is configured with: a table of settings, and where each value comes from.
//!
//! Weakest first: the default, the file (`--config`, TOML), the environment (`CODERUNNER_SERVER_LISTEN` for `server.listen`), the command line.
//! A value that is wrong is refused with the place where it stands and what is allowed there.

use std::{
    collections::BTreeMap,
    env, fmt, fs,
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use coderunner_executor::{AdmissionLimits, LanguageId, Limits};
use coderunner_fallback::PoolSettings;
use coderunner_languages::{Backend, Registry};
use coderunner_server::{
    CEILING, Rules, Settings, Stores,
    access::{Access, Allowance, Key, Origins, Rate, Scope},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The largest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Keys in one file.
const KEYS_MAX: usize = 10_000;

/// One setting.
struct Setting {
    name: &'static str,
    kind: Kind,
    default: Fallback,
    /// Whether it takes effect when the file changes; the others need a restart.
    live: bool,
    help: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Address,
    Switch,
    List,
    Number { min: u64, max: u64 },
}

enum Fallback {
    Text(&'static str),
    Number(u64),
    Cores,
    /// So many times what the machine has, in MiB.
    Memory {
        times: u64,
    },
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Switch(bool),
    Number(u64),
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Switch(switch) => write!(f, "{switch}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::List(list) => write!(f, "{list:?}"),
        }
    }
}

const fn number(
    name: &'static str,
    min: u64,
    max: u64,
    default: u64,
    live: bool,
    help: &'static str,
) -> Setting {
    Setting {
        name,
        kind: Kind::Number { min, max },
        default: Fallback::Number(default),
        live,
        help,
    }
}

const fn text(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    live: bool,
    help: &'static str,
) -> Setting {
    Setting { name, kind, default: Fallback::Text(default), live, help }
}

const fn cores(name: &'static str, help: &'static str) -> Setting {
    Setting {
        name,
        kind: Kind::Number { min: 1, max: 1024 },
        default: Fallback::Cores,
        live: false,
        help,
    }
}

const fn memory(name: &'static str, times: u64, help: &'static str) -> Setting {
    let kind = Kind::Number { min: 64, max: 1 << 30 };
    Setting { name, kind, default: Fallback::Memory { times }, live: false, help }
}

/// What the machine has, in MiB; a modest guess where it does not say.
fn machine_memory_mb() -> u64 {
    const GUESS_MB: u64 = 2048;
    let told = fs::read_to_string("/proc/meminfo").ok();
    let total_kb = told.as_deref().and_then(|told| {
        told.lines().find_map(|line| {
            line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok()
        })
    });
    total_kb.map_or(GUESS_MB, |kb| (kb >> 10).max(64))
}

/// A day: no time is longer.
const MS_MAX: u64 = 86_400_000;

/// Every setting.
const SETTINGS: &[Setting] = &[
    text("server.listen", Kind::Address, "127.0.0.1:8080", false, "the address to listen on"),
    text(
        "server.public",
        Kind::Switch,
        "false",
        false,
        "let callers without a key in on an address that others can reach",
    ),
    cores("server.guest_threads", "threads that run WebAssembly guests"),
    cores("server.network_threads", "threads that serve the network"),
    number("server.connections_max", 1, 1_000_000, 10_000, false, "connections at one time"),
    number(
        "server.notice_ms",
        0,
        MS_MAX,
        0,
        false,
        "how long /readyz says that the end is near before no more work is taken",
    ),
    number(
        "server.drain_ms",
        0,
        MS_MAX,
        20_000,
        false,
        "how long running programs may go on at the end",
    ),
    number("request.header_kb", 8, 1024, 32, false, "the longest head of a request"),
    number(
        "request.header_time_ms",
        100,
        MS_MAX,
        30_000,
        false,
        "the longest that a head may take, and a connection be idle",
    ),
    number("request.body_mb", 1, 1024, 16, false, "the longest body of a request"),
    number("request.body_time_ms", 100, MS_MAX, 30_000, false, "the longest that a body may take"),
    number("request.bodies_mb", 16, 1 << 20, 512, false, "the bodies of all requests together"),
    number(
        "request.refusals_per_second",
        1,
        1_000_000,
        4000,
        false,
        "refusals that are answered at once; more come evenly, to leave the processors to programs",
    ),
    number(
        "cache.size_mb",
        0,
        1 << 20,
        64,
        false,
        "answers of earlier runs that are kept for callers who allow it; 0 keeps none",
    ),
    number("cache.age_ms", 1000, 7 * MS_MAX, 3_600_000, false, "how long an answer is kept"),
    number("limits.wall_ms", 1, MS_MAX, 60_000, true, "the most that a program may ask for"),
    number("limits.cpu_ms", 1, MS_MAX, 30_000, true, ""),
    number("limits.memory_mb", 1, 1 << 20, 1024, true, ""),
    number("limits.output_kb", 1, 1 << 20, 16_384, true, ""),
    number("limits.disk_mb", 1, 1 << 20, 256, true, ""),
    number("limits.files", 1, 1 << 20, 4096, true, ""),
    number("limits.processes", 1, 4096, 128, true, ""),
    number(
        "containers.pool_min",
        0,
        1000,
        1,
        false,
        "warm containers that are kept for each language; [languages.go] may have pool = { min, max } and image of its own",
    ),
    number("containers.pool_max", 1, 1000, 4, false, "containers of each language at most"),
    number(
        "admission.guests_per_thread",
        1,
        1024,
        8,
        false,
        "guests that compute at one time, for each guest thread",
    ),
    number(
        "admission.guests_live_max",
        1,
        100_000,
        1000,
        false,
        "guests that have started and not ended",
    ),
    memory(
        "admission.guests_memory_mb",
        4,
        "what the memory limits of guests that have started and not ended add up to; few use all that they may, so by default four times what the machine has",
    ),
    number(
        "admission.containers_max",
        1,
        10_000,
        64,
        false,
        "programs that run in containers at one time",
    ),
    memory(
        "admission.containers_memory_mb",
        2,
        "the same of containers; by default twice what the machine has",
    ),
    number(
        "admission.queue_max",
        1,
        100_000,
        1024,
        false,
        "programs that wait for their turn, for each backend",
    ),
    number("admission.wait_ms", 1, MS_MAX, 10_000, false, "the longest that one waits"),
    number(
        "store.files_max",
        1,
        1_000_000,
        10_000,
        false,
        "files of Jobe's clients that are kept, and sessions of LibreChat's",
    ),
    number("store.files_mb", 1, 1 << 20, 256, false, "what each of the two may take together"),
    number(
        "store.files_ms",
        1000,
        MS_MAX,
        MS_MAX,
        false,
        "how long they are kept after their last use",
    ),
    number(
        "store.submissions_max",
        1,
        1_000_000,
        20_000,
        false,
        "submissions of Judge0's clients that are kept",
    ),
    number("store.submissions_mb", 1, 1 << 20, 256, false, "what they may take together"),
    number("store.submissions_waiting_max", 1, 1_000_000, 1000, false, "of them wait or run"),
    number("store.submissions_ms", 1000, MS_MAX, 3_600_000, false, "how long they are kept"),
    text(
        "access.origins",
        Kind::List,
        "",
        true,
        "pages that may send requests without a key; `*` for all",
    ),
    text(
        "access.trusted_proxies",
        Kind::List,
        "",
        true,
        "addresses of proxies whose X-Forwarded-For is believed",
    ),
    number(
        "access.address_per_minute",
        0,
        1_000_000_000,
        0,
        true,
        "requests of one address in a minute, with keys or without; 0 does not count them",
    ),
    number("access.address_burst", 1, 1_000_000, 50, true, "of which so many at once"),
    number(
        "access.anonymous_per_minute",
        0,
        1_000_000_000,
        0,
        true,
        "the same without a key; a public server has 60 unless this says otherwise",
    ),
    number("access.anonymous_burst", 1, 1_000_000, 20, true, ""),
    number(
        "access.anonymous_jobs_max",
        1,
        100_000,
        8,
        true,
        "programs of one address that run and wait at one time, on a public server",
    ),
    text(
        "trace.otlp_endpoint",
        Kind::Text,
        "",
        false,
        "where traces are sent, by OTLP over gRPC: http://127.0.0.1:4317; empty for nowhere",
    ),
    number(
        "trace.sample_per_mille",
        0,
        1000,
        1000,
        false,
        "how many of a thousand requests are traced whose callers do not say",
    ),
    text("log.level", Kind::Text, "info", true, "error, warn, info, debug or trace"),
    text("log.format", Kind::Text, "text", false, "text or json"),
    text(
        "log.audit",
        Kind::Switch,
        "false",
        true,
        "a line for each program: who, language, digest, outcome, cost",
    ),
];

/// What a table of `[[keys]]` has.
const KEY_SETTINGS: &[Setting] = &[
    text("name", Kind::Text, "", true, "what it is called in logs"),
    text(
        "sha256",
        Kind::Text,
        "",
        true,
        "digest of the key; `coderunner config --new-key` makes both",
    ),
    text("scopes", Kind::List, "run", true, "run, metrics"),
    text("origins", Kind::List, "", true, "the pages that may use it: makes it a publishable key"),
    number("per_minute", 1, 1_000_000_000, 6000, true, "requests in a minute"),
    number("burst", 1, 1_000_000, 500, true, "of which so many at once"),
    number("jobs_max", 1, 100_000, 256, true, "programs that run and wait at one time"),
    number("wall_ms", 1, MS_MAX, MS_MAX, true, "the most that a program may ask for"),
    number("cpu_ms", 1, MS_MAX, MS_MAX, true, ""),
    number("memory_mb", 1, 1 << 20, 1 << 20, true, ""),
];

impl Setting {
    fn default(&self) -> Value {
        match self.default {
            Fallback::Number(number) => Value::Number(number),
            Fallback::Cores => {
                Value::Number(std::thread::available_parallelism().map_or(1, |n| n.get() as u64))
            }
            Fallback::Memory { times } => Value::Number(machine_memory_mb() * times),
            Fallback::Text(text) => {
                self.parse(text).unwrap_or_else(|_| Value::Text(text.to_owned()))
            }
        }
    }

    /// The value as it is written in the environment or on the command line.
    fn parse(&self, text: &str) -> anyhow::Result<Value> {
        let value = match self.kind {
            Kind::Text | Kind::Address => Value::Text(text.to_owned()),
            Kind::Switch => Value::Switch(match text {
                "true" | "1" | "yes" => true,
                "false" | "0" | "no" => false,
                _ => bail!("{text:?} is neither true nor false"),
            }),
            Kind::List => Value::List(
                text.split(',')
                    .map(str::trim)
                    .filter(|t| !t.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            Kind::Number { .. } => {
                Value::Number(text.parse().with_context(|| format!("{text:?} is no number"))?)
            }
        };
        self.check(value)
    }

    /// The value as it is written in the file.
    fn read(&self, value: &DeValue<'_>) -> anyhow::Result<Value> {
        let value = match (self.kind, value) {
            (Kind::Text | Kind::Address, DeValue::String(text)) => Value::Text(text.to_string()),
            (Kind::Switch, DeValue::Boolean(switch)) => Value::Switch(*switch),
            (Kind::Number { .. }, DeValue::Integer(number)) => {
                let digits = number.as_str().replace('_', "");
                let parsed = u64::from_str_radix(&digits, number.radix());
                Value::Number(
                    parsed.with_context(|| format!("{digits} is not {}", self.allowed()))?,
                )
            }
            (Kind::List, DeValue::Array(items)) => Value::List(
                items
                    .iter()
                    .map(|item| {
                        item.get_ref()
                            .as_str()
                            .map(str::to_owned)
                            .context("a list of texts is wanted")
                    })
                    .collect::<anyhow::Result<_>>()?,
            ),
            (_, other) => bail!("{} is wanted, not {}", self.allowed(), other.type_str()),
        };
        self.check(value)
    }

    fn check(&self, value: Value) -> anyhow::Result<Value> {
        match (self.kind, &value) {
            (Kind::Number { min, max }, Value::Number(number)) => {
                ensure!((min..=max).contains(number), "{number} is not {}", self.allowed());
            }
            (Kind::Address, Value::Text(text)) => {
                ensure!(text.parse::<SocketAddr>().is_ok(), "{text:?} is not {}", self.allowed());
            }
            _ => {}
        }
        Ok(value)
    }

    fn allowed(&self) -> String {
        match self.kind {
            Kind::Text => "a text".to_owned(),
            Kind::Address => "an address with a port, such as 127.0.0.1:8080".to_owned(),
            Kind::Switch => "true or false".to_owned(),
            Kind::List => "a list of texts".to_owned(),
            Kind::Number { min, max } => format!("a number from {min} to {max}"),
        }
    }

    /// Its name in the environment.
    fn variable(&self) -> String {
        format!("CODERUNNER_{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// Every value that is in force, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    values: BTreeMap<&'static str, (Value, String)>,
    keys: Vec<Key>,
    languages: BTreeMap<LanguageId, OfLanguage>,
}

/// What a table of `[languages.ID]` says of a language that runs in containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfLanguage {
    image: Option<String>,
    pool: Option<PoolBounds>,
}

/// How many containers are kept, and how many there are at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PoolBounds {
    min: usize,
    max: usize,
}

impl Config {
    /// Reads everything. `flags` are what the command line says, by the names of settings.
    pub(crate) fn load(
        file: Option<&Path>,
        flags: &[(&'static str, String)],
    ) -> anyhow::Result<Self> {
        let mut config = Self::default();
        if let Some(path) = file {
            let name = path.display().to_string();
            let size = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
            ensure!(size <= FILE_BYTES_MAX, "{name} is larger than {} KiB", FILE_BYTES_MAX >> 10);
            let text =
                fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
            config.read(&name, &text)?;
        }
        for setting in SETTINGS {
            let variable = setting.variable();
            if let Some(text) = env::var_os(&variable) {
                let text = text.to_string_lossy();
                let value = setting
                    .parse(&text)
                    .with_context(|| format!("{variable}: {} is wanted", setting.allowed()))?;
                config.values.insert(setting.name, (value, variable));
            }
        }
        for (name, text) in flags {
            let setting = find(name)?;
            let value = setting.parse(text)?;
            config.values.insert(setting.name, (value, "the command line".to_owned()));
        }
        config.check()?;
        Ok(config)
    }

    fn default() -> Self {
        let values = SETTINGS
            .iter()
            .map(|setting| (setting.name, (setting.default(), "default".to_owned())))
            .collect();
        Self { values, keys: Vec::new(), languages: BTreeMap::new() }
    }

    fn read(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let document = DeTable::parse(text).with_context(|| format!("{name} is no TOML"))?;
        let place =
            |at: usize| format!("{name}:{}", text[..at.min(text.len())].lines().count().max(1));
        for (section, table) in document.get_ref() {
            let at = place(section.span().end);
            if section.get_ref() == "keys" {
                let tables =
                    table.get_ref().as_array().with_context(|| format!("{at}: write [[keys]]"))?;
                ensure!(tables.len() <= KEYS_MAX, "{at}: at most {KEYS_MAX} keys are taken");
                for table in tables {
                    self.keys.push(key(table, &place)?);
                }
                continue;
            }
            let table = table
                .get_ref()
                .as_table()
                .with_context(|| format!("{at}: {:?} is no section", section.get_ref()))?;
            if section.get_ref() == "languages" {
                for (id, table) in table {
                    let (id, of) = language(id.get_ref(), table, &place)?;
                    self.languages.insert(id, of);
                }
                continue;
            }
            for (field, value) in table {
                let at = place(field.span().end);
                let full = format!("{}.{}", section.get_ref(), field.get_ref());
                let setting = find(&full).with_context(|| at.clone())?;
                let value =
                    setting.read(value.get_ref()).with_context(|| format!("{at}: {full}"))?;
                self.values.insert(setting.name, (value, at));
            }
        }
        Ok(())
    }

    /// What no single value can tell.
    fn check(&self) -> anyhow::Result<()> {
        for proxy in self.list("access.trusted_proxies") {
            let at = &self.values["access.trusted_proxies"].1;
            ensure!(
                proxy.parse::<IpAddr>().is_ok(),
                "{at}: access.trusted_proxies: {proxy:?} is no address"
            );
        }
        for (name, allowed) in [
            ("log.level", ["error", "warn", "info", "debug", "trace"].as_slice()),
            ("log.format", &["text", "json"]),
        ] {
            let (value, at) = (self.text(name), &self.values[name].1);
            ensure!(
                allowed.contains(&value),
                "{at}: {name}: {value:?} is not one of {}",
                allowed.join(", ")
            );
        }
        let (endpoint, at) =
            (self.text("trace.otlp_endpoint"), &self.values["trace.otlp_endpoint"].1);
        ensure!(
            endpoint.is_empty() || endpoint.starts_with("http://"),
            "{at}: trace.otlp_endpoint: {endpoint:?} does not start with http://; a collector on this machine or network is wanted"
        );
        if !self.listen().ip().is_loopback()
            && self.keys.is_empty()
            && !self.switch("server.public")
        {
            bail!(
                "{} can be reached by others, and there are no keys: add some (`coderunner config --new-key NAME`), or say --public if everybody may run programs here",
                self.listen()
            );
        }
        Ok(())
    }

    fn value(&self, name: &str) -> &Value {
        &self.values[name].0
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Number(number) => *number,
            _ => 0,
        }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn switch(&self, name: &str) -> bool {
        *self.value(name) == Value::Switch(true)
    }

    fn list(&self, name: &str) -> &[String] {
        match self.value(name) {
            Value::List(list) => list,
            _ => &[],
        }
    }

    fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    fn millis(&self, name: &str) -> Duration {
        Duration::from_millis(self.number(name))
    }

    pub(crate) fn listen(&self) -> SocketAddr {
        self.text("server.listen").parse().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    pub(crate) fn threads(&self, name: &str) -> std::num::NonZeroUsize {
        std::num::NonZeroUsize::new(self.size(name)).unwrap_or(std::num::NonZeroUsize::MIN)
    }

    /// The backend of containers.
    pub(crate) fn containers(&self) -> coderunner_fallback::Settings {
        let mut settings = coderunner_fallback::Settings::default();
        let of = |PoolBounds { min, max }| PoolSettings { min, max, ..PoolSettings::default() };
        let max = self.size("containers.pool_max");
        settings.pool = of(PoolBounds { min: self.size("containers.pool_min").min(max), max });
        for (id, language) in &self.languages {
            settings.images.extend(language.image.clone().map(|image| (id.clone(), image)));
            settings.pools.extend(language.pool.map(|pool| (id.clone(), of(pool))));
        }
        settings
    }

    /// The bounds of the server.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            rules: self.rules(),
            connections_max: self.size("server.connections_max"),
            notice: self.millis("server.notice_ms"),
            drain: self.millis("server.drain_ms"),
            header_bytes_max: self.size("request.header_kb") << 10,
            header_time_max: self.millis("request.header_time_ms"),
            body_bytes_max: self.size("request.body_mb") << 20,
            body_time_max: self.millis("request.body_time_ms"),
            bodies_bytes_max: self.size("request.bodies_mb") << 20,
            stores: Stores {
                files_max: self.size("store.files_max"),
                files_bytes_max: self.size("store.files_mb") << 20,
                files_time_max: self.millis("store.files_ms"),
                submissions_max: self.size("store.submissions_max"),
                submissions_bytes_max: self.size("store.submissions_mb") << 20,
                submissions_waiting_max: self.size("store.submissions_waiting_max"),
                submissions_time_max: self.millis("store.submissions_ms"),
            },
            refusals_per_second: u32::try_from(self.number("request.refusals_per_second"))
                .unwrap_or(u32::MAX),
            cache_bytes_max: self.number("cache.size_mb") << 20,
            cache_age_max: self.millis("cache.age_ms"),
            ..Settings::default()
        }
    }

    /// What can change while the server runs.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            ceiling: Limits {
                wall: self.millis("limits.wall_ms"),
                cpu: self.millis("limits.cpu_ms"),
                memory_bytes: self.number("limits.memory_mb") << 20,
                output_bytes: self.number("limits.output_kb") << 10,
                disk_bytes: self.number("limits.disk_mb") << 20,
                files: u32::try_from(self.number("limits.files")).unwrap_or(CEILING.files),
                processes: u32::try_from(self.number("limits.processes"))
                    .unwrap_or(CEILING.processes),
            },
            access: self.access(),
        }
    }

    fn access(&self) -> Access {
        /// What a public server allows each address where nobody says otherwise.
        const PUBLIC_PER_MINUTE: u64 = 60;
        let (loopback, public) = (self.listen().ip().is_loopback(), self.switch("server.public"));
        let per_minute = match self.number("access.anonymous_per_minute") {
            0 if public => PUBLIC_PER_MINUTE,
            number => number,
        };
        let anonymous = (loopback || public).then(|| Allowance {
            ceiling: None,
            jobs_max: if public { self.size("access.anonymous_jobs_max") } else { usize::MAX },
            rate: rate(per_minute, self.number("access.anonymous_burst")),
        });
        let listed = self.list("access.origins");
        let origins = if listed.iter().any(|origin| origin == "*") {
            Origins::Any
        } else if loopback && !public && listed.is_empty() {
            Origins::Loopback
        } else {
            Origins::Listed(listed.to_vec())
        };
        Access {
            anonymous,
            keys: self.keys.clone(),
            origins,
            address_rate: rate(
                self.number("access.address_per_minute"),
                self.number("access.address_burst"),
            ),
            trusted_proxies: self
                .list("access.trusted_proxies")
                .iter()
                .filter_map(|proxy| proxy.parse().ok())
                .collect(),
        }
    }

    fn admission(&self, running_max: usize, live_max: usize, memory: &str) -> AdmissionLimits {
        AdmissionLimits {
            running_max,
            live_max,
            memory_bytes_max: self.number(memory) << 20,
            queue_max: self.size("admission.queue_max"),
            wait_max: self.millis("admission.wait_ms"),
        }
    }

    /// The bounds of WebAssembly guests.
    pub(crate) fn guest_admission(&self) -> AdmissionLimits {
        let threads = self.size("server.guest_threads");
        let running_max = threads.saturating_mul(self.size("admission.guests_per_thread"));
        let live_max = self.size("admission.guests_live_max");
        self.admission(running_max, live_max, "admission.guests_memory_mb")
    }

    /// The bounds of containers. Each language's pool has a bound and a queue of its own behind this.
    pub(crate) fn container_admission(&self) -> AdmissionLimits {
        let running_max = self.size("admission.containers_max");
        self.admission(running_max, running_max, "admission.containers_memory_mb")
    }

    /// Settings that `other` changes and that need a restart.
    pub(crate) fn needs_restart(&self, other: &Self) -> Vec<&'static str> {
        let changed = SETTINGS
            .iter()
            .filter(|setting| {
                !setting.live && self.value(setting.name) != other.value(setting.name)
            })
            .map(|setting| setting.name);
        let languages = (self.languages != other.languages).then_some("languages");
        changed.chain(languages).collect()
    }

    /// What is in force, for people, as TOML.
    pub(crate) fn describe(&self) -> String {
        use fmt::Write as _;
        let mut text = String::new();
        let mut section = "";
        for setting in SETTINGS {
            let (own, field) = setting.name.split_once('.').unwrap_or(("", setting.name));
            // Writing to text does not fail.
            if own != section {
                let _ = writeln!(text, "{}[{own}]", if section.is_empty() { "" } else { "\n" });
                section = own;
            }
            let (value, source) = &self.values[setting.name];
            let help =
                if setting.help.is_empty() { String::new() } else { format!("; {}", setting.help) };
            let _ = writeln!(text, "{:<40} # {source}{help}", format!("{field} = {value}"));
        }
        for (id, OfLanguage { image, pool }) in &self.languages {
            let _ = writeln!(text, "\n[languages.{id}]");
            if let Some(image) = image {
                let _ = writeln!(text, "image = {image:?}");
            }
            if let Some(PoolBounds { min, max }) = pool {
                let _ = writeln!(text, "pool = {{ min = {min}, max = {max} }}");
            }
        }
        for key in &self.keys {
            let _ = writeln!(text, "\n[[keys]] # {}", key.name);
        }
        text
    }
}

fn rate(per_minute: u64, burst: u64) -> Option<Rate> {
    let per_minute = u32::try_from(per_minute).unwrap_or(u32::MAX);
    (per_minute > 0).then(|| Rate { per_minute, burst: u32::try_from(burst).unwrap_or(u32::MAX) })
}

fn find(name: &str) -> anyhow::Result<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name).with_context(|| {
        let section = name.split('.').next().unwrap_or_default();
        let there: Vec<_> = SETTINGS
            .iter()
            .filter_map(|setting| setting.name.strip_prefix(section)?.strip_prefix('.'))
            .collect();
        if there.is_empty() {
            let mut sections: Vec<_> =
                SETTINGS.iter().filter_map(|s| s.name.split('.').next()).collect();
            sections.dedup();
            format!(
                "there is no setting {name:?}; sections are {}, languages, keys",
                sections.join(", ")
            )
        } else {
            format!("there is no setting {name:?}; {section} has {}", there.join(", "))
        }
    })
}

/// One table of `[languages.ID]`.
fn language(
    name: &str,
    table: &Spanned<DeValue<'_>>,
    place: &dyn Fn(usize) -> String,
) -> anyhow::Result<(LanguageId, OfLanguage)> {
    let at = place(table.span().start + 1);
    let registry = Registry::embedded().context("the manifests of this build are wrong")?;
    let language = registry.find(name).with_context(|| at.clone())?;
    ensure!(
        matches!(language.backend, Backend::Container(_)),
        "{at}: languages.{name}: {} runs as WebAssembly, without image and pool",
        language.name
    );
    let fields =
        table.get_ref().as_table().with_context(|| format!("{at}: write [languages.{name}]"))?;
    let mut of = OfLanguage::default();
    for (field, value) in fields {
        let at = place(field.span().end);
        let full = format!("languages.{name}.{}", field.get_ref());
        match (field.get_ref().as_ref(), value.get_ref()) {
            ("image", DeValue::String(image)) if !image.is_empty() => {
                of.image = Some(image.to_string());
            }
            ("image", _) => bail!("{at}: {full}: the name of an image is wanted"),
            ("pool", value) => {
                of.pool = Some(pool(value).with_context(|| format!("{at}: {full}"))?);
            }
            _ => bail!("{at}: there is no {full}; a language has image, pool"),
        }
    }
    Ok((language.id.clone(), of))
}

/// The settings of a pool, whose bounds are those of all pools.
fn pool(value: &DeValue<'_>) -> anyhow::Result<PoolBounds> {
    let fields = value.as_table().context("{ min = …, max = … } is wanted")?;
    let (mut min, mut max) = (None, None);
    for (field, value) in fields {
        let (bound, setting) = match field.get_ref().as_ref() {
            "min" => (&mut min, find("containers.pool_min")?),
            "max" => (&mut max, find("containers.pool_max")?),
            other => bail!("a pool has no {other:?}; it has min, max"),
        };
        if let Value::Number(number) =
            setting.read(value.get_ref()).context(field.get_ref().to_string())?
        {
            *bound = usize::try_from(number).ok();
        }
    }
    let default = PoolSettings::default();
    let max = max.unwrap_or(default.max.max(min.unwrap_or(0)));
    let min = min.unwrap_or(default.min.min(max));
    ensure!(min <= max, "min is {min}, more than max, which is {max}");
    Ok(PoolBounds { min, max })
}

fn key(table: &Spanned<DeValue<'_>>, place: &dyn Fn(usize) -> String) -> anyhow::Result<Key> {
    let at = place(table.span().start + 1);
    let fields = table.get_ref().as_table().with_context(|| format!("{at}: write [[keys]]"))?;
    let mut values: BTreeMap<_, _> =
        KEY_SETTINGS.iter().map(|setting| (setting.name, setting.default())).collect();
    for (field, value) in fields {
        let at = place(field.span().end);
        let setting = KEY_SETTINGS.iter().find(|setting| setting.name == field.get_ref());
        let setting = setting.with_context(|| {
            let there: Vec<_> = KEY_SETTINGS.iter().map(|setting| setting.name).collect();
            format!("{at}: a key has no {:?}; it has {}", field.get_ref(), there.join(", "))
        })?;
        let value =
            setting.read(value.get_ref()).with_context(|| format!("{at}: {}", setting.name))?;
        values.insert(setting.name, value);
    }
    let config = Config {
        values: values.into_iter().map(|(n, v)| (n, (v, String::new()))).collect(),
        ..Config::default()
    };
    let name = config.text("name").to_owned();
    ensure!(!name.is_empty(), "{at}: a key needs a name");
    let digest = parse_digest(config.text("sha256"))
        .with_context(|| format!("{at}: sha256 has to be 64 hexadecimal digits; `coderunner config --new-key {name}` makes a key"))?;
    let scopes = config
        .list("scopes")
        .iter()
        .map(|scope| {
            [Scope::Run, Scope::Metrics].into_iter().find(|own| own.as_str() == scope).with_context(
                || format!("{at}: there is no scope {scope:?}; there are run, metrics"),
            )
        })
        .collect::<anyhow::Result<_>>()?;
    let ceiling = Limits {
        wall: config.millis("wall_ms"),
        cpu: config.millis("cpu_ms"),
        memory_bytes: config.number("memory_mb") << 20,
        output_bytes: u64::MAX,
        disk_bytes: u64::MAX,
        files: u32::MAX,
        processes: u32::MAX,
    };
    Ok(Key {
        name,
        digest,
        scopes,
        origins: config.list("origins").to_vec(),
        allowance: Allowance {
            ceiling: Some(ceiling),
            jobs_max: config.size("jobs_max"),
            rate: rate(config.number("per_minute"), config.number("burst")),
        },
    })
}

fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Config> {
        let mut config = Config::default();
        config.read("c.toml", text)?;
        config.check()?;
        Ok(config)
    }

    fn wrong(text: &str) -> String {
        format!("{:#}", read(text).expect_err(text))
    }

    #[test]
    fn defaults_are_those_of_the_server() {
        let (ours, theirs) = (Config::default().settings(), Settings::default());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        for setting in SETTINGS.iter().chain(KEY_SETTINGS) {
            assert!(setting.check(setting.default()).is_ok(), "{}", setting.name);
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        assert_eq!(
            wrong("[server]\nlisten = \"127.0.0.1:1\"\n\n[limits]\nwall_ms = 0\n"),
            "c.toml:5: limits.wall_ms: 0 is not a number from 1 to 86400000"
        );
        assert_eq!(
            wrong("[limits]\nwall_ms = \"1s\""),
            "c.toml:2: limits.wall_ms: a number from 1 to 86400000 is wanted, not string"
        );
        assert!(
            wrong("[log]\nlevl = \"info\"")
                .starts_with("c.toml:2: there is no setting \"log.levl\"; log has level, format")
        );
        assert!(wrong("[lmits]\na = 1").contains("sections are server, request"));
        assert!(
            wrong("[limits]\nwall_ms = -1")
                .starts_with("c.toml:2: limits.wall_ms: -1 is not a number")
        );
        assert!(wrong("[server]\nlisten = \"here\"").contains("is not an address with a port"));
        assert!(wrong("[[keys]]\nname = \"a\"").contains("sha256 has to be 64 hexadecimal digits"));
        assert!(
            wrong("[[keys]]\nname = \"a\"\nscope = []")
                .starts_with("c.toml:3: a key has no \"scope\"")
        );
        assert!(
            wrong("[log]\nlevel = \"loud\"")
                .starts_with("c.toml:2: log.level: \"loud\" is not one of")
        );
    }

    #[test]
    fn others_are_not_let_in_by_accident() {
        let open = "[server]\nlisten = \"0.0.0.0:80\"\n";
        assert!(wrong(open).contains("there are no keys"));
        assert!(read(&format!("{open}public = true")).is_ok());
        let key = format!("[[keys]]\nname = \"a\"\nsha256 = \"{}\"", "0".repeat(64));
        let config = read(&format!("{open}{key}")).expect("there is a key");
        assert!(config.access().anonymous.is_none());
        let public = read(&format!("{open}public = true")).expect("it says so").access();
        assert!(public.anonymous.is_some_and(|anonymous| anonymous.rate.is_some()));
        assert_eq!(public.origins, Origins::Listed(Vec::new()));
    }

    #[test]
    fn languages_have_images_and_pools_of_their_own() {
        let config = read(
            "[containers]\npool_max = 9\n[languages.go]\nimage = \"mine:1\"\npool = { min = 2, max = 3 }\n[languages.\"c++\"]\npool = { min = 6 }",
        )
        .expect("it is right");
        let settings = config.containers();
        let id = |name: &str| LanguageId::new(name);
        assert_eq!(settings.images[&id("go")], "mine:1");
        assert_eq!((settings.pools[&id("go")].min, settings.pools[&id("go")].max), (2, 3));
        assert_eq!((settings.pools[&id("cpp")].min, settings.pools[&id("cpp")].max), (6, 6));
        assert_eq!((settings.pool.min, settings.pool.max), (1, 9));
        assert!(
            config
                .describe()
                .contains("[languages.go]\nimage = \"mine:1\"\npool = { min = 2, max = 3 }")
        );
        assert_eq!(Config::default().needs_restart(&config), ["containers.pool_max", "languages"]);
        assert!(
            wrong("[languages.go]\npool = { min = 3, max = 2 }")
                .starts_with("c.toml:2: languages.go.pool: min is 3")
        );
        assert!(
            wrong("[languages.go]\npool = { max = 0 }")
                .contains("0 is not a number from 1 to 1000")
        );
        assert!(
            wrong("[languages.go]\nimages = 1")
                .starts_with("c.toml:2: there is no languages.go.images")
        );
        assert!(wrong("[languages.python]\nimage = \"x\"").contains("runs as WebAssembly"));
        assert!(wrong("[languages.cobol]\nimage = \"x\"").contains("cobol"));
    }

    #[test]
    fn what_needs_a_restart_is_known() {
        let one = read("[limits]\nwall_ms = 5").expect("it is right");
        let other = read("[limits]\nwall_ms = 6\n[server]\ndrain_ms = 1").expect("it is right");
        assert_eq!(one.needs_restart(&other), ["server.drain_ms"]);
        assert!(other.describe().contains("wall_ms = 6"));
    }
}

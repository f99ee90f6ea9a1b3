//! What can be run, as `coderunner languages --json` and `GET /v1/languages` print it.

use std::{borrow::Cow, time::Duration};

use coderunner_executor::{Availability, Executor, Limits};
use coderunner_languages::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// One language.
#[derive(Debug, Serialize, ToSchema)]
pub struct LanguageReport<'a> {
    /// The canonical identifier.
    pub id: &'a str,
    /// The name for people.
    pub name: &'a str,
    /// Every name by which it can be asked for.
    pub names: Vec<&'a str>,
    /// The version of the interpreter or compiler: the exact one of what is installed, where that is known.
    pub version: Cow<'a, str>,
    /// File name extensions.
    pub extensions: &'a [String],
    /// What runs it.
    pub backend: &'static str,
    /// What programs can import besides the standard library.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageReport<'a>>,
    /// What is loaded ahead for programs that import any of it: each layer has the modules of those before it as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerReport<'a>>,
    /// Limits of a job that names none.
    pub limits: LimitsReport,
    /// Whether it can be run now.
    pub available: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl<'a> LanguageReport<'a> {
    /// What there is to say about `language`, which `executor` would run.
    #[must_use]
    pub fn new(language: &'a Language, executor: &dyn Executor) -> Self {
        let why = match executor.availability(&language.id) {
            Availability::Available => None,
            Availability::Unavailable { why } => Some(why),
            Availability::Unknown => Some("no backend of this build runs it".to_owned()),
        };
        Self {
            id: language.id.as_str(),
            name: &language.name,
            names: std::iter::once(language.id.as_str())
                .chain(language.aliases.iter().map(String::as_str))
                .collect(),
            version: executor
                .version(&language.id)
                .map_or_else(|| Cow::from(&language.version), Cow::from),
            extensions: &language.extensions,
            backend: language.backend.as_str(),
            packages: language
                .packages
                .iter()
                .map(|package| PackageReport { name: &package.name, version: &package.version })
                .collect(),
            layers: language
                .layers
                .iter()
                .map(|layer| LayerReport { name: &layer.name, modules: &layer.modules })
                .collect(),
            limits: language.limits.into(),
            available: why.is_none(),
            why,
        }
    }
}

/// A package that programs can import.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackageReport<'a> {
    /// The name in its registry.
    pub name: &'a str,
    /// The version.
    pub version: &'a str,
}

/// Modules that are loaded ahead together.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerReport<'a> {
    /// What the layer is called.
    pub name: &'a str,
    /// The modules.
    pub modules: &'a [String],
}

/// Limits in the units of the command line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsReport {
    wall_ms: u64,
    cpu_ms: u64,
    memory_mb: u64,
    output_kb: u64,
    disk_mb: u64,
    files: u32,
    processes: u32,
}

impl From<Limits> for LimitsReport {
    fn from(limits: Limits) -> Self {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            wall_ms: millis(limits.wall),
            cpu_ms: millis(limits.cpu),
            memory_mb: limits.memory_bytes >> 20,
            output_kb: limits.output_bytes >> 10,
            disk_mb: limits.disk_bytes >> 20,
            files: limits.files,
            processes: limits.processes,
        }
    }
}

//! How an execution ended, as `coderunner run --json` prints it and every call of the HTTP interface answers.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use coderunner_executor::{JobFile, Outcome, Resource, Termination, Usage};
use coderunner_languages::Language;
use serde::Serialize;
use utoipa::ToSchema;

use crate::text;

/// An execution that has ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunReport<'a> {
    /// The execution's identifier, where it was given one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// The language.
    pub language: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The stage in which it ended.
    pub stage: &'static str,
    /// How it ended.
    pub termination: TerminationReport<'a>,
    /// Standard output, unless it was sent before. Invalid UTF-8 is replaced here; the bytes are then in `stdout_base64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdout: Option<Cow<'a, str>>,
    /// Standard error, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<Cow<'a, str>>,
    /// The bytes of standard output, when they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdout_base64: Option<String>,
    /// The bytes of standard error, when they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr_base64: Option<String>,
    /// Whether there was more output than allowed.
    pub truncated: bool,
    /// Files that the program made or changed, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileReport<'a>>>,
    /// What it used.
    pub usage: UsageReport,
    /// Whether the answer is that of an earlier run, where that is possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<bool>,
}

impl<'a> RunReport<'a> {
    /// The report of `outcome`, without output and files.
    #[must_use]
    pub fn new(language: &'a Language, outcome: &'a Outcome) -> Self {
        Self {
            id: None,
            language: language.id.as_str(),
            version: &language.version,
            stage: outcome.stage.as_str(),
            termination: (&outcome.termination).into(),
            stdout: None,
            stderr: None,
            stdout_base64: None,
            stderr_base64: None,
            truncated: outcome.termination == Termination::LimitExceeded(Resource::Output),
            files: None,
            usage: outcome.usage.into(),
            cached: None,
        }
    }

    /// The same with what the program wrote.
    #[must_use]
    pub fn with_output(mut self, stdout: &'a [u8], stderr: &'a [u8]) -> Self {
        (self.stdout, self.stdout_base64) = output(stdout);
        (self.stderr, self.stderr_base64) = output(stderr);
        self
    }
}

fn output(bytes: &[u8]) -> (Option<Cow<'_, str>>, Option<String>) {
    let text = text(bytes);
    let base64 = matches!(text, Cow::Owned(_)).then(|| STANDARD.encode(bytes));
    (Some(text), base64)
}

/// How an execution ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminationReport<'a> {
    /// `exited`, `crashed` or `limit_exceeded`.
    pub kind: &'static str,
    /// The exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u8>,
    /// Why it crashed, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// The resource whose limit it reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<&'static str>,
}

impl<'a> From<&'a Termination> for TerminationReport<'a> {
    fn from(termination: &'a Termination) -> Self {
        let none = TerminationReport { kind: "exited", code: None, reason: None, resource: None };
        match termination {
            Termination::Exited { code } => TerminationReport { code: Some(*code), ..none },
            Termination::Crashed { reason } => {
                TerminationReport { kind: "crashed", reason: Some(reason), ..none }
            }
            Termination::LimitExceeded(resource) => TerminationReport {
                kind: "limit_exceeded",
                resource: Some(resource.as_str()),
                ..none
            },
        }
    }
}

/// A file that the program made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileReport<'a> {
    /// Where it lies, relative to the working folder.
    pub path: &'a str,
    /// How long it is.
    pub bytes: usize,
    /// What is in it, where the contents are part of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Cow<'a, str>>,
    /// How `content` is to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
}

/// How bytes are written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As text.
    #[default]
    Utf8,
    /// As base64 with padding.
    Base64,
}

impl<'a> FileReport<'a> {
    /// The file's name and length only.
    #[must_use]
    pub fn named(file: &'a JobFile) -> Self {
        Self { path: file.path.as_str(), bytes: file.contents.len(), content: None, encoding: None }
    }

    /// The whole file: as text if it is UTF-8.
    #[must_use]
    pub fn whole(file: &'a JobFile) -> Self {
        let (content, encoding) = match std::str::from_utf8(&file.contents) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(_) => (Cow::Owned(STANDARD.encode(&file.contents)), Encoding::Base64),
        };
        Self { content: Some(content), encoding: Some(encoding), ..Self::named(file) }
    }
}

/// What an execution used.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageReport {
    /// From its start to its end, in microseconds.
    wall_us: u64,
    /// Processor time, in microseconds.
    cpu_us: u64,
    /// Fuel, where it is metered: about WebAssembly operations.
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<u64>,
    /// The most memory that it held at one time, in bytes.
    memory_bytes_peak: u64,
    /// What it wrote, in bytes.
    output_bytes: u64,
    /// Until the program's first instruction, in microseconds; part of `wall_us`.
    setup_us: u64,
}

impl From<Usage> for UsageReport {
    fn from(usage: Usage) -> Self {
        let micros = |d: std::time::Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
        Self {
            wall_us: micros(usage.wall),
            cpu_us: micros(usage.cpu),
            fuel: usage.fuel,
            memory_bytes_peak: usage.memory_bytes_peak,
            output_bytes: usage.output_bytes,
            setup_us: micros(usage.setup),
        }
    }
}

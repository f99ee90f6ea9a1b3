//! A program as a protocol hands it to the service: names not resolved yet, limits not clamped yet.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use coderunner_api::{
    ApiError, Encoding, RequestCache, RequestLimits, RequestPriority, RunRequest, codes,
};
use coderunner_executor::{Collect, Limits, Stdin};

/// The longest time that can be asked for: a day. More is a mistake, and all of it is clamped later anyway.
pub(crate) const MS_MAX: u64 = 86_400_000;
/// The same for sizes: numbers of MiB and of KiB that make a TiB.
pub(crate) const MB_MAX: u64 = 1 << 20;
/// See [`MB_MAX`].
pub(crate) const KB_MAX: u64 = 1 << 30;

/// What to run, for whom it does not matter.
#[derive(Debug)]
pub(crate) struct Submission {
    /// The language: its identifier, name or an alias.
    pub(crate) language: String,
    /// The version that is wanted, or its start; `*` and nothing are any.
    pub(crate) version: Option<String>,
    /// The program; the first file is the entry point.
    pub(crate) files: Vec<SubmittedFile>,
    pub(crate) stdin: Stdin,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) compile_args: Vec<String>,
    pub(crate) limits: RequestedLimits,
    pub(crate) collect: Collect,
    /// Whether an earlier, equal run may answer.
    pub(crate) cache: RequestCache,
    pub(crate) priority: RequestPriority,
    /// It is not worth starting after this.
    pub(crate) start_by: Option<Instant>,
}

/// A file of a program.
#[derive(Clone, Debug)]
pub(crate) struct SubmittedFile {
    /// Where it lies. Only the entry point may lack it: it is then called as its language is used to.
    pub(crate) path: Option<String>,
    pub(crate) contents: Bytes,
}

/// Limits that were asked for; what is absent is the language's default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestedLimits {
    pub(crate) wall: Option<Duration>,
    pub(crate) cpu: Option<Duration>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) output_bytes: Option<u64>,
    pub(crate) disk_bytes: Option<u64>,
}

impl Submission {
    /// One source in `language`, with nothing else said.
    pub(crate) fn new(language: impl Into<String>, source: impl Into<Bytes>) -> Self {
        Self {
            language: language.into(),
            version: None,
            files: vec![SubmittedFile { path: None, contents: source.into() }],
            stdin: Stdin::Empty,
            args: Vec::new(),
            env: Vec::new(),
            compile_args: Vec::new(),
            limits: RequestedLimits::default(),
            collect: Collect::Nothing,
            cache: RequestCache::Never,
            priority: RequestPriority::Interactive,
            start_by: None,
        }
    }
}

impl Submission {
    /// The same once more. Only a live input cannot be had twice.
    pub(crate) fn again(&self) -> Self {
        let stdin = match &self.stdin {
            Stdin::Bytes(bytes) => Stdin::Bytes(bytes.clone()),
            Stdin::Empty | Stdin::Stream(_) => Stdin::Empty,
        };
        Self {
            language: self.language.clone(),
            version: self.version.clone(),
            files: self.files.clone(),
            stdin,
            args: self.args.clone(),
            env: self.env.clone(),
            compile_args: self.compile_args.clone(),
            limits: self.limits,
            collect: self.collect,
            cache: self.cache,
            priority: self.priority,
            start_by: self.start_by,
        }
    }
}

impl TryFrom<RunRequest> for Submission {
    type Error = ApiError;

    fn try_from(request: RunRequest) -> Result<Self, ApiError> {
        let files = match (request.source, request.files) {
            (Some(source), None) => vec![SubmittedFile { path: None, contents: source.into() }],
            (None, Some(files)) if !files.is_empty() => files
                .into_iter()
                .enumerate()
                .map(|(n, file)| {
                    let contents = match file.encoding {
                        Encoding::Utf8 => Bytes::from(file.content),
                        Encoding::Base64 => STANDARD
                            .decode(&file.content)
                            .map_err(|error| {
                                let field = format!("files[{n}].content");
                                ApiError::invalid(field, format!("it is no base64: {error}"))
                            })?
                            .into(),
                    };
                    Ok(SubmittedFile { path: Some(file.path), contents })
                })
                .collect::<Result<_, ApiError>>()?,
            (None, Some(_)) => {
                return Err(ApiError::invalid("files", "it is empty; the first is the program"));
            }
            (None, None) => {
                let problem = "it is needed, or else `files`";
                return Err(ApiError::field(&codes::MISSING_FIELD, "source", problem));
            }
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid("source", "send either `source` or `files`"));
            }
        };
        Ok(Self {
            version: request.version,
            files,
            stdin: request.stdin.map_or(Stdin::Empty, |text| Stdin::Bytes(text.into())),
            args: request.args,
            env: request.env.into_iter().collect(),
            compile_args: request.compile_args,
            limits: request.limits.try_into()?,
            collect: if request.collect_files { Collect::Changed } else { Collect::Nothing },
            cache: request.cache,
            priority: request.priority,
            ..Self::new(request.language, Bytes::new())
        })
    }
}

impl TryFrom<RequestLimits> for RequestedLimits {
    type Error = ApiError;

    fn try_from(limits: RequestLimits) -> Result<Self, ApiError> {
        let check = |name: &str, value: Option<u64>, max: u64| match value {
            Some(value) if value == 0 || value > max => Err(ApiError::invalid(
                format!("limits.{name}"),
                format!("{value} is not between 1 and {max}"),
            )),
            value => Ok(value),
        };
        Ok(Self {
            wall: check("wall_ms", limits.wall_ms, MS_MAX)?.map(Duration::from_millis),
            cpu: check("cpu_ms", limits.cpu_ms, MS_MAX)?.map(Duration::from_millis),
            memory_bytes: check("memory_mb", limits.memory_mb, MB_MAX)?.map(|mb| mb << 20),
            output_bytes: check("output_kb", limits.output_kb, KB_MAX)?.map(|kb| kb << 10),
            disk_bytes: check("disk_mb", limits.disk_mb, MB_MAX)?.map(|mb| mb << 20),
        })
    }
}

impl RequestedLimits {
    /// The limits of an execution whose language has `defaults`.
    pub(crate) fn over(self, defaults: Limits) -> Limits {
        // Who allows more time of one kind does not want to be stopped by the default of the other.
        let wall = self.wall.unwrap_or_else(|| {
            defaults.wall.max(self.cpu.map_or(Duration::ZERO, |cpu| cpu.saturating_mul(2)))
        });
        let cpu = self.cpu.unwrap_or_else(|| defaults.cpu.max(self.wall.unwrap_or_default()));
        Limits {
            wall,
            cpu,
            memory_bytes: self.memory_bytes.unwrap_or(defaults.memory_bytes),
            output_bytes: self.output_bytes.unwrap_or(defaults.output_bytes),
            disk_bytes: self.disk_bytes.unwrap_or(defaults.disk_bytes),
            ..defaults
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> Result<Submission, ApiError> {
        coderunner_api::parse::<RunRequest>(json.as_bytes())?.try_into()
    }

    #[test]
    fn source_and_files_exclude_each_other() {
        let problem = |json| request(json).expect_err(json).message;
        assert_eq!(problem(r#"{"language":"python"}"#), "source: it is needed, or else `files`");
        assert_eq!(
            problem(r#"{"language":"python","source":"","files":[]}"#),
            "source: send either `source` or `files`"
        );
        assert_eq!(
            problem(r#"{"language":"python","files":[]}"#),
            "files: it is empty; the first is the program"
        );
        assert!(
            problem(
                r#"{"language":"python","files":[{"path":"a","content":"*","encoding":"base64"}]}"#
            )
            .starts_with("files[0].content: it is no base64")
        );
    }

    #[test]
    fn limits_out_of_range_are_named() {
        let error = request(r#"{"language":"python","source":"","limits":{"memory_mb":0}}"#);
        assert_eq!(
            error.expect_err("no memory").message,
            "limits.memory_mb: 0 is not between 1 and 1048576"
        );
        let error = request(
            r#"{"language":"python","source":"","limits":{"wall_ms":18446744073709551615}}"#,
        );
        assert!(error.is_err());
    }

    #[test]
    fn more_time_of_one_kind_is_more_of_the_other() {
        let defaults = Limits::default();
        let asked =
            RequestedLimits { cpu: Some(Duration::from_mins(1)), ..RequestedLimits::default() };
        assert_eq!(asked.over(defaults).wall, Duration::from_mins(2));
        let asked =
            RequestedLimits { wall: Some(Duration::from_mins(1)), ..RequestedLimits::default() };
        assert_eq!(asked.over(defaults).cpu, Duration::from_mins(1));
        let asked =
            RequestedLimits { wall: Some(Duration::from_millis(5)), ..RequestedLimits::default() };
        assert_eq!(asked.over(defaults).cpu, defaults.cpu);
    }
}

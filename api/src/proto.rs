//! The protocol buffers of `proto/`, and how what executors know is written in them.

use std::time::Duration;

use coderunner_executor::{
    JobFile, Limits as ExecutorLimits, Outcome as ExecutorOutcome, Resource as ExecutorResource,
    Stage as ExecutorStage, Termination, Usage as ExecutorUsage,
};

use crate::LanguageReport;

/// `coderunner.v1`.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::large_enum_variant,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
pub mod v1 {
    tonic::include_proto!("coderunner.v1");
}

/// The files of `proto/` as a compiled set of descriptors.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

fn duration(duration: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(duration).ok()
}

impl From<ExecutorResource> for v1::Resource {
    fn from(resource: ExecutorResource) -> Self {
        match resource {
            ExecutorResource::CpuTime => Self::CpuTime,
            ExecutorResource::WallTime => Self::WallTime,
            ExecutorResource::Memory => Self::Memory,
            ExecutorResource::Output => Self::Output,
            ExecutorResource::Disk => Self::Disk,
            ExecutorResource::Files => Self::Files,
            ExecutorResource::Stack => Self::Stack,
            ExecutorResource::Processes => Self::Processes,
        }
    }
}

impl From<ExecutorUsage> for v1::Usage {
    fn from(usage: ExecutorUsage) -> Self {
        Self {
            wall: duration(usage.wall),
            cpu: duration(usage.cpu),
            fuel: usage.fuel,
            memory_bytes_peak: usage.memory_bytes_peak,
            output_bytes: usage.output_bytes,
            setup: duration(usage.setup),
            queued: duration(usage.queued),
        }
    }
}

impl From<ExecutorOutcome> for v1::Outcome {
    fn from(outcome: ExecutorOutcome) -> Self {
        use v1::outcome::Termination as Ended;
        let stage = match outcome.stage {
            ExecutorStage::Compile => v1::Stage::Compile,
            ExecutorStage::Run => v1::Stage::Run,
        };
        let termination = match outcome.termination {
            Termination::Exited { code } => Ended::Exited(code.into()),
            Termination::Crashed { reason } => Ended::Crashed(reason),
            Termination::LimitExceeded(resource) => {
                Ended::LimitExceeded(v1::Resource::from(resource).into())
            }
        };
        Self {
            stage: stage.into(),
            termination: Some(termination),
            usage: Some(outcome.usage.into()),
            files: outcome.files.into_iter().map(v1::File::from).collect(),
        }
    }
}

impl From<JobFile> for v1::File {
    fn from(file: JobFile) -> Self {
        Self { path: file.path.as_str().to_owned(), content: file.contents }
    }
}

impl From<ExecutorLimits> for v1::Limits {
    fn from(limits: ExecutorLimits) -> Self {
        Self {
            wall: duration(limits.wall),
            cpu: duration(limits.cpu),
            memory_bytes: Some(limits.memory_bytes),
            output_bytes: Some(limits.output_bytes),
            disk_bytes: Some(limits.disk_bytes),
        }
    }
}

impl v1::Language {
    /// What there is to say about a language, whose default limits are `limits`.
    #[must_use]
    pub fn new(report: LanguageReport<'_>, limits: ExecutorLimits) -> Self {
        Self {
            id: report.id.to_owned(),
            name: report.name.to_owned(),
            names: report.names.into_iter().map(str::to_owned).collect(),
            version: report.version.into_owned(),
            extensions: report.extensions.to_vec(),
            backend: report.backend.to_owned(),
            limits: Some(limits.into()),
            available: report.available,
            why: report.why.unwrap_or_default(),
        }
    }
}

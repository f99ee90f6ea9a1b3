//! `coderunner languages`: what can be run, by what, and within which limits.

use std::{io::Write as _, process::ExitCode};

use coderunner_executor::{Availability, Limits};
use serde::Serialize;

use crate::{
    cli::LanguagesArgs,
    compose,
    exit::{CommandResult, Failure},
};

/// One language, as `--json` prints it.
#[derive(Serialize)]
struct LanguageReport<'a> {
    id: &'a str,
    name: &'a str,
    names: Vec<&'a str>,
    version: &'a str,
    extensions: &'a [String],
    backend: &'static str,
    limits: LimitsReport,
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Limits in the units of the command line.
#[derive(Serialize)]
struct LimitsReport {
    wall_ms: u128,
    cpu_ms: u128,
    memory_mb: u64,
    output_kb: u64,
    disk_mb: u64,
    files: u32,
    processes: u32,
}

impl From<Limits> for LimitsReport {
    fn from(limits: Limits) -> Self {
        Self {
            wall_ms: limits.wall.as_millis(),
            cpu_ms: limits.cpu.as_millis(),
            memory_mb: limits.memory_bytes >> 20,
            output_kb: limits.output_bytes >> 10,
            disk_mb: limits.disk_bytes >> 20,
            files: limits.files,
            processes: limits.processes,
        }
    }
}

/// Prints the list.
pub(crate) fn run(args: &LanguagesArgs) -> CommandResult {
    let backends = compose::backends()?;
    let reports: Vec<LanguageReport<'_>> = backends
        .registry
        .iter()
        .map(|language| {
            let why = match backends.router.availability(&language.id) {
                Availability::Available => None,
                Availability::Unavailable { why } => Some(why),
                Availability::Unknown => Some("no backend of this build runs it".to_owned()),
            };
            LanguageReport {
                id: language.id.as_str(),
                name: &language.name,
                names: std::iter::once(language.id.as_str())
                    .chain(language.aliases.iter().map(String::as_str))
                    .collect(),
                version: &language.version,
                extensions: &language.extensions,
                backend: language.backend.as_str(),
                limits: language.limits.into(),
                available: why.is_none(),
                why,
            }
        })
        .collect();
    let mut stdout = std::io::stdout().lock();
    let printed = if args.json {
        serde_json::to_writer_pretty(&mut stdout, &reports)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(stdout))
    } else {
        reports.iter().try_for_each(|report| {
            writeln!(
                stdout,
                "{:<12} {:<12} {:<10} {}",
                report.id,
                report.version,
                report.backend,
                report.names.join(", ")
            )?;
            match &report.why {
                Some(why) => writeln!(stdout, "{:<12} not available: {why}", ""),
                None => Ok(()),
            }
        })
    };
    printed.map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

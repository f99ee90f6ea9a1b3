//! `coderunner languages`: what can be run, by what, and within which limits.

use std::{io::Write as _, process::ExitCode};

use coderunner_api::LanguageReport;

use crate::{
    cli::LanguagesArgs,
    compose,
    exit::{CommandResult, Failure},
};

/// Prints the list.
pub(crate) fn run(args: &LanguagesArgs) -> CommandResult {
    let backends = compose::backends()?;
    let reports: Vec<LanguageReport<'_>> = backends
        .registry
        .iter()
        .map(|language| LanguageReport::new(language, &*backends.router))
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

//! `coderunner languages`: what can be run, by what, and within which limits.

use std::{fmt, io::Write as _, process::ExitCode};

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
        write!(stdout, "{}", Table(&reports))
    };
    printed.map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

/// The list for people: columns as wide as what is in them.
struct Table<'a>(&'a [LanguageReport<'a>]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: &dyn Fn(&LanguageReport<'_>) -> usize| {
            self.0.iter().map(column).max().unwrap_or(0)
        };
        let ids = width(&|report| report.id.chars().count());
        let versions = width(&|report| report.version.chars().count());
        let backends = width(&|report| report.backend.chars().count());
        for report in self.0 {
            writeln!(
                f,
                "{:<ids$}  {:<versions$}  {:<backends$}  {}",
                report.id,
                report.version,
                report.backend,
                report.names.join(", ")
            )?;
            if let Some(why) = &report.why {
                writeln!(f, "{:<ids$}  not available: {why}", "")?;
            }
        }
        Ok(())
    }
}

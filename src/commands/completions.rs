//! `coderunner completions`: a completion script for a shell.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{
    cli::{Cli, CompletionsArgs},
    exit::CommandResult,
};

/// Prints the script.
#[expect(clippy::unnecessary_wraps, reason = "all commands answer alike")]
pub(crate) fn run(args: &CompletionsArgs) -> CommandResult {
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "coderunner",
        &mut std::io::stdout().lock(),
    );
    Ok(ExitCode::SUCCESS)
}

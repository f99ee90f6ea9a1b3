//! `coderunner`: runs code snippets in sandboxes, from the command line and as a service.
//!
//! This is the composition root: it parses the command line, puts the executors together, and turns results into text and exit codes.
//! Everything else is in the library crates.

mod cli;
mod commands;
mod compose;
mod config;
mod exit;
mod logging;
mod report;
mod signals;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let result = match cli.command {
        cli::Command::Run(args) => commands::run::run(&args),
        cli::Command::Serve(args) => commands::serve::run(&args),
        cli::Command::Mcp => commands::mcp::run(),
        cli::Command::Config(args) => commands::config::run(&args),
        cli::Command::Languages(args) => commands::languages::run(&args),
        cli::Command::Bench(args) => commands::bench::run(&args),
        cli::Command::Doctor(args) => commands::doctor::run(&args),
        cli::Command::Completions(args) => commands::completions::run(&args),
    };
    result.unwrap_or_else(|failure| {
        report::failure(&failure);
        failure.exit_code()
    })
}

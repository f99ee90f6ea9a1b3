//! The command line as typed. What it means is decided in `commands`.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  coderunner run hello.py                         run a program
  echo 'print(6*7)' | coderunner run -l python -  run what comes on standard input
  coderunner run --file data.csv sum.py -- 2024   bring a file, pass an argument
  coderunner run --json --wall-ms 500 slow.js     one JSON object, at most half a second
  coderunner serve                                the same over HTTP, for pages and programs
  coderunner bench --language python              fresh sandboxes a second on this machine";

const RUN_EXAMPLES: &str = "\
Exit codes:
  the program's own, or 124 when it reached its time limit, 137 its memory limit, 123 another limit,
  134 when it crashed, 125 when CodeRunner itself failed, 2 when the command line is wrong.

Examples:
  coderunner run hello.py
  coderunner run --stdin numbers.txt sum.js
  coderunner run --file util.py --file data/in.csv --out results main.py -- --verbose
  coderunner run --language javascript - < snippet.txt";

/// Runs code snippets in fresh sandboxes.
#[derive(Debug, Parser)]
#[command(name = "coderunner", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program in a fresh sandbox
    Run(RunArgs),
    /// Run programs for others, over HTTP and WebSocket
    Serve(ServeArgs),
    /// Let an agent run programs: the Model Context Protocol on the standard streams
    Mcp,
    /// Print what `serve` is configured with, and where each value comes from
    Config(ConfigArgs),
    /// List the languages and what runs them
    Languages(LanguagesArgs),
    /// Measure fresh sandboxes on this machine, with all limits on
    Bench(BenchArgs),
    /// Say what works on this machine, and what to do about what does not
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct RunArgs {
    /// The program; - reads it from standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
    /// The language; by default it follows from the file name's extension
    #[arg(short, long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// The program's standard input; by default that of this command
    #[arg(long, value_name = "FILE|-")]
    pub(crate) stdin: Option<PathBuf>,
    /// An environment variable for the program (repeatable)
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// Another file for the program's working folder (repeatable); a relative path keeps its folders
    #[arg(short, long = "file", value_name = "PATH")]
    pub(crate) files: Vec<PathBuf>,
    /// Write the files that the program created or changed into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// An option for the compiler, from those that the language allows (repeatable)
    #[arg(long = "compile-arg", value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) compile_args: Vec<String>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Print one JSON object with output, outcome and usage instead of streaming
    #[arg(long)]
    pub(crate) json: bool,
    /// Print what the execution used on standard error
    #[arg(long)]
    pub(crate) stats: bool,
    /// Arguments for the program
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) args: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Wall-clock time in milliseconds
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) wall_ms: Option<u64>,
    /// CPU time in milliseconds
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) cpu_ms: Option<u64>,
    /// Memory in MiB, the interpreter included
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub(crate) memory_mb: Option<u64>,
    /// Standard output and standard error together, in KiB
    #[arg(long, value_name = "KB", value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub(crate) output_kb: Option<u64>,
    /// Files that the program stores, in MiB
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=65_536))]
    pub(crate) disk_mb: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// A configuration file; `coderunner config` shows what can be in it
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The address to listen on, by default 127.0.0.1:8080; port 0 takes any that is free
    #[arg(short, long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Let everybody run programs, on an address that others can reach
    #[arg(long)]
    pub(crate) public: bool,
    /// How the log is written
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"])]
    pub(crate) log_format: Option<String>,
    /// Threads that run WebAssembly guests; by default one for each processor
    #[arg(long, value_name = "N")]
    pub(crate) guest_threads: Option<NonZeroUsize>,
    /// Threads that serve the network; by default one for each processor
    #[arg(long, value_name = "N")]
    pub(crate) network_threads: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Make an API key, and print it with what goes into the file
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    pub(crate) new_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LanguagesArgs {
    /// Print a JSON array
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// The language
    #[arg(short, long, value_name = "LANGUAGE")]
    pub(crate) language: String,
    /// The program to run; by default one that prints a number
    #[arg(long, value_name = "FILE")]
    pub(crate) source: Option<PathBuf>,
    /// Executions measured
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Threads that they are spread over
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: u16,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Print a JSON array
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

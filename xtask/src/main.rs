//! The project's chores, run as `cargo xtask <chore>`.
//!
//! A chore that needs heavy dependencies sits behind a cargo feature of its own name, and is started through cargo
//! again with that feature on.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

mod ci;
#[cfg(feature = "conformance")]
mod conformance;
mod engine;
#[cfg(feature = "guests")]
mod guests;
#[cfg(feature = "images")]
mod images;
mod web;

/// The project's chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Checks format and lints and runs every test; installs what that needs.
    #[command(alias = "ci")]
    Test,
    /// Measures how much of the workspace the tests reach.
    Coverage,
    /// Rebuilds the guests (`languages/<id>/guest/<id>.wasm.zst`) from registry packages, and their `guest.lock`.
    Guests(GuestsArgs),
    /// Makes the container images from Debian packages (needs mmdebstrap and a running Docker engine).
    Images(ImagesArgs),
    /// Runs tests and programs that others wrote in the sandbox, and records what came of them (`tests/conformance`).
    Conformance(ConformanceArgs),
    /// Builds the embed and the playground (`web/dist`; needs Node).
    Web,
}

/// What `cargo xtask guests` is told.
#[derive(Debug, clap::Args)]
struct GuestsArgs {
    /// Languages to rebuild; all that have a guest if none is named.
    languages: Vec<String>,
    /// Folder for the toolchain, the sources and the intermediate files (default: `target/guests`).
    #[arg(long)]
    work: Option<std::path::PathBuf>,
    /// Only fetch, unpack and patch the sources.
    #[arg(long)]
    fetch: bool,
    /// Only link, snapshot and compress again from what the work folder already holds.
    #[arg(long)]
    relink: bool,
}

/// What `cargo xtask images` is told.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    not(feature = "images"),
    allow(dead_code, reason = "read by the build that has the feature")
)]
struct ImagesArgs {
    /// Languages whose images are made; all that run in containers if none is named.
    languages: Vec<String>,
    /// Make them again even if they are up to date.
    #[arg(long)]
    force: bool,
    /// Remove the images that earlier recipes made.
    #[arg(long)]
    prune: bool,
}

/// What `cargo xtask conformance` is told.
#[derive(Debug, clap::Args)]
struct ConformanceArgs {
    #[command(subcommand)]
    #[cfg_attr(
        not(feature = "conformance"),
        allow(dead_code, reason = "read by the build that has the feature")
    )]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// CPython's own test suite.
    Python(PythonArgs),
    /// test262, given as a folder.
    #[command(name = "javascript")]
    JavaScript(JavaScriptArgs),
    /// Programs that come with packages of the registries, compared with the usual interpreters.
    Programs(ProgramsArgs),
    /// Writes a sample of all of them into one file.
    Sample(SampleArgs),
}

/// What `cargo xtask conformance python` is told.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    not(feature = "conformance"),
    allow(dead_code, reason = "read by the build that has the feature")
)]
struct PythonArgs {
    /// Modules or packages of the suite, such as `test_json`; all that tests/conformance/python.toml lists if none is named.
    modules: Vec<String>,
    /// CPython's unpacked sources (default: those that the guest was built from, fetched if need be).
    #[arg(long)]
    sources: Option<std::path::PathBuf>,
}

/// What `cargo xtask conformance javascript` is told.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    not(feature = "conformance"),
    allow(dead_code, reason = "read by the build that has the feature")
)]
struct JavaScriptArgs {
    /// The folder of test262: a checkout of its repository.
    folder: std::path::PathBuf,
    /// Only the tests below this folder of `test/`.
    #[arg(long, default_value = "")]
    below: String,
    /// A native `qjs` of quickjs-ng to compare with.
    #[arg(long)]
    qjs: Option<std::path::PathBuf>,
    /// A `node` to compare with.
    #[arg(long)]
    node: Option<std::path::PathBuf>,
    /// Of how many tests one is run by what is compared with.
    #[arg(long, default_value_t = 20)]
    sample: usize,
}

/// What `cargo xtask conformance programs` is told.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    not(feature = "conformance"),
    allow(dead_code, reason = "read by the build that has the feature")
)]
struct ProgramsArgs {
    /// The `node` to compare JavaScript with; without it, JavaScript is left out.
    #[arg(long)]
    node: Option<std::path::PathBuf>,
    /// The `python3` to compare Python with, of the guest's version; without it, Python is left out.
    #[arg(long)]
    python: Option<std::path::PathBuf>,
}

/// What `cargo xtask conformance sample` is told.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    not(feature = "conformance"),
    allow(dead_code, reason = "read by the build that has the feature")
)]
struct SampleArgs {
    /// The folder of test262: a checkout of its repository.
    test262: std::path::PathBuf,
    /// CPython's unpacked sources (default: those that the guest was built from, fetched if need be).
    #[arg(long)]
    sources: Option<std::path::PathBuf>,
    /// Of how many tests of test262 one is taken.
    #[arg(long, default_value_t = 2000)]
    one_of: usize,
    /// The `node` that programs are run by.
    #[arg(long)]
    node: std::path::PathBuf,
    /// The `python3` that programs are run by, of the guest's version.
    #[arg(long)]
    python: std::path::PathBuf,
}

fn main() -> Result<ExitCode> {
    match Cli::parse().chore {
        Chore::Test => ci::test().map(|()| ExitCode::SUCCESS),
        Chore::Coverage => ci::coverage().map(|()| ExitCode::SUCCESS),
        Chore::Web => web::build().map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "guests")]
        Chore::Guests(args) => guests::run(&args).map(|()| ExitCode::SUCCESS),
        #[cfg(not(feature = "guests"))]
        Chore::Guests(_) => again_with("guests", &[]),
        #[cfg(feature = "images")]
        Chore::Images(args) => images::run(&args).map(|()| ExitCode::SUCCESS),
        #[cfg(not(feature = "images"))]
        Chore::Images(_) => again_with("images", &[]),
        #[cfg(feature = "conformance")]
        Chore::Conformance(args) => conformance::run(&args)
            .map(|well| if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        // Together with the product, so that the engine is built once for both.
        #[cfg(not(feature = "conformance"))]
        Chore::Conformance(_) => again_with("conformance", &["coderunner"]),
    }
}

/// Starts this very command again, built with `feature`, in one build with the packages `with`.
#[cfg_attr(
    all(feature = "guests", feature = "images", feature = "conformance"),
    expect(dead_code, reason = "this build has the feature already")
)]
fn again_with(feature: &str, with: &[&str]) -> Result<ExitCode> {
    // Before the build replaces it.
    let this = std::env::current_exe()?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--release", "--package", "xtask"]);
    for package in with {
        build.args(["--package", package]);
    }
    let built = build
        .args(["--features", &format!("xtask/{feature}")])
        .status()
        .context("starting cargo")?;
    if !built.success() {
        return Ok(ExitCode::FAILURE);
    }
    let status = Command::new(this)
        .args(std::env::args_os().skip(1))
        .status()
        .context("starting this command again")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

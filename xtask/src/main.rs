//! The project's chores, run as `cargo xtask <chore>`.
//!
//! A chore that needs heavy dependencies sits behind a cargo feature of its own name, and is started through cargo
//! again with that feature on.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

mod ci;
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

fn main() -> Result<ExitCode> {
    match Cli::parse().chore {
        Chore::Test => ci::test().map(|()| ExitCode::SUCCESS),
        Chore::Coverage => ci::coverage().map(|()| ExitCode::SUCCESS),
        Chore::Web => web::build().map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "guests")]
        Chore::Guests(args) => guests::run(&args).map(|()| ExitCode::SUCCESS),
        #[cfg(not(feature = "guests"))]
        Chore::Guests(_) => again_with("guests"),
        #[cfg(feature = "images")]
        Chore::Images(args) => images::run(&args).map(|()| ExitCode::SUCCESS),
        #[cfg(not(feature = "images"))]
        Chore::Images(_) => again_with("images"),
    }
}

/// Starts this very command again, built with `feature`.
#[cfg_attr(
    all(feature = "guests", feature = "images"),
    expect(dead_code, reason = "this build has the feature already")
)]
fn again_with(feature: &str) -> Result<ExitCode> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--release", "--package", "xtask", "--features", feature, "--"])
        .args(std::env::args_os().skip(1))
        .status()
        .context("starting cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

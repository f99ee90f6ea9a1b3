//! `cargo xtask web`: builds the embed and the playground (`web/dist`) from their sources, with what `web/package-lock.json` names.
//!
//! The result is committed, so that only who changes it needs Node.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

pub(crate) fn build() -> Result<()> {
    install()?;
    npm(&["run", "check"])?;
    npm(&["run", "build"])
}

/// What the build and the tests in `web/` need, if it is not there yet.
pub(crate) fn install() -> Result<()> {
    // npm writes this file when it is done; an older one than the lock file is of another lock file.
    let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let installed = modified(&folder().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder().join("package-lock.json")) {
        return Ok(());
    }
    npm(&["ci", "--no-fund", "--no-audit"])
}

fn npm(args: &[&str]) -> Result<()> {
    let status = Command::new("npm")
        .args(args)
        .current_dir(folder())
        .status()
        .context("starting npm: web/ needs Node 20 or newer")?;
    ensure!(status.success(), "npm {}: {status}", args.join(" "));
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is in the project's folder")
        .join("web")
}

//! `cargo xtask conformance`: tests and programs that others wrote, run in the sandbox.
//!
//! Nothing of them is part of this project: they come from the languages' own sources, from a folder, or from package registries. What is kept in
//! `tests/conformance` is which of them are run, why each that fails does, and what came of the last run.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{ConformanceArgs, Suite};

mod javascript;
mod list;
mod programs;
mod python;
mod sample;
mod sandbox;

pub(crate) fn run(args: &ConformanceArgs) -> Result<bool> {
    match &args.suite {
        Suite::Python(args) => python::run(args),
        Suite::JavaScript(args) => javascript::run(args),
        Suite::Programs(args) => programs::run(args),
        Suite::Sample(args) => sample::write(args).map(|()| true),
    }
}

/// Where lists and records are kept.
fn folder() -> PathBuf {
    project().join("tests/conformance")
}

/// Where what went wrong is written to, for people.
fn log_folder(suite: &str) -> Result<PathBuf> {
    let folder = project().join("target/conformance").join(suite);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the project's folder")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, contents).with_context(|| format!("writing {}", path.display()))
}

/// A line of the result.
fn print(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{line}").context("writing to standard output")
}

/// All files below `path`, sorted; or `path` itself, if it is a file.
fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
        let entry = entry?;
        if entry.file_name() == "__pycache__" {
            continue;
        }
        if entry.path().is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

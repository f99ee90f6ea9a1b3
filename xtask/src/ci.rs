//! `cargo xtask test`, `ci` and `coverage`: what has to hold before anything lands, in one command.
//!
//! Tools that are missing are installed through cargo and apt by the names of their packages. Everything is built in the release profile:
//! the first `cargo run --release` and the tests share their dependencies, and guests in a debug build of the engine are no fun.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

use crate::engine::Engine;

/// Lines of the workspace that the tests have to reach, in percent.
const COVERAGE_PERCENT_MIN: u32 = 80;
/// What `cargo llvm-cov` does not count: chores and measurements, which are no part of the product.
const NOT_COUNTED: &str = "(^|/)(xtask|benches|tests)/";

/// Checks format and lints, which all have to hold, then runs every test.
pub(crate) fn test() -> Result<()> {
    let started = Instant::now();
    let engine = need_all()?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step(
        "lints",
        &mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--release",
            "--locked",
            "--",
            "--deny=warnings",
        ]),
    )?;
    step(
        "documentation tests",
        &mut cargo(&["test", "--workspace", "--doc", "--release", "--locked", "--quiet"]),
    )?;
    // Last, so that its summary is what one sees.
    step("tests", &mut nextest(&["nextest", "run"]))?;
    drop(engine);
    say(&format!("all well after {} s", started.elapsed().as_secs()));
    Ok(())
}

/// Runs every test in an instrumented build, prints what of the workspace they reached, and fails when that is too little.
pub(crate) fn coverage() -> Result<()> {
    let engine = need_all()?;
    need("cargo-llvm-cov")?;
    let (profdata, cov) = llvm_tools()?;
    let minimum = COVERAGE_PERCENT_MIN.to_string();
    let mut run = nextest(&["llvm-cov", "nextest", "--no-fail-fast", "--summary-only"]);
    run.args(["--ignore-filename-regex", NOT_COUNTED, "--fail-under-lines", &minimum])
        .env("LLVM_PROFDATA", &profdata)
        .env("LLVM_COV", &cov);
    step("tests, instrumented", &mut run)?;
    drop(engine);
    Ok(())
}

/// Makes sure that what the tests use is there. The engine runs until what is returned is dropped.
fn need_all() -> Result<Option<Engine>> {
    need("cargo-nextest")?;
    need_browser()?;
    need_monitoring()?;
    let engine = Engine::need()?;
    if engine.is_some()
        && let Err(error) = step("container images", &mut cargo(&["xtask", "images"]))
    {
        ensure!(!in_ci(), error);
        say(&format!("NOT EVERY LANGUAGE WILL BE TESTED: {error}"));
    }
    Ok(engine)
}

/// A command that runs all tests of the workspace with nextest.
fn nextest(subcommand: &[&str]) -> Command {
    let mut command = cargo(subcommand);
    command.args(["--workspace", "--release", "--locked"]);
    if in_ci() {
        // A missing snapshot is an error there, not a new file.
        command.args(["--profile", "ci"]).env("INSTA_UPDATE", "no");
    }
    command
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(project());
    command
}

pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the project's folder")
}

pub(crate) fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Runs a command, its output passed through.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<()> {
    say(name);
    let status = command
        .status()
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(status.success(), "{name}: {status}");
    Ok(())
}

pub(crate) fn say(what: &str) {
    #[expect(clippy::print_stderr, reason = "a chore talks to people")]
    {
        eprintln!("xtask: {what}");
    }
}

/// Makes sure that `tool`, a package of the same name in cargo's registry, is installed.
fn need(tool: &str) -> Result<()> {
    if find(tool).is_some() {
        return Ok(());
    }
    step(&format!("installing {tool}"), &mut cargo(&["install", "--locked", tool]))
}

/// Makes sure that what the tests of `web/` use is installed.
fn need_browser() -> Result<()> {
    if find("npm").is_none() {
        apt(&["nodejs", "npm"])?;
    }
    crate::web::install()?;
    if find("chromium").is_none() {
        apt(&["chromium"])?;
    }
    Ok(())
}

/// Makes sure that what the tests of `deploy/` use is installed, where tests must not be left out. Elsewhere they say what they lack: Debian's package would start a
/// Prometheus of its own.
fn need_monitoring() -> Result<()> {
    if in_ci() && find("prometheus").is_none() {
        apt(&["prometheus"])?;
    }
    if in_ci() && find("systemd-analyze").is_none() {
        apt(&["systemd"])?;
    }
    Ok(())
}

/// Installs Debian packages.
pub(crate) fn apt(packages: &[&str]) -> Result<()> {
    step("looking for packages", Command::new("apt-get").args(["update", "--quiet"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet"]).args(packages).stdout(Stdio::null());
    step(&format!("installing {}", packages.join(", ")), &mut install)
}

/// The LLVM tools that read what this compiler's instrumentation writes: its own, or those of the same version of LLVM.
fn llvm_tools() -> Result<(PathBuf, PathBuf)> {
    let rustc = |args: &[&str]| -> Result<String> {
        let output = Command::new("rustc").args(args).output().context("starting rustc")?;
        Ok(String::from_utf8(output.stdout)?)
    };
    let about = rustc(&["--version", "--verbose"])?;
    let field = |name: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        line.with_context(|| format!("rustc does not tell its {name}"))
    };
    let own = Path::new(rustc(&["--print", "sysroot"])?.trim())
        .join("lib/rustlib")
        .join(field("host:")?)
        .join("bin");
    if own.join("llvm-cov").exists() {
        return Ok((own.join("llvm-profdata"), own.join("llvm-cov")));
    }
    let version = field("LLVM version:")?.split('.').next().unwrap_or_default().to_owned();
    let tools =
        || Some((find(format!("llvm-profdata-{version}"))?, find(format!("llvm-cov-{version}"))?));
    if let Some(tools) = tools() {
        return Ok(tools);
    }
    step(
        "installing LLVM's tools",
        Command::new("apt-get").args(["install", "--yes", "--quiet", &format!("llvm-{version}")]),
    )?;
    match tools() {
        Some(tools) => Ok(tools),
        None => bail!(
            "coverage needs llvm-profdata and llvm-cov of LLVM {version}: rustup component add llvm-tools"
        ),
    }
}

/// A program on the search path.
pub(crate) fn find(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path)
        .map(|folder| folder.join(program.as_ref()))
        .find(|path| path.is_file());
    found.filter(|path| {
        Command::new(path)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    })
}

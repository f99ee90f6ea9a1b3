//! Interfaces of other systems, as their published clients meet them: each client is installed once, in a version that is fixed here, and run
//! against the real server. What no client says is sent by hand.
//!
//! A client that cannot be installed is said loudly; in CI it is a failure.

mod jobe;
mod judge0;
mod librechat;
mod mcp;
mod piston;
mod socket;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{cli::Place, served::Served};

/// Where clients are installed: with what else is built, and as long.
fn installed() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}

/// Has `install` fill a folder called `name`, unless it is there already. `None` when that does not work: then the test says so and passes, except in CI.
#[expect(clippy::print_stderr, reason = "that nothing was tested must be seen")]
fn client(name: &str, install: impl Fn(&Path) -> Result<(), String>) -> Option<PathBuf> {
    let folder = installed().join(name);
    fs::create_dir_all(installed()).expect("a folder can be made");
    // Tests are processes of their own that run at the same time.
    let lock = File::create(folder.with_extension("lock")).expect("a file can be made");
    lock.lock().expect("a file can be locked");
    if folder.exists() {
        return Some(folder);
    }
    let fresh = folder.with_extension("fresh");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir(&fresh).expect("a folder can be made");
    if let Err(problem) = install(&fresh) {
        assert!(std::env::var_os("CI").is_none(), "{name} cannot be installed: {problem}");
        eprintln!("SKIPPED, NOTHING WAS TESTED: {name} cannot be installed: {problem}");
        return None;
    }
    fs::rename(&fresh, &folder).expect("a folder can be renamed");
    Some(folder)
}

/// Runs a command to its end; what it printed.
fn call(command: &mut Command) -> Result<String, String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Err(format!("{command:?} ended with {}:\n{stdout}{stderr}", output.status))
}

/// Runs a script of `tests/surfaces` that uses `packages` of npm; the JSON that it printed.
fn node(script: &str, packages: &[&str], served: &Served) -> Option<Value> {
    let folder = client(&packages.join("+").replace('/', "_"), |folder| {
        let install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", "."];
        call(Command::new("npm").args(install).args(packages).current_dir(folder)).map(drop)
    })?;
    // Modules are looked for beside the script.
    let copy = folder.join(format!("{}-{script}", std::process::id()));
    fs::copy(scripts().join(script), &copy).expect("the script can be copied");
    let printed = call(
        Command::new("node")
            .arg(&copy)
            .current_dir(&folder)
            .env("SERVER", format!("http://{}", served.address)),
    );
    fs::remove_file(&copy).expect("the copy can be removed");
    Some(json(&printed.unwrap_or_else(|problem| panic!("{problem}"))))
}

/// The same with Python, and `packages` of its index.
pub(crate) fn python(script: &str, packages: &[&str], served: &Served) -> Option<Value> {
    let folder = client(&packages.join("+"), |folder| {
        call(Command::new("python3").args(["-m", "venv", "."]).current_dir(folder))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        call(Command::new("bin/python").args(install).args(packages).current_dir(folder)).map(drop)
    })?;
    let place = Place::new();
    let printed = call(
        Command::new(folder.join("bin/python"))
            .arg(scripts().join(script))
            .env("SERVER", format!("http://{}", served.address))
            .env("CODERUNNER", env!("CARGO_BIN_EXE_coderunner"))
            .env("CODERUNNER_CACHE_DIR", crate::backends::cache())
            .env("TMPDIR", place.path().join("tmp")),
    );
    Some(json(&printed.unwrap_or_else(|problem| panic!("{problem}"))))
}

/// Whether `language` can be run by this server, on this machine.
fn available(served: &Served, language: &str) -> bool {
    let languages = served.get("/v1/languages").json();
    let languages = languages.as_array().expect("a list");
    languages.iter().any(|own| own["id"] == language && own["available"] == true)
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/surfaces")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

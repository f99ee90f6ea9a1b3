//! Programs that come with packages of the registries: examples, demonstrations, benchmarks. Each is run by the usual interpreter of this machine
//! and in a sandbox, and has to print the same.
//!
//! A program counts if it can be compared at all: natively it ends well in time, prints something, and prints the same a second time.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use coderunner_executor::Termination;
use serde::Deserialize;

use super::{
    list::{self, Reason},
    sandbox::{Files, LIMITS, Sandboxes, each},
};
use crate::ProgramsArgs;

/// What a program gets natively, in seconds; in the sandbox it gets as much as tests do.
const NATIVE_WALL_S: &str = "10";
/// A package with more files or bytes than this, dependencies included, is left out.
const FILES_MAX: usize = 4000;
const BYTES_MAX: u64 = 100 << 20;

/// `tests/conformance/programs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// By language: packages, as their registry's client takes them.
    packages: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "reason")]
    reasons: Vec<Reason>,
}

/// What became of a program.
enum Fate {
    /// Natively it does nothing that can be compared.
    Unfit,
    Same,
    Differs(String),
}

pub(super) fn run(args: &ProgramsArgs) -> Result<bool> {
    for native in [&args.node, &args.python].into_iter().flatten() {
        ensure!(native.exists(), "{} does not exist", native.display());
    }
    let folder = super::folder();
    let lists: Lists = toml::from_str(&super::read(&folder.join("programs.toml"))?)
        .context("in tests/conformance/programs.toml")?;
    let work = super::log_folder("programs")?;
    let mut record = String::from(
        "# Programs from packages, natively and in the sandbox\n\nWritten by `cargo xtask conformance programs`; not edited by hand. Only programs that print the same twice natively are counted.\n",
    );
    let mut well = true;
    for (id, native) in [("javascript", &args.node), ("python", &args.python)] {
        let Some(native) = native else { continue };
        let packages = lists.packages.get(id).map_or(&[][..], Vec::as_slice);
        let sandboxes = Sandboxes::open(id)?;
        let mut programs = Vec::new();
        for package in packages {
            let name: String =
                package.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            let root = work.join(id).join(name);
            install(id, package, &root)?;
            for script in scripts(id, &root)? {
                programs.push((package.clone(), root.clone(), script));
            }
        }
        let fates = each(&programs, |(_, root, script)| {
            let fate = compare(&sandboxes, native, root, script)?;
            if let Fate::Differs(how) = &fate {
                super::print(&format!("{script}: {how}"))?;
            }
            Ok(fate)
        })?;
        let mut failed = Vec::new();
        let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for ((package, _, script), fate) in programs.iter().zip(&fates) {
            let count = counts.entry(package).or_default();
            match fate {
                Fate::Unfit => {}
                Fate::Same => count[0] += 1,
                Fate::Differs(_) => {
                    count[1] += 1;
                    failed.push(format!("{id}/{script}"));
                }
            }
        }
        let [same, differ] =
            counts.values().fold([0, 0], |sum, count| [sum[0] + count[0], sum[1] + count[1]]);
        let total = format!(
            "{}: {same} of {} programs print the same",
            sandboxes.language.name,
            same + differ
        );
        super::print(&total)?;
        let _ =
            write!(record, "\n## {total}\n\n| package | same | differ |\n| --- | ---: | ---: |\n");
        for (package, [same, differ]) in &counts {
            let _ = writeln!(record, "| {package} | {same} | {differ} |");
        }
        let found = list::compare(&lists.reasons, &failed, |pattern| {
            pattern.starts_with(&format!("{id}/"))
        });
        for script in &found.unexpected {
            super::print(&format!("differs without a reason in the list: {script}"))?;
        }
        for pattern in &found.needless {
            super::print(&format!("nothing differs any more for: {pattern}"))?;
        }
        well &= found.unexpected.is_empty() && found.needless.is_empty();
        record.push_str("\nWhat differs, and why:\n\n");
        for script in &failed {
            let reason = list::reason(&lists.reasons, script);
            let _ = writeln!(
                record,
                "- `{script}`: {}",
                reason.map_or("not known yet", |reason| &reason.because)
            );
        }
    }
    if args.node.is_some() && args.python.is_some() {
        super::write(&folder.join("programs.md"), record)?;
    }
    Ok(well)
}

/// Has the registry's client put a package and what it needs into `root`, if that is not done yet.
fn install(id: &str, package: &str, root: &Path) -> Result<()> {
    let done = root.join(".complete");
    if done.exists() {
        return Ok(());
    }
    fs::create_dir_all(root)?;
    let mut command = if id == "python" {
        let mut pip = Command::new("pip");
        pip.args(["install", "--quiet", "--no-compile", "--target"]).arg(root).arg(package);
        pip
    } else {
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--ignore-scripts",
        ]);
        npm.arg("--prefix").arg(root).arg(package);
        npm
    };
    let status = command.stdin(Stdio::null()).status().context("starting the client")?;
    ensure!(status.success(), "installing {package}: {status}");
    super::write(&done, "")
}

/// What of a package looks like a program.
fn scripts(id: &str, root: &Path) -> Result<Vec<String>> {
    let mut scripts = Vec::new();
    for path in super::files_below(root)? {
        let relative = path.strip_prefix(root)?.to_string_lossy().into_owned();
        let shown = relative.split('/').rev().skip(1).any(|folder| {
            let folder = folder.to_ascii_lowercase();
            ["example", "demo", "bench", "perf", "sample"]
                .iter()
                .any(|word| folder.starts_with(word))
        });
        let is_program = if id == "python" {
            relative.ends_with(".py")
                && !relative.contains("/test")
                && (shown || fs::read(&path)?.windows(8).any(|text| text == b"__main__"))
        } else {
            relative.ends_with(".js") && shown
        };
        if is_program {
            scripts.push(relative);
        }
    }
    Ok(scripts)
}

fn compare(sandboxes: &Sandboxes, native: &Path, root: &Path, script: &str) -> Result<Fate> {
    let Some(expected) = run_natively(native, root, script)? else { return Ok(Fate::Unfit) };
    if run_natively(native, root, script)?.as_ref() != Some(&expected) {
        return Ok(Fate::Unfit);
    }
    let mut files: Files = Vec::new();
    let mut bytes = 0;
    for path in super::files_below(root)? {
        bytes += path.metadata()?.len();
        if files.len() == FILES_MAX || bytes > BYTES_MAX {
            return Ok(Fate::Unfit);
        }
        let relative = path.strip_prefix(root)?.to_string_lossy().into_owned();
        files.push((relative, fs::read(&path)?));
    }
    let entry = files.iter().position(|(path, _)| path == script).context("the script is there")?;
    files.swap(0, entry);
    let finished = sandboxes.run(files, Vec::new(), LIMITS)?;
    let printed = String::from_utf8_lossy(&finished.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    Ok(match &finished.outcome.termination {
        Termination::Exited { code: 0 } if printed == expected => Fate::Same,
        Termination::Exited { code: 0 } => {
            let pairs = expected.lines().zip(printed.lines());
            let (line, (wanted, got)) = pairs
                .enumerate()
                .find(|(_, (wanted, got))| wanted != got)
                .unwrap_or((usize::MAX, ("as many lines", "not")));
            Fate::Differs(format!(
                "line {}: {wanted:?} natively, {got:?} here",
                line.wrapping_add(1)
            ))
        }
        Termination::Exited { code } => Fate::Differs(format!("exit code {code}: {last}")),
        Termination::Crashed { reason } => Fate::Differs(format!("crashed: {reason}")),
        Termination::LimitExceeded(resource) => Fate::Differs(format!("limit of {resource}")),
    })
}

/// What a program prints natively; none if it fails, takes too long or prints nothing.
fn run_natively(native: &Path, root: &Path, script: &str) -> Result<Option<String>> {
    // What it writes must not be there the next time.
    let copy = tempfile::tempdir()?;
    let copied = copy.path().join("sandbox");
    let status = Command::new("cp").args(["-r", "--"]).arg(root).arg(&copied).status()?;
    ensure!(status.success(), "copying {}: {status}", root.display());
    let output = Command::new("timeout")
        .arg(NATIVE_WALL_S)
        .arg(native)
        .arg(copied.join(script))
        .current_dir(&copied)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TZ", "UTC")
        .env("PYTHONPATH", &copied)
        .env("PYTHONSAFEPATH", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {}", native.display()))?;
    let printed =
        String::from_utf8_lossy(&output.stdout).replace(&*copied.to_string_lossy(), "/sandbox");
    Ok((output.status.success() && !printed.trim().is_empty()).then_some(printed))
}

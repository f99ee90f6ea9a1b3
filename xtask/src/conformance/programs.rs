//! Programs that come with packages of the registries: examples, demonstrations, benchmarks. Each is run by the usual interpreter of this machine
//! and in a sandbox, and has to print the same.
//!
//! A program counts if it can be compared at all: natively it ends well in time, prints something, and prints the same a second time.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use coderunner_executor::Termination;
use coderunner_languages::Language;
use serde::Deserialize;

use super::{
    list::{self, Reason},
    sandbox::{Files, LIMITS, Sandboxes, each},
};
use crate::ProgramsArgs;

/// Marks a folder whose package is there completely.
const DONE: &str = ".complete";
/// The record's first lines.
const HEAD: &str = "# Programs from packages, natively and in the sandbox\n\nWritten by `cargo xtask conformance programs`; not edited by hand. Only programs that print the same twice natively are counted.\n";
/// What a program gets natively, in seconds; in the sandbox it gets as much as tests do.
const NATIVE_WALL_S: &str = "10";
/// A package with more files or bytes than this, dependencies included, is left out.
const FILES_MAX: usize = 6000;
const BYTES_MAX: u64 = 100 << 20;

/// Unpacks the one archive in a folder, of whatever kind it is, and gives its one folder a name.
const UNPACK: &str = "import glob, os, shutil, sys
folder = sys.argv[1]
[archive] = (path for path in glob.glob(f'{folder}/*') if not os.path.isdir(path))
shutil.unpack_archive(archive, f'{folder}/archive')
[top] = os.listdir(f'{folder}/archive')
os.rename(f'{folder}/archive/{top}', f'{folder}/unpacked')";
/// The longest part of packages' names that a folder is called by.
const FOLDER_NAME_MAX: usize = 40;
/// What the names of files with machine code end with.
const MACHINE_CODE: [&str; 5] = [".so", ".node", ".dll", ".pyd", ".exe"];
/// A program of the sample with its files has no more bytes than this.
const SAMPLE_BYTES_MAX: usize = 1 << 20;
/// What the names of folders with programs begin with.
const SHOWN: [&str; 6] = ["bench", "demo", "example", "perf", "sample", "solution"];

/// `tests/conformance/programs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// By language: packages, as their registry's client takes them.
    packages: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "source")]
    sources: Vec<Source>,
    /// Programs that the project's own tests run: small, quick, the same in the sandbox, and free to be passed on.
    sample: Vec<String>,
    #[serde(default, rename = "reason")]
    reasons: Vec<Reason>,
}

/// A Python package whose programs are in its source distribution only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    package: String,
    /// Folders of the distribution; each Python file right in one of them is a program, which finds the others beside it.
    folders: Vec<String>,
    #[serde(default)]
    needs: Needs,
}

/// What the programs of a source distribution import.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Needs {
    /// The package and what that needs.
    #[default]
    Package,
    /// The same, but the guest has it already.
    Guest,
    /// The standard library.
    Nothing,
}

/// A program and what is given along with it.
struct Program {
    package: String,
    /// What is in the working folder.
    root: PathBuf,
    /// Installed packages that are put there as well, if they are elsewhere.
    installed: Option<(PathBuf, Needs)>,
    /// Below `root`.
    script: String,
    /// What the lists call it.
    name: String,
}

impl Program {
    /// The folder that holds its package, with the mark of a complete one.
    fn installed_in(&self) -> &Path {
        self.root.ancestors().find(|folder| folder.join(DONE).exists()).unwrap_or(&self.root)
    }
}

/// What became of a program.
enum Fate {
    /// Natively it does nothing that can be compared.
    Unfit,
    Same,
    Differs {
        how: String,
        /// All that it wrote.
        output: String,
    },
}

pub(super) fn run(args: &ProgramsArgs) -> Result<bool> {
    for native in [&args.node, &args.python].into_iter().flatten() {
        ensure!(native.exists(), "{} does not exist", native.display());
    }
    let folder = super::folder();
    let lists = lists()?;
    let work = super::log_folder("programs")?;
    let path = folder.join("programs.md");
    // What a language that is left out came to stays.
    let known = fs::read_to_string(&path).unwrap_or_default();
    let mut text = String::from(HEAD);
    let mut well = true;
    for (id, native) in [("javascript", &args.node), ("python", &args.python)] {
        let sandboxes = Sandboxes::open(id)?;
        let Some(native) = native else {
            let title = format!("{}: ", sandboxes.language.name);
            let own = known.split("\n## ").find(|section| section.starts_with(&title));
            text.extend(own.map(|section| format!("\n## {section}")));
            continue;
        };
        let programs = programs(&lists, id, &work)?;
        super::print(&format!(
            "{}: {} files may be programs",
            sandboxes.language.name,
            programs.len()
        ))?;
        let fates = each(&programs, |program| {
            let fate = compare(&sandboxes, native, program)
                .with_context(|| format!("comparing {}", program.name))?;
            if let Fate::Differs { how, .. } = &fate {
                super::print(&format!("{}: {how}", program.name))?;
            }
            Ok(fate)
        })?;
        unchanged(&programs)?;
        for (program, fate) in programs.iter().zip(&fates) {
            if let Fate::Differs { output, .. } = fate {
                super::write(&work.join(format!("{}.log", plain(&program.name))), output)?;
            }
        }
        let failed: Vec<String> = programs
            .iter()
            .zip(&fates)
            .filter(|(_, fate)| matches!(fate, Fate::Differs { .. }))
            .map(|(program, _)| program.name.clone())
            .collect();
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
        let total = record(&mut text, &lists, sandboxes.language, &programs, &fates);
        super::print(&total)?;
    }
    super::write(&path, text)?;
    Ok(well)
}

/// Fails if a program wrote to a file of its package: what ran after it may have read that.
fn unchanged(programs: &[Program]) -> Result<()> {
    let roots: BTreeSet<&Path> = programs.iter().map(|program| program.installed_in()).collect();
    for root in roots {
        let installed = root.join(DONE).metadata()?.modified()?;
        for path in super::files_below(root)? {
            ensure!(
                path.metadata()?.modified()? <= installed,
                "a program has changed {}; leave it out, and remove the folder {}",
                path.display(),
                root.display()
            );
        }
    }
    Ok(())
}

/// A program for the sample.
pub(super) struct Printing {
    pub(super) name: String,
    pub(super) files: Files,
    /// What it prints natively.
    pub(super) printed: String,
    /// Its package, and the terms that allow to pass its files on.
    pub(super) notice: (String, String),
}

/// The listed programs of the sample in one language.
pub(super) fn sample(id: &str, native: &Path) -> Result<Vec<Printing>> {
    let lists = lists()?;
    let mut wanted: BTreeSet<&String> =
        lists.sample.iter().filter(|name| name.starts_with(&format!("{id}/"))).collect();
    let mut taken = Vec::new();
    for program in programs(&lists, id, &super::log_folder("programs")?)? {
        if !wanted.remove(&program.name) {
            continue;
        }
        let files = files(&program)?.context("a program of the sample has few files")?;
        let bytes: usize = files.iter().map(|(_, contents)| contents.len()).sum();
        ensure!(bytes <= SAMPLE_BYTES_MAX, "{} has {bytes} bytes with its files", program.name);
        let printed = run_natively(native, &program)?
            .with_context(|| format!("{} does nothing natively", program.name))?;
        let notice = (program.package.clone(), notice(&program)?);
        taken.push(Printing { name: program.name, files, printed, notice });
    }
    ensure!(wanted.is_empty(), "not among the programs: {wanted:?}");
    Ok(taken)
}

/// The licence that came with a program.
fn notice(program: &Program) -> Result<String> {
    let licences = super::files_below(program.installed_in())?;
    let mut texts = Vec::new();
    for path in licences {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if ["licen", "copying", "authors"].iter().any(|word| name.starts_with(word)) {
            texts.push(super::read(&path)?);
        }
    }
    texts.dedup();
    ensure!(!texts.is_empty(), "{} comes without a licence", program.package);
    Ok(texts.join("\n"))
}

fn lists() -> Result<Lists> {
    toml::from_str(&super::read(&super::folder().join("programs.toml"))?)
        .context("in tests/conformance/programs.toml")
}

/// Adds what came of a language's programs to the record; returns how many were the same.
fn record(
    text: &mut String,
    lists: &Lists,
    language: &Language,
    programs: &[Program],
    fates: &[Fate],
) -> String {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (program, fate) in programs.iter().zip(fates) {
        let count = counts.entry(&program.package).or_default();
        match fate {
            Fate::Unfit => {}
            Fate::Same => count[0] += 1,
            Fate::Differs { .. } => count[1] += 1,
        }
    }
    let [same, differ] =
        counts.values().fold([0, 0], |sum, count| [sum[0] + count[0], sum[1] + count[1]]);
    let total = format!("{}: {same} of {} programs print the same", language.name, same + differ);
    let _ = write!(text, "\n## {total}\n\n| package | same | differ |\n| --- | ---: | ---: |\n");
    for (package, [same, differ]) in &counts {
        let _ = writeln!(text, "| {package} | {same} | {differ} |");
    }
    text.push_str("\nWhat differs, and why:\n\n");
    for (Program { name, .. }, fate) in programs.iter().zip(fates) {
        if matches!(fate, Fate::Differs { .. }) {
            let reason = list::reason(&lists.reasons, name);
            let because = reason.map_or("not known yet", |reason| &reason.because);
            let _ = writeln!(text, "- `{name}`: {because}");
        }
    }
    total
}

/// What may be a program in the packages of a language.
fn programs(lists: &Lists, id: &str, work: &Path) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for package in lists.packages.get(id).map_or(&[][..], Vec::as_slice) {
        let root = work.join(id).join(plain(package));
        install(id, package, &root)?;
        for script in scripts(id, &root)? {
            programs.push(Program {
                package: package.clone(),
                root: root.clone(),
                installed: None,
                name: format!("{id}/{script}"),
                script,
            });
        }
    }
    if id == "python" {
        for source in &lists.sources {
            programs.extend(unpack(source, &work.join("python-sources"))?);
        }
    }
    // Packages come along with more than one that needs them.
    let mut seen = HashSet::new();
    let mut fresh = Vec::with_capacity(programs.len());
    for program in programs {
        if seen.insert(super::read_bytes(&program.root.join(&program.script))?) {
            fresh.push(program);
        }
    }
    Ok(fresh)
}

/// Names and versions of packages as the name of a folder.
fn plain(packages: &str) -> String {
    let name: String =
        packages.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if name.len() <= FOLDER_NAME_MAX {
        return name;
    }
    let mut hasher = DefaultHasher::new();
    packages.hash(&mut hasher);
    format!("{}-{:x}", &name[..FOLDER_NAME_MAX], hasher.finish())
}

/// The programs of a source distribution, fetched and unpacked below `work` if that is not done yet.
fn unpack(source: &Source, work: &Path) -> Result<Vec<Program>> {
    let Source { package, folders, needs } = source;
    let folder = work.join(plain(package));
    let done = folder.join(DONE);
    if !done.exists() {
        fs::create_dir_all(&folder)?;
        let name = package.split("==").next().unwrap_or(package);
        // Its own build system says what is in it, so what that needs is fetched as well.
        let status = Command::new("pip")
            .args(["download", "--quiet", "--no-deps", "--no-binary", name, "--dest"])
            .args([&folder, Path::new(package)])
            .stdin(Stdio::null())
            .status()
            .context("starting pip")?;
        ensure!(status.success(), "fetching the source of {package}: {status}");
        let unpacked = Command::new("python3")
            .args(["-c", UNPACK])
            .arg(&folder)
            .stdin(Stdio::null())
            .status()
            .context("starting python3")?;
        ensure!(unpacked.success(), "unpacking the source of {package}: {unpacked}");
        super::write(&done, "")?;
    }
    // Not below `folder`, of which nothing may change any more.
    let installed = work.with_file_name("python-installed").join(plain(package));
    if *needs != Needs::Nothing {
        install("python", package, &installed)?;
    }
    let mut programs = Vec::new();
    for place in folders {
        let root = folder.join("unpacked").join(place);
        let mut scripts = fs::read_dir(&root)
            .with_context(|| format!("{package} has no {place}"))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<Vec<String>>>()?;
        scripts.retain(|name| name.ends_with(".py"));
        scripts.sort();
        programs.extend(scripts.into_iter().map(|script| Program {
            package: package.clone(),
            root: root.clone(),
            installed: (*needs != Needs::Nothing).then(|| (installed.clone(), *needs)),
            name: format!("python/{}/{place}/{script}", plain(package)),
            script,
        }));
    }
    Ok(programs)
}

/// Has the registry's client put a package and what it needs into `root`, if that is not done yet.
fn install(id: &str, package: &str, root: &Path) -> Result<()> {
    let done = root.join(DONE);
    if done.exists() {
        return Ok(());
    }
    fs::create_dir_all(root)?;
    let mut command = if id == "python" {
        let mut pip = Command::new("pip");
        pip.args(["install", "--quiet", "--no-compile", "--target"]).arg(root);
        pip.args(package.split(' '));
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
        npm.arg("--prefix").arg(root).args(package.split(' '));
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
            let is_test = id == "javascript" && folder == "test";
            is_test || SHOWN.iter().any(|word| folder.starts_with(word))
        });
        let is_program = if id == "python" {
            relative.ends_with(".py")
                && !relative.contains("/test")
                && (shown || fs::read(&path)?.windows(8).any(|text| text == b"__main__"))
        } else {
            shown && [".js", ".mjs", ".cjs"].iter().any(|extension| relative.ends_with(extension))
        };
        if is_program {
            scripts.push(relative);
        }
    }
    Ok(scripts)
}

fn compare(sandboxes: &Sandboxes, native: &Path, program: &Program) -> Result<Fate> {
    let Some(expected) = run_natively(native, program)? else { return Ok(Fate::Unfit) };
    if run_natively(native, program)?.as_ref() != Some(&expected) {
        return Ok(Fate::Unfit);
    }
    let Some(files) = files(program)? else { return Ok(Fate::Unfit) };
    let finished = sandboxes.run(files, Vec::new(), LIMITS)?;
    let printed = String::from_utf8_lossy(&finished.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    let how = match &finished.outcome.termination {
        Termination::Exited { code: 0 } if printed == expected => return Ok(Fate::Same),
        Termination::Exited { code: 0 } => {
            let pairs = expected.lines().zip(printed.lines());
            let (line, (wanted, got)) = pairs
                .enumerate()
                .find(|(_, (wanted, got))| wanted != got)
                .unwrap_or((usize::MAX, ("as many lines", "not")));
            format!("line {}: {wanted:?} natively, {got:?} here", line.wrapping_add(1))
        }
        Termination::Exited { code } => format!("exit code {code}: {last}"),
        Termination::Crashed { reason } => format!("crashed: {reason}"),
        Termination::LimitExceeded(resource) => format!("limit of {resource}"),
    };
    let output =
        format!("{how}\n==== natively\n{expected}==== here\n{printed}==== errors here\n{stderr}");
    Ok(Fate::Differs { how, output })
}

/// What a program has with it in the sandbox, itself first; none if that is too much.
fn files(program: &Program) -> Result<Option<Files>> {
    let mut paths = BTreeMap::new();
    if let Some((installed, Needs::Package)) = &program.installed {
        add_files(&mut paths, installed)?;
    }
    add_files(&mut paths, &program.root)?;
    let mut bytes = 0;
    for path in paths.values() {
        bytes += path.metadata()?.len();
    }
    if paths.len() > FILES_MAX || bytes > BYTES_MAX {
        return Ok(None);
    }
    let entry = paths.remove(&program.script).context("the script is there")?;
    let mut files: Files = vec![(program.script.clone(), super::read_bytes(&entry)?)];
    for (path, file) in paths {
        files.push((path, super::read_bytes(&file)?));
    }
    Ok(Some(files))
}

/// Adds the files of a folder by their path in it, but those that are machine code: they are of no use in a sandbox.
fn add_files(paths: &mut BTreeMap<String, PathBuf>, folder: &Path) -> Result<()> {
    for path in super::files_below(folder)? {
        let relative = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        if MACHINE_CODE.iter().all(|extension| !relative.ends_with(extension)) {
            paths.insert(relative, path);
        }
    }
    Ok(())
}

/// What a program prints natively; none if it fails, takes too long or prints nothing.
fn run_natively(native: &Path, program: &Program) -> Result<Option<String>> {
    // What it writes must not be there the next time. Packages of npm are linked, since most have thousands of files; `run` looks whether one was
    // changed.
    let how = if program.name.starts_with("python/") { "-rT" } else { "-rlT" };
    let copy = tempfile::tempdir_in(super::log_folder("programs")?)?;
    let copied = copy.path().join("sandbox");
    let installed = program.installed.as_ref().map(|(folder, _)| folder);
    fs::create_dir(&copied)?;
    for folder in installed.into_iter().chain([&program.root]) {
        let status = Command::new("cp").args([how, "--"]).arg(folder).arg(&copied).status()?;
        ensure!(status.success(), "copying {}: {status}", folder.display());
    }
    let output = Command::new("timeout")
        .arg(NATIVE_WALL_S)
        .arg(native)
        .arg(copied.join(&program.script))
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

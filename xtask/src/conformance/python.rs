//! CPython's own test suite, each module in sandboxes of its own.
//!
//! The suite is that of the sources from which the guest was built. A test that ends its sandbox counts as failed, and the rest of its module runs in
//! another one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use coderunner_executor::Termination;
use serde::Deserialize;

use super::{
    list::{self, Reason},
    sandbox::{Files, LIMITS, Sandboxes, each},
};
use crate::PythonArgs;

/// The program that runs a module of the suite, beside the lists; what it writes is described there.
const DRIVER: &str = "python.py";
/// Sandboxes for one module: each but the last was ended by a test.
const SANDBOXES_MAX: usize = 25;
/// Where `cargo xtask guests` puts the sources.
const SOURCES: &str = "target/guests/root/build/python/sources/cpython";
/// What every test needs.
const ALWAYS: [&str; 3] = ["__init__.py", "support", "test_tools"];

/// `tests/conformance/python.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// Modules and packages of the suite that are run, by what they are about.
    modules: BTreeMap<String, Vec<String>>,
    /// Those that the project's own tests run: quick, and all of whose tests pass.
    sample: Vec<String>,
    #[serde(default, rename = "reason")]
    reasons: Vec<Reason>,
}

/// What became of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Passed,
    Failed(String),
    Skipped(String),
}

/// What became of one module.
struct Module {
    name: String,
    tests: BTreeMap<String, Fate>,
}

impl Module {
    fn count(&self, of: fn(&Fate) -> bool) -> usize {
        self.tests.values().filter(|fate| of(fate)).count()
    }

    fn counts(&self) -> [usize; 3] {
        [
            self.count(|fate| matches!(fate, Fate::Passed)),
            self.count(|fate| matches!(fate, Fate::Failed(_))),
            self.count(|fate| matches!(fate, Fate::Skipped(_))),
        ]
    }

    fn failed(&self) -> impl Iterator<Item = String> {
        self.tests
            .iter()
            .filter(|(_, fate)| matches!(fate, Fate::Failed(_)))
            .map(|(test, _)| format!("{}.{test}", self.name))
    }
}

pub(super) fn run(args: &PythonArgs) -> Result<bool> {
    let folder = super::folder();
    let lists = lists()?;
    let suite = suite(args.sources.as_deref())?;
    let listed: Vec<&String> = lists.modules.values().flatten().collect();
    let asked: Vec<&String> =
        if args.modules.is_empty() { listed.clone() } else { args.modules.iter().collect() };
    let mut modules = Vec::new();
    for name in &asked {
        modules.extend(expand(&suite, name)?);
    }
    let sandboxes = Sandboxes::open("python")?;
    let logs = super::log_folder("python")?;
    let results = each(&modules, |name| {
        let module = run_module(&sandboxes, &suite, name, &lists.reasons)?;
        let [passed, failed, skipped] = module.counts();
        super::print(&format!("{name}: {passed} passed, {failed} failed, {skipped} skipped"))?;
        super::write(&logs.join(format!("{name}.log")), log(&module))?;
        Ok(module)
    })?;

    let failed: Vec<String> = results.iter().flat_map(Module::failed).collect();
    let covered = |pattern: &str| {
        asked.iter().any(|name| {
            pattern.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(['.', '*']))
        })
    };
    let found = list::compare(&lists.reasons, &failed, covered);
    for test in &found.unexpected {
        super::print(&format!("fails without a reason in the list: {test}"))?;
    }
    for pattern in &found.needless {
        super::print(&format!("nothing fails any more for: {pattern}"))?;
    }
    super::print(&total(&lists, &results))?;
    super::print(&format!("what went wrong is in {}", logs.display()))?;
    if args.modules.is_empty() {
        super::write(&folder.join("python.md"), record(&lists, &results, &sandboxes))?;
    }
    Ok(found.unexpected.is_empty() && found.needless.is_empty())
}

/// The programs of the sample, each with its files; and the licence of all of them.
pub(super) fn sample(sources: Option<&Path>) -> Result<(Vec<(String, Files)>, String)> {
    let lists = lists()?;
    let suite = suite(sources)?;
    let driver = driver()?;
    let program = |name: String| {
        let mut files = few(files(&suite, &name)?, &name);
        files.insert(0, ("main.py".to_owned(), driver.clone()));
        Ok((name, files))
    };
    let licence = suite.ancestors().nth(2).context("the suite is in the sources")?.join("LICENSE");
    let programs = lists.sample.into_iter().map(program).collect::<Result<_>>()?;
    Ok((programs, super::read(&licence)?))
}

/// Of the files that a module may need, those of its own, what all modules share, and what it says that it imports: few enough to be checked in.
fn few(mut files: Files, name: &str) -> Files {
    let top = name.split('.').next().unwrap_or(name);
    let stem = |path: &str| {
        let first = path.strip_prefix("test/")?.split('/').next()?;
        Some(first.strip_suffix(".py").unwrap_or(first).to_owned())
    };
    let is_own = |path: &str| stem(path).is_some_and(|stem| stem == top);
    let own: Vec<String> = files
        .iter()
        .filter(|(path, _)| is_own(path))
        .map(|(_, contents)| String::from_utf8_lossy(contents).into_owned())
        .collect();
    let is_imported = |path: &str| {
        stem(path).is_some_and(|stem| {
            let ways = [format!("test.{stem} "), format!("from test import {stem}")];
            ways.iter().any(|way| own.iter().any(|text| text.contains(way)))
        })
    };
    let is_shared = |path: &str| {
        path.starts_with("test/support/")
            || ["test/__init__.py", "test/test_tools/__init__.py"].contains(&path)
    };
    files.retain(|(path, _)| is_own(path) || is_imported(path) || is_shared(path));
    files
}

fn lists() -> Result<Lists> {
    toml::from_str(&super::read(&super::folder().join("python.toml"))?)
        .context("in tests/conformance/python.toml")
}

/// The folder `Lib/test`, fetched if need be.
fn suite(sources: Option<&Path>) -> Result<PathBuf> {
    let sources = match sources {
        Some(sources) => sources.to_owned(),
        None => {
            let sources = super::project().join(SOURCES);
            if !sources.exists() {
                let status = Command::new(std::env::current_exe()?)
                    .args(["guests", "python", "--fetch"])
                    .status()
                    .context("starting this command again")?;
                ensure!(status.success(), "fetching the sources: {status}");
            }
            sources
        }
    };
    let suite = sources.join("Lib/test");
    ensure!(
        suite.join("support").is_dir(),
        "{} has no test suite; give CPython's sources with --sources",
        sources.display()
    );
    Ok(suite)
}

fn driver() -> Result<Vec<u8>> {
    Ok(super::read(&super::folder().join(DRIVER))?.into_bytes())
}

/// The modules of a package, or the module itself.
fn expand(suite: &Path, name: &str) -> Result<Vec<String>> {
    let path = suite.join(name.replace('.', "/"));
    if path.with_extension("py").is_file() {
        return Ok(vec![name.to_owned()]);
    }
    let mut found = Vec::new();
    let mut entries = fs::read_dir(&path)
        .with_context(|| format!("the suite has no {name}"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<String>>>()?;
    entries.sort();
    for entry in entries {
        let inner = path.join(&entry);
        if let Some(stem) = entry.strip_suffix(".py").filter(|stem| stem.starts_with("test")) {
            found.push(format!("{name}.{stem}"));
        } else if inner.join("__init__.py").is_file() {
            found.extend(expand(suite, &format!("{name}.{entry}"))?);
        }
    }
    Ok(found)
}

fn run_module(
    sandboxes: &Sandboxes,
    suite: &Path,
    name: &str,
    reasons: &[Reason],
) -> Result<Module> {
    let files = files(suite, name)?;
    let driver = driver()?;
    let mut done: Vec<String> = reasons
        .iter()
        .filter(|reason| reason.endless)
        .flat_map(|reason| &reason.tests)
        .filter_map(|test| Some(test.strip_prefix(name)?.strip_prefix('.')?.to_owned()))
        .collect();
    let endless = || Fate::Failed("was not run: the list says that it never ends".to_owned());
    let mut tests: BTreeMap<String, Fate> =
        done.iter().map(|test| (test.clone(), endless())).collect();
    for _ in 0..SANDBOXES_MAX {
        let mut files = files.clone();
        files.insert(0, ("main.py".to_owned(), driver.clone()));
        if !done.is_empty() {
            files.push(("done".to_owned(), done.join("\n").into_bytes()));
        }
        let finished = sandboxes.run(files, vec![name.to_owned()], LIMITS)?;
        let told = Told::read(&finished.stderr)?;
        done.extend(told.fates.iter().map(|(test, _)| test.clone()));
        tests.extend(told.fates);
        if told.ended {
            break;
        }
        let end = match &finished.outcome.termination {
            Termination::Exited { code } => format!("ended the program with code {code}"),
            Termination::Crashed { reason } => format!("crashed: {reason}"),
            Termination::LimitExceeded(resource) => format!("reached the limit of {resource}"),
        };
        let printed = String::from_utf8_lossy(&finished.stderr);
        let tail: Vec<&str> = printed.lines().rev().take(15).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        let test = told.running.unwrap_or_else(|| "(module)".to_owned());
        let between = test == "(module)";
        tests.insert(test.clone(), Fate::Failed(format!("{end}\n{}", tail.join("\n"))));
        done.push(test);
        if between {
            break;
        }
    }
    Ok(Module { name: name.to_owned(), tests })
}

/// What the driver told.
#[derive(Debug, Default, PartialEq)]
struct Told {
    fates: Vec<(String, Fate)>,
    running: Option<String>,
    ended: bool,
}

impl Told {
    fn read(stderr: &[u8]) -> Result<Self> {
        let mut told = Self::default();
        for line in stderr.split(|byte| *byte == b'\n') {
            let Some(line) = line.strip_prefix(b"\x1e") else { continue };
            let (kind, test, detail): (String, String, String) =
                serde_json::from_slice(line).context("a line of the driver")?;
            let fate = match kind.as_str() {
                "start" => {
                    told.running = Some(test);
                    continue;
                }
                "end" => {
                    told.ended = true;
                    continue;
                }
                "passed" => Fate::Passed,
                "failed" => Fate::Failed(detail),
                "skipped" => Fate::Skipped(detail),
                _ => bail!("the driver told {kind:?}"),
            };
            told.running = None;
            told.fates.push((test, fate));
        }
        Ok(told)
    }
}

/// The files of the suite that a module may need: all whose name is a word in it, and so on.
fn files(suite: &Path, name: &str) -> Result<Files> {
    let top = name.split('.').next().unwrap_or(name);
    let mut wanted: BTreeSet<String> = ALWAYS.into_iter().map(str::to_owned).collect();
    let mut open =
        vec![if suite.join(top).is_dir() { top.to_owned() } else { format!("{top}.py") }];
    open.extend(wanted.iter().cloned());
    wanted.insert(open[0].clone());
    let mut files = BTreeMap::new();
    while let Some(entry) = open.pop() {
        for path in super::files_below(&suite.join(&entry))? {
            let contents =
                fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            let relative = path.strip_prefix(suite)?.to_str().context("names are UTF-8")?;
            if relative.ends_with(".py") && !ALWAYS.iter().any(|name| relative.starts_with(name)) {
                for word in words(&contents) {
                    for candidate in [format!("{word}.py"), word.to_owned()] {
                        // `test` alone names the package everywhere.
                        if wanted.contains(&candidate) || !suite.join(&candidate).exists() {
                            continue;
                        }
                        wanted.insert(candidate.clone());
                        open.push(candidate);
                    }
                }
            }
            files.insert(format!("test/{relative}"), contents);
        }
    }
    Ok(files.into_iter().collect())
}

/// The words of a text that can be names of files: with dots, or without.
fn words(text: &[u8]) -> BTreeSet<&str> {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let mut words = BTreeSet::new();
    for word in text.split(|byte| !is_inside(*byte)) {
        let Ok(word) = std::str::from_utf8(word) else { continue };
        words.insert(word);
        words.extend(word.split('.'));
    }
    words.retain(|word| !word.is_empty() && !word.starts_with('.'));
    words
}

/// Everything about the tests of a module that did not pass.
fn log(module: &Module) -> String {
    let mut text = String::new();
    for (test, fate) in &module.tests {
        // Writing to a string cannot fail.
        let _ = match fate {
            Fate::Passed => continue,
            Fate::Failed(detail) => writeln!(text, "==== failed: {test}\n{detail}"),
            Fate::Skipped(detail) => writeln!(text, "==== skipped: {test}: {detail}"),
        };
    }
    text
}

fn sum(results: &[&Module]) -> [usize; 3] {
    results.iter().fold([0; 3], |sum, module| {
        let counts = module.counts();
        [sum[0] + counts[0], sum[1] + counts[1], sum[2] + counts[2]]
    })
}

#[expect(clippy::cast_precision_loss, reason = "thousands of tests")]
fn percent([passed, failed, _]: [usize; 3]) -> f64 {
    100.0 * passed as f64 / (passed + failed).max(1) as f64
}

fn total(lists: &Lists, results: &[Module]) -> String {
    let [passed, failed, skipped] = sum(&results.iter().collect::<Vec<_>>());
    let needs = |test: &String| {
        list::reason(&lists.reasons, test).is_some_and(|reason| reason.needs.is_some())
    };
    let outside = results.iter().flat_map(Module::failed).filter(needs).count();
    format!(
        "{passed} passed, {failed} failed, {skipped} skipped; {outside} of those that failed need what a sandbox has not, {:.2} % of the rest passed",
        percent([passed, failed - outside, 0])
    )
}

/// The record of a whole run, for `tests/conformance/python.md`.
fn record(lists: &Lists, results: &[Module], sandboxes: &Sandboxes) -> String {
    let mut text = format!(
        "# CPython's own tests in the sandbox\n\nWritten by `cargo xtask conformance python` for {} {}; not edited by hand. {}.\n",
        sandboxes.language.name,
        sandboxes.language.version,
        total(lists, results)
    );
    for (subject, modules) in &lists.modules {
        let belongs = |module: &&Module| {
            modules.iter().any(|name| {
                module
                    .name
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let results: Vec<&Module> = results.iter().filter(belongs).collect();
        let counts = sum(&results);
        let _ = write!(
            text,
            "\n## {subject}: {:.2} %\n\n| module | passed | failed | skipped |\n| --- | ---: | ---: | ---: |\n",
            percent(counts)
        );
        for module in &results {
            let [passed, failed, skipped] = module.counts();
            let _ = writeln!(text, "| {} | {passed} | {failed} | {skipped} |", module.name);
        }
    }
    text.push_str("\n## What fails, and why\n\n");
    let mut because: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for test in results.iter().flat_map(Module::failed) {
        let reason = list::reason(&lists.reasons, &test);
        let reason = reason.map_or("not known yet", |reason| &reason.because);
        because.entry(reason).or_default().push(test);
    }
    for (reason, tests) in because {
        let _ = writeln!(text, "- {reason} ({}):", tests.len());
        for test in tests {
            let _ = writeln!(text, "  - `{test}`");
        }
    }
    text.push_str("\n## Why tests are skipped\n\nIn the suite's own words.\n\n| tests | why |\n| ---: | --- |\n");
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    for fate in results.iter().flat_map(|module| module.tests.values()) {
        if let Fate::Skipped(reason) = fate {
            *skipped.entry(reason).or_default() += 1;
        }
    }
    let mut skipped: Vec<_> = skipped.into_iter().collect();
    skipped.sort_by_key(|(reason, count)| (usize::MAX - count, *reason));
    for (reason, count) in skipped {
        let _ = writeln!(text, "| {count} | {} |", reason.replace('\n', " ").replace('|', "\\|"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_driver_tells_is_read_between_the_output_of_tests() {
        let told = Told::read(
            b"noise\n\x1e[\"start\",\"A.a\",\"\"]\nmore\n\x1e[\"passed\",\"A.a\",\"\"]\n\n\x1e[\"start\",\"A.b\",\"\"]\nfatal",
        )
        .unwrap();
        assert_eq!(told.fates, [("A.a".to_owned(), Fate::Passed)]);
        assert_eq!((told.running.as_deref(), told.ended), (Some("A.b"), false));
    }

    #[test]
    fn words_are_whole_and_parted_at_dots() {
        let words = words(b"from test.support import x; open('math_testcases.txt')");
        for word in ["test.support", "support", "x", "math_testcases.txt", "math_testcases"] {
            assert!(words.contains(word), "{word}");
        }
    }
}

//! test262, the conformance tests of ECMAScript: each test in a sandbox of its own, as often as its flags ask for.
//!
//! A sample of the same tests is run by other engines on this machine, for comparison: each test in a process of its own, by the same driver.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use coderunner_executor::{Limits, Termination};
use serde::{Deserialize, Serialize};

use super::{
    list::{self, Reason},
    sandbox::{Files, LIMITS, Sandboxes, each},
};
use crate::JavaScriptArgs;

/// The program that runs a test, beside the lists.
const DRIVER: &str = "test262.js";
/// No test needs more, but some test loops over all of Unicode.
const CPU: Duration = Duration::from_secs(60);
/// What another engine gets, in seconds.
const PEER_WALL_S: &str = "60";
/// What all tests find evaluated before them, but for raw ones.
const HARNESS: [&str; 2] = ["assert.js", "sta.js"];
const HARNESS_ASYNC: &str = "doneprintHandle.js";

/// `tests/conformance/javascript.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// Features whose tests are not run: the engine does not claim them.
    skip_features: Vec<String>,
    /// Folders and files that are not run, below `test/`; and why.
    skip: BTreeMap<String, String>,
    #[serde(default, rename = "reason")]
    reasons: Vec<Reason>,
}

/// One way to run one test, as the driver takes it.
#[derive(Serialize)]
struct Run<'a> {
    name: &'a str,
    source: &'a str,
    harness: Vec<(&'a str, &'a str)>,
    module: bool,
    strict: bool,
    #[serde(rename = "async")]
    is_async: bool,
    negative: Option<&'a str>,
}

/// A test file and what its head says.
#[derive(Debug, Default, PartialEq)]
struct Test {
    /// Below `test/`.
    path: String,
    source: String,
    flags: Vec<String>,
    includes: Vec<String>,
    features: Vec<String>,
    negative: Option<String>,
}

/// Why a run did not pass; none if it did.
type Failure = Option<String>;

pub(super) fn run(args: &JavaScriptArgs) -> Result<bool> {
    let folder = super::folder();
    let lists = lists()?;
    let suite = Suite::open(&args.folder)?;
    let (tests, skipped) = suite.tests(&lists, &args.below)?;
    ensure!(!tests.is_empty(), "no test is left to run");
    let sandboxes = Sandboxes::open("javascript")?;
    let results = each(&tests, |test| {
        let failure = suite.run(test, |files| in_sandbox(&sandboxes, files))?;
        if let Some(why) = &failure {
            super::print(&format!("{}: {why}", test.path))?;
        }
        Ok(failure)
    })?;
    let failed: Vec<String> = tests
        .iter()
        .zip(&results)
        .filter(|(_, failure)| failure.is_some())
        .map(|(test, _)| test.path.clone())
        .collect();

    let mut peers = vec![Peer { version: "CodeRunner".to_owned(), failed: failed.clone() }];
    // Making realms is the host's task, and not every other engine's does it.
    let sampled = |at: usize| {
        at.is_multiple_of(args.sample.max(1)) && !tests[at].source.contains("createRealm")
    };
    for (name, command) in [
        ("qjs", args.qjs.as_ref().map(|path| (path, ["--std", "--script"].as_slice()))),
        ("node", args.node.as_ref().map(|path| (path, [].as_slice()))),
    ] {
        let Some((path, options)) = command else { continue };
        let chosen: Vec<usize> =
            (0..tests.len()).filter(|at| sampled(*at) || results[*at].is_some()).collect();
        let failures =
            each(&chosen, |at| suite.run(&tests[*at], |files| in_process(path, options, files)))?;
        let mut peer = Peer { version: version(name, path), failed: Vec::new() };
        for (at, failure) in chosen.iter().zip(failures) {
            let path = &tests[*at].path;
            match (failure, &results[*at]) {
                (Some(why), here) => {
                    if here.is_none() {
                        super::print(&format!("{name} alone fails {path}: {why}"))?;
                    }
                    peer.failed.push(path.clone());
                }
                (None, Some(_)) => super::print(&format!("{name} passes {path}"))?,
                (None, None) => {}
            }
        }
        peers.push(peer);
    }
    let sample: Vec<&str> = tests
        .iter()
        .enumerate()
        .filter(|(at, _)| sampled(*at))
        .map(|(_, test)| test.path.as_str())
        .collect();

    let covered = |pattern: &str| Path::new(pattern).starts_with(&args.below);
    let found = list::compare(&lists.reasons, &failed, covered);
    for test in &found.unexpected {
        super::print(&format!("fails without a reason in the list: {test}"))?;
    }
    for pattern in &found.needless {
        super::print(&format!("nothing fails any more for: {pattern}"))?;
    }
    let text = record(&lists, &tests, &failed, &skipped, (&sample, &peers), &sandboxes);
    super::print(&total(tests.len(), failed.len()))?;
    for peer in &peers {
        let passed = peer.passed(&sample);
        super::print(&format!(
            "of a sample of {}: {} passes {passed}",
            sample.len(),
            peer.version
        ))?;
    }
    // A record without the others would lose what they showed.
    if args.below.is_empty() && args.qjs.is_some() && args.node.is_some() {
        super::write(&folder.join("javascript.md"), text)?;
    }
    Ok(found.unexpected.is_empty() && found.needless.is_empty())
}

/// An engine that runs the same tests, and those that it fails: of the sample, and of what fails in the sandbox.
struct Peer {
    version: String,
    failed: Vec<String>,
}

impl Peer {
    fn passed(&self, sample: &[&str]) -> usize {
        sample.iter().filter(|path| !self.fails(path)).count()
    }

    fn fails(&self, path: &str) -> bool {
        self.failed.iter().any(|failed| failed == path)
    }
}

/// What an engine calls itself; its `name`, if it does not tell a version.
fn version(name: &str, path: &Path) -> String {
    let told = Command::new(path).arg("--version").output().ok();
    let told = told.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let known = told.filter(|told| told.starts_with(|c: char| c == 'v' || c.is_ascii_digit()));
    known.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

/// The programs of the sample, each with its files: one test of `one_of` that pass, in each of its modes.
pub(super) fn sample(folder: &Path, one_of: usize) -> Result<Vec<(String, Files)>> {
    let lists = lists()?;
    let suite = Suite::open(folder)?;
    let (tests, _) = suite.tests(&lists, "")?;
    let passing = tests.iter().filter(|test| list::reason(&lists.reasons, &test.path).is_none());
    let mut programs = Vec::new();
    for test in passing.step_by(one_of.max(1)) {
        let runs = suite.programs(test)?;
        programs.extend(runs.into_iter().map(|(_, files)| (test.path.clone(), files)));
    }
    Ok(programs)
}

fn lists() -> Result<Lists> {
    toml::from_str(&super::read(&super::folder().join("javascript.toml"))?)
        .context("in tests/conformance/javascript.toml")
}

/// The folder of test262.
struct Suite {
    driver: String,
    tests: PathBuf,
    harness: BTreeMap<String, String>,
}

impl Suite {
    fn open(folder: &Path) -> Result<Self> {
        let mut harness = BTreeMap::new();
        for path in super::files_below(&folder.join("harness"))? {
            let name = path.strip_prefix(folder.join("harness"))?.to_string_lossy().into_owned();
            harness.insert(name, super::read(&path)?);
        }
        let driver = super::read(&super::folder().join(DRIVER))?;
        Ok(Self { driver, tests: folder.join("test"), harness })
    }

    /// The tests below a folder, and how many were left out for each feature or place.
    fn tests(&self, lists: &Lists, below: &str) -> Result<(Vec<Test>, BTreeMap<String, usize>)> {
        let (mut tests, mut skipped) = (Vec::new(), BTreeMap::new());
        for path in super::files_below(&self.tests.join(below))? {
            let relative = path.strip_prefix(&self.tests)?.to_str().context("names are UTF-8")?;
            if !relative.ends_with(".js") || relative.contains("_FIXTURE") {
                continue;
            }
            if let Some(place) = lists.skip.keys().find(|place| relative.starts_with(*place)) {
                *skipped.entry(place.clone()).or_default() += 1;
                continue;
            }
            let test = Test::parse(relative, super::read(&path)?);
            if let Some(feature) = test.features.iter().find(|f| lists.skip_features.contains(f)) {
                *skipped.entry(feature.clone()).or_default() += 1;
                continue;
            }
            tests.push(test);
        }
        Ok((tests, skipped))
    }

    /// Runs a test in each way that its flags ask for; the first failure counts.
    fn run(&self, test: &Test, engine: impl Fn(Files) -> Result<Failure>) -> Result<Failure> {
        for (strict, files) in self.programs(test)? {
            if let Some(why) = engine(files)? {
                return Ok(Some(if strict { format!("strict: {why}") } else { why }));
            }
        }
        Ok(None)
    }

    /// The programs that run a test, and whether each does so in strict mode.
    fn programs(&self, test: &Test) -> Result<Vec<(bool, Files)>> {
        let is = |flag: &str| test.flags.iter().any(|own| own == flag);
        let modes: &[bool] = if is("module") || is("raw") || is("noStrict") {
            &[false]
        } else if is("onlyStrict") {
            &[true]
        } else {
            &[false, true]
        };
        let name = test.path.rsplit('/').next().unwrap_or(&test.path);
        let mut files = self.fixtures(test)?;
        if is("module") || !files.is_empty() {
            files.push(("package.json".to_owned(), b"{\"type\":\"module\"}".to_vec()));
            files.push((name.to_owned(), test.source.clone().into_bytes()));
        }
        let mut includes: Vec<&str> = Vec::new();
        if !is("raw") {
            includes.extend(HARNESS);
            includes.extend(is("async").then_some(HARNESS_ASYNC));
            includes.extend(test.includes.iter().map(String::as_str));
        }
        let harness = includes
            .into_iter()
            .map(|name| {
                let (name, source) = self
                    .harness
                    .get_key_value(name)
                    .with_context(|| format!("the harness has no {name}"))?;
                Ok((name.as_str(), source.as_str()))
            })
            .collect::<Result<Vec<_>>>()?;
        let mut programs = Vec::new();
        for strict in modes {
            let run = Run {
                name,
                source: &test.source,
                harness: harness.clone(),
                module: is("module"),
                strict: *strict,
                is_async: is("async"),
                negative: test.negative.as_deref(),
            };
            let program = format!("{}\nrun({});\n", self.driver, serde_json::to_string(&run)?);
            let mut all = vec![("main.cjs".to_owned(), program.into_bytes())];
            all.extend(files.clone());
            programs.push((*strict, all));
        }
        Ok(programs)
    }

    /// The files beside a test that it, or they, name.
    fn fixtures(&self, test: &Test) -> Result<Files> {
        let path = self.tests.join(&test.path);
        let beside = path.parent().context("a test is in a folder")?;
        let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut open = vec![test.source.clone()];
        while let Some(text) = open.pop() {
            for piece in text.split(['\'', '"', '`']) {
                let Some(name) = piece.strip_prefix("./") else { continue };
                if found.contains_key(name) || !beside.join(name).is_file() {
                    continue;
                }
                if path.ends_with(name) {
                    continue;
                }
                let contents = fs::read(beside.join(name))?;
                open.push(String::from_utf8_lossy(&contents).into_owned());
                found.insert(name.to_owned(), contents);
            }
        }
        // A module that imports itself is a fixture as well.
        let name = test.path.rsplit('/').next().unwrap_or(&test.path);
        if found.is_empty() && test.source.contains(&format!("./{name}")) {
            found.insert("package.json".to_owned(), b"{\"type\":\"module\"}".to_vec());
        }
        Ok(found.into_iter().collect())
    }
}

impl Test {
    fn parse(path: &str, source: String) -> Self {
        let mut test = Self { path: path.to_owned(), ..Self::default() };
        let head = source.split_once("/*---").and_then(|(_, rest)| rest.split_once("---*/"));
        // The key at the margin that a line belongs to.
        let mut key = "";
        for line in head.map_or("", |(head, _)| head).split(['\n', '\r']) {
            let inner = line.trim_start();
            let values = if inner.len() == line.len() {
                let Some((own, values)) = line.split_once(':') else { continue };
                key = own;
                values
            } else if let Some(item) = inner.strip_prefix("- ") {
                item
            } else if let ("negative", Some(kind)) = (key, inner.strip_prefix("type:")) {
                test.negative = Some(kind.trim().to_owned());
                continue;
            } else {
                inner
            };
            let list = match key {
                "flags" => &mut test.flags,
                "includes" => &mut test.includes,
                "features" => &mut test.features,
                _ => continue,
            };
            let values = values.split(['[', ']', ',']).map(str::trim);
            list.extend(values.filter(|value| !value.is_empty()).map(str::to_owned));
        }
        test.source = source;
        test
    }
}

fn in_sandbox(sandboxes: &Sandboxes, files: Files) -> Result<Failure> {
    let limits = Limits { cpu: CPU, ..LIMITS };
    let finished = sandboxes.run(files, Vec::new(), limits)?;
    Ok(fate(&finished.stdout, || match &finished.outcome.termination {
        Termination::Exited { .. } => "ended without a result".to_owned(),
        Termination::Crashed { reason } => format!("crashed: {reason}"),
        Termination::LimitExceeded(resource) => format!("reached the limit of {resource}"),
    }))
}

fn in_process(program: &Path, options: &[&str], files: Files) -> Result<Failure> {
    let folder = tempfile::tempdir()?;
    for (name, contents) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().context("it is in the folder")?)?;
        super::write(&path, contents)?;
    }
    let output = Command::new("timeout")
        .arg(PEER_WALL_S)
        .arg(program)
        .args(options)
        .arg("main.cjs")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    Ok(fate(&output.stdout, || format!("ended without a result: {}", output.status)))
}

/// What the driver told, or else how the program ended.
fn fate(stdout: &[u8], end: impl FnOnce() -> String) -> Failure {
    let text = String::from_utf8_lossy(stdout);
    let told = text.lines().find_map(|line| line.strip_prefix('\x1e'));
    match told.map(serde_json::from_str::<Vec<String>>) {
        Some(Ok(fate)) if fate.first().is_some_and(|kind| kind == "passed") => None,
        Some(Ok(fate)) => Some(fate.into_iter().nth(1).unwrap_or_default()),
        Some(Err(error)) => Some(format!("told what cannot be read: {error}")),
        None => Some(end()),
    }
}

fn total(tests: usize, failed: usize) -> String {
    format!("{} of {tests} pass: {:.2} %", tests - failed, percent(tests, failed))
}

#[expect(clippy::cast_precision_loss, reason = "ten thousands of tests")]
fn percent(tests: usize, failed: usize) -> f64 {
    100.0 * (tests - failed) as f64 / tests.max(1) as f64
}

fn record(
    lists: &Lists,
    tests: &[Test],
    failed: &[String],
    skipped: &BTreeMap<String, usize>,
    (sample, peers): (&[&str], &[Peer]),
    sandboxes: &Sandboxes,
) -> String {
    let mut text = format!(
        "# test262 in the sandbox\n\nWritten by `cargo xtask conformance javascript` for {} ({}); not edited by hand. {}. A test that is to be run in both modes passes if it\ndoes in both.\n",
        sandboxes.language.name,
        sandboxes.language.version,
        total(tests.len(), failed.len())
    );
    let place = |path: &str| path.split('/').take(2).collect::<Vec<_>>().join("/");
    let mut places: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for test in tests {
        places.entry(place(&test.path)).or_default()[0] += 1;
    }
    for path in failed {
        places.entry(place(path)).or_default()[1] += 1;
    }
    text.push_str("\n## Beside other engines\n\nEvery so many of the same tests, each in a process of its own, by the same driver; but those that need several realms, which are the host's and\nnot the engine's.\n\n| engine | tests | passed | |\n| --- | ---: | ---: | ---: |\n");
    for peer in peers {
        let (sampled, passed) = (sample.len(), peer.passed(sample));
        let share = percent(sampled, sampled - passed);
        let _ = writeln!(text, "| {} | {sampled} | {passed} | {share:.2} % |", peer.version);
    }
    text.push_str("\n## By place\n\n| place | tests | failed | |\n| --- | ---: | ---: | ---: |\n");
    for (place, [tests, failed]) in places {
        let _ =
            writeln!(text, "| {place} | {tests} | {failed} | {:.2} % |", percent(tests, failed));
    }
    text.push_str("\n## What fails, and why\n\nThose that other engines pass say so.\n\n");
    let mut because: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for path in failed {
        let reason = list::reason(&lists.reasons, path);
        let reason = reason.map_or("not known yet", |reason| &reason.because);
        because.entry(reason).or_default().push(path);
    }
    for (reason, paths) in because {
        let _ = writeln!(text, "- {reason} ({}):", paths.len());
        for path in paths {
            let _ = write!(text, "  - `{path}`");
            for peer in peers.iter().filter(|peer| !peer.fails(path)) {
                let _ = write!(text, ", passes in {}", peer.version);
            }
            text.push('\n');
        }
    }
    text.push_str(
        "\n## What is not run\n\n| tests | feature or place | why |\n| ---: | --- | --- |\n",
    );
    for (what, count) in skipped {
        let why = lists.skip.get(what).map_or("not claimed by the engine", String::as_str);
        let _ = writeln!(text, "| {count} | {what} | {why} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_test_is_read_in_both_styles_of_lists() {
        let test = Test::parse(
            "a/b.js",
            "/*---\ndescription: >\n  type: no\nincludes: [a.js, b.js]\nflags:\n  - module\n  - async\nfeatures: [let]\nnegative:\n  phase: parse\n  type: SyntaxError\n---*/\nx".into(),
        );
        assert_eq!(test.includes, ["a.js", "b.js"]);
        assert_eq!(test.flags, ["module", "async"]);
        assert_eq!(test.features, ["let"]);
        assert_eq!(test.negative.as_deref(), Some("SyntaxError"));
    }

    #[test]
    fn what_the_driver_told_counts_before_how_the_program_ended() {
        let end = || "ended".to_owned();
        assert_eq!(fate(b"noise\n\x1e[\"passed\"]\n", end), None);
        assert_eq!(fate(b"\x1e[\"failed\",\"why\"]", end), Some("why".to_owned()));
        assert_eq!(fate(b"noise", end), Some("ended".to_owned()));
    }
}

//! A sample of what others wrote: CPython's test suite, test262 and programs from packages (`cargo xtask conformance` runs all of them and takes the
//! sample).
//!
//! Which tests fail, and why, is in `tests/conformance`; none of those is in the sample.

use std::{fs, path::Path, time::Duration};

use coderunner_executor::{FilePath, Finished, JobFile, Limits, Termination, run_to_end};
use serde::Deserialize;

use crate::backends::{self, Wasm};

#[derive(Deserialize)]
struct Sample {
    texts: Vec<String>,
    programs: Vec<Program>,
}

#[derive(Deserialize)]
struct Program {
    language: String,
    name: String,
    /// Path, and which of the texts it is.
    files: Vec<(String, usize)>,
    printed: Option<String>,
}

/// Runs the programs in a language that `wanted` picks; `problem` says what is wrong with how one ended.
fn check(
    id: &str,
    wanted: impl Fn(&Program) -> bool,
    problem: impl Fn(&Program, &Finished) -> Option<String>,
) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/sample.json");
    let json = fs::read(path).expect("the sample can be read");
    let sample: Sample =
        serde_json::from_slice(&json).expect("`xtask conformance sample` wrote it");
    let language = backends::language(id);
    let wasm = Wasm::new();
    let mut problems = Vec::new();
    let mut seen = 0;
    for program in sample.programs.iter().filter(|p| p.language == id && wanted(p)) {
        seen += 1;
        let files = program.files.iter().map(|(path, text)| JobFile {
            path: FilePath::new(path).expect("paths are plain"),
            contents: sample.texts[*text].clone().into(),
        });
        let mut job = backends::job(language, "");
        job.files = files.collect();
        job.args = vec![program.name.clone()];
        job.limits = Limits {
            cpu: Duration::from_mins(1),
            memory_bytes: 512 << 20,
            files: 1 << 12,
            disk_bytes: 256 << 20,
            ..job.limits
        };
        let finished =
            backends::block_on(run_to_end(&wasm.executor, job)).expect("CodeRunner itself works");
        if let Some(problem) = problem(program, &finished) {
            problems.push(format!("{}: {problem}", program.name));
        }
    }
    assert!(seen >= 5, "only {seen} programs are in the sample");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The lines that a driver wrote for us between all others: a record separator and JSON.
fn told(output: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(output);
    let lines = text.lines().filter_map(|line| line.strip_prefix('\x1e'));
    lines.map(|line| serde_json::from_str(line).expect("a driver writes JSON")).collect()
}

fn is_test(program: &Program) -> bool {
    program.printed.is_none()
}

fn is_program(program: &Program) -> bool {
    program.printed.is_some()
}

/// What is wrong with what a program printed.
fn difference(program: &Program, finished: &Finished) -> Option<String> {
    let printed = String::from_utf8_lossy(&finished.stdout);
    let ended_well = finished.outcome.termination == Termination::Exited { code: 0 };
    (!ended_well || Some(&*printed) != program.printed.as_deref()).then(|| {
        let stderr = String::from_utf8_lossy(&finished.stderr);
        format!("{:?}, printed {printed}{stderr}", finished.outcome.termination)
    })
}

#[test]
fn cpythons_tests_pass() {
    check("python", is_test, |_, finished| {
        let told = told(&finished.stderr);
        let passed = told.iter().filter(|line| line[0] == "passed").count();
        if let Some(failed) = told.iter().find(|line| line[0] == "failed") {
            return Some(failed.join(" "));
        }
        let ended = told.last().is_some_and(|line| line[0] == "end");
        (!ended || passed == 0).then(|| format!("{:?}", finished.outcome.termination))
    });
}

#[test]
fn test262_passes() {
    check("javascript", is_test, |_, finished| match &told(&finished.stdout)[..] {
        [fate] if fate[0] == "passed" => None,
        fates => Some(format!("{fates:?} {:?}", finished.outcome.termination)),
    });
}

#[test]
fn python_programs_print_what_they_print_natively() {
    check("python", is_program, difference);
}

#[test]
fn javascript_programs_print_what_they_print_natively() {
    check("javascript", is_program, difference);
}

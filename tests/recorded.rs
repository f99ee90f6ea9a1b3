//! Languages print what their usual interpreters print: snippets in `languages/<id>/tests/snippets.<extension>`, recorded from the real ones
//! (`tests/recorded/record.py`).
//!
//! Whatever language has such a file is walked through; nothing here knows one by name.

use std::{collections::BTreeMap, fs, path::Path};

use coderunner_executor::{Stdin, Termination, run_to_end};
use coderunner_languages::Language;
use serde::Deserialize;

use crate::backends::{self, Wasm};

/// What the interpreter printed, by title.
#[derive(Deserialize)]
struct Record {
    recorded: BTreeMap<String, Printed>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Printed {
    stdout: String,
    stderr: String,
    code: u8,
}

/// Titles and programs. A line that begins as the first line does, with four characters and a space, begins a snippet.
fn snippets(text: &str) -> Vec<(&str, &str)> {
    let Some((mark, _)) = text.split_once(' ') else { return Vec::new() };
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((title, after)) = rest.split_once('\n') {
        let end = after.find(&format!("\n{mark} ")).map_or(after.len(), |at| at + 1);
        // A snippet may be empty.
        let end = if after.starts_with(&format!("{mark} ")) { 0 } else { end };
        let (program, next) = after.split_at(end);
        found.push((&title[mark.len() + 1..], program.strip_suffix('\n').unwrap_or(program)));
        rest = next;
    }
    found
}

fn run(wasm: &Wasm, language: &Language, program: &str, stdin: &[u8]) -> Printed {
    let mut job = backends::job(language, program.as_bytes().to_vec());
    job.stdin = Stdin::Bytes(stdin.to_vec().into());
    let finished =
        backends::block_on(run_to_end(&wasm.executor, job)).expect("CodeRunner itself works");
    let Termination::Exited { code } = finished.outcome.termination else {
        panic!("{}: {:?} in {program}", language.name, finished.outcome)
    };
    Printed {
        stdout: String::from_utf8_lossy(&finished.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&finished.stderr).into_owned(),
        code,
    }
}

#[test]
fn languages_print_what_was_recorded() {
    let stdin = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/stdin.txt");
    let stdin = fs::read(stdin).expect("the file can be read");
    for language in backends::wasm_languages() {
        let folder = backends::own_folder(language);
        let Ok(text) =
            fs::read_to_string(folder.join(format!("snippets.{}", language.extensions[0])))
        else {
            continue;
        };
        let record = fs::read_to_string(folder.join("snippets.json")).expect("it is recorded");
        let mut record: Record = serde_json::from_str(&record).expect("record.py wrote it");
        let wasm = Wasm::new();
        let mut problems = Vec::new();
        for (title, program) in snippets(&text) {
            let Some(expected) = record.recorded.remove(title) else {
                panic!("{title} of {} is not recorded: tests/recorded/record.py", language.name)
            };
            let printed = run(&wasm, language, program, &stdin);
            if printed != expected {
                problems.push(format!("{title}\n  expected {expected:?}\n  got      {printed:?}"));
            }
        }
        assert!(record.recorded.is_empty(), "{:?} are gone", record.recorded.keys());
        assert!(problems.is_empty(), "{}:\n{}", language.name, problems.join("\n"));
    }
}

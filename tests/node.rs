//! JavaScript prints what Node.js prints: snippets whose output was recorded from the real Node (`node tests/node/record.js`).
//!
//! What differs is listed with its reason in `tests/node/differences.toml`; an entry that is not needed any more fails, too.

use std::{collections::BTreeMap, fs, path::Path};

use coderunner_executor::{FilePath, Finished, Termination, run_to_end};
use serde::Deserialize;

use crate::backends::{self, Wasm};

/// What Node.js printed, by title.
#[derive(Deserialize)]
struct Record {
    recorded: BTreeMap<String, Printed>,
}

#[derive(Deserialize)]
struct Printed {
    stdout: String,
    code: u8,
}

/// Runs every snippet of `tests/<folder>/snippets/<group>.<extension>`, and compares what is printed with what `record.js` beside it has recorded.
pub(crate) fn compare(folder: &str, group: &str, extension: &str, run: impl Fn(&str) -> Finished) {
    let record_js = format!("tests/{folder}/record.js");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the file can be read");
    let record: Record =
        serde_json::from_str(&read(&format!("snippets/{group}.json"))).expect("record.js wrote it");
    let mut differences: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(&read("differences.toml")).expect("a table of reasons for each group");
    let differences = differences.remove(group).unwrap_or_default();

    // A line `//// title` starts a snippet; one of `//// > name` a further file of it.
    let source = read(&format!("snippets/{group}.{extension}"));
    let source = format!("\n{source}").replace("\n//// > ", "\n\u{0}> ");
    let mut problems = Vec::new();
    let mut seen = 0;
    for (title, program) in source.split("\n//// ").filter_map(|s| s.split_once('\n')) {
        seen += 1;
        let finished = run(&program.replace('\u{0}', "//// "));
        let Some(expected) = record.recorded.get(title) else {
            problems.push(format!("{title}: not recorded; run `node {record_js}`"));
            continue;
        };
        let stdout = String::from_utf8_lossy(&finished.stdout);
        let same = stdout == expected.stdout
            && finished.outcome.termination == Termination::Exited { code: expected.code };
        match (same, differences.contains_key(title)) {
            (true, false) | (false, true) => {}
            (true, true) => problems.push(format!("{title}: does not differ any more")),
            (false, false) => problems.push(format!(
                "{title}: {:?}\n--- recorded\n{}--- here\n{stdout}{}",
                finished.outcome.termination,
                expected.stdout,
                String::from_utf8_lossy(&finished.stderr)
            )),
        }
    }
    assert_eq!(seen, record.recorded.len(), "{record_js} saw other snippets than this test");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn check(group: &str) {
    let language = backends::language("javascript");
    let wasm = Wasm::new();
    compare("node", group, "js", |program| {
        let job = backends::job(language, program.as_bytes().to_vec());
        backends::block_on(run_to_end(&wasm.executor, job)).expect("CodeRunner itself works")
    });
}

#[test]
fn console_prints_as_node_does() {
    check("console");
}

#[test]
fn the_language_behaves_as_in_node() {
    check("language");
}

#[test]
fn modules_behave_as_in_node() {
    check("modules");
}

#[test]
fn single_expressions_print_as_in_node() {
    check("small");
}

#[test]
fn numbers_and_dates_are_written_as_in_node() {
    check("locale");
}

#[test]
fn errors_say_what_they_say_in_node() {
    check("errors");
}

#[test]
fn what_a_sandbox_has_not_can_be_imported_and_says_why_it_does_not_work() {
    let program = "
        import { get } from 'node:http';
        import { exec } from 'child_process';
        import { Worker, isMainThread } from 'node:worker_threads';
        import zlib from 'zlib';
        const said = (call) => { try { call(); } catch (error) { console.log(error.code, error.message); } };
        said(() => get('http://localhost'));
        said(() => exec('ls'));
        said(() => new Worker('./x.js'));
        said(() => zlib.gzipSync('x'));
        said(() => new WebSocket('ws://localhost'));
        said(() => new Intl.Segmenter());
        console.log(isMainThread);
        await fetch('http://localhost').catch((error) => console.log(`${error}`, error.cause.message));
    ";
    let mut job = backends::job(backends::language("javascript"), program.as_bytes().to_vec());
    job.files[0].path = FilePath::new("main.mjs").expect("it is a name");
    let finished = backends::block_on(run_to_end(&Wasm::new().executor, job)).expect("it works");
    let code = "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";
    assert_eq!(
        String::from_utf8_lossy(&finished.stdout),
        format!(
            "{code} node:http: get cannot work here: there is no network in the sandbox\n\
            {code} node:child_process: exec cannot work here: a sandbox has one process\n\
            {code} node:worker_threads: Worker cannot work here: a sandbox has one thread\n\
            {code} node:zlib: gzipSync cannot work here: the JavaScript sandbox does without it\n\
            {code} WebSocket cannot work here: there is no network in the sandbox\n\
            undefined Intl: the JavaScript sandbox does without Intl.Segmenter\n\
            true\n\
            TypeError: fetch failed there is no network in the sandbox\n"
        ),
        "{}",
        String::from_utf8_lossy(&finished.stderr)
    );
}

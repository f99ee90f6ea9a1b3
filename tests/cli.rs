//! The real binary as a user or a script meets it: what it prints where, and its exit codes, which are a contract.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::backends;

/// A folder to call the binary in: programs, their files, and the folders of executions.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("tmp")).expect("a folder can be made");
        Self { folder }
    }

    /// The same with files in it.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, contents) in files {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().expect("below the folder"))
                .expect("a folder can be made");
            fs::write(path, contents).expect("a file can be written");
        }
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command, its standard input empty.
    pub(crate) fn coderunner(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coderunner"));
        command
            .args(args)
            .current_dir(self.path())
            .env("CODERUNNER_CACHE_DIR", backends::cache())
            .env("TMPDIR", self.path().join("tmp"))
            .env("COLUMNS", "100")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Calls it and waits for its end.
    pub(crate) fn run(&self, args: &[&str]) -> Called {
        Called::new(&self.coderunner(args).output().expect("the binary starts"))
    }

    /// The same with a standard input.
    fn run_with_stdin(&self, args: &[&str], stdin: &[u8]) -> Called {
        let mut child =
            self.coderunner(args).stdin(Stdio::piped()).spawn().expect("the binary starts");
        child.stdin.take().expect("it is piped").write_all(stdin).expect("the binary reads");
        Called::new(&child.wait_with_output().expect("the binary ends"))
    }

    /// Folders of executions that were left behind.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.path().join("tmp")).expect("the folder can be read") {
            let folder = entry.expect("the folder can be read").path();
            let below = fs::read_dir(&folder).expect("only folders are in it");
            found.extend(
                below.map(|entry| {
                    entry.expect("the folder can be read").path().display().to_string()
                }),
            );
        }
        found
    }
}

/// What a call printed and ended with.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The exit code, or `None` when a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Called {
    pub(crate) fn new(output: &Output) -> Self {
        let called = Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        };
        assert!(!called.stderr.contains("panicked"), "{called:?}");
        called
    }
}

/// Calls on one page, as a user sees them.
fn transcript(place: &Place, calls: &[&[&str]]) -> String {
    let mut page = String::new();
    for args in calls {
        let Called { stdout, stderr, code } = place.run(args);
        let code = code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        writeln!(page, "$ coderunner {}\n{stdout}{stderr}[exit {code}]\n", args.join(" "))
            .expect("text grows");
    }
    page
}

#[test]
fn help_shows_examples() {
    let place = Place::new();
    insta::assert_snapshot!(transcript(
        &place,
        &[&["--help"], &["run", "--help"], &["bench", "--help"], &["languages", "--help"]]
    ));
}

#[test]
fn errors_name_what_is_wrong_and_how_to_put_it_right() {
    let place = Place::with(&[
        ("a.js", "console.log(1)"),
        ("b.txt", "text"),
        ("sub/a.js", ""),
        ("in.txt", ""),
    ]);
    let page = transcript(
        &place,
        &[
            &["run", "missing.js"],
            &["run", "b.txt"],
            &["run", "sub"],
            &["run", "-l", "javascript", "sub"],
            &["run", "-l", "cobol", "a.js"],
            &["run", "-"],
            &["run", "-l", "js", "-", "--stdin", "-"],
            &["run", "a.js", "--env", "NAME"],
            &["run", "a.js", "--env", "=x"],
            &["run", "a.js", "--file", "missing.txt"],
            &["run", "a.js", "--file", "sub/a.js", "--file", "sub/a.js"],
            &["run", "a.js", "--stdin", "missing.txt"],
            &["run", "a.js", "--memory-mb", "1"],
            &["run", "a.js", "--wall-ms", "0"],
            &["run", "a.js", "--out", "b.txt"],
            &["run"],
            &["walk"],
            &["bench", "-l", "cobol"],
            &["serve", "--listen", "0.0.0.0:0"],
        ],
    );
    insta::with_settings!({filters => vec![
        (r"known are [a-z, ]+", "known are [the languages]"),
        (r"needs \d+ MiB", "needs [n] MiB"),
    ]}, { insta::assert_snapshot!(page) });
}

#[test]
fn an_unknown_language_lists_the_known() {
    let place = Place::with(&[("a.js", "")]);
    let called = place.run(&["run", "-l", "cobol", "a.js"]);
    for language in backends::registry().iter() {
        assert!(called.stderr.contains(language.id.as_str()), "{}", called.stderr);
    }
}

#[test]
fn hello_programs_run() {
    let place = Place::new();
    for language in backends::wasm_languages() {
        let hello = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("languages")
            .join(language.id.as_str())
            .join(language.hello.0);
        let called = place.run(&["run", &hello.to_string_lossy()]);
        assert_eq!(called.code, Some(0), "{called:?}");
        assert!(!called.stdout.is_empty());
        assert!(place.left_behind().is_empty());
    }
}

#[test]
fn exit_codes() {
    let cases: &[(&str, &[&str], i32)] = &[
        ("", &[], 0),
        ("process.exit(7)", &[], 7),
        ("process.exit(255)", &[], 255),
        ("throw 1", &[], 1),
        ("for (;;);", &["--cpu-ms", "50"], 124),
        ("for (;;);", &["--wall-ms", "50"], 124),
        ("setTimeout(() => {}, 1e6)", &["--wall-ms", "50"], 124),
        ("new ArrayBuffer(2 ** 29)", &["--memory-mb", "64"], 137),
        ("for (;;) console.log('x'.repeat(99))", &["--output-kb", "4"], 123),
        ("for (;;) require('fs').appendFileSync('f', 'x'.repeat(9999))", &["--disk-mb", "1"], 123),
        ("for (let n = 0; ; n++) require('fs').writeFileSync('f' + n, '')", &[], 123),
    ];
    for (source, options, code) in cases {
        let place = Place::with(&[("a.js", source)]);
        let args: Vec<&str> = ["run", "a.js"].iter().chain(*options).copied().collect();
        let called = place.run(&args);
        assert_eq!(called.code, Some(*code), "{source} {options:?}: {called:?}");
        assert!(place.left_behind().is_empty(), "{source}");
        // A limit says which one, and how to raise it.
        let limit = matches!(code, 123 | 124 | 137);
        assert_eq!(called.stderr.contains("hint: "), limit, "{source} {options:?}: {called:?}");
        if let (true, [option, _]) = (limit, *options) {
            assert!(called.stderr.contains(option), "{source} {options:?}: {called:?}");
        }
    }
}

#[test]
fn compiler_options_are_refused_where_nothing_is_compiled() {
    let place = Place::with(&[("hello.py", "print(1)")]);
    let called = place.run(&["run", "--compile-arg=-O2", "hello.py"]);
    assert_eq!((called.code, called.stdout.as_str()), (Some(2), ""), "{called:?}");
    assert!(called.stderr.contains("Python is not compiled"), "{called:?}");
    assert!(called.stderr.contains("\"-O2\" was given"), "{called:?}");
}

#[test]
fn a_crash_has_its_own_exit_code() {
    // Of the guests, only Python lets a program take its own interpreter down.
    let place = Place::with(&[("a.py", "import os\nos.abort()\n")]);
    let called = place.run(&["run", "a.py"]);
    assert_eq!(called.code, Some(134), "{called:?}");
    assert!(called.stderr.contains("coderunner: the program crashed"), "{called:?}");
}

#[test]
fn json_has_every_field() {
    const PROGRAM: &str = "console.log('out');\nconsole.error('err');\nrequire('fs').writeFileSync('new', '12345');\nprocess.exit(3)";
    let place = Place::with(&[
        ("a.js", PROGRAM),
        ("loop.js", "for (;;);"),
        ("bytes.js", "process.stdout.write(Uint8Array.of(255))"),
    ]);
    let reports = [
        place.run(&["run", "--json", "a.js", "--out", "out"]),
        place.run(&["run", "--json", "a.js"]),
        place.run(&["run", "--json", "loop.js", "--cpu-ms", "20"]),
        place.run(&["run", "--json", "bytes.js"]),
    ];
    let mut page = String::new();
    for called in &reports {
        assert!(called.stderr.is_empty(), "{called:?}");
        let report: Value = serde_json::from_str(&called.stdout).expect("one JSON object");
        writeln!(
            page,
            "{}\n[exit {:?}]\n",
            serde_json::to_string_pretty(&report).expect("JSON"),
            called.code
        )
        .expect("text grows");
        let usage = report["usage"].as_object().expect("usage is an object");
        for field in ["wall_us", "cpu_us", "fuel", "memory_bytes_peak", "output_bytes", "setup_us"]
        {
            assert!(usage[field].is_u64(), "{field}: {report}");
        }
    }
    insta::with_settings!({filters => vec![
        (r#""(wall_us|cpu_us|fuel|memory_bytes_peak|setup_us)": \d+"#, r#""$1": [n]"#),
    ]}, { insta::assert_snapshot!(page) });
}

#[test]
fn languages_are_listed() {
    let place = Place::new();
    let called = place.run(&["languages", "--json"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    let list: Value = serde_json::from_str(&called.stdout).expect("a JSON array");
    let list = list.as_array().expect("a JSON array");
    let ids: Vec<&str> =
        list.iter().map(|language| language["id"].as_str().expect("an id")).collect();
    assert!(
        ids.iter().copied().eq(backends::registry().iter().map(|language| language.id.as_str())),
        "{ids:?}"
    );
    for language in list {
        let expected =
            ["id", "name", "names", "version", "extensions", "backend", "limits", "available"];
        let mut fields: BTreeSet<&str> =
            language.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields.remove("why"), language["available"] == false, "{language}");
        // Of languages that bring any.
        for field in ["packages", "layers"] {
            assert_eq!(fields.remove(field), language["id"] == "python", "{language}");
        }
        assert_eq!(fields, BTreeSet::from(expected), "{language}");
        assert_eq!(language["names"][0], language["id"]);
    }
    // Those that depend on nothing outside are the same everywhere.
    let of_this_binary: Vec<&Value> =
        list.iter().filter(|language| language["backend"] == "wasm").collect();
    assert!(of_this_binary.iter().all(|language| language["available"] == true));
    let javascript = list.iter().find(|language| language["id"] == "javascript");
    insta::assert_snapshot!(serde_json::to_string_pretty(&javascript).expect("JSON"));

    let called = place.run(&["languages"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    let mut columns = BTreeSet::new();
    for language in list {
        let id = language["id"].as_str().expect("an id");
        let backend = language["backend"].as_str().expect("a backend");
        let mut lines = called.stdout.lines();
        let line = lines.find(|line| line.split_whitespace().next() == Some(id));
        let line = line.unwrap_or_else(|| panic!("{id} is in none of\n{}", called.stdout));
        columns.insert(line.find(&format!(" {backend} ")));
    }
    assert_eq!(columns.len(), 1, "backends stand below each other:\n{}", called.stdout);
}

#[test]
fn files_go_in_and_come_out() {
    const PROGRAM: &str = "const fs = require('fs');
        const text = fs.readFileSync('data/in.txt', 'utf8') + fs.readFileSync('other.txt', 'utf8');
        fs.mkdirSync('made');
        fs.writeFileSync('made/out.txt', text.toUpperCase());
        fs.writeFileSync('data/in.txt', 'changed');";
    let place =
        Place::with(&[("a.js", PROGRAM), ("data/in.txt", "one "), ("elsewhere/other.txt", "two")]);
    let elsewhere = place.path().join("elsewhere/other.txt");
    // What lies at a path already is replaced, never followed.
    fs::create_dir_all(place.path().join("out/made")).expect("a folder can be made");
    fs::write(place.path().join("target"), "untouched").expect("a file can be written");
    std::os::unix::fs::symlink(place.path().join("target"), place.path().join("out/made/out.txt"))
        .expect("a link can be made");

    let called = place.run(&[
        "run",
        "a.js",
        "-f",
        "data/in.txt",
        "-f",
        &elsewhere.to_string_lossy(),
        "--out",
        "out",
    ]);
    assert_eq!((called.code, called.stderr.as_str()), (Some(0), ""), "{called:?}");
    let read = |path: &str| fs::read_to_string(place.path().join(path)).expect("the file is there");
    assert_eq!(read("out/made/out.txt"), "ONE TWO");
    assert_eq!(read("out/data/in.txt"), "changed");
    assert_eq!((read("data/in.txt"), read("target")), ("one ".to_owned(), "untouched".to_owned()));
    assert!(!place.path().join("out/a.js").exists(), "what did not change does not come back");
    assert!(place.left_behind().is_empty());
}

#[test]
fn a_folder_for_results_is_never_left_through_a_link() {
    let place = Place::with(&[
        ("a.js", "require('fs').mkdirSync('d');\nrequire('fs').writeFileSync('d/f', 'x')"),
        ("outside/keep", ""),
    ]);
    fs::create_dir(place.path().join("out")).expect("a folder can be made");
    std::os::unix::fs::symlink(place.path().join("outside"), place.path().join("out/d"))
        .expect("a link can be made");
    let called = place.run(&["run", "a.js", "--out", "out"]);
    assert_eq!(called.code, Some(125), "{called:?}");
    assert!(called.stderr.contains("exists and is no folder"), "{called:?}");
    assert!(!place.path().join("outside/f").exists());
}

#[test]
fn standard_input_is_passed_on() {
    const ECHO: &str = "process.stdout.write(require('fs').readFileSync(0, 'utf8').toUpperCase())";
    let place = Place::with(&[("a.js", ECHO), ("in.txt", "from a file")]);
    assert_eq!(place.run_with_stdin(&["run", "a.js"], b"piped").stdout, "PIPED");
    assert_eq!(place.run_with_stdin(&["run", "a.js", "--stdin", "-"], b"piped").stdout, "PIPED");
    assert_eq!(
        place.run_with_stdin(&["run", "a.js", "--stdin", "in.txt"], b"").stdout,
        "FROM A FILE"
    );
    assert_eq!(place.run(&["run", "a.js"]).stdout, "");
    // A program that comes on standard input has none of its own.
    assert_eq!(
        place
            .run_with_stdin(&["run", "-l", "js", "-"], format!("{ECHO}; console.log(1)").as_bytes())
            .stdout,
        "1\n"
    );
    assert_eq!(
        place
            .run_with_stdin(&["run", "-l", "js", "-", "--stdin", "in.txt"], ECHO.as_bytes())
            .stdout,
        "FROM A FILE"
    );
}

#[test]
fn arguments_and_environment_are_passed_on() {
    const PRINT: &str = "console.log(JSON.stringify([process.argv.slice(2), process.env]))";
    let place = Place::with(&[("a.js", PRINT)]);
    let called =
        place.run(&["run", "a.js", "-e", "A=1", "--env", "B=x=y", "--", "--json", "", "ü"]);
    assert_eq!(
        called.stdout, "[[\"--json\",\"\",\"ü\"],{\"A\":\"1\",\"B\":\"x=y\"}]\n",
        "{called:?}"
    );
}

#[test]
fn stats_go_to_standard_error() {
    let place = Place::with(&[("a.js", "console.log(1)")]);
    let called = place.run(&["run", "a.js", "--stats"]);
    assert_eq!(called.stdout, "1\n");
    for word in ["wall ", "CPU ", "memory ", "output 2 bytes", "fuel "] {
        assert!(called.stderr.contains(word), "{word}: {called:?}");
    }
}

#[test]
fn output_arrives_while_the_program_runs() {
    // The program goes on only when it is answered, so its question must have come out before.
    const ASK: &str = "let n = 1;
        process.stdin.setEncoding('utf8');
        process.stdin.on('data', (data) => {
            console.log(data.trim());
            if (n === 3) process.exit(0);
            process.stdout.write(`${++n}?`);
        });
        process.stdout.write(`${n}?`);";
    let place = Place::with(&[("a.js", ASK)]);
    let mut child = place
        .coderunner(&["run", "a.js"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let (mut stdin, mut stdout) =
        (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    for n in 1..=3 {
        let mut question = [0; 2];
        stdout.read_exact(&mut question).expect("a question comes");
        assert_eq!(String::from_utf8_lossy(&question), format!("{n}?"));
        // In one write: a pipe passes the parts of a formatted one on as they come, and the program would see half an answer.
        stdin.write_all(format!("answer {n}\n").as_bytes()).expect("the answer is taken");
        let mut echo = vec![0; "answer n\n".len()];
        stdout.read_exact(&mut echo).expect("the answer is echoed");
        assert_eq!(String::from_utf8_lossy(&echo), format!("answer {n}\n"));
    }
    // Standard input is still open: the program ends by itself all the same.
    assert_eq!(child.wait().expect("the binary ends").code(), Some(0));
}

#[test]
fn signals_stop_the_program_and_nothing_is_left() {
    const PROGRAM: &str = "require('fs').writeFileSync('f', 'x');\nconsole.log('up');\nfor (;;);";
    for (signal, code) in [(libc::SIGINT, 130), (libc::SIGTERM, 143)] {
        let place = Place::with(&[("a.js", PROGRAM)]);
        let mut child = place
            .coderunner(&["run", "a.js", "--wall-ms", "3600000"])
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped"))
            .read_line(&mut line)
            .expect("a line comes");
        assert_eq!(line, "up\n");
        assert_eq!(place.left_behind().len(), 1, "the program has a folder");
        let pid = libc::pid_t::try_from(child.id()).expect("process numbers are small");
        // SAFETY: the child is ours and was not waited for yet.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(Called::new(&output).code, Some(code));
        assert!(place.left_behind().is_empty());
    }
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let place = Place::with(&[(
        "a.js",
        "require('fs').writeFileSync('f', 'x');\nfor (;;) console.log('x'.repeat(99))",
    )]);
    let mut child = place
        .coderunner(&["run", "a.js", "--output-kb", "1000000"])
        .spawn()
        .expect("the binary starts");
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_exact(&mut [0; 100]).expect("output comes");
    drop(stdout);
    let output = child.wait_with_output().expect("the binary ends");
    let ended_by = (output.status.code(), output.status.signal());
    assert!(matches!(ended_by, (Some(141), None) | (None, Some(libc::SIGPIPE))), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    assert!(place.left_behind().is_empty());
}

#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let called = place.run(&["completions", shell]);
        assert_eq!(called.code, Some(0), "{called:?}");
        assert!(
            called.stdout.contains("languages") && called.stdout.contains("wall-ms"),
            "{shell}"
        );
    }
}

#[test]
fn bench_reports_every_figure() {
    let place = Place::with(&[("a.js", "console.log(2)"), ("bad.js", "process.exit(1)")]);
    let called = place.run(&["bench", "-l", "js", "--runs", "40", "--threads", "2", "--json"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    let report: Value = serde_json::from_str(&called.stdout).expect("a JSON object");
    assert_eq!(
        (&report["language"], &report["runs"], &report["threads"]),
        (&"javascript".into(), &40.into(), &2.into())
    );
    for field in [
        "p50_us",
        "p99_us",
        "max_us",
        "per_second",
        "page_faults_per_run",
        "memory_bytes_per_live_sandbox",
    ] {
        assert!(report[field].is_number(), "{field}: {report}");
    }
    let called = place.run(&["bench", "-l", "js", "--source", "a.js", "--runs", "5"]);
    assert_eq!(called.code, Some(0), "{called:?}");
    assert!(!called.stdout.is_empty());
    let called = place.run(&["bench", "-l", "js", "--source", "bad.js", "--runs", "5"]);
    assert_ne!(called.code, Some(0), "a program that fails is no measure: {called:?}");
}

#[test]
fn doctor_looks_at_everything() {
    let place = Place::new();
    let called = place.run(&["doctor", "--json"]);
    let findings: Value = serde_json::from_str(&called.stdout).expect("a JSON array");
    let findings = findings.as_array().expect("a JSON array");
    for what in [
        "processor",
        "address space",
        "memory mappings",
        "cache folder",
        "working folders",
        "javascript",
    ] {
        let finding = findings
            .iter()
            .find(|finding| finding["what"] == what)
            .unwrap_or_else(|| panic!("nothing about {what}"));
        assert!(
            matches!(finding["verdict"].as_str(), Some("good" | "reduced" | "bad")),
            "{finding}"
        );
        assert_eq!(finding["verdict"] == "good", finding["advice"].is_null(), "{finding}");
    }
    let works = findings.iter().all(|finding| finding["verdict"] != "bad");
    assert_eq!(called.code, Some(i32::from(!works)), "{called:?}");
    assert!(place.run(&["doctor"]).stdout.lines().count() >= findings.len());
    assert!(place.left_behind().is_empty());
}

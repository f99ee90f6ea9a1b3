//! TypeScript does what it does when `tsc` has compiled it and Node.js runs it: snippets whose output was recorded (`node tests/typescript/record.js`).
//!
//! What differs is listed with its reason in `tests/typescript/differences.toml`; an entry that is not needed any more fails, too.

use std::{fs, path::Path};

use coderunner_executor::{FilePath, Finished, Job, JobFile, Stage, Termination, run_to_end};

use crate::{
    backends::{self, Wasm},
    node::compare,
};

/// A job of `text`, in which lines `//// > name` start further files.
fn job(text: &str, main: &str) -> Job {
    let text = format!("//// > {main}\n{text}");
    let mut files = text.split("//// > ").skip(1).map(|file| {
        let (name, contents) = file.split_once('\n').expect("a name and a line end");
        let path = FilePath::new(name).expect("a plain name");
        JobFile { path, contents: contents.to_owned().into() }
    });
    let mut job = backends::job(backends::language("typescript"), "");
    job.files = files.by_ref().collect();
    job
}

fn run(wasm: &Wasm, job: Job) -> Finished {
    backends::block_on(run_to_end(&*wasm.languages(), job)).expect("CodeRunner itself works")
}

/// Runs every snippet of `tests/typescript/snippets/<group>`, the first file of each called `main`.
fn check(group: &str, main: &str) {
    let extension = main.rsplit_once('.').expect("an extension").1;
    let wasm = Wasm::new();
    compare("typescript", group, extension, |program| run(&wasm, job(program, main)));
}

/// One test for each group, so that they run side by side.
macro_rules! check {
    ($($name:ident: $group:literal as $main:literal;)*) => {
        $(#[test] fn $name() { check($group, $main); })*
    };
}

check! {
    asynchronous_programs_run_as_with_tsc: "async" as "main.ts";
    classes_are_as_with_tsc: "classes" as "main.ts";
    decorators_are_as_with_tsc: "decorators" as "main.ts";
    decorators_of_before_the_standard_are_as_with_tsc: "legacy" as "main.ts";
    elements_are_as_with_tsc: "elements" as "main.tsx";
    enumerations_are_as_with_tsc: "enums" as "main.ts";
    modules_are_as_with_tsc: "modules" as "main.ts";
    namespaces_are_as_with_tsc: "namespaces" as "main.ts";
    programs_run_as_with_tsc: "programs" as "main.ts";
    stacks_point_to_the_lines_of_the_source: "stacks" as "main.ts";
    types_leave_no_trace: "types" as "main.ts";
}

#[test]
fn what_is_no_typescript_does_not_compile() {
    let wasm = Wasm::new();
    let finished =
        run(&wasm, job("let ok = 1;\n\tlet y = = 3;\n//// > b.ts\nconst c: number;\n", "a.ts"));
    assert_eq!(finished.outcome.stage, Stage::Compile);
    assert_eq!(finished.outcome.termination, Termination::Exited { code: 1 });
    assert_eq!(String::from_utf8_lossy(&finished.stdout), "");
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(stderr.starts_with("a.ts:2:10: error: "), "{stderr}");
    assert!(stderr.contains("\n\n2 | \tlet y = = 3;\n  | \t        ~\n\n"), "{stderr}");
    assert!(stderr.contains("\nb.ts:1:7: error: "), "{stderr}");
}

#[test]
fn decorators_of_private_methods_are_refused() {
    let wasm = Wasm::new();
    let finished = run(&wasm, job("class A {\n  @d #m() {}\n}\n", "a.ts"));
    assert_eq!(finished.outcome.stage, Stage::Compile);
    assert_eq!(finished.outcome.termination, Termination::Exited { code: 1 });
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(stderr.starts_with("a.ts:2:6: error: Decorators of private methods"), "{stderr}");
}

#[test]
fn what_would_keep_the_compiler_busy_is_refused() {
    let wasm = Wasm::new();
    for piece in ["a<", "(x=", "a<({["] {
        let finished = run(&wasm, job(&piece.repeat(20_000 / piece.len()), "a.ts"));
        assert_eq!(finished.outcome.stage, Stage::Compile, "{piece}");
        assert_eq!(finished.outcome.termination, Termination::Exited { code: 1 }, "{piece}");
        let stderr = String::from_utf8_lossy(&finished.stderr);
        assert!(stderr.contains("make it simpler"), "{piece}: {stderr}");
    }
}

#[test]
fn an_uncaught_error_shows_where_it_was_made() {
    let wasm = Wasm::new();
    let source = "interface A {\n  a: string;\n}\nfunction f<T>(x: T): never {\n  throw new Error('no');\n}\nf<A>({ a: '' });\n";
    let finished = run(&wasm, job(source, "dir/program.ts"));
    assert_eq!(finished.outcome.stage, Stage::Run);
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(
        stderr.starts_with("/sandbox/dir/program.ts:5\n  throw new Error('no');\n"),
        "{stderr}"
    );
    assert!(stderr.contains("at f (/sandbox/dir/program.ts:5:"), "{stderr}");
    // The engine counts from the bracket of a call where it does not follow at once: here type arguments stood between. Node.js says 1.
    assert!(stderr.contains("/sandbox/dir/program.ts:7:5)"), "{stderr}");
}

#[test]
fn a_program_without_a_name_may_have_elements() {
    let wasm = Wasm::new();
    for (main, source) in [
        (
            "main.ts",
            "const f = (s: string) => <b>{s}</b>; console.log(f('x').props.children as string);",
        ),
        ("main.jsx", "const f = (s) => <b>{s}</b>; console.log(f('x').props.children);"),
        ("main.mts", "console.log(this === undefined && 'x');"),
        ("main.cts", "import p = require('path'); console.log(p.basename('/a/x'));"),
    ] {
        let finished = run(&wasm, job(source, main));
        let stderr = String::from_utf8_lossy(&finished.stderr);
        assert_eq!(String::from_utf8_lossy(&finished.stdout), "x\n", "{main}: {stderr}");
    }
}

#[test]
fn programs_made_to_break_the_compiler_do_not() {
    let wasm = Wasm::new();
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{", "", "}"),
        ("a=>", "1", ""),
        ("!", "1", ""),
        ("class{a=", "1", "}"),
        ("if(a)", ";", ""),
        ("namespace A{", "let x=1", "}"),
        ("x as A<", "A", ">"),
        ("`${", "1", "}`"),
    ] {
        for count in [100, 3_000, 100_000] {
            let source = format!("{}{middle}{}", open.repeat(count), close.repeat(count));
            // How it ends is all the same, as long as it does.
            run(&wasm, job(&source, "main.ts"));
        }
    }
    let large = run(&wasm, job(&"x;\n".repeat(1 << 20), "main.ts"));
    assert_eq!(large.outcome.stage, Stage::Compile);
    let stderr = String::from_utf8_lossy(&large.stderr);
    assert!(stderr.contains("at most 1048576 are compiled"), "{stderr}");
}

/// JavaScript is TypeScript, and its programs are good ones for both.
#[test]
fn javascript_programs_do_the_same_as_typescript() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/conformance");
    let mut programs: Vec<_> = fs::read_dir(&cases)
        .expect("there are cases")
        .map(|case| case.expect("it can be read").path().join("main.js"))
        .filter(|program| program.exists())
        .collect();
    programs.sort();
    assert!(programs.len() > 20, "there are {} programs", programs.len());
    let wasm = Wasm::new();
    for program in programs {
        let source = fs::read(&program).expect("it can be read");
        let run = |id| run(&wasm, backends::job(backends::language(id), source.clone()));
        let (expected, finished) = (run("javascript"), run("typescript"));
        let stderr = String::from_utf8_lossy(&finished.stderr);
        if finished.outcome.stage == Stage::Compile {
            // What the one refuses when it compiles, the other refuses when it starts.
            let refused = String::from_utf8_lossy(&expected.stderr).contains("SyntaxError");
            assert!(refused, "{}: {stderr}", program.display());
            continue;
        }
        assert_eq!(
            finished.outcome.termination,
            expected.outcome.termination,
            "{}: {stderr}",
            program.display()
        );
        // What reads the clock or draws numbers says something else each time.
        if expected.outcome.repeatable {
            let stdout = String::from_utf8_lossy(&finished.stdout).replace("main.ts", "main.js");
            assert_eq!(
                stdout,
                String::from_utf8_lossy(&expected.stdout),
                "{}: {stderr}",
                program.display()
            );
        }
    }
}

//! Programs as folders of data: `tests/cases/<group>/<case>/` holds a `case.toml` (what is given, what is expected) and the program in
//! each language, `main.<extension>`. Every case runs in every language of either backend that it has a program for; one that a language
//! lacks must be declared with the reason, and so must a difference between languages.
//!
//! After each case a probe runs in the same sandbox: whatever the program did, the next one finds a fresh interpreter. Without a Docker engine
//! the container languages are skipped, and say so; in CI they fail.
//!
//! `CASE=name cargo nextest run cases` runs only the cases whose path contains the name.

mod run;
mod spec;

use std::{collections::BTreeSet, fs, path::Path};

use coderunner_languages::{Backend, Language};

use crate::backends;

use self::{run::Walk, spec::Case};

const GROUPS: [&str; 3] = ["conformance", "limits", "hostile"];

/// Runs all cases of a group in one language.
fn check(group: &str, language: &str) {
    let language = backends::language(language);
    let wanted = std::env::var("CASE").unwrap_or_default();
    let Some(mut walk) = Walk::new(language) else { return };
    let mut problems = Vec::new();
    let mut run = 0;
    for case in cases(group).iter().filter(|case| case.name.contains(&wanted)) {
        let Some(program) = case.program(language) else { continue };
        run += 1;
        problems.extend(
            walk.run(case, program).into_iter().map(|problem| format!("{}: {problem}", case.name)),
        );
    }
    assert!(walk.end(), "a container was left behind");
    assert!(run > 0 || !wanted.is_empty(), "no case of {group} runs in {}", language.name);
    println!("{run} cases of {group} in {}", language.name);
    assert!(
        problems.is_empty(),
        "{} problems in {}:\n{}",
        problems.len(),
        language.name,
        problems.join("\n")
    );
}

fn cases(group: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<_> = fs::read_dir(root.join(group))
        .expect("the group is a folder")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    folders.sort();
    folders.iter().map(|folder| Case::read(folder)).collect()
}

/// Languages with programs of their own. What is compiled into another language has that one's: `typescript` runs them.
fn languages() -> Vec<&'static Language> {
    let own = |language: &&Language| !matches!(language.backend, Backend::Compiled(_));
    backends::registry().iter().filter(own).collect()
}

/// One test for each group and language, so that they run side by side.
macro_rules! check {
    ($($name:ident: $group:literal in $language:literal;)*) => {
        $(#[test] fn $name() { check($group, $language); })*

        /// What the macro was given.
        const CHECKED: &[(&str, &str)] = &[$(($group, $language)),*];
    };
}

check! {
    conformance_bash: "conformance" in "bash";
    limits_bash: "limits" in "bash";
    hostile_bash: "hostile" in "bash";
    conformance_c: "conformance" in "c";
    limits_c: "limits" in "c";
    hostile_c: "hostile" in "c";
    conformance_cpp: "conformance" in "cpp";
    limits_cpp: "limits" in "cpp";
    hostile_cpp: "hostile" in "cpp";
    conformance_go: "conformance" in "go";
    limits_go: "limits" in "go";
    hostile_go: "hostile" in "go";
    conformance_java: "conformance" in "java";
    limits_java: "limits" in "java";
    hostile_java: "hostile" in "java";
    conformance_javascript: "conformance" in "javascript";
    limits_javascript: "limits" in "javascript";
    hostile_javascript: "hostile" in "javascript";
    conformance_python: "conformance" in "python";
    limits_python: "limits" in "python";
    hostile_python: "hostile" in "python";
    conformance_rust: "conformance" in "rust";
    limits_rust: "limits" in "rust";
    hostile_rust: "hostile" in "rust";
}

#[test]
fn every_language_is_walked_through_every_group() {
    for language in languages() {
        for group in GROUPS {
            assert!(
                CHECKED.contains(&(group, language.id.as_str())),
                "add {group} in {} to the list above",
                language.id
            );
        }
    }
}

#[test]
fn every_case_has_a_program_or_a_reason_for_each_language() {
    let mut names = BTreeSet::new();
    for group in GROUPS {
        let cases = cases(group);
        assert!(!cases.is_empty(), "tests/cases/{group} is empty");
        for case in &cases {
            assert!(names.insert(case.name.clone()), "two cases are called {}", case.name);
            let missing = case.without_program_or_reason(&languages());
            assert!(
                missing.is_empty(),
                "{}: no program and no reason for it, or both, for {}",
                case.name,
                missing.join(", ")
            );
        }
    }
}

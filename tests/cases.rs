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
fn check(group: &str, language: &'static Language) {
    let wanted = std::env::var("CASE").unwrap_or_default();
    let Some(mut walk) = Walk::new(language) else { return };
    let mut problems = Vec::new();
    let mut run = 0;
    for case in cases_in(group, language).iter().filter(|case| case.name.contains(&wanted)) {
        let Some(program) = case.program(language) else { continue };
        run += 1;
        problems.extend(
            walk.run(case, program).into_iter().map(|problem| format!("{}: {problem}", case.name)),
        );
    }
    assert!(walk.end(), "a container was left behind");
    assert!(run > 0 || !wanted.is_empty(), "no case of {group} runs in {}", language.name);
    #[expect(clippy::print_stdout, reason = "how much was tested")]
    {
        println!("{run} cases of {group} in {}", language.name);
    }
    assert!(
        problems.is_empty(),
        "{} problems in {}:\n{}",
        problems.len(),
        language.name,
        problems.join("\n")
    );
}

/// The cases for all languages.
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

/// The cases for one language: those for all, with what it brings for them, and its own.
fn cases_in(group: &str, language: &Language) -> Vec<Case> {
    let mut own = backends::own_programs(language);
    let mut cases = cases(group);
    for case in &mut cases {
        case.take(&mut own, language);
    }
    let mine = |name: &str| name.split_once('/').is_some_and(|(first, _)| first == group);
    if let Some(name) = own.programs.keys().chain(own.differs.keys()).find(|name| mine(name)) {
        panic!("{} brings something for {name}, which is no case", language.name);
    }
    cases.extend(
        own.cases
            .into_iter()
            .filter(|(name, _)| mine(name))
            .map(|(name, table)| Case::own(&name, table, language)),
    );
    cases
}

/// Runs a group in the first languages and in those that came later as folders, each on a thread: those need no line here.
fn check_others(group: &str) {
    let others = languages()
        .into_iter()
        .filter(|language| !CHECKED.contains(&(group, language.id.as_str())));
    std::thread::scope(|scope| {
        for language in others {
            scope.spawn(move || check(group, language));
        }
    });
}

/// One test for each group and language, so that they run side by side.
macro_rules! check {
    ($($name:ident: $group:literal in $language:literal;)*) => {
        $(#[test] fn $name() { check($group, backends::language($language)); })*

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
fn conformance_others() {
    check_others("conformance");
}

#[test]
fn limits_others() {
    check_others("limits");
}

#[test]
fn hostile_others() {
    check_others("hostile");
}

#[test]
fn every_case_has_a_program_or_a_reason_for_each_language() {
    let mut names = BTreeSet::new();
    for group in GROUPS {
        let cases = cases(group);
        assert!(!cases.is_empty(), "tests/cases/{group} is empty");
        for case in &cases {
            assert!(names.insert(case.name.clone()), "two cases are called {}", case.name);
        }
        for language in languages() {
            let own = backends::own_programs(language);
            for case in cases_in(group, language) {
                let missing = !case.without_program_or_reason(&[language]).is_empty();
                let reason = own.without.get(&case.name).is_some_and(|reason| !reason.is_empty());
                // Programs that attack an interpreter are made for it: a language that came later brings its own.
                let attacks = group == "hostile" && !own.cases.is_empty();
                assert!(
                    !missing || reason || attacks,
                    "{}: no program and no reason for {}",
                    case.name,
                    language.name
                );
                assert!(!reason || missing, "{}: {} has it", case.name, language.name);
            }
        }
    }
}

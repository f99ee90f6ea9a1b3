//! The embed and the playground, in a real browser: `web/tests/*.test.mjs`, run by Node's own test runner against a server.
//!
//! They need Node, what `web/package-lock.json` names and Chromium; `cargo xtask test` installs them. Without these a test says what is
//! missing, and fails where that must not be (with `CI` set).

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::served::Served;

/// Where Debian's package puts it; `CHROMIUM` names another.
const CHROMIUM: &str = "/usr/bin/chromium";

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

/// What is missing on this machine, and how to get it.
fn missing(browser: bool) -> Option<&'static str> {
    let chromium = env::var("CHROMIUM").unwrap_or_else(|_| CHROMIUM.to_owned());
    if !Command::new("node").arg("--version").output().is_ok_and(|node| node.status.success()) {
        Some("Node 20 or newer")
    } else if !web().join("node_modules").is_dir() {
        Some("what the tests use (run `cargo xtask web`)")
    } else if browser && !Path::new(&chromium).exists() {
        Some("Chromium (on Debian: apt-get install chromium)")
    } else {
        None
    }
}

/// Runs a file of tests, with a server for them if they need a browser.
fn run(name: &str, browser: bool) {
    if let Some(what) = missing(browser) {
        let required = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        assert!(!required, "the tests in web/ need {what}");
        #[expect(clippy::print_stderr, reason = "a test that did not run says so")]
        {
            eprintln!("NOT RUN: web/tests/{name}.test.mjs needs {what}");
        }
        return;
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", &format!("tests/{name}.test.mjs")])
        .current_dir(web());
    let served = browser.then(Served::new);
    if let Some(served) = &served {
        node.env("CODERUNNER_URL", format!("http://{}", served.address));
    }
    let status = node.status().expect("node starts");
    assert!(status.success(), "web/tests/{name}.test.mjs: {status}");
}

#[test]
fn the_element_does_what_it_is_for() {
    run("embed", true);
}

#[test]
fn the_element_is_a_good_guest_on_a_page() {
    run("page", true);
}

#[test]
fn the_playground_does_what_it_is_for() {
    run("playground", true);
}

#[test]
fn what_needs_no_browser_is_right_as_well() {
    run("units", false);
}

#[test]
fn the_built_files_are_those_of_the_sources_and_small() {
    run("build", false);
}

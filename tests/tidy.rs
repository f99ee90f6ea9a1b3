//! The source tree itself: every tracked file is one that somebody may read.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::backends;

/// The largest file that anybody should have to fetch with a clone.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// A tracked file.
struct Tracked {
    path: String,
    bytes: Vec<u8>,
}

impl Tracked {
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Whether it was written by us, for people.
    fn is_ours(&self) -> bool {
        // Patches quote what they change; lock files and snapshots are generated; the sample of
        // conformance is programs of others, and what they printed.
        !["patch", "lock", "snap"].iter().any(|extension| self.is(extension))
            && !self.path.ends_with(".wasm.zst")
            && self.path != "tests/conformance/sample.json"
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tracked() -> Vec<Tracked> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git is there");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let mut files = Vec::new();
    for path in listed.split_terminator('\0') {
        // A file that is being moved or removed is listed, but not there.
        if let Ok(bytes) = fs::read(root().join(path)) {
            files.push(Tracked { path: path.to_owned(), bytes });
        }
    }
    assert!(files.len() > 100, "git lists {} files only", files.len());
    files
}

/// Collects what is wrong with each file and fails if there is anything.
fn check(rule: &str, problem: impl Fn(&Tracked) -> Option<String>) {
    let problems: Vec<String> = tracked()
        .iter()
        .filter_map(|file| problem(file).map(|problem| format!("{}: {problem}", file.path)))
        .collect();
    assert!(problems.is_empty(), "{rule}:\n{}", problems.join("\n"));
}

#[test]
fn every_rust_file_opens_with_what_it_is() {
    check("start with `//!` and what the file's noun means", |file| {
        // Programs of the cases are what users write.
        let is_program = file.path.starts_with("tests/cases/") && file.path.split('/').count() > 3;
        (file.is("rs") && !is_program && !file.bytes.starts_with(b"//! "))
            .then(|| "no `//!`".to_owned())
    });
}

#[test]
fn nothing_is_left_to_be_done() {
    // Put together here, so that this file does not break its own rule.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!"),
        concat!("unimple", "mented!"),
    ];
    check("finish it or file an issue", |file| {
        let text = file.text().filter(|_| file.is_ours())?;
        let is_word = |text: &str, at: usize, word: &str| {
            let around = [text[..at].chars().next_back(), text[at + word.len()..].chars().next()];
            !around.iter().flatten().any(|c| c.is_alphanumeric() || *c == '_')
        };
        text.lines().enumerate().find_map(|(n, line)| {
            let word = words
                .iter()
                .find(|word| line.match_indices(**word).any(|(at, _)| is_word(line, at, word)))?;
            Some(format!("line {} says {word}", n + 1))
        })
    });
}

#[test]
fn no_file_knows_the_machine_that_it_was_written_on() {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/."),
        concat!("/home/", "runner"),
        concat!("/tmp/", "bash_jobs"),
    ];
    let hosts = [
        concat!("static.crates", ".io"),
        concat!("index.crates", ".io"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("registry.npmjs", ".org"),
        concat!("deb.debian", ".org"),
    ];
    check("use names of packages and relative paths", |file| {
        let text = file.text()?;
        let found = |what: &&&str| {
            text.match_indices(**what)
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.'))
        };
        places.iter().chain(&hosts).find(found).map(|what| format!("names {what}"))
    });
}

#[test]
fn files_are_small_and_no_binaries_but_guests() {
    check("keep the repository small and readable", |file| {
        let len = file.bytes.len() as u64;
        if len > FILE_BYTES_MAX {
            return Some(format!("has {} MiB", len >> 20));
        }
        let allowed = file.path.ends_with(".wasm.zst") || file.path.starts_with("tests/cases/");
        (file.bytes.contains(&0) && !allowed).then(|| "is binary".to_owned())
    });
}

/// The part of `guest.lock` that is looked at here.
#[derive(Deserialize)]
struct Lock {
    guest: LockedGuest,
}

#[derive(Deserialize)]
struct LockedGuest {
    wasm_sha256: String,
    wasm_bytes: usize,
    zst_sha256: String,
    zst_bytes: usize,
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn every_guest_is_what_its_lock_says() {
    for language in backends::wasm_languages() {
        let Some(built) = backends::guest(language) else { continue };
        let path = root().join("languages").join(language.id.as_str()).join("guest/guest.lock");
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lock: Lock =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(
            (sha256(built.compressed), built.compressed.len()),
            (lock.guest.zst_sha256, lock.guest.zst_bytes),
            "{}",
            language.id
        );
        let wasm = zstd::bulk::decompress(built.compressed, lock.guest.wasm_bytes)
            .expect("it is as long as the lock says");
        assert_eq!(
            (sha256(&wasm), wasm.len()),
            (lock.guest.wasm_sha256, lock.guest.wasm_bytes),
            "{}",
            language.id
        );
    }
}

#[test]
fn every_language_folder_is_complete() {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in tracked() {
        if let Some((id, rest)) =
            file.path.strip_prefix("languages/").and_then(|path| path.split_once('/'))
            && id != "src"
        {
            folders.entry(id.to_owned()).or_default().push(rest.to_owned());
        }
    }
    let known: Vec<&str> =
        backends::registry().iter().map(|language| language.id.as_str()).collect();
    assert!(
        folders.keys().map(String::as_str).eq(known.iter().copied()),
        "{:?} are folders, {known:?} are languages; languages/build.rs takes a new one up when it is touched",
        folders.keys()
    );
    for language in backends::registry().iter() {
        let files = &folders[language.id.as_str()];
        let mut needed = vec!["language.toml".to_owned(), language.hello.0.to_owned()];
        if backends::guest(language).is_some() {
            needed.extend(
                ["recipe.toml", "build.sh", "guest.lock"].map(|name| format!("guest/{name}")),
            );
            needed.push(format!("guest/{}.wasm.zst", language.id));
        }
        for name in needed {
            assert!(files.contains(&name), "languages/{} has no {name}", language.id);
        }
    }
}

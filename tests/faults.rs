//! The real binary on a bad day: a useless cache, little memory, no place for files. It works in a poorer way or says what is wrong; it
//! never panics.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::cli::{Called, Place};

const HELLO: (&str, &str) = ("hello.js", "console.log('hello')");
/// A program that uses its folder.
const FILES: (&str, &str) =
    ("files.js", "require('fs').writeFileSync('f', 'x');\nconsole.log('written')");

/// Runs the hello program with a cache folder of its own.
fn hello(place: &Place, cache: &Path) -> Called {
    Called::new(
        &place
            .coderunner(&["run", HELLO.0])
            .env("CODERUNNER_CACHE_DIR", cache)
            .output()
            .expect("the binary starts"),
    )
}

/// It works, and says that it will have to compile again.
fn works_without_cache(called: &Called, why: &str) {
    assert_eq!((called.code, called.stdout.as_str()), (Some(0), "hello\n"), "{why}: {called:?}");
    assert!(
        called.stderr.contains("for the next start") && called.stderr.contains("hint: "),
        "{why}: {called:?}"
    );
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    fs::read_dir(cache)
        .expect("the cache is a folder")
        .map(|entry| entry.expect("it can be read").path())
        .collect()
}

#[test]
fn a_cache_folder_that_cannot_be_used_is_done_without() {
    let place = Place::with(&[HELLO, ("file", "")]);
    for (cache, why) in [
        (place.path().join("file"), "a file is in its place"),
        (place.path().join("file/below"), "a file is in its way"),
        (PathBuf::from("/proc/coderunner"), "it cannot be made"),
    ] {
        works_without_cache(&hello(&place, &cache), why);
    }
    let open = place.path().join("open");
    fs::create_dir(&open).expect("a folder can be made");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("the folder is ours");
    works_without_cache(&hello(&place, &open), "others can write to it");
    assert!(entries(&open).is_empty());
}

#[test]
fn without_any_folder_of_the_user_there_is_no_cache() {
    let place = Place::with(&[HELLO]);
    let mut command = place.coderunner(&["run", HELLO.0]);
    let command =
        command.env_remove("CODERUNNER_CACHE_DIR").env_remove("XDG_CACHE_HOME").env_remove("HOME");
    works_without_cache(
        &Called::new(&command.output().expect("the binary starts")),
        "no variable is set",
    );
}

#[test]
fn a_full_cache_folder_is_done_without() {
    let place = Place::with(&[HELLO]);
    let cache = place.path().join("small");
    fs::create_dir(&cache).expect("a folder can be made");
    let command = place.coderunner(&[]);
    // In a mount namespace of its own, where a file system of 256 KiB lies at the cache folder.
    let script = r#"mount -t tmpfs -o size=256k,mode=700 tmpfs "$CODERUNNER_CACHE_DIR" && echo mounted >&2 && exec "$0" run hello.js"#;
    let binary = command.get_program().to_owned();
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(binary)
        .current_dir(place.path());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            unshare.env(name, value);
        }
    }
    unshare.env("CODERUNNER_CACHE_DIR", &cache).env_remove("RUST_BACKTRACE");
    let called = Called::new(
        &unshare.output().expect("unshare is part of util-linux, which every Debian has"),
    );
    if !called.stderr.contains("mounted") {
        println!("SKIPPED: no file system can be mounted here: {}", called.stderr);
        return;
    }
    works_without_cache(&called, "the file system is full");
}

#[test]
fn a_broken_entry_is_noticed_and_rebuilt() {
    type Damage = fn(&Path);
    fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(path).expect("the file is there");
        change(&mut bytes);
        fs::remove_file(path).expect("the file is ours");
        fs::write(path, bytes).expect("the folder is ours");
    }
    let damages: [(&str, Damage); 7] = [
        ("a truncated module", |entry| {
            change(&entry.join("module"), |bytes| bytes.truncate(bytes.len() / 2));
        }),
        ("a changed byte in the module", |entry| {
            change(&entry.join("module"), |bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
            });
        }),
        ("a changed byte in the image", |entry| {
            change(&entry.join("image"), |bytes| bytes[0] ^= 1);
        }),
        ("an empty index", |entry| change(&entry.join("index"), Vec::clear)),
        ("an index that is no text", |entry| {
            change(&entry.join("index"), |bytes| bytes.fill(0xff));
        }),
        ("a missing image", |entry| {
            fs::remove_file(entry.join("image")).expect("the file is there");
        }),
        ("a file in place of the entry", |entry| {
            fs::remove_dir_all(entry).expect("the entry is ours");
            fs::write(entry, "x").expect("the folder is ours");
        }),
    ];
    let place = Place::with(&[HELLO]);
    let cache = place.path().join("cache");
    assert!(hello(&place, &cache).stderr.contains("preparing"));
    let [entry] = &entries(&cache)[..] else { panic!("there is one entry: {:?}", entries(&cache)) };
    for (what, damage) in damages {
        damage(entry);
        let called = hello(&place, &cache);
        assert_eq!(
            (called.code, called.stdout.as_str()),
            (Some(0), "hello\n"),
            "{what}: {called:?}"
        );
        assert!(
            called.stderr.contains("preparing") && !called.stderr.contains("hint"),
            "{what}: {called:?}"
        );
        assert_eq!(entries(&cache), std::slice::from_ref(entry), "{what}: nothing else is left");
        let called = hello(&place, &cache);
        assert_eq!(
            (called.stdout.as_str(), called.stderr.as_str()),
            ("hello\n", ""),
            "{what}: it is whole again"
        );
    }
}

#[test]
fn an_entry_of_another_key_is_foreign() {
    let place = Place::with(&[HELLO]);
    let cache = place.path().join("cache");
    assert!(hello(&place, &cache).stderr.contains("preparing"));
    let [entry] = &entries(&cache)[..] else { panic!("there is one entry") };
    // What another version of the engine would have left: a whole entry whose key is not the one it lies under.
    let index = fs::read_to_string(entry.join("index")).expect("the index is text");
    let key = entry.file_name().expect("it has a name").to_string_lossy().into_owned();
    fs::remove_file(entry.join("index")).expect("the file is ours");
    fs::write(entry.join("index"), index.replace(&key, &"0".repeat(key.len())))
        .expect("the folder is ours");
    let called = hello(&place, &cache);
    assert_eq!((called.code, called.stdout.as_str()), (Some(0), "hello\n"), "{called:?}");
    assert!(called.stderr.contains("preparing"), "{called:?}");
}

#[test]
fn processes_that_compile_at_once_do_not_harm_each_other() {
    let place = Place::with(&[HELLO]);
    let cache = place.path().join("cache");
    let children: Vec<_> = (0..3)
        .map(|_| {
            place
                .coderunner(&["run", HELLO.0])
                .env("CODERUNNER_CACHE_DIR", &cache)
                .spawn()
                .expect("the binary starts")
        })
        .collect();
    for child in children {
        let called = Called::new(&child.wait_with_output().expect("the binary ends"));
        assert_eq!((called.code, called.stdout.as_str()), (Some(0), "hello\n"), "{called:?}");
        assert!(!called.stderr.contains("hint"), "{called:?}");
    }
    assert_eq!(entries(&cache).len(), 1, "one entry, no leftovers");
    assert_eq!(hello(&place, &cache).stderr, "");
}

#[test]
fn a_process_killed_while_it_compiles_leaves_a_usable_cache() {
    let place = Place::with(&[HELLO]);
    let cache = place.path().join("cache");
    let mut child = place
        .coderunner(&["run", HELLO.0])
        .env("CODERUNNER_CACHE_DIR", &cache)
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().expect("piped"))
        .read_line(&mut line)
        .expect("progress is shown");
    assert!(line.contains("preparing"), "{line}");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(hello(&place, &cache).code, Some(0));
    let called = hello(&place, &cache);
    assert_eq!((called.stdout.as_str(), called.stderr.as_str()), ("hello\n", ""));
}

/// Runs the hello program under a shell's `ulimit`.
fn under(place: &Place, ulimit: &str) -> Called {
    let coderunner = place.coderunner(&[]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit {ulimit} && exec \"$0\" run hello.js")])
        .arg(coderunner.get_program())
        .current_dir(place.path());
    for (name, value) in coderunner.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    Called::new(&shell.output().expect("sh is there"))
}

/// It works, or says in a line of its own that it cannot.
fn works_or_says_why(called: &Called, what: &str) -> bool {
    match called.code {
        Some(0) => {
            assert_eq!(called.stdout, "hello\n", "{what}: {called:?}");
            true
        }
        Some(125) => {
            assert!(
                called.stderr.lines().any(|line| line.starts_with("coderunner: ")),
                "{what}: {called:?}"
            );
            false
        }
        _ => panic!("{what}: {called:?}"),
    }
}

#[test]
fn little_address_space_is_enough_or_the_error_is_clear() {
    let place = Place::with(&[HELLO]);
    // The compiled guest is in the cache from here on.
    assert_eq!(place.run(&["run", HELLO.0]).code, Some(0));
    let worked: Vec<bool> = [300, 500, 700, 1000, 1500, 2000, 3000, 4000, 6000, 8000]
        .iter()
        .map(|mib| {
            works_or_says_why(&under(&place, &format!("-v {}", mib << 10)), &format!("{mib} MiB"))
        })
        .collect();
    assert_eq!(worked.last(), Some(&true), "8 GB are enough");
    assert!(worked.is_sorted(), "more is never worse: {worked:?}");
}

#[test]
fn few_open_files_are_enough_or_the_error_is_clear() {
    let place = Place::with(&[HELLO]);
    assert_eq!(place.run(&["run", HELLO.0]).code, Some(0));
    let worked: Vec<bool> = [4, 6, 8, 10, 12, 16, 24, 32]
        .iter()
        .map(|files| {
            works_or_says_why(&under(&place, &format!("-n {files}")), &format!("{files} files"))
        })
        .collect();
    assert_eq!(worked.last(), Some(&true), "32 open files are enough");
}

#[test]
fn without_a_place_for_files_programs_that_use_none_run() {
    let place = Place::with(&[HELLO, FILES, ("file", "")]);
    for folder in ["file", "file/below", "/proc/coderunner"] {
        let folder = place.path().join(folder);
        let run = |program| {
            Called::new(
                &place
                    .coderunner(&["run", program])
                    .env("TMPDIR", &folder)
                    .output()
                    .expect("the binary starts"),
            )
        };
        let called = run(HELLO.0);
        assert_eq!((called.code, called.stdout.as_str()), (Some(0), "hello\n"), "{called:?}");
        // One that does sees its files fail, as on a broken disk.
        let called = run(FILES.0);
        assert_ne!(called.code, Some(0), "{called:?}");
        assert_eq!(called.stdout, "", "{called:?}");
        assert!(!called.stderr.is_empty(), "{called:?}");
    }
}

#[test]
fn a_folder_of_executions_that_belongs_to_others_is_refused() {
    let place = Place::with(&[FILES]);
    // SAFETY: a plain query.
    let folders = place.path().join(format!("tmp/coderunner-{}", unsafe { libc::geteuid() }));
    fs::create_dir(&folders).expect("a folder can be made");
    fs::set_permissions(&folders, fs::Permissions::from_mode(0o777)).expect("the folder is ours");
    let called = place.run(&["run", FILES.0]);
    assert_ne!(called.code, Some(0), "{called:?}");
    assert_eq!(fs::read_dir(&folders).expect("the folder is there").count(), 0);
}

#[test]
fn closed_standard_streams_are_no_reason_to_panic() {
    let place = Place::with(&[HELLO]);
    for redirection in [">&-", "2>&-", "<&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full"] {
        let coderunner = place.coderunner(&[]);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("\"$0\" run hello.js {redirection}")])
            .arg(coderunner.get_program())
            .current_dir(place.path());
        for (name, value) in coderunner.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        let called = Called::new(&shell.output().expect("sh is there"));
        let expected: &[i32] = if redirection.contains('>') && !redirection.starts_with('2') {
            &[0, 125]
        } else {
            &[0]
        };
        assert!(
            called.code.is_some_and(|code| expected.contains(&code)),
            "{redirection}: {called:?}"
        );
    }
}

//! Layers: programs start with what they import imported already, and see nothing of it but the time.

use std::{collections::BTreeSet, fs};

use coderunner_executor::{FilePath, Finished, Job, JobFile, Termination, run_to_end};
use coderunner_languages::Language;
use coderunner_runtime::LayerUse;

use crate::backends::{self, Wasm, block_on};

/// Prints which of a module of each layer are imported before the program has imported anything.
const LOADED: &str = "import sys\nprint('yaml' in sys.modules, 'sympy' in sys.modules)\n";

fn python() -> &'static Language {
    backends::language("python")
}

fn run(wasm: &Wasm, job: Job) -> Finished {
    let finished = block_on(run_to_end(&wasm.executor, job)).expect("the execution works");
    assert_eq!(
        finished.outcome.termination,
        Termination::Exited { code: 0 },
        "{}",
        String::from_utf8_lossy(&finished.stderr)
    );
    finished
}

fn printed(wasm: &Wasm, job: Job) -> String {
    let finished = run(wasm, job);
    assert_eq!(String::from_utf8_lossy(&finished.stderr), "");
    String::from_utf8_lossy(&finished.stdout).into_owned()
}

fn job(source: &str) -> Job {
    backends::job(python(), source.to_owned())
}

fn with_file(source: &str, name: &str, contents: &str) -> Job {
    let mut job = job(source);
    let path = FilePath::new(name).expect("a plain name");
    job.files.push(JobFile { path, contents: contents.to_owned().into() });
    job
}

#[test]
fn a_program_starts_with_what_it_imports() {
    let wasm = Wasm::new();
    for (imports, expected) in [
        ("", "False False\n"),
        ("import json, re\n", "False False\n"),
        ("__import__('yaml'), __import__('sympy')\n", "False False\n"),
        ("import yaml\n", "True False\n"),
        ("from jinja2 import Template\n", "True False\n"),
        ("import sympy as sp\n", "True True\n"),
        ("def f():\n    import os, yaml\nimport networkx\n", "True True\n"),
    ] {
        assert_eq!(printed(&wasm, job(&format!("{LOADED}{imports}"))), expected, "{imports}");
    }
    let beside = with_file(&format!("{LOADED}import mine\n"), "mine.py", "import sympy\n");
    assert_eq!(printed(&wasm, beside), "True True\n");
}

#[test]
fn every_module_of_a_layer_can_be_imported_with_and_without() {
    let with = Wasm::new();
    let without = Wasm::with(|settings| settings.layers = LayerUse::IfReady);
    for (n, layer) in python().layers.iter().enumerate() {
        for module in &layer.modules {
            let source = format!(
                "import sys\nbefore = {module:?} in sys.modules\nimport {module}\nprint(before, {module}.__name__)\n"
            );
            assert_eq!(printed(&with, job(&source)), format!("True {module}\n"));
            assert_eq!(printed(&without, job(&source)), format!("False {module}\n"));
        }
        assert_eq!(python().layers.modules(n).len(), {
            let layers = python().layers.iter().take(n + 1);
            layers.map(|layer| layer.modules.len()).sum::<usize>()
        });
    }
    // Layers that were made ahead are used without waiting for one.
    without.executor.ready_layers(&python().id).expect("the language is ready");
    assert_eq!(printed(&without, job(&format!("{LOADED}import sympy"))), "True True\n");
}

#[test]
fn what_a_job_brings_comes_before_a_layer() {
    let wasm = Wasm::new();
    let own = with_file("import yaml\nprint(yaml.mine)\n", "yaml.py", "mine = 1\n");
    assert_eq!(printed(&wasm, own), "1\n");
    let source = format!("{LOADED}import sympy\n");
    // What is wrong with it is of no interest here: a wheel may have its own yaml.
    assert_eq!(printed(&wasm, with_file(&source, "own.whl", "")), "False False\n");
    let mut told = job(&format!("{source}print(sympy.core.cache.USE_CACHE)\n"));
    told.env = vec![("SYMPY_USE_CACHE".to_owned(), "no".to_owned())];
    assert_eq!(printed(&wasm, told), "False False\nno\n");
    // Too little memory for a layer is enough for a program.
    let mut small = job(&source);
    small.limits.memory_bytes = 90 << 20;
    assert_eq!(printed(&wasm, small), "False False\n");
}

#[test]
fn absent_modules_can_be_imported_beside_files() {
    let wasm = Wasm::new();
    let job = with_file("import other, curses, tkinter\nprint(other.x)\n", "other.py", "x = 2\n");
    assert_eq!(printed(&wasm, job), "2\n");
}

#[test]
fn nothing_drawn_or_read_while_importing_is_left() {
    let wasm = Wasm::new();
    let source = "import sympy, uuid, random, tempfile\nfrom sympy.core.random import rng, _assumptions_rng\n\
                  print(rng.random())\nprint(_assumptions_rng.random())\nprint(sympy.Dummy._prng.random())\n\
                  print(random.random())\nprint(uuid.uuid4())\nprint(random.Random().random())\n";
    let mut seen = BTreeSet::new();
    for run in 1..=10 {
        let text = printed(&wasm, job(source));
        seen.extend(text.lines().map(str::to_owned));
        assert_eq!(seen.len(), run * 6, "{text}");
    }
    let year = "import datetime\nfrom dateutil.parser import parser, parse, _parser\ninfo = _parser.DEFAULTPARSER.info\n\
                print('_year' in vars(info), parser().info._year == info._year == datetime.date.today().year)\n\
                print(parse('1 Feb 03'), info._century == info._year // 100 * 100)\n";
    assert_eq!(printed(&wasm, job(year)), "False True\n2003-02-01 00:00:00 True\n");
}

#[test]
fn a_damaged_layer_in_the_cache_is_made_anew() {
    let source = format!("{LOADED}import yaml\n");
    // As the others left it, so that the guest need not be compiled.
    assert_eq!(printed(&Wasm::new(), job(&source)), "True False\n");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut layers = Vec::new();
    for entry in fs::read_dir(backends::cache()).expect("the cache can be read") {
        let from = entry.expect("the cache can be read").path();
        let Some(name) = from.file_name().filter(|_| from.join("index").is_file()) else {
            continue;
        };
        let to = folder.path().join(name);
        fs::create_dir(&to).expect("the folder is ours");
        for file in ["index", "image", "module"] {
            if from.join(file).is_file() {
                fs::copy(from.join(file), to.join(file)).expect("the folder is ours");
            }
        }
        if !to.join("module").exists() {
            layers.push(to);
        }
    }
    assert!(!layers.is_empty(), "a layer is in the cache");
    for layer in &layers {
        let image = layer.join("image");
        let mut bytes = fs::read(&image).expect("the file is ours");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::remove_file(&image).expect("the file is ours");
        fs::write(&image, bytes).expect("the folder is ours");
    }
    let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let listener = std::sync::Arc::clone(&said);
    let wasm = Wasm::with(|settings| {
        settings.cache = Some(
            coderunner_runtime::CacheDir::open(folder.path()).expect("the cache can be opened"),
        );
        settings.progress = Box::new(move |progress| {
            listener.lock().expect("nobody panics here").push(format!("{progress:?}"));
        });
    });
    assert_eq!(printed(&wasm, job(&source)), "True False\n");
    let said = said.lock().expect("nobody panics here").join("\n");
    assert!(said.contains("Layered") && !said.contains("Compil"), "{said}");
}

/// As Linux words them: programs print errors, and compare them with what they know.
#[test]
fn errors_are_worded_as_on_linux() {
    let wasm = Wasm::new();
    let source = "import errno, os\nfor name in 'ERANGE EDOM ENOTEMPTY ENOTTY ELOOP EXDEV'.split():\n    print(os.strerror(getattr(errno, name)))\n";
    assert_eq!(
        printed(&wasm, job(source)).lines().collect::<Vec<_>>(),
        [
            "Numerical result out of range",
            "Numerical argument out of domain",
            "Directory not empty",
            "Inappropriate ioctl for device",
            "Too many levels of symbolic links",
            "Invalid cross-device link",
        ]
    );
}

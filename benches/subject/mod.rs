//! What the benches measure: the WebAssembly executor as the command line sets it up, and small programs for it.
//!
//! Compiled guests come from the same cache as the command line's, so that a bench starts at once.

#![allow(dead_code, reason = "every bench uses a part of it")]

use std::{env, path::PathBuf, process};

use coderunner_executor::{Executor, FilePath, Finished, Job, LanguageId, Termination, run_to_end};
use coderunner_languages::{Backend, Language, Registry};
use coderunner_runtime::{CacheDir, Settings, WasmExecutor};
use tokio::runtime::Runtime;

/// Programs in one language that do the same in all of them.
pub(crate) struct Programs {
    /// The language's identifier.
    pub(crate) language: &'static str,
    /// Prints a number.
    pub(crate) hello: &'static str,
    /// Writes a small structure as JSON, reads it and prints a part.
    pub(crate) json: &'static str,
    /// Writes to some 16 MiB of memory.
    pub(crate) heavy: &'static str,
    /// Prints 1 MB.
    pub(crate) prints_1_mb: &'static str,
    /// Waits for standard input.
    pub(crate) waits: &'static str,
    /// Sleeps for a minute.
    pub(crate) sleeps: &'static str,
    /// Never ends.
    pub(crate) computes: &'static str,
    /// Ends with an uncaught exception: exit code 1.
    pub(crate) raises: &'static str,
    /// Aborts; and what the report then says.
    pub(crate) aborts: (&'static str, &'static str),
    /// Allocates until it is refused.
    pub(crate) allocates: &'static str,
    /// Prints until it is stopped.
    pub(crate) floods: &'static str,
    /// Writes a file that is larger than 64 KiB.
    pub(crate) fills_disk: &'static str,
    /// Makes more than 8 files.
    pub(crate) makes_files: &'static str,
}

/// Every language of this backend.
pub(crate) const PROGRAMS: [Programs; 2] = [
    Programs {
        language: "python",
        hello: "print(sum(range(10)))",
        json: "import json\nprint(json.loads(json.dumps({'a': [1, 2.5, None], 'b': {'c': 'text'}}))['b']['c'])",
        heavy: "print(len([bytearray(1 << 16) for _ in range(256)]))",
        prints_1_mb: "line = 'x' * 99\nfor _ in range(10_000): print(line)",
        waits: "input()",
        sleeps: "import time; time.sleep(60)",
        computes: "while True: pass",
        raises: "raise ValueError('on purpose')",
        aborts: ("import os; os.abort()", r#""kind":"crashed""#),
        allocates: "kept = []\nwhile True: kept.append(bytearray(1 << 20))",
        floods: "while True: print('x' * 1000)",
        fills_disk: "with open('large', 'wb') as file: file.write(bytes(1 << 17))",
        makes_files: "for n in range(100): open(f'file-{n}', 'w').close()",
    },
    Programs {
        language: "javascript",
        hello: "console.log(1+1)",
        json: "console.log(JSON.parse(JSON.stringify({a: [1, 2.5, null], b: {c: 'text'}})).b.c)",
        heavy: "const kept = []; for (let n = 0; n < 256; n++) kept.push(new Uint8Array(1 << 16).fill(1)); console.log(kept.length)",
        prints_1_mb: "const line = 'x'.repeat(99); for (let n = 0; n < 10000; n++) console.log(line)",
        waits: "require('fs').readFileSync(0)",
        sleeps: "setTimeout(() => {}, 60000)",
        computes: "while (true);",
        raises: "throw new Error('on purpose')",
        aborts: ("process.abort()", r#""code":134"#),
        allocates: "const kept = []; while (true) kept.push(new Uint8Array(1 << 20).fill(1))",
        floods: "while (true) console.log('x'.repeat(1000))",
        fills_disk: "require('fs').writeFileSync('large', new Uint8Array(1 << 17))",
        makes_files: "for (let n = 0; n < 100; n++) require('fs').writeFileSync(`file-${n}`, '')",
    },
];

/// The executor and a runtime to wait on, in the calling thread.
pub(crate) struct Subject {
    pub(crate) executor: WasmExecutor,
    pub(crate) runtime: Runtime,
    registry: &'static Registry,
}

impl Subject {
    /// As the command line sets it up.
    pub(crate) fn new() -> Self {
        let registry = Registry::embedded().expect("a test says that every manifest is right");
        let mut settings =
            Settings::new(env::temp_dir().join(format!("coderunner-bench-{}", process::id())));
        settings.cache = cache_path().and_then(|path| CacheDir::open(&path).ok());
        let executor = WasmExecutor::new(settings, registry)
            .expect("the engine can be set up on this machine");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        Self { executor, runtime, registry }
    }

    /// The language of `programs`, ready and with `slots` sandboxes made ahead. `None` when this build lacks its guest.
    pub(crate) fn ready(&self, programs: &Programs, slots: usize) -> Option<&'static Language> {
        let language = self.registry.find(programs.language).ok()?;
        if !matches!(language.backend, Backend::Wasm(_)) {
            return None;
        }
        self.runtime
            .block_on(self.executor.warm_up(&language.id, slots))
            .expect("the guest can be made ready");
        Some(language)
    }

    /// Runs `job` to its end.
    pub(crate) fn run(&self, job: Job) -> Finished {
        self.runtime
            .block_on(run_to_end(&self.executor, job))
            .expect("CodeRunner itself does not fail")
    }

    /// Runs `job`, which has to exit with 0.
    pub(crate) fn run_well(&self, job: Job) -> Finished {
        let finished = self.run(job);
        let ended = &finished.outcome.termination;
        assert_eq!(
            *ended,
            Termination::Exited { code: 0 },
            "{}",
            String::from_utf8_lossy(&finished.stderr)
        );
        finished
    }

    /// Sandboxes of `language` that exist.
    pub(crate) fn existing(&self, language: &LanguageId) -> usize {
        self.executor.slots(language).map_or(0, |(existing, _)| existing)
    }

    /// The executor as the trait object that callers hold.
    pub(crate) fn shared(&self) -> std::sync::Arc<dyn Executor> {
        std::sync::Arc::new(self.executor.clone())
    }
}

/// A job with the language's own limits, as the command line and the server make it.
pub(crate) fn job(language: &Language, source: &'static str) -> Job {
    let entry = FilePath::new(&language.entry).expect("a manifest's entry is a plain name");
    let mut job = Job::new(language.id.clone(), entry, source);
    job.limits = language.limits;
    job
}

/// Where the command line keeps compiled guests.
fn cache_path() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CODERUNNER_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|path| path.join("coderunner")))
        .or_else(|| set("HOME").map(|path| path.join(".cache").join("coderunner")))
}

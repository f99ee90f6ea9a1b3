//! The executors under test.
//!
//! A language brings its backend; what a test needs to know of a backend beyond the `Executor` trait is here and nowhere else.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use coderunner_executor::{Availability, Executor, FilePath, Job, LanguageId, Limits};
use coderunner_fallback::{DockerExecutor, PoolSettings};
use coderunner_languages::{Backend, Guest, Language, Registry};
use coderunner_runtime::{AddressSpace, CacheDir, DirtyTracking, Settings, WasmExecutor};
use coderunner_typescript::{Compiled, TypeScript};
use serde::Deserialize;
use tempfile::TempDir;

/// Far more than any program of the tests needs, so that a busy machine changes no outcome; CPU time is counted in fuel and is
/// the same on all of them.
const WALL: Duration = Duration::from_mins(2);

/// The WebAssembly backend with a folder of its own, every slot compared with its image after each run.
pub(crate) struct Wasm {
    pub(crate) executor: WasmExecutor,
    pub(crate) folders: TempDir,
}

impl Wasm {
    pub(crate) fn new() -> Self {
        Self::tracking(DirtyTracking::WriteProtect)
    }

    /// The same with a given way of finding dirty pages.
    pub(crate) fn tracking(tracking: DirtyTracking) -> Self {
        Self::with(|settings| settings.tracking = tracking)
    }

    /// The same as if there were little address space: bounds are checked in code.
    pub(crate) fn in_little_address_space() -> Self {
        Self::with(|settings| settings.address_space = AddressSpace::Limited)
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folders = tempfile::tempdir().expect("a temporary folder can be made");
        let mut settings = Settings::new(folders.path().join("folders"));
        settings.cache =
            Some(CacheDir::open(&cache()).expect("the tests' cache folder can be made"));
        settings.verify = true;
        change(&mut settings);
        let executor =
            WasmExecutor::new(settings, registry()).expect("the engine works on this machine");
        Self { executor, folders }
    }

    /// The executor with what is compiled into the backend's languages.
    pub(crate) fn languages(&self) -> Arc<dyn Executor> {
        typescript(self.executor.clone())
    }

    /// Execution folders that exist now.
    pub(crate) fn live_folders(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folders.path().join("folders")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.expect("the folder can be read").path()).collect()
    }

    /// Sandboxes that exist, and how many were thrown away so far.
    pub(crate) fn slots(&self, language: &Language) -> (usize, usize) {
        self.executor.slots(&language.id).expect("the language is ready")
    }
}

/// The container backend with warm containers for `language`, or `None` where it cannot run: then the test says so and passes, except in CI.
pub(crate) fn containers(language: &Language) -> Option<DockerExecutor> {
    let none = PoolSettings { min: 0, max: 2, ..PoolSettings::default() };
    let own = PoolSettings { min: 1, ..none };
    let pools = [(language.id.clone(), own)].into();
    let settings = coderunner_fallback::Settings {
        pool: none,
        pools,
        ..coderunner_fallback::Settings::default()
    };
    let executor = DockerExecutor::new(settings, registry());
    if let Availability::Unavailable { why } = executor.availability(&language.id) {
        assert!(std::env::var_os("CI").is_none(), "{} cannot run: {why}", language.id);
        #[expect(clippy::print_stderr, reason = "the one who runs the tests has to know")]
        {
            eprintln!("SKIPPED, NOTHING WAS TESTED: {} is unavailable: {why}", language.id);
        }
        return None;
    }
    Some(executor)
}

/// `executor` with what is compiled into its languages, as `compose` puts it together.
pub(crate) fn typescript(executor: WasmExecutor) -> Arc<dyn Executor> {
    let compiled = registry().compiled();
    let compiled = compiled.map(|(from, into)| Compiled { from: from.id.clone(), into });
    Arc::new(TypeScript::new(Arc::new(executor), compiled.collect()))
}

/// Compiled guests are shared by all tests of this build.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// The languages of this build.
pub(crate) fn registry() -> &'static Registry {
    Registry::embedded().expect("every manifest is right")
}

/// Languages that the WebAssembly backend runs.
pub(crate) fn wasm_languages() -> Vec<&'static Language> {
    registry().iter().filter(|language| guest(language).is_some()).collect()
}

/// The guest of a language of the WebAssembly backend.
pub(crate) fn guest(language: &Language) -> Option<Guest> {
    match language.backend {
        Backend::Wasm(guest) => Some(guest),
        #[allow(unreachable_patterns, reason = "the other backends come and go; none has a guest")]
        _ => None,
    }
}

/// The language called `id`.
pub(crate) fn language(id: &str) -> &'static Language {
    registry().find(id).expect("the language is in this build")
}

/// What a language brings for the tests, beside those that every language is in: `languages/<id>/tests/programs.toml`.
///
/// So adding a language changes nothing here. Programs of the first languages lie with the tests that they are for.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnPrograms {
    /// Prints what a fresh interpreter looks like to a program.
    pub(crate) probe: Option<String>,
    /// `dirty`, `check` and `random` of the isolation tests.
    #[serde(default)]
    pub(crate) isolation: BTreeMap<String, String>,
    /// What the cancellation tests interrupt.
    #[serde(default)]
    pub(crate) busy: BTreeMap<String, String>,
    /// Programs of the cases in `tests/cases`.
    #[serde(default)]
    pub(crate) programs: BTreeMap<String, String>,
    /// Those cases that make no sense in the language, and why.
    #[serde(default)]
    pub(crate) without: BTreeMap<String, String>,
    /// What is expected otherwise, and why, as in a `case.toml`.
    #[serde(default)]
    pub(crate) differs: BTreeMap<String, toml::Table>,
    /// Cases of the language's own: `program`, and the rest as in a `case.toml`.
    #[serde(default)]
    pub(crate) cases: BTreeMap<String, toml::Table>,
}

/// What `language` brings for the tests.
pub(crate) fn own_programs(language: &Language) -> OwnPrograms {
    let path = own_folder(language).join("programs.toml");
    let Ok(text) = std::fs::read_to_string(&path) else { return OwnPrograms::default() };
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of a language's own tests.
pub(crate) fn own_folder(language: &Language) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("languages").join(language.id.as_str()).join("tests")
}

/// A program for a test: `tests/<name>.<extension>`, or what the language brings.
pub(crate) fn program(language: &Language, name: &str, own: Option<&String>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(format!("{name}.{}", language.extensions[0]));
    match own {
        Some(own) => own.clone(),
        None => std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!(
                "{}: {error}; it may also be in languages/{}/tests/programs.toml",
                path.display(),
                language.id
            )
        }),
    }
}

/// A job of one source, in the language's own limits but for the wall time.
pub(crate) fn job(language: &Language, source: impl Into<bytes::Bytes>) -> Job {
    let entry = FilePath::new(&language.entry).expect("entry names are plain");
    let mut job = Job::new(LanguageId::new(language.id.as_str()), entry, source);
    job.limits = Limits { wall: WALL, ..language.limits };
    job
}

/// A runtime like that of the command line: guests run on the calling thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(future)
}

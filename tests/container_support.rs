//! What the container tests share: an executor, jobs, and the rule for machines without Docker: skipped loudly, but failed in CI.

use std::time::Duration;

use coderunner_executor::{
    Availability, ExecuteError, Executor as _, FilePath, Finished, Job, LanguageId, Limits,
    Outcome, Resource, Run, Stage, Termination, run_to_end,
};
use coderunner_fallback::{DockerExecutor, PoolSettings, Settings};
use coderunner_languages::{Backend, Language, Registry};

/// How long a test waits for its containers to be gone.
pub(crate) const GONE_MAX: Duration = Duration::from_secs(30);

pub(crate) fn registry() -> &'static Registry {
    Registry::embedded().expect("every manifest is right")
}

/// The languages that run in containers.
pub(crate) fn languages() -> Vec<&'static Language> {
    registry().iter().filter(|language| matches!(language.backend, Backend::Container(_))).collect()
}

/// An executor with pools as `pool` says, or `None` where there is no engine or image for `wanted`: then the test says so and passes, except in CI.
pub(crate) fn executor_with(settings: Settings, wanted: &[&str]) -> Option<DockerExecutor> {
    let executor = DockerExecutor::new(settings, registry());
    for id in wanted {
        if let Availability::Unavailable { why } = executor.availability(&LanguageId::new(id)) {
            assert!(std::env::var_os("CI").is_none(), "container tests cannot run: {id}: {why}");
            eprintln!("SKIPPED, NOTHING WAS TESTED: {id} is unavailable: {why}");
            return None;
        }
    }
    Some(executor)
}

/// An executor that makes a container for each job.
pub(crate) fn executor(wanted: &[&str]) -> Option<DockerExecutor> {
    executor_with(Settings::on_demand(), wanted)
}

/// An executor with one warm container for each language that is used.
pub(crate) fn pooled(wanted: &[&str], max: usize) -> Option<DockerExecutor> {
    let pool = PoolSettings { min: 0, max, ..PoolSettings::default() };
    let own = PoolSettings { min: 1, max, ..PoolSettings::default() };
    let pools = wanted.iter().map(|id| (LanguageId::new(id), own)).collect();
    executor_with(Settings { pool, pools, ..Settings::default() }, wanted)
}

/// Far more than any program of the tests needs, and than a container takes to start: a busy machine changes no outcome.
const WALL: Duration = Duration::from_mins(1);

/// A job of one file, with the language's own limits but for the wall time.
pub(crate) fn job(id: &str, source: &str) -> Job {
    let language = registry().find(id).expect("a language");
    let mut job = Job::new(language.id.clone(), path(&language.entry), source.to_owned());
    job.limits = Limits { wall: WALL, ..language.limits };
    job
}

pub(crate) fn path(path: &str) -> FilePath {
    FilePath::new(path).expect("a path")
}

pub(crate) async fn run(executor: &DockerExecutor, job: Job) -> Result<Finished, ExecuteError> {
    run_to_end(executor, job).await
}

/// Runs `job` and gives up the test when we fail.
pub(crate) async fn finish(executor: &DockerExecutor, job: Job) -> Finished {
    run(executor, job).await.unwrap_or_else(|error| {
        panic!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string))
    })
}

/// Runs `job` once for each of `runs`; what each left, in order.
pub(crate) async fn many(
    executor: &DockerExecutor,
    job: Job,
    runs: Vec<Run>,
) -> Result<Vec<Finished>, ExecuteError> {
    let (each, mut reports) = tokio::sync::mpsc::channel(1);
    let gather = async {
        let mut finished = Vec::new();
        while let Some(report) = reports.recv().await {
            finished.push(report);
        }
        finished
    };
    let (result, finished) = tokio::join!(executor.execute_many(job, runs, each), gather);
    result.map(|()| finished)
}

pub(crate) fn exited(outcome: &Outcome) -> Option<u8> {
    match outcome.termination {
        Termination::Exited { code } if outcome.stage == Stage::Run => Some(code),
        _ => None,
    }
}

pub(crate) fn limit(outcome: &Outcome) -> Option<Resource> {
    match outcome.termination {
        Termination::LimitExceeded(resource) => Some(resource),
        _ => None,
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Ends `executor`, and checks that it leaves no container.
pub(crate) async fn end(executor: DockerExecutor) {
    assert!(executor.shutdown(GONE_MAX).await, "a container was left behind");
}

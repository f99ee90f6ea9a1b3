//! Every limit in a container, told apart from every other; programs that are remembered. Hostile programs are cases (`tests/cases/hostile`).

use std::time::Duration;

use coderunner_executor::{Job, Resource, Stage, Termination};

use crate::container_support::{
    GONE_MAX, end, executor, executor_with, exited, finish, job, languages, limit, pooled, text,
};
use coderunner_fallback::Settings;

fn short(id: &str, source: &str, wall_ms: u64) -> Job {
    let mut job = job(id, source);
    job.limits.wall = Duration::from_millis(wall_ms);
    job
}

#[tokio::test]
async fn each_limit_is_told_apart() {
    let Some(executor) = pooled(&["bash"], 4) else { return };
    let tight = |source: &str, change: fn(&mut Job)| {
        let mut job = short("bash", source, 5_000);
        change(&mut job);
        job
    };
    let cases = [
        (tight("sleep 30", |j| j.limits.wall = Duration::from_millis(300)), Resource::WallTime),
        (
            tight("trap '' TERM; while :; do :; done", |j| {
                j.limits.cpu = Duration::from_millis(200);
            }),
            Resource::CpuTime,
        ),
        (tight("yes", |j| j.limits.output_bytes = 100_000), Resource::Output),
        (tight("x=$(head -c 200M /dev/zero | tr '\\0' x); echo ${#x}", |_| ()), Resource::Memory),
        (tight("(tail /dev/zero); exit 0", |_| ()), Resource::Memory),
        (tight("head -c 100M /dev/zero > big; sleep 20", |_| ()), Resource::WallTime),
        (tight("set -e; head -c 100M /dev/zero > big", |_| ()), Resource::Disk),
        (
            tight("head -c 10M /dev/zero > big; sleep 20", |j| j.limits.disk_bytes = 1 << 20),
            Resource::Disk,
        ),
        (tight("set -e; for i in {1..2000}; do : > f$i; done", |_| ()), Resource::Files),
        (
            tight("for i in {1..200}; do : > f$i; done; sleep 20", |j| j.limits.files = 100),
            Resource::Files,
        ),
        (tight("bomb() { bomb | bomb & }; bomb; sleep 2; exit 1", |_| ()), Resource::Processes),
    ];
    for (index, (job, resource)) in cases.into_iter().enumerate() {
        let finished = finish(&executor, job).await;
        let shown = (text(&finished.stderr), &finished.outcome);
        assert_eq!(limit(&finished.outcome), Some(resource), "case {index}: {shown:?}");
        let next = finish(&executor, job_ok()).await;
        assert_eq!(text(&next.stdout), "fine\n", "after case {index}");
    }
    end(executor).await;
}

fn job_ok() -> Job {
    job("bash", "find /sandbox /tmp /program -mindepth 1 ! -name main.sh; echo fine")
}

#[tokio::test]
async fn output_is_cut_at_its_limit_exactly() {
    let Some(executor) = executor(&["bash"]) else { return };
    let mut flood = job("bash", "yes");
    flood.limits.output_bytes = 12_345;
    let finished = finish(&executor, flood).await;
    assert_eq!(finished.stdout.len(), 12_345);
    assert_eq!(finished.outcome.usage.output_bytes, 12_345);
}

#[tokio::test]
async fn tighter_memory_than_the_containers_is_enforced() {
    let Some(executor) = executor(&["c"]) else { return };
    let source = "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (int i = 0; i < 100; i++) memset(malloc(1 << 20), 1, 1 << 20); }";
    let mut hog = job("c", source);
    assert_eq!(exited(&finish(&executor, job("c", source)).await.outcome), Some(0));
    hog.limits.memory_bytes = 64 << 20;
    let outcome = finish(&executor, hog).await.outcome;
    assert_eq!((outcome.stage, limit(&outcome)), (Stage::Run, Some(Resource::Memory)));
}

#[tokio::test]
async fn a_signal_is_named() {
    let Some(executor) = executor(&["c"]) else { return };
    let finished = finish(&executor, job("c", "int main(void) { *(volatile int *)0 = 1; }")).await;
    assert_eq!(
        finished.outcome.termination,
        Termination::Crashed { reason: "killed by signal 11 (SIGSEGV)".to_owned() }
    );
}

#[tokio::test]
async fn a_program_is_compiled_once_and_run_from_the_cache_later() {
    for language in languages() {
        let settings = Settings { program_cache_bytes: 16 << 20, ..Settings::on_demand() };
        let Some(executor) = executor_with(settings, &[language.id.as_str()]) else { continue };
        let hello = || {
            let mut job = job(language.id.as_str(), language.hello.1);
            job.args = vec!["again".to_owned()];
            job
        };
        let first = finish(&executor, hello()).await;
        // The program is fetched after the outcome is there; shutting down waits for it.
        assert!(executor.shutdown(GONE_MAX).await);
        let second = finish(&executor, hello()).await;
        assert_eq!((&first.stdout, &first.stderr), (&second.stdout, &second.stderr));
        assert_eq!(exited(&second.outcome), Some(0), "{}: {second:?}", language.id);
        end(executor).await;
    }
}

#[tokio::test]
async fn what_the_compiler_said_is_said_again_when_the_program_is_remembered() {
    let settings = Settings { program_cache_bytes: 16 << 20, ..Settings::on_demand() };
    let Some(executor) = executor_with(settings, &["c"]) else { return };
    let warned = || {
        let source = "#include <stdio.h>\nint main(void) { int unused; puts(\"ran\"); }";
        let mut job = job("c", source);
        job.compile_args = vec!["-Wall".to_owned()];
        job
    };
    let first = finish(&executor, warned()).await;
    assert!(executor.shutdown(GONE_MAX).await);
    let second = finish(&executor, warned()).await;
    assert!(text(&second.stderr).contains("unused variable"), "{second:?}");
    assert_eq!((&first.stdout, &first.stderr), (&second.stdout, &second.stderr));
    end(executor).await;
}

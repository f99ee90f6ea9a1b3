//! Every limit in a container, told apart from every other, and hostile programs: each ends within its limit, and the next job is unaffected.

use std::time::{Duration, Instant};

use coderunner_executor::{Job, Resource, Stage, Termination};

use crate::container_support::{
    end, executor, executor_with, exited, finish, job, limit, pooled, text,
};
use coderunner_fallback::Settings;

/// What ends a step may take longer than its limit.
const LATE_MAX: Duration = Duration::from_secs(1);

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

/// Attacks that the container must not notice: each prints what it got.
const ATTACKS: [(&str, &str); 12] = [
    ("kill -9 1; kill -STOP 1; kill -9 -1 2>/dev/null; echo alive", ""),
    ("cat /proc/1/environ /proc/1/maps 2>/dev/null | wc -c", "0\n"),
    ("ls /proc/1/fd 2>/dev/null | wc -l", "0\n"),
    ("echo junk > /proc/1/fd/1 2>/dev/null || echo refused", "refused\n"),
    ("prlimit --pid 1 --cpu=1 2>/dev/null || echo refused", "refused\n"),
    ("renice -n 19 -p 1 >/dev/null 2>&1 || echo refused", "refused\n"),
    ("(setsid sleep 1000 &) ; echo left", "left\n"),
    ("touch /x /etc/x /opt/x 2>/dev/null; ls /x /etc/x /opt/x 2>/dev/null | wc -l", "0\n"),
    ("find / -xdev -type f -perm /6000 2>/dev/null | wc -l", "0\n"),
    ("exec 3<>/dev/tcp/10.0.0.1/80 || echo unreachable", "unreachable\n"),
    ("ls /dev/sda /dev/vda /dev/mem /var/run/docker.sock 2>/dev/null | wc -l", "0\n"),
    (
        "grep -E 'Cap(Eff|Prm|Bnd)|NoNewPrivs|Seccomp:' /proc/self/status | awk '{print $2}' | sort | uniq -c | awk '{print $1, $2}'",
        "3 0000000000000000\n1 1\n1 2\n",
    ),
];

#[tokio::test]
async fn attacks_on_the_agent_and_the_machine_find_nothing() {
    let Some(executor) = pooled(&["bash"], 4) else { return };
    for (source, expected) in ATTACKS {
        let started = Instant::now();
        let finished = finish(&executor, short("bash", source, 4_000)).await;
        assert!(started.elapsed() < Duration::from_secs(30));
        if !expected.is_empty() {
            assert_eq!(text(&finished.stdout), expected, "{source}: {:?}", finished.outcome);
        }
        assert_eq!(text(&finish(&executor, job_ok()).await.stdout), "fine\n", "after {source}");
    }
    end(executor).await;
}

/// Sources that attack the compiler.
const COMPILE_BOMBS: [(&str, &str); 5] = [
    (
        "cpp",
        "template<int N> struct A { static constexpr auto x = A<N + 1>::x + A<N + 2>::x; };\nint main() { return A<0>::x; }",
    ),
    ("c", "#include \"/dev/stdin\"\n#include \"/dev/full\"\nint main(void) { return x; }"),
    ("c", "#include __FILE__\nint main(void) {}"),
    ("rust", "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*) } }\nfn main() { m!(a) }"),
    (
        "go",
        "package main\nimport _ \"embed\"\n//go:embed /etc/passwd\nvar s string\nfunc main() { println(s) }",
    ),
];

#[tokio::test]
async fn compile_time_bombs_end_in_the_compile_stage() {
    for (id, source) in COMPILE_BOMBS {
        let Some(executor) = executor(&[id]) else { continue };
        let started = Instant::now();
        let finished = finish(&executor, job(id, source)).await;
        assert_eq!(finished.outcome.stage, Stage::Compile, "{id}: {:?}", finished.outcome);
        assert!(!matches!(finished.outcome.termination, Termination::Exited { code: 0 }), "{id}");
        let bound = coderunner_fallback::COMPILE_WALL + LATE_MAX + Duration::from_secs(20);
        assert!(started.elapsed() < bound, "{id} took {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_program_is_compiled_once_and_run_from_the_cache_later() {
    let settings = Settings { program_cache_bytes: 16 << 20, ..Settings::on_demand() };
    let Some(executor) = executor_with(settings, &["c"]) else { return };
    let source = "#include <stdio.h>\nint main(void) { int unused; puts(\"ran\"); }";
    let warned = || {
        let mut job = job("c", source);
        job.compile_args = vec!["-Wall".to_owned()];
        job
    };
    let first = finish(&executor, warned()).await;
    // The program is fetched after the outcome is there; shutting down waits for it.
    assert!(executor.shutdown(Duration::from_secs(10)).await || executor.shutdown(LATE_MAX).await);
    let second = finish(&executor, warned()).await;
    assert_eq!((&first.stdout, &first.stderr), (&second.stdout, &second.stderr));
    assert_eq!(exited(&second.outcome), Some(0));
    end(executor).await;
}

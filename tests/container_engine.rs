//! Engines of their own, to be stopped, held up and started again: nobody else's jobs are on them.
//!
//! Each test starts a `dockerd` with a folder of its own and copies the images it needs. That takes root; without it (or without `dockerd`)
//! the test says so and passes, except in CI.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use coderunner_executor::{
    ExecuteError, Executor as _, Job, LanguageId, OutputSink, Resource, chain,
};
use coderunner_fallback::{DockerExecutor, PoolSettings, Settings};
use coderunner_languages::{Backend, Registry};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::container_support::{executor, exited, finish, job, limit, path, registry, run, text};

/// How long an engine may take to start, to stop, or to be used again.
const ENGINE_MAX: Duration = Duration::from_mins(1);
/// Less than an agent may take until it is ready.
const END_MAX: Duration = Duration::from_secs(20);
/// How often it is asked meanwhile.
const ENGINE_EVERY: Duration = Duration::from_millis(100);

/// Tells the engines of one process apart.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A Docker engine that belongs to one test.
struct Engine {
    folder: PathBuf,
    daemon: Option<Child>,
}

impl Engine {
    /// Starts one and gives it the images of `languages`.
    async fn start(languages: &[&str]) -> Option<Self> {
        Self::start_on(languages, |_| true).await
    }

    /// The same with something done to the folder of its data first; whether that worked.
    async fn start_on(languages: &[&str], prepare: fn(&Path) -> bool) -> Option<Self> {
        executor(languages)?;
        let skip = |why: &str| {
            assert!(std::env::var_os("CI").is_none(), "container tests cannot run: {why}");
            eprintln!("SKIPPED, NOTHING WAS TESTED: {why}");
        };
        if Command::new("dockerd").arg("--version").stdout(Stdio::null()).status().is_err() {
            skip("there is no dockerd");
            return None;
        }
        // Short: the engine's sockets lie below it.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(format!("/tmp/cr-engine-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        if std::fs::create_dir_all(folder.join("data")).is_err() {
            skip("/tmp cannot be written to");
            return None;
        }
        let mut engine = Self { folder, daemon: None };
        if !prepare(&engine.folder.join("data")) {
            skip("the folder of the engine's data cannot be prepared");
            return None;
        }
        engine.run().await;
        // Languages can share one.
        for image in languages.iter().map(|id| image(registry(), id)).collect::<BTreeSet<_>>() {
            let mut save = Command::new("docker")
                .args(["save", &image])
                .stdout(Stdio::piped())
                .spawn()
                .expect("docker is there");
            let image = save.stdout.take().expect("it is piped");
            let loaded = engine.docker(&["load", "--quiet"]).stdin(image).output();
            let loaded = loaded.expect("docker is there");
            assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
            save.wait().expect("it was started");
        }
        Some(engine)
    }

    /// Starts the daemon and waits until it answers.
    async fn run(&mut self) {
        let log = File::create(self.folder.join("log")).expect("the folder can be written to");
        let path = |name: &str| self.folder.join(name).display().to_string();
        let daemon = Command::new("dockerd")
            .args(["--iptables=false", "--bridge=none", "--host", &self.host()])
            .args(["--data-root", &path("data"), "--exec-root", &path("exec")])
            .args(["--pidfile", &path("pid")])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("dockerd starts");
        self.daemon = Some(daemon);
        let answers = async {
            while !self.docker(&["version"]).output().is_ok_and(|output| output.status.success()) {
                tokio::time::sleep(ENGINE_EVERY).await;
            }
        };
        assert!(tokio::time::timeout(ENGINE_MAX, answers).await.is_ok(), "{}", self.log());
    }

    /// Ends the daemon, and its containers with it.
    fn stop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            self.signal(&daemon, "TERM");
            let _ = daemon.wait();
        }
    }

    fn hold_up(&self) {
        self.daemon.iter().for_each(|daemon| self.signal(daemon, "STOP"));
    }

    fn let_go(&self) {
        self.daemon.iter().for_each(|daemon| self.signal(daemon, "CONT"));
    }

    #[allow(clippy::unused_self, reason = "only daemons of engines are meant")]
    fn signal(&self, daemon: &Child, signal: &str) {
        let _ =
            Command::new("kill").args([&format!("-{signal}"), &daemon.id().to_string()]).status();
    }

    fn host(&self) -> String {
        format!("unix://{}", self.folder.join("sock").display())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn docker(&self, args: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["--host", &self.host()]).args(args);
        command
    }

    /// What it prints, in lines.
    fn lines(&self, args: &[&str]) -> Vec<String> {
        let output = self.docker(args).output();
        let text = output.map(|o| text(&o.stdout)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn executor(&self, pool: PoolSettings) -> DockerExecutor {
        let settings = Settings { host: Some(self.host()), pool, ..Settings::default() };
        DockerExecutor::new(settings, registry())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.let_go();
        self.stop();
        // Where there is something mounted; what the engine's own helpers still hold goes when they do.
        let _ = Command::new("umount")
            .args(["--quiet", "--lazy"])
            .arg(self.folder.join("data"))
            .stderr(Stdio::null())
            .status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const POOL: PoolSettings =
    PoolSettings { min: 0, max: 4, queue: 400, idle: Duration::from_mins(1) };

/// A job that may run for a second.
fn short(source: &str) -> Job {
    let mut short = job("bash", source);
    short.limits.wall = Duration::from_secs(1);
    short
}

/// Runs a small job again and again until it works.
async fn works_again(executor: &DockerExecutor) {
    let mut last = String::new();
    let again = async {
        loop {
            match run(executor, job("bash", "exit 6")).await {
                Ok(finished) => break assert_eq!(exited(&finished.outcome), Some(6)),
                Err(error) => last = chain(&error),
            }
            tokio::time::sleep(ENGINE_EVERY).await;
        }
    };
    let recovered = tokio::time::timeout(ENGINE_MAX, again).await.is_ok();
    assert!(recovered, "it does not recover: {last}");
}

#[tokio::test]
async fn an_engine_that_stops_fails_its_jobs_and_is_used_again_when_it_is_back() {
    let Some(mut engine) = Engine::start(&["bash"]).await else { return };
    let executor = engine.executor(PoolSettings { min: 1, ..POOL });
    assert_eq!(text(&finish(&executor, job("bash", "echo here")).await.stdout), "here\n");
    let (sink, mut reader) = OutputSink::bounded();
    let mut execution = executor.execute(job("bash", "echo started; sleep 1000"), sink);
    tokio::select! {
        outcome = &mut execution => panic!("{outcome:?}"),
        chunk = reader.recv() => assert!(chunk.is_some()),
    }
    engine.stop();
    let error = execution.await.expect_err("its container is gone");
    assert!(chain(&error).contains("the container ended"), "{}", chain(&error));
    let error = run(&executor, job("bash", "echo")).await.expect_err("there is no engine");
    assert!(matches!(error, ExecuteError::Unavailable { .. }), "{}", chain(&error));
    assert!(!executor.supports(&LanguageId::new("bash")));
    engine.run().await;
    works_again(&executor).await;
    assert!(executor.shutdown(ENGINE_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_said_to_be_slow_and_leaves_nothing_behind() {
    let Some(engine) = Engine::start(&["bash"]).await else { return };
    let executor = engine.executor(POOL);
    finish(&executor, job("bash", "echo")).await;
    engine.hold_up();
    let error = run(&executor, job("bash", "echo")).await.expect_err("nobody answers");
    assert!(chain(&error).contains("did not answer within"), "{}", chain(&error));
    // A short job is not kept waiting for as long as an engine may take.
    let error = run(&executor, short("echo")).await.expect_err("nobody answers");
    assert!(chain(&error).contains("no container was ready within 8000 ms"), "{}", chain(&error));
    engine.let_go();
    works_again(&executor).await;
    assert!(executor.shutdown(ENGINE_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

/// Room for the image of Bash, for the archive that it comes in, and little more.
const SMALL_DISK: &str = "size=400m";

/// Mounts a file system of its own at `folder`.
fn small_disk(folder: &Path) -> bool {
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", SMALL_DISK, "tmpfs"]).arg(folder).status();
    mounted.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_jobs_run_again_when_there_is_room() {
    let Some(engine) = Engine::start_on(&["bash"], small_disk).await else { return };
    let executor = engine.executor(PoolSettings { min: 1, ..POOL });
    let bash = LanguageId::new("bash");
    executor.warm_up(&bash, 1).await.expect("there is room for a container");
    let fill = engine.folder.join("data/fill");
    let mut file = File::create(&fill).expect("there is room for a file");
    // Fails at the end, which is what it is for.
    let filled = std::io::copy(&mut std::io::repeat(b'x'), &mut file);
    assert!(filled.is_err(), "the disk is full");
    // What is warm already needs no room.
    assert_eq!(text(&finish(&executor, job("bash", "echo warm")).await.stdout), "warm\n");
    // All of them, also when the engine is left alone after the first failures.
    for _ in 0..6 {
        let error = run(&executor, job("bash", "echo")).await.expect_err("there is no room");
        assert!(matches!(error, ExecuteError::Unavailable { .. }), "{}", chain(&error));
        assert!(chain(&error).contains("no space left"), "{}", chain(&error));
        assert!(chain(&error).contains("docker system df"), "{}", chain(&error));
    }
    // As long as it is open, its room is not given back.
    drop(file);
    std::fs::remove_file(&fill).expect("it is ours");
    works_again(&executor).await;
    assert!(executor.shutdown(ENGINE_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

#[tokio::test]
async fn containers_of_a_crashed_predecessor_are_removed_and_no_others() {
    let Some(engine) = Engine::start(&["bash"]).await else { return };
    let image = image(registry(), "bash");
    let read = |path: &str| std::fs::read_to_string(path).expect("Linux has it").trim().to_owned();
    let boot = read("/proc/sys/kernel/random/boot_id");
    let namespace = std::fs::read_link("/proc/self/ns/pid").expect("Linux has it");
    let namespace = namespace.display();
    let left = |name: &str, owner: &str| {
        let label = format!("coderunner.owner={owner}");
        let made =
            engine.docker(&["create", "--name", name, "--label", &label, &image, "/x"]).output();
        assert!(made.expect("docker is there").status.success());
    };
    left("crashed", &format!("{boot} {namespace} 4194304 1"));
    left("reused", &format!("{boot} {namespace} {} 1", std::process::id()));
    left("elsewhere", &format!("{boot} pid:[1] 4194304 1"));
    left("unknown", "somebody");
    let executor = engine.executor(POOL);
    assert_eq!(executor.remove_left_behind().await.expect("the engine answers"), 2);
    let mut names = engine.lines(&["ps", "--all", "--format", "{{.Names}}"]);
    names.sort();
    assert_eq!(names, ["elsewhere", "unknown"]);
}

fn image(registry: &Registry, language: &str) -> String {
    let Backend::Container(recipe) = registry.find(language).expect("a language").backend else {
        panic!("{language} has no image")
    };
    recipe.image_name()
}

/// What sits in an agent's place, and what is said of it.
const GARBAGE: [(&str, &str); 4] = [
    ("echo this is no frame at all", "does not speak the protocol"),
    ("printf '\\201\\002\\000\\000\\000\\377\\000'; cat", "speaks version 255 of the protocol"),
    ("printf '\\211\\000\\000\\000\\000'; cat", "does not belong there"),
    ("exit 3", "the container ended"),
];

/// An executor with `script` in the place of the agent.
fn instead_of_the_agent(engine: &Engine, script: &str, pool: PoolSettings) -> DockerExecutor {
    let name = format!("instead:{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = tempfile::tempdir().expect("a folder");
    let write = |file: &str, text: String| {
        std::fs::write(folder.path().join(file), text).expect("the folder can be written to");
    };
    write("agent", format!("#!/bin/bash\n{script}\n"));
    let from = image(registry(), "bash");
    write("Dockerfile", format!("FROM {from}\nCOPY agent /coderunner-agent\n"));
    make_executable(&folder.path().join("agent"));
    let built = engine
        .docker(&["build", "--quiet", "--tag", &name])
        .arg(folder.path())
        .env("DOCKER_BUILDKIT", "0")
        .output()
        .expect("docker is there");
    assert!(built.status.success(), "{}", text(&built.stderr));
    let images = [(LanguageId::new("bash"), name)].into();
    // The other languages' images are not here.
    let pools = [(LanguageId::new("bash"), pool)].into();
    let host = Some(engine.host());
    let settings = Settings { host, pool: POOL, pools, images, ..Settings::default() };
    DockerExecutor::new(settings, registry())
}

#[tokio::test]
async fn an_agent_that_sends_garbage_is_an_error_and_no_more() {
    let Some(engine) = Engine::start(&["bash"]).await else { return };
    for (script, message) in GARBAGE {
        let executor = instead_of_the_agent(&engine, script, POOL);
        let error = run(&executor, job("bash", "echo")).await.expect_err("no agent");
        assert!(chain(&error).contains(message), "{script}: {}", chain(&error));
        assert!(executor.shutdown(ENGINE_MAX).await);
    }
    let executor = engine.executor(POOL);
    assert_eq!(exited(&finish(&executor, job("bash", "exit 2")).await.outcome), Some(2));
    assert!(executor.shutdown(ENGINE_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

#[tokio::test]
async fn an_agent_that_is_never_ready_keeps_neither_jobs_nor_the_end_waiting() {
    let Some(engine) = Engine::start(&["bash"]).await else { return };
    let executor = instead_of_the_agent(&engine, "cat", PoolSettings { min: 1, ..POOL });
    let error = run(&executor, short("echo")).await.expect_err("it says nothing");
    assert!(chain(&error).contains("no container was ready within 8000 ms"), "{}", chain(&error));
    // The pool makes one ahead; it would wait for it for much longer.
    let making = async {
        while engine.lines(&["ps", "--quiet"]).is_empty() {
            tokio::time::sleep(ENGINE_EVERY).await;
        }
    };
    assert!(tokio::time::timeout(ENGINE_MAX, making).await.is_ok());
    assert!(executor.shutdown(END_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// Jobs in all, and at one time.
const JOBS: usize = 200;
const AT_ONCE: usize = 12;
/// The engine is stopped and started again when so many have ended.
const RESTART_AFTER: usize = 100;
/// A container is killed each time that so many have ended.
const KILL_EVERY: usize = 9;

/// Programs in languages that compile: each prints its only argument and exits with 4.
const COMPILED: [(&str, &str); 5] = [
    ("c", "#include <stdio.h>\nint main(int n, char **a) { puts(a[n - 1]); return 4; }"),
    (
        "cpp",
        "#include <iostream>\nint main(int n, char** a) { std::cout << a[n - 1] << '\\n'; return 4; }",
    ),
    (
        "go",
        "package main\nimport (\"fmt\"; \"os\")\nfunc main() { fmt.Println(os.Args[1]); os.Exit(4) }",
    ),
    (
        "java",
        "class A { public static void main(String[] a) { System.out.println(a[0]); System.exit(4); } }",
    ),
    (
        "rust",
        "fn main() { println!(\"{}\", std::env::args().nth(1).unwrap()); std::process::exit(4); }",
    ),
];

/// A job, and the exit code or the limit that it should come to.
fn chaos_job(index: usize) -> (Job, Option<u8>, Option<Resource>) {
    // Every second one is of a compiled language, each of them in turn.
    if index % 2 == 1 {
        let (id, source) = COMPILED[index / 2 % COMPILED.len()];
        // Not the same twice: compiled, not remembered.
        let mut compiled = job(id, &format!("{source}\n// {index}\n"));
        compiled.args = vec![format!("job {index}")];
        // A container of its language may have to be made first, while all others are busy.
        compiled.limits.wall = ENGINE_MAX;
        return (compiled, Some(4), None);
    }
    let index_of_kind = index / 2;
    let echo = format!("echo job {index};");
    let bash = |rest: &str| job("bash", &format!("{echo} {rest}"));
    match index_of_kind % 5 {
        0 => (bash("exit 0"), Some(0), None),
        1 => (bash("sleep 0.2; exit 3"), Some(3), None),
        2 => {
            let mut endless = bash("while :; do :; done");
            endless.limits.cpu = Duration::from_millis(100);
            (endless, None, Some(Resource::CpuTime))
        }
        3 => {
            let mut flood = bash("yes");
            flood.limits.output_bytes = 10_000;
            (flood, None, Some(Resource::Output))
        }
        _ => {
            let mut shell = bash("cat data | wc -l; (sleep 100 &) ; exit 5");
            shell
                .files
                .push(coderunner_executor::JobFile { path: path("data"), contents: "x\n".into() });
            (shell, Some(5), None)
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_loses_no_job_runs_none_twice_and_leaves_nothing() {
    let Some(mut engine) = Engine::start(&["bash", "c", "cpp", "go", "java", "rust"]).await else {
        return;
    };
    let executor = engine.executor(PoolSettings { min: 1, ..POOL });
    let (mut ended, mut failed, mut killed) = (0, 0, 0);
    // Tasks of their own: they go on while the engine is being started again.
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut jobs = JoinSet::new();
    for index in 0..JOBS {
        let (executor, at_once) = (executor.clone(), Arc::clone(&at_once));
        jobs.spawn(async move {
            let _turn = at_once.acquire().await.expect("it is never closed");
            let until = Instant::now() + ENGINE_MAX;
            loop {
                let (job, code, resource) = chaos_job(index);
                let result = run(&executor, job).await;
                // What never started is tried again, as callers do.
                let never_started = matches!(
                    result,
                    Err(ExecuteError::Unavailable { .. } | ExecuteError::Overloaded { .. })
                );
                if !never_started || Instant::now() > until {
                    break (index, code, resource, result);
                }
                tokio::time::sleep(ENGINE_EVERY).await;
            }
        });
    }
    while let Some(joined) = jobs.join_next().await {
        let (index, code, resource, result) = joined.expect("no job panics");
        match result {
            Ok(finished) => {
                let got = (exited(&finished.outcome), limit(&finished.outcome));
                assert_eq!(got, (code, resource), "job {index}: {finished:?}");
                let stdout = text(&finished.stdout);
                assert!(stdout.starts_with(&format!("job {index}\n")), "{stdout}");
                assert_eq!(stdout.matches("job ").count(), 1, "job {index} ran twice: {stdout}");
            }
            Err(error) => {
                let message = chain(&error);
                assert!(
                    matches!(
                        error,
                        ExecuteError::Unavailable { .. }
                            | ExecuteError::Overloaded { .. }
                            | ExecuteError::Internal { .. }
                    ),
                    "job {index}: {message}"
                );
                failed += 1;
            }
        }
        ended += 1;
        if ended == RESTART_AFTER {
            engine.stop();
            engine.run().await;
            works_again(&executor).await;
        } else if ended % KILL_EVERY == 0 {
            // Whichever comes first: busy, warm or on its way.
            if let Some(id) = engine.lines(&["ps", "--quiet"]).get(ended % 3) {
                killed += usize::from(
                    engine.docker(&["kill", id]).output().is_ok_and(|o| o.status.success()),
                );
            }
        }
    }
    assert_eq!(ended, JOBS);
    println!("{JOBS} jobs, {failed} failed with an error, {killed} containers killed");
    assert!(failed < JOBS / 4, "{failed} of {JOBS} jobs failed");
    assert!(killed > 0, "no container was killed");
    works_again(&executor).await;
    assert!(executor.shutdown(ENGINE_MAX).await);
    assert_eq!(engine.lines(&["ps", "--all", "--quiet"]), Vec::<String>::new());
}

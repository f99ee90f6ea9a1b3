//! Runs cases one after another in the same executor and checks what must hold for any program.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use coderunner_executor::{
    Collect, Executor, FilePath, Finished, Job, JobFile, Limits, Resource, Stage, Stdin,
    StdinSender, Termination, run_to_end,
};
use coderunner_fallback::DockerExecutor;
use coderunner_languages::{Backend, Language};
use coderunner_runtime::FUEL_PER_CPU_MS;
use tokio::runtime::Runtime;

use crate::backends::{self, Wasm};

use super::spec::{Case, Input, Program, Text, from_hex};

/// What ending a program in a container may take longer than its limit.
const LATE_MAX: Duration = Duration::from_secs(1);
/// What a container's agent may use on top of the job's memory.
const AGENT_MEMORY_BYTES: u64 = 8 << 20;
/// What the kernel must not refuse it charges beyond a limit: a page was seen, rarely.
const FORCED_BYTES: u64 = 64 << 10;
/// How long a walk waits at its end for its containers to be gone.
const GONE_MAX: Duration = Duration::from_secs(30);

/// A walk through cases in one language.
pub(super) struct Walk {
    language: &'static Language,
    backend: Subject,
    runtime: Runtime,
    probe: Vec<u8>,
    /// What the probe says where nothing ran before.
    fresh: Finished,
}

/// The executor that has the language, and what is known of it besides.
enum Subject {
    Wasm(Box<Wasm>),
    Containers(DockerExecutor),
}

impl Subject {
    fn executor(&self) -> &dyn Executor {
        match self {
            Self::Wasm(wasm) => &wasm.executor,
            Self::Containers(executor) => executor,
        }
    }
}

impl Walk {
    /// `None` where the language cannot run: then it has been said.
    pub(super) fn new(language: &'static Language) -> Option<Self> {
        let (backend, probe) = match language.backend {
            Backend::Wasm(_) => {
                let own = backends::own_programs(language).probe;
                let probe = backends::program(language, "cases/probe", own.as_ref());
                (Subject::Wasm(Box::new(Wasm::new())), probe.into_bytes())
            }
            Backend::Compiled(into) => {
                panic!("{} has the programs of {into}", language.id)
            }
            Backend::Container(_) => {
                let executor = backends::containers(language)?;
                (Subject::Containers(executor), language.hello.1.as_bytes().to_vec())
            }
        };
        // The pools of containers are kept in the background.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let job = backends::job(language, probe.clone());
        let fresh = run(&runtime, backend.executor(), job, None);
        assert_eq!(
            fresh.outcome.termination,
            Termination::Exited { code: 0 },
            "{}",
            String::from_utf8_lossy(&fresh.stderr)
        );
        Some(Self { language, backend, runtime, probe, fresh })
    }

    /// Runs a case, then the probe; says what is wrong.
    pub(super) fn run(&mut self, case: &Case, program: Program) -> Vec<String> {
        let expect = case.expect(self.language);
        let mut job = backends::job(self.language, program.bytes());
        job.files.extend(case.files().into_iter().map(|(path, contents)| JobFile {
            path: FilePath::new(&path).expect("files of cases have plain names"),
            contents: contents.into(),
        }));
        job.args.clone_from(&case.spec.args);
        job.env = case.spec.env.clone().into_iter().collect();
        job.limits = case.limits(self.language, job.limits);
        if expect.files.is_some() {
            job.collect = Collect::Changed;
        }
        let (stdin, live) = input(&case.spec.stdin);
        job.stdin = stdin;
        let limits = job.limits;

        let slots = match &self.backend {
            Subject::Wasm(wasm) => wasm.slots(self.language),
            Subject::Containers(_) => (0, 0),
        };
        let finished = run(&self.runtime, self.backend.executor(), job, live);
        let mut problems = expect.problems(&finished.outcome, &finished.stdout, &finished.stderr);
        if let Some(expected) = &expect.files {
            problems.extend(file_problems(expected, &finished));
        }
        problems.extend(self.always(&finished, &limits, slots));
        problems.extend(self.probe(&finished));
        problems
    }

    /// Whether the next run is clean. Two containers have nothing in common: it is tried after programs that were stopped.
    fn probe(&self, before: &Finished) -> Option<String> {
        let exited = matches!(before.outcome.termination, Termination::Exited { .. });
        if exited && matches!(self.backend, Subject::Containers(_)) {
            return None;
        }
        let job = backends::job(self.language, self.probe.clone());
        let after = run(&self.runtime, self.backend.executor(), job, None);
        ((&after.stdout, &after.stderr) != (&self.fresh.stdout, &self.fresh.stderr)).then(|| {
            format!(
                "the next run is not clean:\n{}\n{}",
                String::from_utf8_lossy(&after.stdout),
                String::from_utf8_lossy(&after.stderr)
            )
        })
    }

    /// What holds for any program.
    fn always(
        &self,
        finished: &Finished,
        limits: &Limits,
        slots_before: (usize, usize),
    ) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |holds: bool, what: &str| {
            if !holds {
                problems.push(format!("{what}: {:?}", finished.outcome));
            }
        };
        let usage = &finished.outcome.usage;
        let written = (finished.stdout.len() + finished.stderr.len()) as u64;
        check(usage.output_bytes == written, "output is counted right");
        check(written <= limits.output_bytes, "output is within its limit");
        check(usage.setup <= usage.wall, "setup is part of the wall time");
        let wasm = match &self.backend {
            Subject::Wasm(wasm) => wasm,
            Subject::Containers(_) => {
                // While it compiles, a program has the memory of its language.
                let memory = limits.memory_bytes.max(self.language.limits.memory_bytes);
                let memory = memory + AGENT_MEMORY_BYTES + FORCED_BYTES;
                check(usage.memory_bytes_peak <= memory, "memory is within its limit");
                check(usage.fuel.is_none(), "a native program is not metered");
                if finished.outcome.stage == Stage::Run {
                    let ran = usage.wall.saturating_sub(usage.setup);
                    check(ran <= limits.wall + LATE_MAX, "it ends soon after its limit");
                }
                return problems;
            }
        };
        check(usage.memory_bytes_peak <= limits.memory_bytes, "memory is within its limit");
        let fuel_max =
            u64::try_from(limits.cpu.as_millis()).expect("limits are small") * FUEL_PER_CPU_MS;
        check(
            usage.fuel.is_some_and(|fuel| fuel > 0 && fuel <= fuel_max),
            "fuel is within its limit",
        );
        check(wasm.live_folders().is_empty(), "the execution's folder is gone");

        // A sandbox is thrown away exactly when its program was stopped at an arbitrary point.
        let stopped =
            matches!(finished.outcome.termination, Termination::LimitExceeded(Resource::WallTime));
        let (existing, discarded) = wasm.slots(self.language);
        let (existing_before, discarded_before) = slots_before;
        check(stopped || existing >= existing_before.max(1), "the sandbox is kept");
        // Of the snapshot and of each layer.
        let images = 1 + self.language.layers.iter().len();
        check(existing <= images, "one sandbox is used again and again");
        check(
            discarded - discarded_before == usize::from(stopped),
            "no sandbox is thrown away without need",
        );
        problems
    }

    /// Ends the walk; whether nothing is left of it.
    pub(super) fn end(self) -> bool {
        match &self.backend {
            Subject::Wasm(_) => true,
            Subject::Containers(executor) => self.runtime.block_on(executor.shutdown(GONE_MAX)),
        }
    }
}

/// Standard input, and what is to be sent into it while the program runs.
fn input(input: &Input) -> (Stdin, Option<(StdinSender, Vec<Bytes>)>) {
    match input {
        Input::Empty => (Stdin::Empty, None),
        Input::Text(text) => (Stdin::Bytes(text.clone().into()), None),
        Input::Hex { hex } => (Stdin::Bytes(from_hex(hex).into()), None),
        Input::Live { live } => {
            let (sender, stdin) = Stdin::stream();
            (stdin, Some((sender, live.iter().cloned().map(Bytes::from).collect())))
        }
        Input::Open { open } => {
            assert!(open, "`open` is either true or absent");
            let (sender, stdin) = Stdin::stream();
            // Kept open by never being dropped: the program must not see the end.
            std::mem::forget(sender);
            (stdin, None)
        }
    }
}

/// Runs a job to its end while its standard input is fed.
fn run(
    runtime: &Runtime,
    executor: &dyn Executor,
    job: Job,
    live: Option<(StdinSender, Vec<Bytes>)>,
) -> Finished {
    runtime.block_on(async {
        let feed = async {
            if let Some((sender, pieces)) = live {
                for piece in pieces {
                    sender.send(piece).await;
                }
            }
        };
        let (finished, ()) = tokio::join!(run_to_end(executor, job), feed);
        finished.expect("only CodeRunner's own failures are errors")
    })
}

fn file_problems(expected: &BTreeMap<String, Text>, finished: &Finished) -> Vec<String> {
    let files = &finished.outcome.files;
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    if !names.iter().copied().eq(expected.keys().map(String::as_str)) {
        return vec![format!("expected the files {:?}, got {names:?}", expected.keys())];
    }
    let problem = |(file, text): (&JobFile, &Text)| {
        text.problem(&file.contents).map(|problem| format!("file {}: {problem}", file.path))
    };
    files.iter().zip(expected.values()).filter_map(problem).collect()
}

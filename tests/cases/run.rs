//! Runs cases one after another in the same sandbox and checks what must hold for any program.

use std::{fs, path::Path};

use bytes::Bytes;
use coderunner_executor::{
    Collect, FilePath, Finished, Job, JobFile, Limits, Resource, Stdin, StdinSender, Termination,
    run_to_end,
};
use coderunner_languages::Language;
use coderunner_runtime::FUEL_PER_CPU_MS;

use crate::backends::{self, Wasm};

use super::spec::{Case, Input, Program, from_hex};

/// A walk through cases in one language.
pub(super) struct Walk {
    language: &'static Language,
    wasm: Wasm,
    probe: Vec<u8>,
    /// What the probe says in a sandbox that nobody used before.
    fresh: Finished,
}

impl Walk {
    pub(super) fn new(language: &'static Language) -> Self {
        let probe = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/cases/probe.{}", language.extensions[0]));
        let probe = fs::read(&probe).unwrap_or_else(|error| panic!("{}: {error}", probe.display()));
        let wasm = Wasm::new();
        let fresh = run(&wasm, backends::job(language, probe.clone()), None);
        assert_eq!(
            fresh.outcome.termination,
            Termination::Exited { code: 0 },
            "{}",
            String::from_utf8_lossy(&fresh.stderr)
        );
        Self { language, wasm, probe, fresh }
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
        job.limits = case.spec.limits.over(job.limits);
        if expect.files.is_some() {
            job.collect = Collect::Changed;
        }
        let (stdin, live) = input(&case.spec.stdin);
        job.stdin = stdin;
        let limits = job.limits;

        let discarded = self.wasm.slots(self.language).1;
        let finished = run(&self.wasm, job, live);
        let mut problems =
            expect.problems(&finished.outcome.termination, &finished.stdout, &finished.stderr);
        if let Some(expected) = &expect.files {
            problems.extend(file_problems(expected, &finished));
        }
        problems.extend(self.always(&finished, &limits, discarded));

        let after = run(&self.wasm, backends::job(self.language, self.probe.clone()), None);
        if (&after.stdout, &after.stderr) != (&self.fresh.stdout, &self.fresh.stderr) {
            problems.push(format!(
                "the next run is not clean:\n{}\n{}",
                String::from_utf8_lossy(&after.stdout),
                String::from_utf8_lossy(&after.stderr)
            ));
        }
        problems
    }

    /// What holds for any program.
    fn always(&self, finished: &Finished, limits: &Limits, discarded_before: usize) -> Vec<String> {
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
        check(usage.memory_bytes_peak <= limits.memory_bytes, "memory is within its limit");
        let fuel_max =
            u64::try_from(limits.cpu.as_millis()).expect("limits are small") * FUEL_PER_CPU_MS;
        check(
            usage.fuel.is_some_and(|fuel| fuel > 0 && fuel <= fuel_max),
            "fuel is within its limit",
        );
        check(usage.setup <= usage.wall, "setup is part of the wall time");
        check(self.wasm.live_folders().is_empty(), "the execution's folder is gone");

        // A sandbox is thrown away exactly when its program was stopped at an arbitrary point.
        let stopped =
            matches!(finished.outcome.termination, Termination::LimitExceeded(Resource::WallTime));
        let (existing, discarded) = self.wasm.slots(self.language);
        check(existing == usize::from(!stopped), "the sandbox is kept");
        check(
            discarded - discarded_before == usize::from(stopped),
            "no sandbox is thrown away without need",
        );
        problems
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
fn run(wasm: &Wasm, job: Job, live: Option<(StdinSender, Vec<Bytes>)>) -> Finished {
    backends::block_on(async {
        let feed = async {
            if let Some((sender, pieces)) = live {
                for piece in pieces {
                    sender.send(piece).await;
                }
            }
        };
        let (finished, ()) = tokio::join!(run_to_end(&wasm.executor, job), feed);
        finished.expect("only CodeRunner's own failures are errors")
    })
}

fn file_problems(
    expected: &std::collections::BTreeMap<String, super::spec::Text>,
    finished: &Finished,
) -> Vec<String> {
    let files = &finished.outcome.files;
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    if !names.iter().copied().eq(expected.keys().map(String::as_str)) {
        return vec![format!("expected the files {:?}, got {names:?}", expected.keys())];
    }
    let problem = |(file, text): (&JobFile, &super::spec::Text)| {
        text.problem(&file.contents).map(|problem| format!("file {}: {problem}", file.path))
    };
    files.iter().zip(expected.values()).filter_map(problem).collect()
}

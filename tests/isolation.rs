//! Nothing of one run is left for the next: memory, globals, files, environment, random numbers.
//!
//! Runs that leave as much as they can behind take turns with runs that look for it. The backend compares every slot with its image, byte
//! for byte, after each of them (`Settings::verify`); here it is made sure that the program sees no difference either, and that it
//! takes exactly the same number of instructions, which nothing that has changed somewhere would leave alone.

use std::collections::BTreeSet;

use coderunner_executor::{Finished, Limits, Resource, Termination, run_to_end};
use coderunner_languages::Language;
use coderunner_runtime::DirtyTracking;

use crate::backends::{self, Wasm, block_on};

/// Pairs of a dirty and a checking run, for each way of finding dirty pages.
const PAIRS: u32 = 250;
/// The ends that dirty runs take turns in, all of which keep the slot; the number is what a dirty program is told.
const ENDS: [(u32, Termination); 9] = [
    (0, Termination::Exited { code: 0 }),
    (1, Termination::Exited { code: 3 }),
    (3, Termination::LimitExceeded(Resource::Memory)),
    (4, Termination::LimitExceeded(Resource::Output)),
    (2, Termination::LimitExceeded(Resource::CpuTime)),
    (0, Termination::Exited { code: 0 }),
    (1, Termination::Exited { code: 3 }),
    (3, Termination::LimitExceeded(Resource::Memory)),
    (4, Termination::LimitExceeded(Resource::Output)),
];

/// What a language needs for these tests.
struct Programs {
    /// Leaves as much behind as it can, then ends in the way that its argument says.
    dirty: String,
    /// Prints what a fresh sandbox should not have.
    check: String,
    /// Prints values that must differ from run to run, one on a line.
    random: String,
    /// What the dirty program may take.
    memory_bytes: u64,
}

impl Programs {
    /// The same, each after `start`, which takes memory of its own.
    fn after(self, start: &str) -> Self {
        let Self { dirty, check, random, memory_bytes } = self;
        let after = |program: String| format!("{start}{program}");
        Self {
            dirty: after(dirty),
            check: after(check),
            random: after(random),
            memory_bytes: memory_bytes + (32 << 20),
        }
    }
}

fn programs(language: &Language) -> Programs {
    let own = backends::own_programs(language).isolation;
    let program =
        |name: &str| backends::program(language, &format!("isolation/{name}"), own.get(name));
    Programs {
        dirty: program("dirty"),
        check: program("check"),
        random: program("random"),
        memory_bytes: 96 << 20,
    }
}

fn dirty(wasm: &Wasm, language: &Language, programs: &Programs, n: u32) -> Finished {
    let mut job = backends::job(language, programs.dirty.clone());
    let (end, _) = &ENDS[n as usize % ENDS.len()];
    job.args = vec![n.to_string(), end.to_string()];
    job.limits = Limits {
        cpu: std::time::Duration::from_millis(300),
        memory_bytes: programs.memory_bytes,
        output_bytes: 4096,
        ..job.limits
    };
    block_on(run_to_end(&wasm.executor, job)).expect("the execution works")
}

fn check(wasm: &Wasm, language: &Language, programs: &Programs) -> Finished {
    let job = backends::job(language, programs.check.clone());
    let finished = block_on(run_to_end(&wasm.executor, job)).expect("the execution works");
    assert_eq!(
        finished.outcome.termination,
        Termination::Exited { code: 0 },
        "{}",
        String::from_utf8_lossy(&finished.stderr)
    );
    finished
}

/// What two checking runs must agree in.
fn seen(finished: &Finished) -> (String, Option<u64>, u64) {
    let usage = &finished.outcome.usage;
    (String::from_utf8_lossy(&finished.stdout).into_owned(), usage.fuel, usage.memory_bytes_peak)
}

fn take_turns(wasm: &Wasm, language: &Language, pairs: u32) {
    take_turns_of(wasm, language, &programs(language), pairs);
}

fn take_turns_of(wasm: &Wasm, language: &Language, programs: &Programs, pairs: u32) {
    let fresh = seen(&check(wasm, language, programs));
    for n in 0..pairs {
        let finished = dirty(wasm, language, programs, n);
        let (_, expected) = &ENDS[n as usize % ENDS.len()];
        assert_eq!(
            &finished.outcome.termination,
            expected,
            "run {n}: {}",
            String::from_utf8_lossy(&finished.stderr)
        );
        assert_eq!(seen(&check(wasm, language, programs)), fresh, "after run {n}");
    }
}

/// With one way of finding dirty pages, in every language.
fn tracked_by(tracking: DirtyTracking) {
    for language in backends::wasm_languages() {
        let wasm = Wasm::tracking(tracking);
        let way = wasm.executor.tracking(&language.id).expect("the language is ready");
        if way != tracking {
            #[expect(clippy::print_stdout, reason = "what was not tested")]
            {
                println!("this kernel has no {tracking}; {} uses {way}", language.name);
            }
        }
        take_turns(&wasm, language, PAIRS);
        // One slot all the time: that is what the test is about.
        assert_eq!(wasm.slots(language), (1, 0));
        assert!(wasm.live_folders().is_empty());
    }
}

#[test]
fn no_state_crosses_with_write_protection() {
    tracked_by(DirtyTracking::WriteProtect);
}

#[test]
fn no_state_crosses_with_pagemap_scan() {
    tracked_by(DirtyTracking::PagemapScan);
}

#[test]
fn no_state_crosses_with_pagemap() {
    tracked_by(DirtyTracking::Pagemap);
}

#[test]
fn no_state_crosses_with_remapping() {
    tracked_by(DirtyTracking::Remap);
}

#[test]
fn no_state_crosses_in_layers() {
    let language = backends::language("python");
    for tracking in [DirtyTracking::WriteProtect, DirtyTracking::Remap] {
        let wasm = Wasm::tracking(tracking);
        for module in ["yaml", "sympy"] {
            let start = format!("import sys\nassert '{module}' in sys.modules\nimport {module}\n");
            take_turns_of(&wasm, language, &programs(language).after(&start), 40);
        }
        // The base's, if layers had to be made, and one of each.
        let (existing, discarded) = wasm.slots(language);
        assert!(existing <= 3 && discarded == 0, "{existing} slots, {discarded} thrown away");
    }
}

#[test]
fn no_state_crosses_in_little_address_space() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::in_little_address_space();
        take_turns(&wasm, language, 20);
        assert_eq!(wasm.slots(language), (1, 0));
    }
}

#[test]
fn no_state_crosses_between_threads() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| take_turns(&wasm, language, 100));
            }
        });
        let (existing, discarded) = wasm.slots(language);
        assert!(existing <= 2 && discarded == 0, "{existing} slots, {discarded} thrown away");
    }
}

#[test]
fn no_state_crosses_between_warm_slots() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        block_on(wasm.executor.warm_up(&language.id, 4)).expect("slots can be made ahead");
        take_turns(&wasm, language, 50);
        assert_eq!(wasm.slots(language).1, 0);
    }
}

/// The tests above could not fail if the checking program saw nothing.
#[test]
fn the_check_sees_what_a_dirty_program_leaves() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        let programs = programs(language);
        let fresh = seen(&check(&wasm, language, &programs));
        let Programs { dirty, check, .. } = programs;
        let mut job = backends::job(language, format!("{dirty}\n{check}"));
        job.args = vec!["1".to_owned(), "0".to_owned()];
        let both = block_on(run_to_end(&wasm.executor, job)).expect("the execution works");
        assert_eq!(
            both.outcome.termination,
            Termination::Exited { code: 0 },
            "{}",
            String::from_utf8_lossy(&both.stderr)
        );
        let both = seen(&both);
        let (fresh_lines, mut both_lines): (Vec<_>, Vec<_>) =
            (fresh.0.lines().collect(), both.0.lines().collect());
        // The dirty program may have printed something, too.
        let own = both_lines.len().checked_sub(fresh_lines.len());
        both_lines.drain(..own.expect("the check prints as many lines as alone"));
        for (fresh, both) in fresh_lines.iter().zip(both_lines) {
            assert_ne!(*fresh, both, "{}: this line of the check sees nothing", language.name);
        }
        assert!(both.2 > fresh.2, "the dirty program has memory grow");
    }
}

#[test]
fn random_numbers_differ_between_runs() {
    for language in backends::wasm_languages() {
        let wasm = Wasm::new();
        let mut values = BTreeSet::new();
        let mut drawn = 0;
        for _ in 0..50 {
            let job = backends::job(language, programs(language).random);
            let finished = block_on(run_to_end(&wasm.executor, job)).expect("the execution works");
            let text = String::from_utf8(finished.stdout).expect("numbers are ASCII");
            assert!(
                text.lines().count() >= 3,
                "{text}{}",
                String::from_utf8_lossy(&finished.stderr)
            );
            for value in text.lines() {
                drawn += 1;
                assert!(
                    values.insert(value.to_owned()),
                    "{}: {value} came up twice",
                    language.name
                );
            }
        }
        assert_eq!(values.len(), drawn);
    }
}

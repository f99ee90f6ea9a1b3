//! What the command says to people, on standard error: plain lines, with a `hint:` where something can be done.

use std::io::Write as _;

use coderunner_executor::{Outcome, Resource, Termination};
use coderunner_runtime::Progress;

use crate::exit::Failure;

/// Writes a line to standard error. When that is closed there is nobody to tell.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Why the command failed.
pub(crate) fn failure(failure: &Failure) {
    match failure {
        Failure::Usage(_) => line(&format!("coderunner: {failure}")),
        Failure::Ours(_) => {
            line(&format!("coderunner: {failure}"));
            line("hint: `coderunner doctor` says what does not work on this machine");
        }
        Failure::Interrupted { .. } => {}
    }
}

/// That something takes long, and why.
pub(crate) fn progress(progress: &Progress) {
    match progress {
        Progress::Compiling { language } => {
            line(&format!(
                "coderunner: preparing {language} for this machine; this takes some seconds, once"
            ));
        }
        Progress::Compiled { language, took } => {
            line(&format!("coderunner: {language} is ready ({:.1} s)", took.as_secs_f64()));
        }
        Progress::Layering { language, layer } => {
            line(&format!(
                "coderunner: preparing the {layer} layer of {language} for this machine, once"
            ));
        }
        Progress::Layered { language, layer, took } => {
            line(&format!(
                "coderunner: the {layer} layer of {language} is ready ({:.1} s)",
                took.as_secs_f64()
            ));
        }
        Progress::NoLayer { language, layer, reason } => {
            line(&format!(
                "coderunner: the {layer} layer of {language} cannot be had; programs run without, slower: {reason}"
            ));
        }
        Progress::NotCached { language, reason } => {
            line(&format!("coderunner: {language} could not be kept for the next start: {reason}"));
            line("hint: set CODERUNNER_CACHE_DIR to a folder that you own and can write to");
        }
        _ => {}
    }
}

/// How the program ended, if it did not end by itself.
pub(crate) fn ending(termination: &Termination) {
    match termination {
        Termination::Exited { .. } => {}
        Termination::Crashed { reason } => {
            line(&format!("coderunner: the program crashed: {reason}"));
        }
        Termination::LimitExceeded(resource) => {
            let (what, hint) = limit(*resource);
            line(&format!("coderunner: the program reached its {what} limit"));
            line(&format!("hint: {hint}"));
        }
    }
}

fn limit(resource: Resource) -> (&'static str, &'static str) {
    match resource {
        Resource::CpuTime => ("CPU time", "raise it with --cpu-ms"),
        Resource::WallTime => ("wall-clock time", "raise it with --wall-ms"),
        Resource::Memory => ("memory", "raise it with --memory-mb"),
        Resource::Output => ("output", "raise it with --output-kb"),
        Resource::Disk => ("disk", "raise it with --disk-mb"),
        Resource::Files => ("number of files", "write fewer files"),
        Resource::Stack => ("call stack", "recurse less deeply; this limit is fixed"),
        Resource::Processes => ("processes", "start fewer processes or threads"),
    }
}

/// What the execution used.
pub(crate) fn usage(outcome: &Outcome) {
    let usage = &outcome.usage;
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    line(&format!(
        "wall {:.3} ms (setup {:.3}), CPU {:.3} ms, memory {:.1} MiB, output {} bytes{}",
        usage.wall.as_secs_f64() * 1e3,
        usage.setup.as_secs_f64() * 1e3,
        usage.cpu.as_secs_f64() * 1e3,
        usage.memory_bytes_peak as f64 / f64::from(1 << 20),
        usage.output_bytes,
        usage.fuel.map(|fuel| format!(", fuel {fuel}")).unwrap_or_default(),
    ));
}

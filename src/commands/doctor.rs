//! `coderunner doctor`: what works on this machine, and what to do about what does not.

use std::{fs, io::Write as _, process::ExitCode};

use coderunner_executor::Availability;
use coderunner_languages::Backend;
use coderunner_runtime::{AddressSpace, CacheDir, DirtyTracking};
use serde::Serialize;

use crate::{
    cli::DoctorArgs,
    compose,
    exit::{CommandResult, Failure},
};

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// As it should be.
    Good,
    /// It works, in a slower or poorer way.
    Reduced,
    /// It is not set up, and need not be.
    Absent,
    /// It does not work.
    Bad,
}

/// Looks and prints. The exit code is 1 when something does not work.
pub(crate) fn run(args: &DoctorArgs) -> CommandResult {
    let mut findings = vec![processor(), address_space(), mappings(), cache(), folders()];
    findings.extend(languages()?);
    let mut stdout = std::io::stdout().lock();
    let printed = if args.json {
        serde_json::to_writer_pretty(&mut stdout, &findings)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(stdout))
    } else {
        findings.iter().try_for_each(|finding| {
            let mark = match finding.verdict {
                Verdict::Good => "ok  ",
                Verdict::Reduced => "slow",
                Verdict::Absent => "none",
                Verdict::Bad => "FAIL",
            };
            writeln!(stdout, "{mark}  {:<16} {}", finding.what, finding.found)?;
            finding
                .advice
                .as_ref()
                .map_or(Ok(()), |advice| writeln!(stdout, "      {:<16} hint: {advice}", ""))
        })
    };
    printed.map_err(Failure::ours)?;
    let works = findings.iter().all(|finding| finding.verdict != Verdict::Bad);
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn good(what: &'static str, found: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Good, found: found.into(), advice: None }
}

fn poor(
    what: &'static str,
    verdict: Verdict,
    found: impl Into<String>,
    advice: impl Into<String>,
) -> Finding {
    Finding { what, verdict, found: found.into(), advice: Some(advice.into()) }
}

fn processor() -> Finding {
    let what = "processor";
    #[cfg(target_arch = "x86_64")]
    {
        // Without these the engine falls back to library calls for SIMD and rounding, which guests are full of.
        let missing: Vec<&str> = [
            ("sse4.1", std::is_x86_feature_detected!("sse4.1")),
            ("sse4.2", std::is_x86_feature_detected!("sse4.2")),
            ("popcnt", std::is_x86_feature_detected!("popcnt")),
            ("bmi1", std::is_x86_feature_detected!("bmi1")),
            ("avx", std::is_x86_feature_detected!("avx")),
        ]
        .into_iter()
        .filter_map(|(name, there)| (!there).then_some(name))
        .collect();
        if missing.is_empty() {
            good(what, "x86-64 with SSE 4.2, AVX, BMI1")
        } else {
            poor(
                what,
                Verdict::Reduced,
                format!("x86-64 without {}", missing.join(", ")),
                "guests run, but slower; a virtual machine may be hiding features of its host's processor",
            )
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    poor(what, Verdict::Reduced, std::env::consts::ARCH, "only x86-64 is tested")
}

fn address_space() -> Finding {
    let what = "address space";
    match AddressSpace::of_this_process() {
        AddressSpace::Full => good(what, "not limited; every sandbox reserves 4 GiB"),
        AddressSpace::Limited => poor(
            what,
            Verdict::Reduced,
            "limited; sandboxes reserve 512 MiB and check bounds in code",
            "raise it with `ulimit -v unlimited`",
        ),
    }
}

/// Each live sandbox takes a few memory mappings.
fn mappings() -> Finding {
    const MAPPINGS_FOR_1000_SANDBOXES: u64 = 16_000;
    let what = "memory mappings";
    let limit = fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok());
    match limit {
        Some(limit) if limit >= MAPPINGS_FOR_1000_SANDBOXES => {
            good(what, format!("{limit} for each process"))
        }
        Some(limit) => poor(
            what,
            Verdict::Reduced,
            format!("{limit} for each process"),
            "for a thousand sandboxes at once: sysctl vm.max_map_count=65530",
        ),
        None => {
            poor(what, Verdict::Reduced, "unknown", "/proc/sys/vm/max_map_count cannot be read")
        }
    }
}

fn cache() -> Finding {
    let what = "cache folder";
    let opened =
        compose::cache_path().and_then(|path| Ok(CacheDir::open(&path)?)).and_then(|cache| {
            let probe = cache.path().join(".doctor");
            fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe))?;
            Ok(cache)
        });
    match opened {
        Ok(cache) => good(what, cache.path().display().to_string()),
        Err(error) => poor(
            what,
            Verdict::Reduced,
            format!("{error:#}"),
            "every start compiles anew; set CODERUNNER_CACHE_DIR to a folder that you own and can write to",
        ),
    }
}

fn folders() -> Finding {
    let what = "working folders";
    let path = compose::folders();
    match coderunner_host_api::check_folders(&path) {
        Ok(()) => good(what, path.display().to_string()),
        Err(error) => poor(
            what,
            Verdict::Bad,
            format!("{}: {error}", path.display()),
            "programs that use files fail; set TMPDIR to a folder that you can write to",
        ),
    }
}

/// Each language, and how its sandboxes are reset here.
fn languages() -> Result<Vec<Finding>, Failure> {
    let backends = compose::backends()?;
    Ok(backends
        .registry
        .iter()
        .map(|language| {
            let what = Box::leak(language.id.to_string().into_boxed_str());
            if let Backend::Container(_) = language.backend {
                return match backends.router.availability(&language.id) {
                    Availability::Available => good(what, "ready; in containers"),
                    // Only those who want compiled languages need Docker.
                    Availability::Unavailable { why } => poor(what, Verdict::Absent, "in containers", why),
                    Availability::Unknown => poor(what, Verdict::Bad, "no backend runs it", "please report this as a bug"),
                };
            }
            let layers = match backends.wasm.ready_layers(&language.guest_language()) {
                Ok(names) if !names.is_empty() => format!("; layers {}", names.join(", ")),
                _ => String::new(),
            };
            match backends.wasm.tracking(&language.guest_language()) {
                Ok(way @ DirtyTracking::WriteProtect) => good(what, format!("ready; dirty pages by {way}{layers}")),
                Ok(way) => poor(
                    what,
                    Verdict::Reduced,
                    format!("ready; dirty pages by {way}{layers}"),
                    "the fastest way needs Linux 6.7 and a sandbox or container that allows userfaultfd",
                ),
                Err(error) => poor(what, Verdict::Bad, format!("{:#}", anyhow::Error::new(error)), "please report this as a bug"),
            }
        })
        .collect())
}

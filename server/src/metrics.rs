//! What is counted, for Prometheus. Labels are bounded: languages, backends and outcomes of this build.
//!
//! Everything that an execution touches is looked up once, at the start: counting is a few atomic additions.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use coderunner_api::{ApiError, codes};
use coderunner_executor::{LanguageId, Outcome, Resource, Termination};
use coderunner_languages::Registry as Languages;
use prometheus::{
    Encoder as _, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    Opts, Registry, TextEncoder, core::GenericCounter,
};

/// From below what the quickest language takes to the longest that is allowed.
const SECONDS: &[f64] = &[
    0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
    0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0,
];

/// Asked for what there is at the moment: names, labels and values.
pub type Gauges = Arc<dyn Fn() -> Vec<Gauge> + Send + Sync>;

/// A value of the moment.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// The metric, without `coderunner_`.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// The name and value of its label.
    pub label: (&'static str, String),
    /// How much there is.
    pub value: f64,
}

/// How an execution ended, as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending<'a> {
    Outcome(&'a Outcome),
    /// With the kind of the error.
    Failed(&'a str),
    Cancelled,
}

/// What was known of a program whose caller would have the answer of an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// There was one.
    Hit,
    /// There was none.
    Miss,
    /// It may end differently each time, so there will be none.
    Varies,
}

pub(crate) struct Metrics {
    registry: Registry,
    lookups: [IntCounter; 3],
    cache_bytes: IntGauge,
    languages: HashMap<LanguageId, OfLanguage>,
    requests: IntCounterVec,
    refused: IntCounterVec,
    gauges: Gauges,
}

struct OfLanguage {
    exited: [IntCounter; 2],
    crashed: IntCounter,
    limits: [IntCounter; Resource::ALL.len()],
    failed: IntCounter,
    cancelled: IntCounter,
    duration: Histogram,
    setup: Histogram,
    queued: Histogram,
    cpu: GenericCounter<prometheus::core::AtomicF64>,
    output: IntCounter,
    memory: Histogram,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Metrics for the languages of this build.
    ///
    /// # Errors
    /// Two metrics have the same name, which a test makes sure of.
    pub(crate) fn new(languages: &Languages, gauges: Gauges) -> Result<Self, prometheus::Error> {
        /// From a small guest to the largest that is allowed.
        const MEMORY: &[f64] = &[8e6, 16e6, 32e6, 64e6, 128e6, 256e6, 512e6, 1024e6];
        let registry = Registry::new();
        let labels = &["language", "backend"];
        let histogram = |name: &str, help: &str, buckets: &[f64]| -> Result<_, prometheus::Error> {
            let opts = HistogramOpts::new(format!("coderunner_{name}"), help);
            let vec = HistogramVec::new(opts.buckets(buckets.to_vec()), labels)?;
            registry.register(Box::new(vec.clone()))?;
            Ok(vec)
        };
        let executions = counters(
            &registry,
            "executions_total",
            "Executions that have ended, by outcome.",
            &["language", "backend", "outcome"],
        )?;
        let requests = counters(
            &registry,
            "requests_total",
            "Requests answered, by HTTP status.",
            &["status"],
        )?;
        let refused = counters(
            &registry,
            "errors_total",
            "Programs that were not run, by the kind of the error.",
            &["kind"],
        )?;
        // A rate of what was never counted is nothing, which is not zero.
        for code in codes::ALL {
            refused.with_label_values(&[code.kind]);
            requests.with_label_values(&[code.http.to_string()]);
        }
        let lookups = counters(
            &registry,
            "cache_lookups_total",
            "Programs whose callers would have the answer of an earlier run, by what was known of them.",
            &["result"],
        )?;
        let lookups = ["hit", "miss", "varies"].map(|result| lookups.with_label_values(&[result]));
        let cache_bytes =
            IntGauge::new("coderunner_cache_bytes", "What answers of earlier runs take.")?;
        registry.register(Box::new(cache_bytes.clone()))?;
        let duration = histogram(
            "execution_duration_seconds",
            "From the start of an execution to its end.",
            SECONDS,
        )?;
        let setup = histogram(
            "sandbox_creation_seconds",
            "From the start of an execution to the program's first instruction.",
            SECONDS,
        )?;
        let queued =
            histogram("queue_wait_seconds", "What executions waited for their turn.", SECONDS)?;
        let memory =
            histogram("execution_memory_bytes", "The most memory that an execution held.", MEMORY)?;
        let output = counters(&registry, "output_bytes_total", "What programs wrote.", labels)?;
        let cpu = prometheus::CounterVec::new(
            Opts::new("coderunner_cpu_seconds_total", "Processor time of programs."),
            labels,
        )?;
        registry.register(Box::new(cpu.clone()))?;
        let languages = languages
            .iter()
            .map(|language| {
                let labels = &[language.id.as_str(), language.backend.as_str()];
                let ended =
                    |outcome: &str| executions.with_label_values(&[labels[0], labels[1], outcome]);
                let of = OfLanguage {
                    exited: [ended("exited_zero"), ended("exited_other")],
                    crashed: ended("crashed"),
                    limits: Resource::ALL.map(|resource| ended(&format!("limit_{resource}"))),
                    failed: ended("failed"),
                    cancelled: ended("cancelled"),
                    duration: duration.with_label_values(labels),
                    setup: setup.with_label_values(labels),
                    queued: queued.with_label_values(labels),
                    cpu: cpu.with_label_values(labels),
                    output: output.with_label_values(labels),
                    memory: memory.with_label_values(labels),
                };
                (language.id.clone(), of)
            })
            .collect();
        Ok(Self { registry, lookups, cache_bytes, languages, requests, refused, gauges })
    }

    /// Counts an execution that has ended.
    pub(crate) fn ended(&self, language: &LanguageId, ending: Ending<'_>) {
        let Some(of) = self.languages.get(language) else { return };
        let outcome = match ending {
            Ending::Outcome(outcome) => outcome,
            Ending::Failed(kind) => {
                self.refused(kind);
                return of.failed.inc();
            }
            Ending::Cancelled => return of.cancelled.inc(),
        };
        match &outcome.termination {
            Termination::Exited { code } => of.exited[usize::from(*code != 0)].inc(),
            Termination::Crashed { .. } => of.crashed.inc(),
            Termination::LimitExceeded(resource) => {
                let at = Resource::ALL.iter().position(|own| own == resource);
                if let Some(counter) = at.and_then(|at| of.limits.get(at)) {
                    counter.inc();
                }
            }
        }
        let usage = &outcome.usage;
        of.duration.observe(usage.wall.as_secs_f64());
        of.setup.observe(usage.setup.as_secs_f64());
        of.queued.observe(usage.queued.as_secs_f64());
        of.cpu.inc_by(usage.cpu.as_secs_f64());
        of.output.inc_by(usage.output_bytes);
        #[expect(clippy::cast_precision_loss, reason = "it falls into a bucket")]
        of.memory.observe(usage.memory_bytes_peak as f64);
    }

    /// Counts a program that was not run.
    pub(crate) fn refused(&self, kind: &str) {
        self.refused.with_label_values(&[kind]).inc();
    }

    /// Counts a look into the cache.
    pub(crate) fn looked_up(&self, lookup: Lookup) {
        self.lookups[lookup as usize].inc();
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: u16) {
        // A handful of statuses; the common one without making text of it.
        if status == 200 {
            self.requests.with_label_values(&["200"]).inc();
        } else {
            self.requests.with_label_values(&[status.to_string().as_str()]).inc();
        }
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self, cache_bytes: u64) -> Result<String, prometheus::Error> {
        self.cache_bytes.set(i64::try_from(cache_bytes).unwrap_or(i64::MAX));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        let mut text = String::from_utf8_lossy(&text).into_owned();
        let mut gauges = (self.gauges)();
        gauges.sort_by_key(|gauge| gauge.name);
        let mut last = "";
        for Gauge { name, help, label: (label, of), value } in gauges {
            use fmt::Write as _;
            // Writing to text does not fail.
            if name != last {
                let _ = writeln!(
                    text,
                    "# HELP coderunner_{name} {help}\n# TYPE coderunner_{name} gauge"
                );
                last = name;
            }
            let _ = writeln!(text, "coderunner_{name}{{{label}=\"{of}\"}} {value}");
        }
        Ok(text)
    }
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    let vec = IntCounterVec::new(Opts::new(format!("coderunner_{name}"), help), labels)?;
    registry.register(Box::new(vec.clone()))?;
    Ok(vec)
}

impl<'a> From<&'a Result<Outcome, ApiError>> for Ending<'a> {
    fn from(ended: &'a Result<Outcome, ApiError>) -> Self {
        match ended {
            Ok(outcome) => Self::Outcome(outcome),
            Err(error) => Self::Failed(error.code.kind),
        }
    }
}

/// Microseconds, for logs.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use coderunner_executor::{Stage, Usage};

    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        let languages = Languages::embedded().expect("every manifest is right");
        let gauges: Gauges = Arc::new(|| {
            let label = ("backend", "wasm".to_owned());
            vec![Gauge { name: "running", help: "Now.", label, value: 3.0 }]
        });
        let metrics = Metrics::new(languages, gauges).expect("names are distinct");
        let python = LanguageId::new("python");
        let termination = Termination::LimitExceeded(Resource::Memory);
        let usage = Usage { wall: Duration::from_millis(3), output_bytes: 7, ..Usage::default() };
        let outcome =
            Outcome { stage: Stage::Run, termination, usage, files: Vec::new(), repeatable: true };
        metrics.ended(&python, Ending::Outcome(&outcome));
        metrics.ended(&python, Ending::Cancelled);
        metrics.answered(200);
        metrics.looked_up(Lookup::Hit);
        let text = metrics.text(5).expect("it can be written");
        for line in [
            r#"coderunner_executions_total{backend="wasm",language="python",outcome="limit_memory"} 1"#,
            r#"coderunner_executions_total{backend="wasm",language="python",outcome="cancelled"} 1"#,
            r#"coderunner_execution_duration_seconds_bucket{backend="wasm",language="python",le="0.005"} 1"#,
            r#"coderunner_output_bytes_total{backend="wasm",language="python"} 7"#,
            r#"coderunner_requests_total{status="200"} 1"#,
            r#"coderunner_running{backend="wasm"} 3"#,
            r#"coderunner_cache_lookups_total{result="hit"} 1"#,
            "coderunner_cache_bytes 5",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}

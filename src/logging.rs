//! Logs of the server: lines of text or JSON on standard error, at a level that can be changed. Traces, where the configuration says to whom.

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use tracing_subscriber::{
    Registry, filter::Targets, fmt, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

use crate::config::Config;

/// Spans that wait to be sent; what comes when there are more is dropped, so that nobody waits for whoever gathers them.
const SPANS_QUEUED_MAX: usize = 8192;
/// Spans that are sent at one time.
const SPANS_SENT_MAX: usize = 512;
/// How often they are sent.
const SEND_EVERY: Duration = Duration::from_secs(1);
/// How long sending may take, and how long the end of the server waits for the last spans to be sent.
const SEND_TIME_MAX: Duration = Duration::from_secs(3);

/// Changes what is logged.
pub(crate) struct Logging {
    filter: reload::Handle<Targets, Registry>,
    traces: Option<SdkTracerProvider>,
}

/// Starts logging. Only once in a process, and on the runtime that sends traces.
pub(crate) fn start(config: &Config) -> anyhow::Result<Logging> {
    let (filter, handle) = reload::Layer::new(filter(config));
    let traces = traces(config)?;
    let exported = traces.as_ref().map(|provider| {
        // No filter of its own: asking whether something is enabled (`tracing::enabled!`) would spoil its next decision.
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("coderunner"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
    });
    let registry = tracing_subscriber::registry().with(filter).with(exported);
    let layer = fmt::layer().with_writer(std::io::stderr);
    if config.text("log.format") == "json" {
        registry.with(layer.json().flatten_event(true)).try_init()?;
    } else {
        registry.with(layer.with_ansi(false)).try_init()?;
    }
    Ok(Logging { filter: handle, traces })
}

/// What sends spans to where the configuration says, if it does.
fn traces(config: &Config) -> anyhow::Result<Option<SdkTracerProvider>> {
    let endpoint = config.text("trace.otlp_endpoint");
    if endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(SEND_TIME_MAX)
        .build()
        .with_context(|| format!("traces cannot be sent to {endpoint}"))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(SPANS_QUEUED_MAX)
        .with_max_export_batch_size(SPANS_SENT_MAX)
        .with_scheduled_delay(SEND_EVERY)
        .build();
    let ratio = f64::from(u32::try_from(config.number("trace.sample_per_mille")).unwrap_or(1000));
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio / 1000.0)));
    let resource = Resource::builder_empty()
        .with_service_name("coderunner")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
    Ok(Some(
        SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(sampler)
            .with_resource(resource)
            .build(),
    ))
}

impl Logging {
    /// Logs what `config` says from now on.
    pub(crate) fn change(&self, config: &Config) {
        // It fails when logging has ended, which it does with the process.
        let _ = self.filter.reload(filter(config));
    }

    /// What sends the last spans at the end.
    pub(crate) fn last_traces(&self) -> impl FnOnce() + use<> {
        let traces = self.traces.clone();
        move || {
            if let Some(traces) = traces {
                // Whoever gathers them may be gone; that is no reason not to end.
                let _ = traces.shutdown_with_timeout(SEND_TIME_MAX);
            }
        }
    }
}

fn filter(config: &Config) -> Targets {
    use tracing_subscriber::filter::LevelFilter;
    let level = config.text("log.level").parse().unwrap_or(LevelFilter::INFO);
    let audit = if config.switch("log.audit") { LevelFilter::INFO } else { LevelFilter::OFF };
    let traced = !config.text("trace.otlp_endpoint").is_empty();
    let spans = if traced { LevelFilter::INFO } else { level };
    // What libraries have to say is for those who look for mistakes in them.
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("coderunner", level)
        .with_target("coderunner_server", level)
        .with_target("request", spans)
        .with_target("audit", audit)
        // It repeats each time that nobody is there to take traces.
        .with_target("opentelemetry_sdk", level.min(LevelFilter::ERROR))
}

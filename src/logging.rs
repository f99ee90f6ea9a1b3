//! Logs of the server: lines of text or JSON on standard error, at a level that can be changed.

use tracing_subscriber::{
    Registry, filter::Targets, fmt, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

use crate::config::Config;

/// Changes what is logged.
pub(crate) struct Logging(reload::Handle<Targets, Registry>);

/// Starts logging. Only once in a process.
pub(crate) fn start(config: &Config) -> anyhow::Result<Logging> {
    let (filter, handle) = reload::Layer::new(filter(config));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(std::io::stderr);
    if config.text("log.format") == "json" {
        registry.with(layer.json().flatten_event(true)).try_init()?;
    } else {
        registry.with(layer.with_ansi(false)).try_init()?;
    }
    Ok(Logging(handle))
}

impl Logging {
    /// Logs what `config` says from now on.
    pub(crate) fn change(&self, config: &Config) {
        // It fails when logging has ended, which it does with the process.
        let _ = self.0.reload(filter(config));
    }
}

fn filter(config: &Config) -> Targets {
    use tracing_subscriber::filter::LevelFilter;
    let level = config.text("log.level").parse().unwrap_or(LevelFilter::INFO);
    let audit = if config.switch("log.audit") { LevelFilter::INFO } else { LevelFilter::OFF };
    // What libraries have to say is for those who look for mistakes in them.
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("coderunner", level)
        .with_target("coderunner_server", level)
        .with_target("audit", audit)
}

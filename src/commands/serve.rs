//! `coderunner serve`: every executor over the network.

use std::{
    fs,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use coderunner_executor::{Admission, AdmissionState};
use coderunner_languages::Backend;
use coderunner_server::{Gauge, Gauges, Server};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};

use crate::{
    cli::ServeArgs,
    compose::{self, Service},
    config::Config,
    exit::{CommandResult, Failure},
    logging::{self, Logging},
    report,
    signals::stop_signal,
};

/// Sandboxes of each WebAssembly language made ahead for each guest thread.
const SLOTS_PER_THREAD: usize = 4;
/// How often the configuration file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Serves until a signal says stop.
pub(crate) fn run(args: &ServeArgs) -> CommandResult {
    let flags = flags(args);
    let config = Config::load(args.config.as_deref(), &flags).map_err(Failure::Usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.threads("server.network_threads").get())
        .thread_name("network")
        .enable_all()
        .build()
        .map_err(Failure::ours)?;
    // Whatever is sent is sent from here.
    let entered = runtime.enter();
    let logging = logging::start(&config).map_err(Failure::Ours)?;
    drop(entered);
    let last_traces = logging.last_traces();
    let service = compose::service(&config)?;
    let reload = Reload { file: args.config.clone(), flags, logging, config: config.clone() };
    let served = runtime.block_on(serve(&config, &service, reload));
    last_traces();
    runtime.shutdown_background();
    served
}

/// What the command line says, by the names of settings.
fn flags(args: &ServeArgs) -> Vec<(&'static str, String)> {
    let mut flags = Vec::new();
    let mut flag = |name, value: Option<String>| flags.extend(value.map(|value| (name, value)));
    flag("server.listen", args.listen.map(|address| address.to_string()));
    flag("server.public", args.public.then(|| "true".to_owned()));
    flag("server.guest_threads", args.guest_threads.map(|threads| threads.to_string()));
    flag("server.network_threads", args.network_threads.map(|threads| threads.to_string()));
    flag("log.format", args.log_format.clone());
    flags
}

async fn serve(config: &Config, service: &Service, reload: Reload) -> CommandResult {
    let address = config.listen();
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on"))
        .map_err(Failure::Usage)?;
    let address = listener.local_addr().map_err(Failure::ours)?;
    let executor = Arc::clone(&service.backends.router);
    let registry = service.backends.registry;
    // From here on a hangup asks for the configuration to be read; before, it ends the process as always.
    let hangup = signal(SignalKind::hangup()).map_err(Failure::ours)?;
    let server = Server::new(config.settings(), registry, executor, gauges(service));
    report::line(&format!("coderunner: listening on http://{address}"));

    let threads = config.threads("server.guest_threads").get();
    let preparing = prepare(service, server.clone(), threads * SLOTS_PER_THREAD);
    let reloading = tokio::spawn(reload.watch(server.clone(), hangup));
    let stop = async {
        stop_signal().await;
        report::line("coderunner: ending; what is running may finish");
    };
    let served = server.serve(listener, stop).await;
    preparing.abort();
    reloading.abort();
    service.backends.shut_down_all().await;
    served.map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

/// What there is at the moment, for metrics.
fn gauges(service: &Service) -> Gauges {
    let admissions = [("wasm", service.guests.clone()), ("container", service.containers.clone())];
    let (wasm, registry) = (service.backends.wasm.clone(), service.backends.registry);
    Arc::new(move || {
        let mut gauges = Vec::new();
        for (backend, admission) in &admissions {
            gauges.extend(admission_gauges(backend, admission));
        }
        for language in registry.iter() {
            // One that is not ready has no sandboxes, and is not made ready for being counted.
            if wasm.is_ready(&language.id)
                && let Ok((existing, discarded)) = wasm.slots(&language.id)
            {
                let mut gauge = |name, help, value: usize| {
                    let label = ("language", language.id.to_string());
                    gauges.push(Gauge { name, help, label, value: float(value) });
                };
                gauge("sandboxes", "Sandboxes that exist, in use or ready.", existing);
                gauge("sandboxes_discarded", "Sandboxes that were thrown away so far.", discarded);
            }
        }
        gauges
    })
}

fn admission_gauges(backend: &str, admission: &Admission) -> [Gauge; 4] {
    let AdmissionState { running, live, memory_bytes, waiting } = admission.state();
    let gauge = |name, help, value| Gauge {
        name,
        help,
        label: ("backend", backend.to_owned()),
        value: float(value),
    };
    [
        gauge("running", "Executions that compute now.", running),
        gauge("live", "Executions that have started and not ended.", live),
        gauge(
            "memory_admitted_bytes",
            "What their memory limits add up to.",
            usize::try_from(memory_bytes).unwrap_or(usize::MAX),
        ),
        gauge("queue_depth", "Executions that wait for their turn.", waiting),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "there are never that many")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Makes the WebAssembly languages ready in the background; work is taken meanwhile.
fn prepare(service: &Service, server: Server, slots: usize) -> JoinHandle<()> {
    let wasm = service.backends.wasm.clone();
    let docker = service.backends.docker.clone();
    let registry = service.backends.registry;
    tokio::spawn(async move {
        docker.start();
        for language in registry.iter().filter(|l| matches!(l.backend, Backend::Wasm(_))) {
            let (wasm, id) = (wasm.clone(), language.id.clone());
            // Compiling takes seconds, and filling slots blocks: not on a thread that serves.
            let ready = tokio::task::spawn_blocking(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build()?;
                runtime.block_on(wasm.warm_up(&id, slots)).map_err(anyhow::Error::new)
            });
            let ready = ready.await.unwrap_or_else(|error| Err(error.into()));
            if let Err(error) = ready {
                tracing::error!("{} cannot be made ready: {error:#}", language.name);
            }
        }
        server.ready();
        // Programs run without meanwhile.
        for language in registry.iter().filter(|l| l.layers.iter().len() > 0) {
            let (wasm, id) = (wasm.clone(), language.id.clone());
            let ready = tokio::task::spawn_blocking(move || wasm.ready_layers(&id)).await;
            if let Err(error) = ready.map_err(anyhow::Error::new).and_then(|ready| Ok(ready?)) {
                tracing::error!("the layers of {} cannot be made: {error:#}", language.name);
            }
        }
    })
}

/// Reads the configuration again when it changes.
struct Reload {
    file: Option<PathBuf>,
    flags: Vec<(&'static str, String)>,
    logging: Logging,
    config: Config,
}

impl Reload {
    /// On SIGHUP, and when the file has changed.
    async fn watch(mut self, server: Server, mut hangup: Signal) {
        let mut changed = self.changed();
        loop {
            tokio::select! {
                _ = hangup.recv() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {
                    let now = self.changed();
                    if now == changed {
                        continue;
                    }
                }
            }
            changed = self.changed();
            self.reload(&server);
        }
    }

    fn changed(&self) -> Option<SystemTime> {
        fs::metadata(self.file.as_deref()?).ok()?.modified().ok()
    }

    fn reload(&mut self, server: &Server) {
        match Config::load(self.file.as_deref(), &self.flags) {
            Ok(config) => {
                server.change(config.rules());
                self.logging.change(&config);
                let later = self.config.needs_restart(&config);
                if later.is_empty() {
                    report::line("coderunner: the configuration was read again");
                } else {
                    let later = later.join(", ");
                    report::line(&format!(
                        "coderunner: the configuration was read again; a restart is needed for {later}"
                    ));
                }
            }
            // What was right stays in force.
            Err(error) => {
                report::line(&format!("coderunner: the configuration stays as it was: {error:#}"));
            }
        }
    }
}

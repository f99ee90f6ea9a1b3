//! `coderunner serve`: every executor over the network.

use std::{net::SocketAddr, num::NonZeroUsize, process::ExitCode, thread};

use anyhow::Context as _;
use coderunner_languages::Backend;
use coderunner_server::{Server, Settings};
use tokio::net::TcpListener;

use crate::{
    cli::ServeArgs,
    compose::{self, Backends},
    exit::{CommandResult, Failure},
    report,
    signals::stop_signal,
};

/// Sandboxes of each WebAssembly language made ahead for each guest thread.
const SLOTS_PER_THREAD: usize = 4;

/// Serves until a signal says stop.
pub(crate) fn run(args: &ServeArgs) -> CommandResult {
    if !args.public && !args.listen.ip().is_loopback() {
        return Err(Failure::Usage(anyhow::anyhow!(
            "{} can be reached from other machines, and anybody there could run programs; say --public if that is meant, or listen on 127.0.0.1",
            args.listen.ip()
        )));
    }
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = args.guest_threads.unwrap_or(cores);
    let backends = compose::service_backends(threads)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.network_threads.unwrap_or(cores).get())
        .thread_name("network")
        .enable_all()
        .build()
        .map_err(Failure::ours)?;
    let served = runtime.block_on(serve(args.listen, &backends, threads));
    runtime.shutdown_background();
    served
}

async fn serve(address: SocketAddr, backends: &Backends, threads: NonZeroUsize) -> CommandResult {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on"))
        .map_err(Failure::Usage)?;
    let address = listener.local_addr().map_err(Failure::ours)?;
    let executor = std::sync::Arc::clone(&backends.router);
    let server = Server::new(Settings::default(), backends.registry, executor);
    report::line(&format!("coderunner: listening on http://{address}"));

    let preparing = prepare(backends, server.clone(), threads);
    let stop = async {
        stop_signal().await;
        report::line("coderunner: ending; what is running may finish");
    };
    let served = server.serve(listener, stop).await;
    preparing.abort();
    backends.shut_down_all().await;
    served.map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the WebAssembly languages ready in the background; work is taken meanwhile.
fn prepare(
    backends: &Backends,
    server: Server,
    threads: NonZeroUsize,
) -> tokio::task::JoinHandle<()> {
    let wasm = backends.wasm.clone();
    let docker = backends.docker.clone();
    let registry = backends.registry;
    tokio::spawn(async move {
        docker.start();
        for language in registry.iter().filter(|l| matches!(l.backend, Backend::Wasm(_))) {
            let (wasm, id) = (wasm.clone(), language.id.clone());
            // Compiling takes seconds, and filling slots blocks: not on a thread that serves.
            let ready = tokio::task::spawn_blocking(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build()?;
                let slots = threads.get() * SLOTS_PER_THREAD;
                runtime.block_on(wasm.warm_up(&id, slots)).map_err(anyhow::Error::new)
            });
            let ready = ready.await.unwrap_or_else(|error| Err(error.into()));
            if let Err(error) = ready {
                report::line(&format!(
                    "coderunner: {} cannot be made ready: {error:#}",
                    language.name
                ));
            }
        }
        server.ready();
    })
}

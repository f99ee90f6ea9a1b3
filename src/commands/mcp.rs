//! `coderunner mcp`: tools for an agent that has started this command, as lines of the Model Context Protocol on the standard streams.

use std::{
    io::{self, BufRead as _, Read as _, Write as _},
    process::ExitCode,
    sync::Arc,
    thread,
};

use anyhow::Context as _;
use bytes::Bytes;
use coderunner_server::{Server, Settings};
use tokio::sync::mpsc;

use crate::{
    compose,
    config::Config,
    exit::{CommandResult, Failure},
    signals::stop_signal,
};

/// Messages and answers that may wait for their turn.
const QUEUED_MAX: usize = 16;

/// Answers until standard input ends or a signal says stop.
pub(crate) fn run() -> CommandResult {
    let config = Config::load(None, &[]).map_err(Failure::Usage)?;
    let backends = compose::service(&config)?.backends;
    let settings = Settings::default();
    let line_bytes_max = settings.body_bytes_max;
    let server =
        Server::new(settings, backends.registry, Arc::clone(&backends.router), Arc::new(Vec::new));
    let runtime = compose::tokio_runtime()?;

    let (send_message, messages) = mpsc::channel(QUEUED_MAX);
    let (answers, take_answer) = mpsc::channel(QUEUED_MAX);
    // The standard streams block whoever uses them.
    thread::spawn(move || read(&send_message, line_bytes_max));
    let writer = thread::spawn(move || write(take_answer));
    let signal = runtime.block_on(async {
        let signal = tokio::select! {
            () = server.converse(messages, answers) => None,
            signal = stop_signal() => Some(signal),
        };
        backends.shut_down_all().await;
        signal
    });
    if let Some(signal) = signal {
        return Err(Failure::Interrupted { signal });
    }
    let written = writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer panicked")));
    written.context("answers cannot be written").map_err(Failure::Ours)?;
    Ok(ExitCode::SUCCESS)
}

/// Passes on lines until there are no more, or one that is too long.
fn read(messages: &mpsc::Sender<Bytes>, line_bytes_max: usize) {
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let limit = u64::try_from(line_bytes_max).unwrap_or(u64::MAX);
        match input.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(bytes) if bytes == line_bytes_max => {
                crate::report::line(&format!(
                    "coderunner: a message is longer than {line_bytes_max} bytes; ending"
                ));
                return;
            }
            Ok(_) if line.trim_ascii().is_empty() => {}
            Ok(_) => {
                if messages.blocking_send(line.into()).is_err() {
                    return;
                }
            }
        }
    }
}

fn write(mut answers: mpsc::Receiver<String>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    while let Some(mut answer) = answers.blocking_recv() {
        answer.push('\n');
        output.write_all(answer.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

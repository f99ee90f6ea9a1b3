//! Judging: run it as often as it says, compare what it printed, say how it went, call back.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use coderunner_api::{ApiError, RequestPriority, codes};
use coderunner_executor::{OutputStream, Stage};
use tokio::task::JoinHandle;

use super::{
    DEFAULT_FIELDS, Judge, Judged, Record,
    callback::{self, deliver},
    submission::IsEncoded,
};
use crate::{
    caller::Caller,
    connection::ConnectionPermit,
    service::Service,
    surfaces::{InOrder, ending::Ending},
};

/// How often a run is tried again when there is no room for it: nobody waits on the line, so it can.
const AGAIN_MAX: u32 = 30;
/// How long to wait before that, unless the refusal says.
const AGAIN: Duration = Duration::from_secs(1);

const ACCEPTED: u8 = 3;
const WRONG_ANSWER: u8 = 4;
const TIME_LIMIT: u8 = 5;
const COMPILATION_ERROR: u8 = 6;
const NON_ZERO_EXIT: u8 = 11;
const INTERNAL_ERROR: u8 = 13;

/// Judges `record` on its own; the server does not end before, as long as it may.
pub(super) fn spawn(
    service: Service,
    caller: Caller,
    judge: Arc<Judge>,
    record: Arc<Record>,
    permit: ConnectionPermit,
    waits: bool,
) -> JoinHandle<()> {
    let priority = if waits { RequestPriority::Interactive } else { RequestPriority::Batch };
    tokio::spawn(async move {
        let judged = {
            // The semaphore is never closed.
            let _turn = judge.turns.acquire().await;
            record.processing();
            judged(&service, &caller, &record, priority).await
        };
        judge.store.finish(&record, judged);
        if record.request.callback.is_none() {
            return;
        }
        tokio::spawn(async move {
            let _permit = permit;
            call_back(&record).await;
        });
    })
}

async fn call_back(record: &Record) {
    let Some(to) = &record.request.callback else { return };
    // In base64 whatever was asked for, so every output can be told.
    let Ok(report) = super::report(record, DEFAULT_FIELDS, IsEncoded::Yes) else { return };
    let body = Bytes::from(report.to_string());
    if let Err(error) = deliver(to, body, callback::Client::public()).await {
        let error = coderunner_executor::chain(&error);
        tracing::warn!(token = record.token, error, "a callback was not delivered");
    }
}

async fn judged(
    service: &Service,
    caller: &Caller,
    record: &Record,
    priority: RequestPriority,
) -> Judged {
    let runs = record.request.runs();
    let (mut time, mut wall, mut memory_kb, mut done) = (Duration::ZERO, Duration::ZERO, 0, 0);
    let mut last = Judged { status: INTERNAL_ERROR, ..Judged::default() };
    for _ in 0..runs {
        last = match run(service, caller, record, priority).await {
            Ok(ran) => judge(record, &ran),
            Err(error) => {
                Judged { status: INTERNAL_ERROR, message: Some(error.message), ..Judged::default() }
            }
        };
        done += 1;
        time += last.time.unwrap_or_default();
        wall += last.wall_time.unwrap_or_default();
        memory_kb += last.memory_kb.unwrap_or_default();
        if last.status != ACCEPTED {
            break;
        }
    }
    // Means of all runs.
    last.time = last.time.map(|_| time / done.max(1));
    last.wall_time = last.wall_time.map(|_| wall / done.max(1));
    last.memory_kb = last.memory_kb.map(|_| memory_kb / u64::from(done.max(1)));
    last.finished = Some(SystemTime::now());
    last
}

async fn run(
    service: &Service,
    caller: &Caller,
    record: &Record,
    priority: RequestPriority,
) -> Result<InOrder, ApiError> {
    let mut tries = 0;
    loop {
        let ran = InOrder::run(service, caller, record.request.submission(priority)).await;
        let Err(error) = ran else { return ran };
        let full = [codes::OVERLOADED.code, codes::SHARE_USED.code, codes::WAITED.code];
        tries += 1;
        if !full.contains(&error.code.code) || tries > AGAIN_MAX {
            return Err(error);
        }
        tokio::time::sleep(error.retry_after.unwrap_or(AGAIN)).await;
    }
}

/// What there is to say of one run.
fn judge(record: &Record, ran: &InOrder) -> Judged {
    let some = |bytes: Bytes| (!bytes.is_empty()).then(|| bytes.to_vec());
    let ending = Ending::from(&ran.outcome.termination);
    if ran.outcome.stage == Stage::Compile {
        let output = match ending {
            Ending::TimeLimit => Some(b"Compilation time limit exceeded.".to_vec()),
            _ => some(ran.all()),
        };
        return Judged { status: COMPILATION_ERROR, compile_output: output, ..Judged::default() };
    }
    let (stdout, stderr) = if record.request.redirect_stderr_to_stdout {
        (some(ran.all()), None)
    } else {
        (some(ran.stream(OutputStream::Stdout)), some(ran.stream(OutputStream::Stderr)))
    };
    let (status, message, exit_code, exit_signal) = match ending {
        Ending::Exited(0) => {
            let expected = record.request.expected_output.as_deref();
            let printed = stdout.as_deref().unwrap_or_default();
            let right = expected.is_none_or(|expected| is_same(expected, printed));
            (if right { ACCEPTED } else { WRONG_ANSWER }, None, Some(0), None)
        }
        Ending::Exited(code) => {
            (NON_ZERO_EXIT, Some(format!("Exited with error status {code}")), Some(code), None)
        }
        Ending::Signalled { signal, why } => {
            (runtime_error(signal.number), Some(why), None, Some(signal.number))
        }
        Ending::TimeLimit => (TIME_LIMIT, Some("Time limit exceeded".to_owned()), None, None),
        // What enforces it there is a limit on the size of files.
        Ending::OutputLimit => {
            (runtime_error(25), Some("Output limit exceeded".to_owned()), None, Some(25))
        }
    };
    let usage = ran.outcome.usage;
    Judged {
        status,
        message,
        exit_code,
        exit_signal,
        stdout,
        stderr,
        time: Some(usage.cpu),
        wall_time: Some(usage.wall),
        memory_kb: Some(usage.memory_bytes_peak >> 10),
        ..Judged::default()
    }
}

fn runtime_error(signal: u8) -> u8 {
    match signal {
        11 => 7,
        25 => 8,
        8 => 9,
        6 => 10,
        _ => 12,
    }
}

/// Whether two outputs are the same but for white space at the ends of lines and at the end.
fn is_same(expected: &[u8], printed: &[u8]) -> bool {
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let lines = bytes.trim_ascii_end().split(|byte| *byte == b'\n');
        lines.map(|line| line.trim_ascii_end().to_vec()).collect()
    };
    lines(expected) == lines(printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_at_ends_does_not_count() {
        for (expected, printed) in [("a\nb", "a  \nb\r\n\n"), ("", "\n \n"), ("a\n\nb", "a\n\nb")] {
            assert!(is_same(expected.as_bytes(), printed.as_bytes()), "{expected:?}");
        }
        for (expected, printed) in [("a\nb", "a b"), ("a", " a"), ("a\n\nb", "a\nb"), ("a", "")] {
            assert!(!is_same(expected.as_bytes(), printed.as_bytes()), "{expected:?}");
        }
    }
}

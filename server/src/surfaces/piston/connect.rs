//! Piston's WebSocket: one program on one connection, its output as it comes, its input as it is typed.

use std::{ops::ControlFlow, time::Duration};

use axum::{
    Extension,
    body::Body,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code, rejection},
    },
    http::{Response, StatusCode},
};
use bytes::Bytes;
use coderunner_api::{ApiError, TextStream};
use coderunner_executor::{Outcome, OutputStream, Stage};
use serde_json::{Map, Value, json};

use super::{Request, message, name, number, object};
use crate::{
    caller::Caller,
    connection::ConnectionPermit,
    http::ws::{READ_BUFFER_BYTES, WRITE_BUFFER_BYTES},
    input::Input,
    reply::Failure,
    service::{Event, Phase, Service},
    surfaces::{
        compiles,
        ending::{Ending, Signal},
    },
};

/// How long a client may take to say what it wants to have run.
const INIT_TIME_MAX: Duration = Duration::from_secs(1);

/// Piston's codes for closing, and what it says with them.
mod closes {
    pub(super) type Close = (u16, &'static str);
    pub(super) const DONE: Close = (4999, "Job Completed");
    pub(super) const TWICE: Close = (4000, "Already Initialized");
    pub(super) const TOO_LATE: Close = (4001, "Initialization Timeout");
    pub(super) const ERROR: Close = (4002, "Notified Error");
    pub(super) const TOO_EARLY: Close = (4003, "Not yet initialized");
    pub(super) const STDIN_ONLY: Close = (4004, "Can only write to stdin");
    pub(super) const SIGNAL: Close = (4005, "Invalid signal");
}
use closes::Close;

pub(super) async fn connect(
    State(service): State<Service>,
    caller: Caller,
    Extension(permit): Extension<ConnectionPermit>,
    upgrade: Result<WebSocketUpgrade, rejection::WebSocketUpgradeRejection>,
) -> Result<Response<Body>, Failure> {
    let Ok(upgrade) = upgrade else {
        let text = "this address takes WebSocket connections only";
        return Ok(message(StatusCode::BAD_REQUEST, text));
    };
    let bytes_max = service.settings().body_bytes_max;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(bytes_max.max(2 * WRITE_BUFFER_BYTES))
        .max_message_size(bytes_max)
        .max_frame_size(bytes_max)
        .on_upgrade(move |socket| async move {
            let _permit = permit;
            let mut session = Session { service, caller, socket };
            let ControlFlow::Break(end) = session.serve().await else { return };
            let close = end.map(|(code, reason)| CloseFrame { code, reason: reason.into() });
            // The other side may be gone already.
            let _ = session.socket.send(Message::Close(close)).await;
        }))
}

/// Ends the connection, with this if the other side is still there.
type End = Option<Close>;
/// What never goes on.
type Ended = ControlFlow<End>;

/// What a client says.
enum Said {
    Init(Map<String, Value>),
    Stdin(Bytes),
    Signal(Signal),
    /// What Piston does not know either.
    Other,
}

struct Session {
    service: Service,
    caller: Caller,
    socket: WebSocket,
}

impl Session {
    async fn serve(&mut self) -> Ended {
        let init = match tokio::time::timeout(INIT_TIME_MAX, self.init()).await {
            Ok(init) => init?,
            Err(_) => return ControlFlow::Break(Some(closes::TOO_LATE)),
        };
        let request = match Request::new(&self.service, init) {
            Ok(request) => request,
            Err(error) => return self.fail(&error).await,
        };
        self.run(request).await
    }

    /// What the client wants to have run.
    async fn init(&mut self) -> ControlFlow<End, Map<String, Value>> {
        let service = self.service.clone();
        let mut ending = std::pin::pin!(service.reached(Phase::Draining));
        loop {
            let message = tokio::select! {
                message = self.socket.recv() => message,
                () = &mut ending => {
                    return ControlFlow::Break(Some((close_code::AWAY, "The server is ending")));
                }
            };
            match understand(message)? {
                Ok(Some(Said::Init(init))) => return ControlFlow::Continue(init),
                Ok(Some(Said::Stdin(_) | Said::Signal(_))) => {
                    return ControlFlow::Break(Some(closes::TOO_EARLY));
                }
                Ok(Some(Said::Other) | None) => {}
                Err(Refused::Close(close)) if close == closes::STDIN_ONLY => {
                    return ControlFlow::Break(Some(closes::TOO_EARLY));
                }
                Err(Refused::Close(close)) => return ControlFlow::Break(Some(close)),
                Err(Refused::Error(error)) => {
                    self.fail(&error).await?;
                }
            }
        }
    }

    async fn run(&mut self, Request { language, mut submission }: Request) -> Ended {
        let (mut input, stdin) = Input::live();
        submission.stdin = stdin;
        let mut execution = match self.service.start(&self.caller, submission).await {
            Ok(execution) => execution,
            Err(error) => return self.fail(&error).await,
        };
        let version = number(&language.version).to_string();
        self.say(json!({ "type": "runtime", "language": name(language), "version": version }))
            .await?;
        let mut stage = if compiles(language) { Stage::Compile } else { Stage::Run };
        self.say(json!({ "type": "stage", "stage": stage.as_str() })).await?;
        let mut texts = [TextStream::default(), TextStream::default()];
        let [stdout, stderr] = &mut texts;
        loop {
            tokio::select! {
                event = execution.next() => match event {
                    Event::Output(chunk) => {
                        // Compilers complain on the other stream.
                        if chunk.stream == OutputStream::Stdout && stage == Stage::Compile {
                            self.compiled(&mut stage).await?;
                        }
                        let (stream, text) = match chunk.stream {
                            OutputStream::Stdout => ("stdout", stdout.push(&chunk.bytes)),
                            OutputStream::Stderr => ("stderr", stderr.push(&chunk.bytes)),
                        };
                        self.say_data(stream, &text).await?;
                    }
                    Event::Ended(ended) => {
                        for (stream, held) in [("stdout", stdout.finish()), ("stderr", stderr.finish())] {
                            self.say_data(stream, &held.unwrap_or_default()).await?;
                        }
                        return match ended {
                            Ok(outcome) => self.ended(stage, &outcome).await,
                            Err(error) => self.fail(&error).await,
                        };
                    }
                },
                message = self.socket.recv(), if input.has_room() => match understand(message)? {
                    Ok(Some(Said::Stdin(text))) => input.push(text),
                    Ok(Some(Said::Signal(signal))) if !signal.is_survived() => {
                        drop(execution);
                        return self.exit(stage, None, Some(signal)).await;
                    }
                    Ok(Some(Said::Signal(_) | Said::Other) | None) => {}
                    Ok(Some(Said::Init(_))) => return ControlFlow::Break(Some(closes::TWICE)),
                    Err(Refused::Close(close)) => return ControlFlow::Break(Some(close)),
                    Err(Refused::Error(error)) => return self.fail(&error).await,
                },
                () = input.pass_on() => {}
            }
        }
    }

    /// The program has been compiled and runs.
    async fn compiled(&mut self, stage: &mut Stage) -> Ended {
        self.say(json!({ "type": "exit", "stage": "compile", "code": 0, "signal": null })).await?;
        *stage = Stage::Run;
        self.say(json!({ "type": "stage", "stage": "run" })).await
    }

    async fn ended(&mut self, mut stage: Stage, outcome: &Outcome) -> Ended {
        if stage == Stage::Compile && outcome.stage == Stage::Run {
            self.compiled(&mut stage).await?;
        }
        let (code, signal) = match Ending::from(&outcome.termination) {
            Ending::Exited(code) => (Some(code), None),
            Ending::Signalled { signal, .. } => (None, Some(signal)),
            Ending::TimeLimit | Ending::OutputLimit => (None, Signal::named("SIGKILL")),
        };
        self.exit(stage, code, signal).await
    }

    async fn exit(&mut self, stage: Stage, code: Option<u8>, signal: Option<Signal>) -> Ended {
        let signal = signal.map(|signal| signal.name);
        self.say(
            json!({ "type": "exit", "stage": stage.as_str(), "code": code, "signal": signal }),
        )
        .await?;
        ControlFlow::Break(Some(closes::DONE))
    }

    async fn fail(&mut self, error: &ApiError) -> Ended {
        self.say(json!({ "type": "error", "message": error.message })).await?;
        ControlFlow::Break(Some(closes::ERROR))
    }

    async fn say_data(&mut self, stream: &str, text: &str) -> Ended {
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        self.say(json!({ "type": "data", "stream": stream, "data": text })).await
    }

    async fn say(&mut self, said: Value) -> Ended {
        match self.socket.send(Message::Text(said.to_string().into())).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(None),
        }
    }
}

/// Why a message is not taken.
enum Refused {
    Close(Close),
    Error(ApiError),
}

/// What a message says; nothing for those that WebSocket itself needs.
fn understand(
    message: Option<Result<Message, axum::Error>>,
) -> ControlFlow<End, Result<Option<Said>, Refused>> {
    let parsed = match message {
        Some(Ok(Message::Text(text))) => object(text.as_bytes()),
        Some(Ok(Message::Binary(bytes))) => object(&bytes),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => return ControlFlow::Continue(Ok(None)),
        Some(Ok(Message::Close(_))) | None => return ControlFlow::Break(None),
        // What is no WebSocket message, or too large.
        Some(Err(_)) => return ControlFlow::Break(Some((close_code::PROTOCOL, ""))),
    };
    ControlFlow::Continue(match parsed {
        Err(error) => Err(Refused::Error(error)),
        Ok(said) => said_in(said).map(Some),
    })
}

fn said_in(said: Map<String, Value>) -> Result<Said, Refused> {
    let text = |field: &str| said.get(field).and_then(Value::as_str);
    match text("type") {
        Some("init") => Ok(Said::Init(said)),
        Some("data") if text("stream") == Some("stdin") => {
            Ok(Said::Stdin(text("data").unwrap_or_default().to_owned().into()))
        }
        Some("data") => Err(Refused::Close(closes::STDIN_ONLY)),
        Some("signal") => match text("signal").and_then(Signal::named) {
            Some(signal) => Ok(Said::Signal(signal)),
            None => Err(Refused::Close(closes::SIGNAL)),
        },
        _ => Ok(Said::Other),
    }
}

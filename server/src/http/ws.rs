//! `GET /v1/ws`: programs with live input, one after another on one connection.

use std::ops::ControlFlow;

use axum::{
    Extension,
    body::Body,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code, rejection},
    },
    http::Response,
};
use bytes::Bytes;
use coderunner_api::{ApiError, ErrorBody, RunReport, RunRequest, codes};
use coderunner_executor::Collect;
use serde::Serialize;
use serde_json::{Map, Value};

use super::run::{Started, Texts, stream_name};
use crate::{
    caller::Caller,
    connection::ConnectionPermit,
    input::Input,
    reply::{Failure, RequestId, to_json},
    service::{Event, Phase, Service},
    submission::Submission,
};

/// What a connection that is doing nothing may hold for reading: 2,000 of them are to be cheap.
pub(crate) const READ_BUFFER_BYTES: usize = 4 << 10;
/// What is gathered before it is written.
pub(crate) const WRITE_BUFFER_BYTES: usize = 8 << 10;

/// What the server says.
#[expect(
    clippy::large_enum_variant,
    reason = "one exists at a time, for as long as it takes to write it"
)]
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Said<'a> {
    Started(Started<'a>),
    Stdout { text: &'a str },
    Stderr { text: &'a str },
    Finished(RunReport<'a>),
    Error(ErrorBody<'a>),
}

/// What a client says.
enum Asked {
    Run { request: Box<RunRequest>, stdin_open: bool },
    Stdin(Bytes),
    StdinClose,
    Cancel,
}

pub(super) async fn connect(
    State(service): State<Service>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Extension(permit): Extension<ConnectionPermit>,
    upgrade: Result<WebSocketUpgrade, rejection::WebSocketUpgradeRejection>,
) -> Result<Response<Body>, Failure> {
    let upgrade = upgrade.map_err(|_| {
        ApiError::new(&codes::MALFORMED, "this address takes WebSocket connections only")
    })?;
    let bytes_max = service.settings().body_bytes_max;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(bytes_max.max(2 * WRITE_BUFFER_BYTES))
        .max_message_size(bytes_max)
        .max_frame_size(bytes_max)
        .on_upgrade(move |socket| async move {
            let mut session = Session { service, caller, request_id, socket, _permit: permit };
            let code = session.serve().await;
            // The other side may be gone already.
            let _ = session.socket.send(Message::Close(code.map(close))).await;
        }))
}

fn close(code: u16) -> CloseFrame {
    CloseFrame { code, reason: "".into() }
}

struct Session {
    service: Service,
    caller: Caller,
    request_id: RequestId,
    socket: WebSocket,
    /// The connection counts as one as long as this is here.
    _permit: ConnectionPermit,
}

/// The connection is to be closed, with this code if the other side is still there.
type End = Option<u16>;

impl Session {
    /// Answers until the connection is to be closed.
    async fn serve(&mut self) -> End {
        loop {
            let asked = match self.idle().await {
                ControlFlow::Continue(asked) => asked,
                ControlFlow::Break(end) => return end,
            };
            let ended = match asked {
                Ok(Asked::Run { request, stdin_open }) => self.run(*request, stdin_open).await,
                // What was meant for a program that has ended in the meantime.
                Ok(Asked::Stdin(_) | Asked::StdinClose | Asked::Cancel) => {
                    ControlFlow::Continue(())
                }
                Err(error) => self.fail(&error).await,
            };
            if let ControlFlow::Break(end) = ended {
                return end;
            }
        }
    }

    /// Waits for the next message while nothing runs.
    async fn idle(&mut self) -> ControlFlow<End, Result<Asked, ApiError>> {
        let service = self.service.clone();
        let mut ending = std::pin::pin!(service.reached(Phase::Draining));
        let mut pings = pings(&service);
        loop {
            let message = tokio::select! {
                message = self.socket.recv() => message,
                () = &mut ending => return ControlFlow::Break(Some(close_code::AWAY)),
                _ = pings.tick() => {
                    self.ping().await?;
                    continue;
                }
            };
            if let Some(asked) = understand(message)? {
                return ControlFlow::Continue(asked);
            }
        }
    }

    async fn run(&mut self, request: RunRequest, stdin_open: bool) -> ControlFlow<End> {
        let typed_ahead = request.stdin.clone();
        let mut submission = match Submission::try_from(request) {
            Ok(submission) => submission,
            Err(error) => return self.fail(&error).await,
        };
        let mut input = Input::default();
        if stdin_open {
            (input, submission.stdin) = Input::live();
            input.push(typed_ahead.map(Bytes::from).unwrap_or_default());
        }
        let files = submission.collect == Collect::Changed;
        let mut execution = match self.service.start(&self.caller, submission).await {
            Ok(execution) => execution,
            Err(error) => return self.fail(&error).await,
        };
        self.say(&Said::Started(Started::from(&execution))).await?;
        let mut texts = Texts::default();
        let mut pings = pings(&self.service);
        loop {
            tokio::select! {
                event = execution.next() => match event {
                    Event::Output(chunk) => {
                        let text = texts.of(chunk.stream).push(&chunk.bytes);
                        self.say_text(stream_name(chunk.stream), &text).await?;
                    }
                    Event::Ended(ended) => {
                        for (stream, text) in texts.finish() {
                            self.say_text(stream, &text).await?;
                        }
                        return match &ended {
                            Ok(outcome) => {
                                self.say(&Said::Finished(execution.report(outcome, files))).await
                            }
                            Err(error) => self.fail(error).await,
                        };
                    }
                },
                message = self.socket.recv(), if input.has_room() => {
                    match understand(message)? {
                        None => {}
                        Some(Ok(Asked::Stdin(text))) => input.push(text),
                        Some(Ok(Asked::StdinClose)) => input.close(),
                        Some(Ok(Asked::Cancel)) => {
                            drop(execution);
                            let error = ApiError::new(&codes::CANCELLED, "it was cancelled");
                            return self.fail(&error).await;
                        }
                        Some(Ok(Asked::Run { .. })) => {
                            let problem = "a program is running; cancel it or wait for its end";
                            self.fail(&ApiError::invalid("type", problem)).await?;
                        }
                        Some(Err(error)) => self.fail(&error).await?,
                    }
                }
                () = input.pass_on() => {}
                _ = pings.tick() => self.ping().await?,
            }
        }
    }

    async fn say(&mut self, said: &Said<'_>) -> ControlFlow<End> {
        self.send(Message::Text(to_json(said).into())).await
    }

    async fn say_text(&mut self, stream: &str, text: &str) -> ControlFlow<End> {
        match stream {
            _ if text.is_empty() => ControlFlow::Continue(()),
            "stdout" => self.say(&Said::Stdout { text }).await,
            _ => self.say(&Said::Stderr { text }).await,
        }
    }

    async fn fail(&mut self, error: &ApiError) -> ControlFlow<End> {
        let id = self.request_id.clone();
        self.say(&Said::Error(error.body(id.as_str()))).await
    }

    async fn ping(&mut self) -> ControlFlow<End> {
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn send(&mut self, message: Message) -> ControlFlow<End> {
        match self.socket.send(message).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(None),
        }
    }
}

fn pings(service: &Service) -> tokio::time::Interval {
    let every = service.settings().keep_alive;
    let mut pings = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pings
}

/// A message as something asked; nothing for those that WebSocket itself needs.
fn understand(
    message: Option<Result<Message, axum::Error>>,
) -> ControlFlow<End, Option<Result<Asked, ApiError>>> {
    match message {
        Some(Ok(Message::Text(text))) => ControlFlow::Continue(Some(ask(text.as_bytes()))),
        Some(Ok(Message::Binary(bytes))) => ControlFlow::Continue(Some(ask(&bytes))),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => ControlFlow::Continue(None),
        Some(Ok(Message::Close(_))) | None => ControlFlow::Break(None),
        // What is no WebSocket message, or too large.
        Some(Err(_)) => ControlFlow::Break(Some(close_code::PROTOCOL)),
    }
}

fn ask(json: &[u8]) -> Result<Asked, ApiError> {
    let mut fields: Map<String, Value> = coderunner_api::parse(json)?;
    let kind = fields.remove("type");
    let text = |fields: &mut Map<String, Value>| match fields.remove("text") {
        Some(Value::String(text)) => Ok(Bytes::from(text)),
        Some(_) => Err(ApiError::invalid("text", "it is no text")),
        None => Err(ApiError::field(&codes::MISSING_FIELD, "text", "it is needed")),
    };
    let asked = match kind.as_ref().and_then(Value::as_str) {
        Some("run") => {
            let stdin_open = match fields.remove("stdin_open") {
                None => false,
                Some(Value::Bool(open)) => open,
                Some(_) => {
                    return Err(ApiError::invalid("stdin_open", "it is neither true nor false"));
                }
            };
            let request = coderunner_api::parse_value(Value::Object(std::mem::take(&mut fields)))?;
            Asked::Run { request: Box::new(request), stdin_open }
        }
        Some("stdin") => Asked::Stdin(text(&mut fields)?),
        Some("stdin_close") => Asked::StdinClose,
        Some("cancel") => Asked::Cancel,
        _ => {
            let problem = "it is needed, and one of run, stdin, stdin_close, cancel";
            return Err(ApiError::invalid("type", problem));
        }
    };
    match fields.keys().next() {
        Some(name) => Err(ApiError::field(&codes::UNKNOWN_FIELD, name, "there is no such field")),
        None => Ok(asked),
    }
}

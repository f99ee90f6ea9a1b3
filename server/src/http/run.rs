//! `POST /v1/run`: everything at the end. `POST /v1/execute`: output as it comes, as server-sent events.

use std::convert::Infallible;

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::Response,
    response::{IntoResponse as _, Sse, sse},
};
use coderunner_api::{RunRequest, TextStream};
use coderunner_executor::{Collect, OutputStream};
use futures_util::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::Json;
use crate::{
    caller::Caller,
    reply::{self, Failure, RequestId, to_json},
    service::{BodyShare, Event, Execution, Service},
    submission::Submission,
};

pub(super) async fn run(
    State(service): State<Service>,
    caller: Caller,
    Json { value, share: _share }: Json<RunRequest>,
) -> Result<Response<Body>, Failure> {
    let submission = Submission::try_from(value)?;
    let files = submission.collect == Collect::Changed;
    let ran = service.run(&caller, submission).await?;
    Ok(reply::json(&ran.report(files)))
}

pub(super) async fn execute(
    State(service): State<Service>,
    caller: Caller,
    Extension(request_id): Extension<RequestId>,
    Json { value, share }: Json<RunRequest>,
) -> Result<Response<Body>, Failure> {
    let submission = Submission::try_from(value)?;
    let files = submission.collect == Collect::Changed;
    let execution = service.start(&caller, submission).await?;
    let keep_alive = sse::KeepAlive::new().interval(service.settings().keep_alive);
    let events = Events { execution, files, request_id, texts: Texts::default(), _share: share };
    Ok(Sse::new(events.into_stream()).keep_alive(keep_alive).into_response())
}

/// The text of both streams, characters kept whole.
#[derive(Debug, Default)]
pub(super) struct Texts {
    stdout: TextStream,
    stderr: TextStream,
}

impl Texts {
    pub(super) fn of(&mut self, stream: OutputStream) -> &mut TextStream {
        match stream {
            OutputStream::Stdout => &mut self.stdout,
            OutputStream::Stderr => &mut self.stderr,
        }
    }

    /// What was held back at the end.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = (&'static str, String)> {
        let stdout = self.stdout.finish().map(|text| ("stdout", text));
        let stderr = self.stderr.finish().map(|text| ("stderr", text));
        stdout.into_iter().chain(stderr)
    }
}

/// The name of a stream's events.
pub(super) fn stream_name(stream: OutputStream) -> &'static str {
    match stream {
        OutputStream::Stdout => "stdout",
        OutputStream::Stderr => "stderr",
    }
}

/// The first event.
#[derive(Serialize, ToSchema)]
pub(super) struct Started<'a> {
    pub(super) id: &'a str,
    pub(super) language: &'a str,
    pub(super) version: &'a str,
}

impl<'a> From<&'a Execution> for Started<'a> {
    fn from(execution: &'a Execution) -> Self {
        Self {
            id: execution.id.as_str(),
            language: execution.language.id.as_str(),
            version: &execution.language.version,
        }
    }
}

/// A piece of output.
#[derive(Serialize, ToSchema)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
}

/// The server-sent events of an execution.
struct Events {
    execution: Execution,
    files: bool,
    request_id: RequestId,
    texts: Texts,
    _share: BodyShare,
}

fn event(name: &str, data: &impl Serialize) -> sse::Event {
    sse::Event::default().event(name).data(to_json(data))
}

impl Events {
    fn into_stream(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        let started = event("started", &Started::from(&self.execution));
        let rest = stream::unfold(Some(self), |events| async {
            let mut events = events?;
            let (batch, ended) = events.next().await;
            Some((stream::iter(batch.into_iter().map(Ok)), (!ended).then_some(events)))
        });
        stream::StreamExt::chain(stream::iter([Ok(started)]), stream::StreamExt::flatten(rest))
    }

    /// The next events, and whether they are the last.
    async fn next(&mut self) -> (Vec<sse::Event>, bool) {
        match self.execution.next().await {
            Event::Output(chunk) => {
                let text = self.texts.of(chunk.stream).push(&chunk.bytes);
                let text = Text { text: &text };
                let some = !text.text.is_empty();
                (some.then(|| event(stream_name(chunk.stream), &text)).into_iter().collect(), false)
            }
            Event::Ended(outcome) => {
                let held = self.texts.finish();
                let mut batch: Vec<_> =
                    held.map(|(name, text)| event(name, &Text { text: &text })).collect();
                batch.push(match &outcome {
                    Ok(outcome) => event("finished", &self.execution.report(outcome, self.files)),
                    Err(error) => event("error", &error.body(self.request_id.as_str())),
                });
                (batch, true)
            }
        }
    }
}

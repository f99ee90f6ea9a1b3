//! Interfaces of other systems, so that their clients work unchanged. One thin adapter each; see the crate's documentation.
//!
//! - `piston`: Piston's API, version 2, with its WebSocket
//! - `jobe`: Jobe's API, for Moodle
//! - `judge0`: Judge0's API
//! - `librechat`: LibreChat's code API
//! - `mcp`: the Model Context Protocol
//! - `ending`: how a program ended, in the words of systems that run programs as processes
//! - `shelf`: what clients leave here; `timestamp`: points in time
//!
//! What is the same for all of them is here: errors in a surface's own words, and executions whose output keeps its order.

mod ending;
mod jobe;
mod judge0;
mod librechat;
pub(crate) mod mcp;
mod piston;
mod shelf;
mod timestamp;

use std::sync::Arc;

use axum::{Router, body::Body, http::Response, middleware};
use bytes::Bytes;
use coderunner_api::ApiError;
use coderunner_executor::{Outcome, OutputChunk, OutputStream};
use coderunner_languages::{Backend, Build, Language, Program};

use crate::{
    Stores,
    caller::Caller,
    service::{Event, Service},
    submission::Submission,
};

/// The addresses of all surfaces.
pub(crate) fn routes(stores: &Stores) -> Router<Service> {
    Router::new()
        .merge(piston::routes())
        .merge(mcp::routes())
        .merge(judge0::routes(*stores))
        .merge(jobe::routes(stores))
        .merge(librechat::routes(stores))
}

/// Puts the errors of `routes`, those of its extractors too, into a surface's own words.
fn with_errors(routes: Router<Service>, words: fn(&ApiError) -> Body) -> Router<Service> {
    routes.layer(middleware::map_response(move |mut response: Response<Body>| async move {
        if let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() {
            *response.body_mut() = words(&error);
            let headers = response.headers_mut();
            headers.insert(axum::http::header::CONTENT_TYPE, crate::reply::JSON);
            // That of the empty body that stood in for it.
            headers.remove(axum::http::header::CONTENT_LENGTH);
        }
        response
    }))
}

/// Whether it is what other systems call a compiled language.
fn compiles(language: &Language) -> bool {
    match language.backend {
        Backend::Wasm(_) | Backend::Compiled(_) => false,
        Backend::Container(container) => {
            let (entry, files) = (language.entry.as_str(), &[][..]);
            let program = Program { entry, files, options: &[] };
            container.build(program).is_some_and(Build::compiles)
        }
    }
}

/// An execution that has ended, its output in the order in which it was written.
struct InOrder {
    language: &'static Language,
    outcome: Outcome,
    chunks: Vec<OutputChunk>,
}

impl InOrder {
    /// Runs `submission` to its end. Its output limit bounds what is gathered.
    async fn run(
        service: &Service,
        caller: &Caller,
        submission: Submission,
    ) -> Result<Self, ApiError> {
        let mut execution = service.start(caller, submission).await?;
        let mut chunks = Vec::new();
        loop {
            match execution.next().await {
                Event::Output(chunk) => chunks.push(chunk),
                Event::Ended(outcome) => {
                    return Ok(Self { language: execution.language, outcome: outcome?, chunks });
                }
            }
        }
    }

    /// What was written to both streams.
    fn all(&self) -> Bytes {
        gather(self.chunks.iter())
    }

    /// What was written to one of them.
    fn stream(&self, stream: OutputStream) -> Bytes {
        gather(self.chunks.iter().filter(|chunk| chunk.stream == stream))
    }
}

fn gather<'a>(mut chunks: impl Iterator<Item = &'a OutputChunk>) -> Bytes {
    let Some(first) = chunks.next() else { return Bytes::new() };
    let Some(second) = chunks.next() else {
        // The only one, as a rule: no copy.
        return first.bytes.clone();
    };
    let mut all = [&first.bytes[..], &second.bytes].concat();
    chunks.for_each(|chunk| all.extend_from_slice(&chunk.bytes));
    all.into()
}

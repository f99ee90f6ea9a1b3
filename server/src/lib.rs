//! CodeRunner over the network, over any [`Executor`](coderunner_executor::Executor).
//!
//! - [`Settings`]: every bound of the server, by name
//! - [`Server`]: listens, and ends in an orderly way (`connection`)
//! - `service`: the one way in for a program, whatever protocol brought it
//! - `submission`: what a protocol hands to the service; `caller`: on whose behalf; [`access`]: who may
//! - `cache`: answers of earlier runs
//! - `pace`: how quickly refusals follow each other
//! - `metrics`: what is counted; `trace`: spans
//! - `many`: one program, many inputs
//! - `http`: the interface of its own: JSON, server-sent events, WebSocket, the embedded pages
//! - `grpc`: `coderunner.v1` of `api/proto`, health, reflection
//! - `surfaces`: one thin adapter for each foreign interface
//!
//! # Adding a surface
//! A surface is a module in `surfaces/` with a function `routes() -> axum::Router<Service>`, named in `surfaces::routes`. A handler takes a
//! `Caller` (an extractor: it has checked the key, the address and the rate), turns what was sent into a `Submission`, and calls one of
//!
//! - `Service::run(&caller, submission)`: everything at the end, as a `Ran` (language, outcome, stdout, stderr);
//! - `Service::start(&caller, submission)`: an `Execution`, whose `next()` gives chunks as they come and the outcome last. Dropping it cancels.
//!
//! Both resolve the language's alias and version, check sizes, clamp the limits and go through admission, and both fail with an `ApiError`,
//! whose code, message and HTTP status the surface puts into the shape its clients expect. `http::Body` reads a request's body within the
//! server's bounds of size and time.

pub mod access;
mod cache;
mod caller;
mod connection;
mod grpc;
mod http;
mod input;
mod many;
mod metrics;
mod pace;
mod reply;
mod service;
mod settings;
mod submission;
mod surfaces;
mod trace;

pub use connection::{ServeError, Server};
pub use metrics::{Gauge, Gauges};
pub use settings::{CEILING, Rules, Settings, Stores};

//! The HTTP interface: which address answers what, and how bodies are read.
//!
//! `run` has `/v1/run` and `/v1/execute`, `ws` the WebSocket, `pages` all that is only read, `openapi` the description of all this.

mod openapi;
mod pages;
mod run;
mod run_many;
pub(crate) mod ws;

use std::future::{Future, ready};

use axum::{
    Router,
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    routing::{MethodFilter, get, on, post},
};
use bytes::{Bytes, BytesMut};
use coderunner_api::{ApiError, codes};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
};

use crate::{
    grpc,
    reply::{Failure, REQUEST_ID, media_type},
    service::{BodyShare, Service},
    surfaces,
};

/// Everything that is answered.
pub(crate) fn routes(service: Service) -> Router {
    let documents = openapi::Documents::new(&service);
    let same = documents.clone();
    Router::new()
        .route("/openapi.json", get(move || ready(documents.json())))
        .route("/docs", get(move || ready(same.page())))
        .route("/v1/run", post(run::run))
        .route("/v1/execute", post(run::execute))
        .route("/v1/run-many", post(run_many::run_many))
        // HTTP/2 opens WebSockets with CONNECT.
        .route("/v1/ws", on(MethodFilter::GET.or(MethodFilter::CONNECT), ws::connect))
        .route("/v1/languages", get(pages::languages))
        .route("/metrics", get(pages::metrics))
        .route("/healthz", get(pages::healthz))
        .route("/readyz", get(pages::readyz))
        .route("/", get(pages::index))
        .route("/embed.js", get(pages::embed))
        .route("/embed.css", get(pages::embed_look))
        .route("/licenses.txt", get(pages::licenses))
        .route("/assets/{*path}", get(pages::asset))
        .merge(surfaces::routes(&service.settings().stores))
        .layer(compression())
        .merge(grpc::routes(&service))
        .method_not_allowed_fallback(pages::method_not_allowed)
        .fallback(pages::not_found)
        .layer(cors(service.clone()))
        .with_state(service)
}

/// Answers are compressed where it pays; events that have to arrive at once are not.
fn compression() -> CompressionLayer<impl Predicate> {
    /// Below this one packet carries it anyway.
    const BYTES_MIN: u64 = 1024;
    let worthwhile = SizeAbove::new(BYTES_MIN)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worthwhile)
}

/// What browsers are told of other origins: whether those pages may send requests is up to the rules, and checked again with each request.
fn cors(service: Service) -> CorsLayer {
    /// How long browsers may remember it.
    const REMEMBERED: std::time::Duration = std::time::Duration::from_hours(1);
    let is_known = move |origin: &HeaderValue, parts: &Parts| {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        origin.to_str().is_ok_and(|origin| service.gatekeeper().is_known_origin(origin, host))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_known))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static(REQUEST_ID),
        ])
        .expose_headers([HeaderName::from_static(REQUEST_ID), header::RETRY_AFTER])
        .max_age(REMEMBERED)
}

/// A request's body, read within the server's bounds of size and time.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    /// What the body takes of the memory for bodies: to be kept until the bytes are no longer needed.
    pub(crate) share: BodyShare,
}

impl FromRequest<Service> for Received {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        Ok(receive(service, &parts.headers, body).await?)
    }
}

/// A request's body as JSON.
#[derive(Debug)]
pub(crate) struct Json<T> {
    pub(crate) value: T,
    pub(crate) share: BodyShare,
}

impl<T: DeserializeOwned> FromRequest<Service> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        // Browsers send other types to anybody without asking first; this one they do not.
        let is_json = media_type(&parts.headers).is_some_and(|kind| {
            kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json")
        });
        if !is_json {
            return Err(ApiError::new(&codes::MEDIA_TYPE, codes::MEDIA_TYPE.meaning).into());
        }
        let Received { bytes, share } = receive(service, &parts.headers, body).await?;
        Ok(Self { value: coderunner_api::parse(&bytes)?, share })
    }
}

async fn receive(service: &Service, headers: &HeaderMap, body: Body) -> Result<Received, ApiError> {
    // A little of it could become more than all that is allowed.
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(ApiError::new(&codes::CONTENT_ENCODING, codes::CONTENT_ENCODING.meaning));
    }
    let max = service.settings().body_bytes_max;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > max) {
        return Err(too_large(max));
    }
    let mut reading = std::pin::pin!(read(service, body, max));
    // Most bodies have arrived with their head: no timer for those.
    let first =
        std::future::poll_fn(|context| std::task::Poll::Ready(reading.as_mut().poll(context)));
    match first.await {
        std::task::Poll::Ready(received) => received,
        std::task::Poll::Pending => {
            tokio::time::timeout(service.settings().body_time_max, reading).await.unwrap_or_else(
                |_| Err(ApiError::new(&codes::REQUEST_TIMEOUT, codes::REQUEST_TIMEOUT.meaning)),
            )
        }
    }
}

async fn read(service: &Service, mut body: Body, max: usize) -> Result<Received, ApiError> {
    let mut share = service.body_share();
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            ApiError::new(&codes::MALFORMED, format!("the body broke off: {error}"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let bytes = first.len() + all.len() + data.len();
        if bytes > max {
            return Err(too_large(max));
        }
        if !share.cover(bytes) {
            return Err(ApiError::new(&codes::OVERLOADED, "too many large requests at once")
                .retry_after(std::time::Duration::from_secs(1)));
        }
        if first.is_empty() && all.is_empty() {
            // The only one, as a rule: no copy.
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    let bytes = if all.is_empty() { first } else { all.freeze() };
    Ok(Received { bytes, share })
}

fn too_large(max: usize) -> ApiError {
    ApiError::new(&codes::TOO_LARGE, format!("the body is larger than {max} bytes"))
}

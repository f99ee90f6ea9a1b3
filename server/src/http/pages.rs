//! What is only read: health, languages, the embedded pages.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse as _,
};
use coderunner_api::{ApiError, LanguageReport, codes};

use crate::{
    access::Scope,
    caller::Caller,
    reply::{self, Failure},
    service::{Phase, Service},
};

/// The files of `web/dist`, as they were when this was built. The folder is made by the build of `web/`; without it there are no pages.
#[derive(rust_embed::RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// Names in `assets/` hold a digest of their contents, so these never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Everything else is asked for again.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

pub(super) async fn languages(State(service): State<Service>, _: Caller) -> Response<Body> {
    let executor = service.executor();
    let reports: Vec<_> =
        service.registry().iter().map(|language| LanguageReport::new(language, executor)).collect();
    reply::json(&reports)
}

/// What Prometheus reads.
pub(super) async fn metrics(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Response<Body>, Failure> {
    /// The text format that Prometheus has always read.
    const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    if !caller.metrics {
        let problem = format!("{} lacks the scope {}", caller.name, Scope::Metrics.as_str());
        return Err(ApiError::new(&codes::NO_SCOPE, problem).into());
    }
    let text = service.metrics().text(service.cache_bytes()).map_err(|error| {
        tracing::error!(%error, "metrics cannot be written");
        ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning)
    })?;
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, TEXT);
    Ok(response)
}

pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

pub(super) async fn readyz(State(service): State<Service>) -> (StatusCode, &'static str) {
    match service.phase() {
        Phase::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
        Phase::Ready => (StatusCode::OK, "ready\n"),
        Phase::Leaving | Phase::Draining | Phase::Stopping => {
            (StatusCode::SERVICE_UNAVAILABLE, "ending\n")
        }
    }
}

pub(super) async fn index() -> Result<Response<Body>, Failure> {
    let mut response = file("index.html", REVALIDATE)?;
    // What pages must not do with this one, which it cannot say itself: the rest of its policy is in it.
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("frame-ancestors 'none'"),
    );
    Ok(response)
}

/// Whose the parts of the pages are that are not ours.
pub(super) async fn licenses() -> Result<Response<Body>, Failure> {
    file("licenses.txt", REVALIDATE)
}

pub(super) async fn embed() -> Result<Response<Body>, Failure> {
    let mut response = file("embed.js", REVALIDATE)?;
    // Scripts are what pages of other origins load.
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// What pages may link to so that a program looks the same before the script has run.
pub(super) async fn embed_look() -> Result<Response<Body>, Failure> {
    let mut response = file("embed.css", REVALIDATE)?;
    response
        .headers_mut()
        .insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

pub(super) async fn asset(Path(path): Path<String>) -> Result<Response<Body>, Failure> {
    let mut response = file(&format!("assets/{path}"), FOREVER)?;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn file(path: &str, cache: HeaderValue) -> Result<Response<Body>, Failure> {
    let file = Dist::get(path).ok_or_else(nothing_here)?;
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn nothing_here() -> Failure {
    Failure(ApiError::new(&codes::NOT_FOUND, codes::NOT_FOUND.meaning))
}

pub(super) async fn not_found() -> Response<Body> {
    nothing_here().into_response()
}

pub(super) async fn method_not_allowed() -> Response<Body> {
    Failure(ApiError::new(&codes::METHOD, codes::METHOD.meaning)).into_response()
}

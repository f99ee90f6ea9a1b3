//! Answers: how an error becomes a response, and the identifier that every request has.

use std::{fmt, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use coderunner_api::ApiError;
use serde::Serialize;

use crate::{grpc, service::RunId};

/// The header that carries a request's identifier, both ways.
pub(crate) const REQUEST_ID: &str = "x-request-id";
/// The longest identifier that is taken over from a caller.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// Names a request, in its answer and in the log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's own, if it has a usable one, or a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).filter(|value| {
            let bytes = value.as_bytes();
            !bytes.is_empty()
                && bytes.len() <= REQUEST_ID_BYTES_MAX
                && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
        });
        Self(given.cloned().unwrap_or_else(|| {
            HeaderValue::from_str(RunId::new().as_str()).expect("digits are a header value")
        }))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().expect("it was checked to be ASCII")
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error as an answer. It is put into words by [`finish`], which knows the request's identifier.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) ApiError);

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status(&self.0);
        if let Some(wait) = self.0.retry_after {
            // Whole seconds, and never "at once".
            let seconds = wait.as_secs_f64().ceil().max(1.0);
            if let Ok(value) = HeaderValue::from_str(&format!("{seconds}")) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
        }
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// The HTTP status of an error.
pub(crate) fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.code.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The last step of every answer: errors are put into words, and the identifier is added.
pub(crate) fn finish(
    mut response: Response<Body>,
    id: &RequestId,
    is_grpc: bool,
) -> Response<Body> {
    let failure = response.extensions_mut().remove::<Arc<ApiError>>();
    if is_grpc && let Some(error) = failure {
        response = grpc::failure(&error, id);
    } else if let Some(error) = failure {
        *response.body_mut() = json_body(&error.body(id.as_str()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, JSON);
        // That of the empty body that stood in for it.
        headers.remove(header::CONTENT_LENGTH);
    }
    response.headers_mut().insert(REQUEST_ID, id.header());
    response
}

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer in JSON.
pub(crate) fn json(value: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(json_body(value));
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

fn json_body(value: &impl Serialize) -> Body {
    Body::from(to_json(value))
}

/// `value` as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    // Room for a short answer without growing.
    let mut text = Vec::with_capacity(512);
    serde_json::to_writer(&mut text, value).expect("our types have string keys and finite numbers");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// What a request says its body is, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_identifiers_are_taken_over() {
        let of = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(value).expect("a header value"));
            RequestId::of(&headers).as_str().to_owned()
        };
        assert_eq!(of(b"abc-1.2:3_4"), "abc-1.2:3_4");
        for bad in [b"".as_slice(), b"a b", b"a\"", &[b'a'; 129], b"\xff"] {
            assert_eq!(of(bad).len(), 32, "{bad:?}");
        }
    }
}

//! Spans: what belongs to one request, and to one execution in it. W3C trace context is taken from the caller.
//!
//! Whether anybody looks at spans is up to the subscriber: log lines have the fields of their spans, and an exporter sends them where traces are gathered.

use axum::http::{HeaderMap, Method};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::reply::RequestId;

/// What spans are called in filters.
pub(crate) const TARGET: &str = "request";
/// The longest path that is noted.
const PATH_BYTES_MAX: usize = 256;

/// Headers as the library wants to see them.
struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

/// The span of a request: the caller's trace goes on in it.
pub(crate) fn request(method: &Method, path: &str, headers: &HeaderMap, id: &RequestId) -> Span {
    let path = path.get(..PATH_BYTES_MAX).unwrap_or(path);
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        request_id = id.as_str(),
        method = method.as_str(),
        path,
        trace_id = Empty,
        status = Empty,
        otel.status_code = Empty,
    );
    if !span.is_disabled() && headers.contains_key("traceparent") {
        let context = TraceContextPropagator::new().extract(&Carrier(headers));
        let caller = context.span().span_context().clone();
        if caller.is_valid() {
            span.record("trace_id", tracing::field::display(caller.trace_id()));
            // It fails where nobody gathers traces; the log has the identifier all the same.
            let _ = span.set_parent(context);
        }
    }
    span
}

/// What became of the request of `span`.
pub(crate) fn answered(span: &Span, status: u16) {
    span.record("status", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "error");
    }
}

/// The span of an execution, in that of the request that wants it.
pub(crate) fn execution(id: &str, language: &str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "execution",
        id,
        language,
        outcome = Empty,
        cached = Empty,
        queued_us = Empty
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use opentelemetry::trace::TraceId;

    use super::*;

    fn caller(traceparent: &'static str) -> TraceId {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_static(traceparent));
        let context = TraceContextPropagator::new().extract(&Carrier(&headers));
        context.span().span_context().trace_id()
    }

    #[test]
    fn only_what_is_a_trace_is_taken_over() {
        let good = caller("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(good.to_string(), "0af7651916cd43dd8448eb211c80319c");
        for bad in ["", "00-0-0-0", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "x"]
        {
            assert_eq!(caller(bad), TraceId::INVALID, "{bad:?}");
        }
    }
}

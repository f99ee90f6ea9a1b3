//! Every error that a caller can meet, each with a code that never changes.
//!
//! A code is `AABCC`: the module (10 request, 20 access, 30 admission, 40 execution, 50 server), the kind, a number. Programs branch on the
//! code or the kind; the message, the details and the suggestion are for people. `docs/api/errors.md` is generated from the table here.

use std::time::Duration;

use serde::Serialize;
use tonic::Code;
use utoipa::ToSchema;

/// The longest text of a message or of a problem, in characters: a message may quote what was sent.
const TEXT_CHARS_MAX: usize = 400;

/// One row of the table of errors.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// `AABCC`.
    pub code: &'static str,
    /// A name for programs, in words.
    pub kind: &'static str,
    /// The HTTP status that goes with it.
    pub http: u16,
    /// The gRPC status that goes with it.
    pub grpc: Code,
    /// What it means, for the docs.
    pub meaning: &'static str,
    /// What the caller can do about it.
    pub suggestion: &'static str,
}

macro_rules! table {
    ($($name:ident $code:literal $kind:literal $http:literal $grpc:ident $meaning:literal $suggestion:literal;)*) => {
        /// The table of errors.
        pub mod codes {
            use super::{Code, ErrorCode};
            $(
                #[doc = $meaning]
                pub const $name: ErrorCode = ErrorCode {
                    code: $code, kind: $kind, http: $http, grpc: Code::$grpc, meaning: $meaning, suggestion: $suggestion,
                };
            )*
            /// All of them, in the order of their codes.
            pub const ALL: &[&ErrorCode] = &[$(&$name),*];
        }
    };
}

table! {
    MALFORMED "10101" "malformed" 400 InvalidArgument
        "The body is not what its format demands: no JSON, or not UTF-8."
        "Send a JSON object in UTF-8; /openapi.json describes it.";
    MEDIA_TYPE "10102" "unsupported_media_type" 415 InvalidArgument
        "The body has another content type than this call takes."
        "Send the header Content-Type: application/json.";
    CONTENT_ENCODING "10103" "unsupported_encoding" 415 InvalidArgument
        "The body is compressed, which this server does not take."
        "Send the body as it is, without Content-Encoding.";
    UNKNOWN_FIELD "10201" "unknown_field" 400 InvalidArgument
        "The request has a field that does not exist."
        "Remove the field, or look for a misspelling; /openapi.json lists what there is.";
    MISSING_FIELD "10202" "missing_field" 400 InvalidArgument
        "The request lacks a field that is needed."
        "Add the field.";
    INVALID_FIELD "10203" "invalid_field" 400 InvalidArgument
        "A field has a value that is not allowed."
        "Change the value as the details say.";
    UNKNOWN_LANGUAGE "10301" "unknown_language" 400 InvalidArgument
        "No language has that name."
        "Use a name from GET /v1/languages.";
    UNKNOWN_VERSION "10302" "unknown_version" 400 InvalidArgument
        "The language exists in another version only."
        "Leave the version out, or use the one that GET /v1/languages names.";
    NOT_FOUND "10303" "not_found" 404 Unimplemented
        "Nothing is at that address."
        "Check the path; /openapi.json lists what there is.";
    METHOD "10304" "method_not_allowed" 405 Unimplemented
        "What is at that address does not take this method."
        "Use the method that the header Allow names.";
    TOO_LARGE "10501" "too_large" 413 InvalidArgument
        "The request is larger than this server takes."
        "Send less, or have the server's limits raised.";
    REQUEST_TIMEOUT "10801" "request_timeout" 408 DeadlineExceeded
        "The request did not arrive in time."
        "Send the whole request at once.";
    DEADLINE "10802" "deadline_exceeded" 504 DeadlineExceeded
        "The caller's own deadline passed before the program had ended."
        "Allow more time, or lower the program's limits.";
    NO_KEY "20401" "unauthenticated" 401 Unauthenticated
        "This server wants an API key."
        "Send the header Authorization: Bearer KEY, or X-API-Key: KEY.";
    WRONG_KEY "20402" "wrong_key" 401 Unauthenticated
        "The API key is not one of this server, or has expired."
        "Check the key, or ask for a new one.";
    NO_SCOPE "20403" "forbidden" 403 PermissionDenied
        "The API key is valid, but does not allow this."
        "Use a key with the scope that the message names.";
    WRONG_ORIGIN "20404" "wrong_origin" 403 PermissionDenied
        "The page that sent this is not one that may."
        "Have the page's origin added to the key or to the server's list of origins.";
    RATE_LIMITED "20601" "rate_limited" 429 ResourceExhausted
        "This caller sends more requests than it may."
        "Send fewer requests; try again after the time in Retry-After.";
    OVERLOADED "30601" "overloaded" 503 ResourceExhausted
        "More is running and waiting than this server takes."
        "Try again after the time in Retry-After.";
    SHARE_USED "30602" "share_used" 429 ResourceExhausted
        "This caller has as many executions running and waiting as one caller may."
        "Wait for some of them to end, then try again.";
    WAITED "30801" "waited_too_long" 503 ResourceExhausted
        "The execution waited for its turn until its time was up; it was not started."
        "Try again after the time in Retry-After.";
    INVALID_JOB "40201" "invalid_job" 400 InvalidArgument
        "The backend of the language cannot run such a job."
        "Change the request as the message says.";
    UNAVAILABLE "40701" "language_unavailable" 503 Unavailable
        "The language exists, but its backend does not work at the moment."
        "Ask whoever runs this server; GET /v1/languages says what is available.";
    EXECUTION "40901" "execution_failed" 500 Internal
        "The execution failed through no fault of the program."
        "Try again; when it happens again, report it with the request id.";
    CANCELLED "40102" "cancelled" 499 Cancelled
        "The caller gave the execution up."
        "Nothing needs to be done.";
    SHUTTING_DOWN "50701" "shutting_down" 503 Unavailable
        "This server is about to end."
        "Try again; another instance, or the next one, will answer.";
    INTERNAL "50901" "internal" 500 Internal
        "The server failed."
        "Try again; when it happens again, report it with the request id.";
}

/// An error on its way to a caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// The row of the table.
    pub code: &'static ErrorCode,
    /// What happened, for people.
    pub message: String,
    /// What was wrong where.
    pub details: Vec<Detail>,
    /// When it makes sense to try again.
    pub retry_after: Option<Duration>,
}

/// What was wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Detail {
    /// The field, as a path: `files[0].path`.
    pub field: String,
    /// What was wrong with it.
    pub problem: String,
}

impl ApiError {
    /// An error with the table's meaning as its message, unless `message` says more.
    #[must_use]
    pub fn new(code: &'static ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: shortened(message.into()), details: Vec::new(), retry_after: None }
    }

    /// A value that is not allowed in `field`.
    #[must_use]
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::field(&codes::INVALID_FIELD, field, problem)
    }

    /// An error about one field.
    #[must_use]
    pub fn field(
        code: &'static ErrorCode,
        field: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        let (field, problem) = (shortened(field.into()), shortened(problem.into()));
        let mut error = Self::new(code, format!("{field}: {problem}"));
        error.details.push(Detail { field, problem });
        error
    }

    /// The same, worth trying again after `wait`.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The object that is sent.
    #[must_use]
    pub fn body<'a>(&'a self, request_id: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            error: ErrorFields {
                code: self.code.code,
                kind: self.code.kind,
                message: &self.message,
                details: &self.details,
                suggestion: self.code.suggestion,
                request_id,
            },
        }
    }
}

/// The error object, everywhere the same.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ErrorBody<'a> {
    error: ErrorFields<'a>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct ErrorFields<'a> {
    /// Never changes.
    code: &'static str,
    /// The same in words.
    kind: &'static str,
    /// What happened, for people.
    message: &'a str,
    /// What was wrong where.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [Detail],
    /// What the caller can do about it.
    suggestion: &'static str,
    /// The request, as it is in the log and in the header `X-Request-Id`.
    request_id: &'a str,
}

fn shortened(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
        text.truncate(at);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _};

    use super::*;

    #[test]
    fn codes_and_kinds_are_distinct_and_well_formed() {
        let numbers: BTreeSet<_> = codes::ALL.iter().map(|c| c.code).collect();
        let kinds: BTreeSet<_> = codes::ALL.iter().map(|c| c.kind).collect();
        assert_eq!((numbers.len(), kinds.len()), (codes::ALL.len(), codes::ALL.len()));
        for code in codes::ALL {
            assert!(code.code.len() == 5 && code.code.bytes().all(|b| b.is_ascii_digit()));
            assert!((400..600).contains(&code.http), "{}", code.code);
        }
    }

    /// The table as `docs/api/errors.md` has it.
    fn page() -> String {
        let mut page = "# Errors\n\nGenerated from `api/src/error.rs`: `CODERUNNER_UPDATE_DOCS=1 cargo test -p coderunner-api` writes this page. What the digits of a code mean is said there.\n\n\
            | code | kind | HTTP | gRPC | meaning | what to do |\n| --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for ErrorCode { code, kind, http, grpc, meaning, suggestion } in codes::ALL {
            writeln!(page, "| {code} | `{kind}` | {http} | {grpc:?} | {meaning} | {suggestion} |")
                .unwrap();
        }
        page
    }

    #[test]
    fn the_documented_table_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/errors.md");
        if std::env::var_os("CODERUNNER_UPDATE_DOCS").is_some() {
            std::fs::write(path, page()).expect("the page can be written");
        }
        let there = std::fs::read_to_string(path).expect("the page is there");
        assert!(there == page(), "run CODERUNNER_UPDATE_DOCS=1 cargo test -p coderunner-api");
    }

    #[test]
    fn what_is_quoted_is_cut() {
        let error = ApiError::invalid("x".repeat(10_000), "ä".repeat(10_000));
        assert!(error.message.chars().count() <= TEXT_CHARS_MAX + 1);
        assert!(error.details[0].field.chars().count() <= TEXT_CHARS_MAX + 1);
    }
}

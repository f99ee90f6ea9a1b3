//! What callers send to have a program run, as JSON.
//!
//! Shape and types are checked here; what the values mean (does the language exist, are the limits in range) is up to `server`.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, Unexpected, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type},
};

use crate::{ApiError, Encoding, codes};

/// The body of `POST /v1/run` and `POST /v1/execute`, and the first message of a WebSocket.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// The language: its identifier, name or an alias.
    pub language: String,
    /// The version that is wanted, or its start: `3.14`.
    #[serde(default)]
    pub version: Option<String>,
    /// The program, if it is one file.
    #[serde(default)]
    pub source: Option<String>,
    /// The program's files; the first is the entry point.
    #[serde(default)]
    pub files: Option<Vec<RequestFile>>,
    /// Standard input.
    #[serde(default)]
    pub stdin: Option<String>,
    /// Arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Options for the compiler.
    #[serde(default)]
    pub compile_args: Vec<String>,
    /// Limits.
    #[serde(default)]
    pub limits: RequestLimits,
    /// Whether files that the program makes or changes come back.
    #[serde(default)]
    pub collect_files: bool,
    /// Whether the answer may be that of an earlier, equal run.
    #[serde(default)]
    pub cache: RequestCache,
    /// How urgent it is.
    #[serde(default)]
    pub priority: RequestPriority,
}

/// A file of a program.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestFile {
    /// Where it lies, relative to the working folder.
    pub path: String,
    /// What is in it.
    pub content: String,
    /// How `content` is to be read.
    #[serde(default)]
    pub encoding: Encoding,
}

/// Limits; what is absent is the language's default.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestLimits {
    /// Wall-clock time in milliseconds.
    pub wall_ms: Option<u64>,
    /// CPU time in milliseconds.
    pub cpu_ms: Option<u64>,
    /// Memory in MiB.
    pub memory_mb: Option<u64>,
    /// Output in KiB.
    pub output_kb: Option<u64>,
    /// Files in MiB.
    pub disk_mb: Option<u64>,
}

/// Whether the answer may be that of an earlier, equal run: `false`, `true` or `"always"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestCache {
    /// No.
    #[default]
    Never,
    /// If the program read nothing that differs from run to run: clocks, entropy, what a file system says of files.
    Repeatable,
    /// Whatever the program read: the caller knows that it makes no difference.
    Always,
}

/// The word for [`RequestCache::Always`].
const ALWAYS: &str = "always";

impl<'de> Deserialize<'de> for RequestCache {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wish;
        impl Visitor<'_> for Wish {
            type Value = RequestCache;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "true, false or {ALWAYS:?}")
            }
            fn visit_bool<E: de::Error>(self, wanted: bool) -> Result<RequestCache, E> {
                Ok(if wanted { RequestCache::Repeatable } else { RequestCache::Never })
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<RequestCache, E> {
                match word {
                    ALWAYS => Ok(RequestCache::Always),
                    other => Err(E::invalid_value(Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Wish)
    }
}

impl PartialSchema for RequestCache {
    fn schema() -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([ALWAYS]));
        OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::Boolean))
            .item(word)
            .description(Some("Whether the answer may be that of an earlier, equal run: `false`; `true`, if the program read no clock, entropy or times of files; `\"always\"`, whatever it read."))
            .into()
    }
}

impl ToSchema for RequestCache {}

impl Serialize for RequestCache {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Never => serializer.serialize_bool(false),
            Self::Repeatable => serializer.serialize_bool(true),
            Self::Always => serializer.serialize_str(ALWAYS),
        }
    }
}

/// How urgent an execution is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequestPriority {
    /// Somebody is waiting.
    #[default]
    Interactive,
    /// Nobody is.
    Batch,
}

/// Reads JSON into `T`, saying which field is wrong if one is.
///
/// # Errors
/// The text is no JSON, or not of this shape.
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ApiError> {
    // serde would take an array of all fields in their order too.
    if json.trim_ascii_start().first().is_some_and(|first| *first == b'[') {
        return Err(ApiError::invalid("body", "it is an array; send an object"));
    }
    // Following the path costs time that only those who made a mistake have to spend.
    serde_json::from_slice(json).map_err(|first| {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let followed: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
        match followed {
            Err(error) => describe(&error.path().to_string(), error.inner()),
            // What comes after the value is wrong.
            Ok(_) => describe(".", &first),
        }
    })
}

/// The same from a value.
///
/// # Errors
/// The value is not of this shape.
pub fn parse_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| describe(&error.path().to_string(), error.inner()))
}

fn describe(path: &str, error: &serde_json::Error) -> ApiError {
    let message = error.to_string();
    if !error.is_data() {
        return ApiError::new(&codes::MALFORMED, format!("the body is not JSON: {message}"));
    }
    let quoted = |prefix: &str| message.strip_prefix(prefix)?.split('`').next();
    let joined = |name: &str| {
        // The path of an unknown field ends in that field already.
        match path.strip_suffix(name).map(|rest| rest.trim_end_matches('.')) {
            Some(_) => path.to_owned(),
            None if path == "." => name.to_owned(),
            None => format!("{path}.{name}"),
        }
    };
    // serde says these two in words only.
    if let Some(name) = quoted("unknown field `") {
        return ApiError::field(&codes::UNKNOWN_FIELD, joined(name), "there is no such field");
    }
    if let Some(name) = quoted("missing field `") {
        return ApiError::field(&codes::MISSING_FIELD, joined(name), "it is needed");
    }
    let path = if path == "." { "body" } else { path };
    // Without the position, which the path makes unnecessary.
    let problem = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
    ApiError::invalid(path, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(json: &str) -> (&'static str, String) {
        let error = parse::<RunRequest>(json.as_bytes()).expect_err(json);
        (error.code.kind, error.message)
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let cases = [
            (
                "{",
                "malformed",
                "the body is not JSON: EOF while parsing an object at line 1 column 1",
            ),
            (
                "{\"language\":\"python\"} x",
                "malformed",
                "the body is not JSON: trailing characters at line 1 column 23",
            ),
            ("{\"source\":\"\"}", "missing_field", "language: it is needed"),
            (
                r#"{"language":"python","sauce":""}"#,
                "unknown_field",
                "sauce: there is no such field",
            ),
            (
                r#"{"language":"python","limits":{"wall":1}}"#,
                "unknown_field",
                "limits.wall: there is no such field",
            ),
            (
                r#"{"language":"python","files":[{"path":"a"}]}"#,
                "missing_field",
                "files[0].content: it is needed",
            ),
            (
                r#"{"language":"python","limits":{"wall_ms":-1}}"#,
                "invalid_field",
                "limits.wall_ms: invalid value: integer `-1`, expected u64",
            ),
            ("[]", "invalid_field", "body: it is an array; send an object"),
            (
                r#"{"language":"python","priority":"urgent"}"#,
                "invalid_field",
                "priority: unknown variant `urgent`, expected `interactive` or `batch`",
            ),
        ];
        for (json, kind, message) in cases {
            assert_eq!(wrong(json), (kind, message.to_owned()));
        }
    }

    #[test]
    fn text_that_is_no_utf8_is_no_request() {
        let error = parse::<RunRequest>(b"{\"language\":\"\xff\"}").expect_err("invalid UTF-8");
        assert_eq!(error.code.kind, "malformed");
        let error = parse::<RunRequest>(br#"{"language":"\ud800"}"#).expect_err("half a character");
        assert_eq!(error.code.kind, "malformed");
    }
}

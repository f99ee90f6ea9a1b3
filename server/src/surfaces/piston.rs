//! Piston's API, version 2, at `/api/v2` and `/api/v2/piston`.
//!
//! A runtime is a language of ours under the name that Piston's users know; its version is the number in ours. `connect` has the WebSocket.

mod connect;

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::{any, get},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use coderunner_api::{ApiError, codes, text};
use coderunner_executor::{Availability, OutputStream, Stage, Stdin, Usage};
use coderunner_languages::Language;
use semver::{Version, VersionReq};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{InOrder, compiles, ending::Ending, with_errors};
use crate::{
    caller::Caller,
    http::Received,
    reply::{Failure, json as reply_json, media_type, to_json},
    service::Service,
    submission::{RequestedLimits, Submission, SubmittedFile},
};

/// The longest range of versions that is looked at, in bytes.
const RANGE_BYTES_MAX: usize = 256;

pub(super) fn routes() -> Router<Service> {
    let routes = || {
        Router::new()
            .route("/runtimes", get(runtimes).fallback(not_found))
            .route("/execute", axum::routing::post(execute).fallback(not_found))
            .route("/connect", any(connect::connect))
            .route("/packages", get(packages).post(install).delete(uninstall).fallback(not_found))
            .route("/{*rest}", any(not_found))
    };
    let both = Router::new().nest("/api/v2", routes()).nest("/api/v2/piston", routes());
    with_errors(both, |error| Body::from(to_json(&json!({ "message": error.message }))))
}

/// A message with a status, as Piston answers.
fn message(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = reply_json(&json!({ "message": message }));
    *response.status_mut() = status;
    response
}

async fn not_found() -> Response<Body> {
    message(StatusCode::NOT_FOUND, "Not Found")
}

/// What Piston calls `language`: it has `c++`, not `cpp`.
fn name(language: &Language) -> String {
    language.name.to_lowercase()
}

/// The number in `version`, in three parts: the first that stands by itself. `C17 (clang 19, …)` is 19.0.0.
fn number(version: &str) -> Version {
    let numbers = version.split([' ', '(', ')', ',']);
    let starts = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    let mut parts = numbers
        .filter(starts)
        .take(1)
        .flat_map(|number| number.split('.'))
        .map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    Version::new(next(), next(), next())
}

/// Whether `version` is in `range`, in the notation of npm: `3`, `3.x`, `^3.1`, `>=3 <4`, `1 - 2`, `2 || 3`, `*`.
fn is_in(version: &Version, range: &str) -> bool {
    range.len() <= RANGE_BYTES_MAX
        && range.split("||").any(|set| {
            let set = set.trim();
            let set = match set.split_once(" - ") {
                Some((low, high)) => format!(">={low} <={high}"),
                None => set.to_owned(),
            };
            comparators(&set)
                .is_some_and(|all| all.iter().all(|comparator| comparator.matches(version)))
        })
}

/// The conditions of one set of a range.
fn comparators(set: &str) -> Option<Vec<VersionReq>> {
    let mut all = Vec::new();
    let mut operator = String::new();
    for part in set.split_whitespace() {
        let start = part.find(|c| !"<>=~^".contains(c)).unwrap_or(part.len());
        operator.push_str(&part[..start]);
        let number = part[start..].trim_start_matches('v');
        if number.is_empty() {
            // `>= 3`: the number is the next word.
            continue;
        }
        let all_versions = number.starts_with(['*', 'x', 'X']);
        let comparator = match operator.as_str() {
            _ if all_versions => "*".to_owned(),
            // A bare number is that number, where Cargo would mean all that are compatible.
            "" | "==" => format!("={number}"),
            operator => format!("{operator}{number}"),
        };
        all.push(VersionReq::parse(&comparator).ok()?);
        operator.clear();
    }
    operator.is_empty().then_some(all)
}

#[derive(Serialize)]
struct Runtime {
    language: String,
    version: String,
    aliases: Vec<&'static str>,
}

/// The languages that can be run now.
fn available(service: &Service) -> impl Iterator<Item = &'static Language> {
    service
        .registry()
        .iter()
        .filter(|l| service.executor().availability(&l.id) == Availability::Available)
}

async fn runtimes(State(service): State<Service>, _: Caller) -> Response<Body> {
    let runtime = |language: &'static Language| {
        let name = name(language);
        let id = Some(language.id.as_str()).filter(|id| *id != name);
        let others = language.aliases.iter().map(String::as_str).filter(|alias| *alias != name);
        Runtime {
            version: number(&language.version).to_string(),
            aliases: id.into_iter().chain(others).collect(),
            language: name,
        }
    };
    reply_json(&available(&service).map(runtime).collect::<Vec<_>>())
}

async fn packages(State(service): State<Service>, _: Caller) -> Response<Body> {
    let package = |language: &Language| {
        let version = number(&language.version).to_string();
        json!({ "language": name(language), "language_version": version, "installed": true })
    };
    reply_json(&available(&service).map(package).collect::<Vec<_>>())
}

async fn install(
    State(service): State<Service>,
    _: Caller,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let package = package(&service, &body.bytes)?;
    Ok(message(StatusCode::INTERNAL_SERVER_ERROR, &format!("{package} is already installed")))
}

async fn uninstall(
    State(service): State<Service>,
    _: Caller,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let package = package(&service, &body.bytes)?;
    Ok(message(StatusCode::INTERNAL_SERVER_ERROR, &format!("{package} is built in")))
}

/// The package that a request names, if there is one.
fn package(service: &Service, body: &[u8]) -> Result<String, ApiError> {
    let body = object(body)?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (language, version) = (field("language"), field("version"));
    match find(service, language, version) {
        Some(found) => Ok(format!("{}-{}", name(found), number(&found.version))),
        None => Err(ApiError::new(
            &codes::NOT_FOUND,
            format!("Requested package {language}-{version} does not exist"),
        )),
    }
}

/// The language that is called `name` and has a version in `range`.
fn find(service: &Service, name: &str, range: &str) -> Option<&'static Language> {
    let language = service.registry().find(name).ok()?;
    is_in(&number(&language.version), range).then_some(language)
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    coderunner_api::parse(body)
}

async fn execute(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    body: Received,
) -> Result<Response<Body>, Failure> {
    if !is_taken(&headers) {
        let text = "requests must be of type application/json";
        return Ok(message(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    let request = Request::new(&service, object(&body.bytes)?)?;
    let ran = InOrder::run(&service, &caller, request.submission).await?;
    Ok(reply_json(&Report::new(&ran)).into_response())
}

/// Whether a body of this type is read. One client sends its JSON as text. Browsers send text to anybody without asking first, and then say from
/// which page.
fn is_taken(headers: &HeaderMap) -> bool {
    let is_json = media_type(headers).is_some_and(|kind| kind.starts_with("application/json"));
    is_json || !headers.contains_key(header::ORIGIN)
}

/// What a client wants to have run.
struct Request {
    language: &'static Language,
    submission: Submission,
}

impl Request {
    fn new(service: &Service, mut body: Map<String, Value>) -> Result<Self, ApiError> {
        let mut string = |name: &str| match body.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            _ => Err(refused(format!("{name} is required as a string"))),
        };
        let (name, range) = (string("language")?, string("version")?);
        let Some(Value::Array(sent)) = body.remove("files") else {
            return Err(refused("files is required as an array"));
        };
        let mut files = Vec::with_capacity(sent.len().min(service.settings().files_max));
        for (n, file) in sent.into_iter().enumerate() {
            files.push(File::new(n, file)?);
        }
        let Some(language) = find(service, &name, &range) else {
            return Err(refused(format!("{name}-{range} runtime is unknown")));
        };
        let Some(entry) = files.iter().position(|file| file.is_text) else {
            return Err(refused("files must include at least one utf8 encoded file"));
        };
        let limits = limits(service, &body)?;
        // Ours is the first.
        files[..=entry].rotate_right(1);
        let mut files: Vec<_> = files.into_iter().map(File::into_submitted).collect();
        files[0].path = files[0].path.take().map(|path| recognisable(path, language));
        for (n, file) in files.iter_mut().enumerate().skip(1) {
            // It was the file before it that stood there in the request, up to where the entry was.
            let sent = if n <= entry { n - 1 } else { n };
            file.path.get_or_insert_with(|| format!("file{sent}.code"));
        }
        let submission = Submission {
            version: None,
            files,
            stdin: stdin(body.remove("stdin"))?,
            args: args(body.remove("args"))?,
            limits,
            ..Submission::new(language.id.as_str(), Bytes::new())
        };
        Ok(Self { language, submission })
    }
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(&codes::INVALID_FIELD, message)
}

struct File {
    name: Option<String>,
    contents: Bytes,
    is_text: bool,
}

impl File {
    fn new(n: usize, file: Value) -> Result<Self, ApiError> {
        let Value::Object(mut file) = file else {
            return Err(refused(format!("files[{n}].content is required as a string")));
        };
        let Some(Value::String(content)) = file.remove("content") else {
            return Err(refused(format!("files[{n}].content is required as a string")));
        };
        let name = match file.remove("name") {
            Some(Value::String(name)) if !name.is_empty() => Some(name),
            _ => None,
        };
        let undecodable =
            |encoding: &str| refused(format!("files[{n}].content is not valid {encoding}"));
        let (contents, is_text) = match file.get("encoding").and_then(Value::as_str) {
            Some("base64") => {
                let decoded = STANDARD.decode(content).map_err(|_| undecodable("base64"))?;
                (decoded.into(), false)
            }
            Some("hex") => (unhex(&content).ok_or_else(|| undecodable("hex"))?.into(), false),
            // As Piston does with an encoding that it does not know.
            _ => (Bytes::from(content), true),
        };
        Ok(Self { name, contents, is_text })
    }

    fn into_submitted(self) -> SubmittedFile {
        SubmittedFile { path: self.name, contents: self.contents }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()).collect()
}

/// A name that a compiler recognises: Piston's packages take any, ours go by the extension.
fn recognisable(path: String, language: &Language) -> String {
    let extension = path.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map(|(_, e)| e);
    let known = extension
        .is_some_and(|own| language.extensions.iter().any(|e| own.eq_ignore_ascii_case(e)));
    match language.extensions.first() {
        Some(usual) if !known => format!("{path}.{usual}"),
        _ => path,
    }
}

fn stdin(value: Option<Value>) -> Result<Stdin, ApiError> {
    let mut text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(_) => return Err(refused("stdin must be a string")),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(Stdin::Bytes(text.into()))
}

fn args(value: Option<Value>) -> Result<Vec<String>, ApiError> {
    let args = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(args)) => args,
        Some(_) => return Err(refused("args must be an array")),
    };
    args.into_iter()
        .enumerate()
        .map(|(n, arg)| match arg {
            Value::String(text) => Ok(text),
            number @ Value::Number(_) => Ok(number.to_string()),
            _ => Err(refused(format!("args[{n}] must be a string"))),
        })
        .collect()
}

/// Limits of the run; those of compiling are the language's own. Nothing, zero and, for memory, a negative number mean the language's default.
fn limits(service: &Service, body: &Map<String, Value>) -> Result<RequestedLimits, ApiError> {
    let ceiling = service.ceiling();
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let check = |name: &str, max: Option<u64>| -> Result<Option<u64>, ApiError> {
        let value = match body.get(name) {
            None | Some(Value::Null | Value::Bool(false)) => return Ok(None),
            Some(value) => value
                .as_f64()
                .ok_or_else(|| refused(format!("If specified, {name} must be a number")))?,
        };
        match max {
            _ if value == 0.0 => Ok(None),
            None if value < 0.0 => Ok(None),
            Some(_) if value < 0.0 => Err(refused(format!("{name} must be non-negative"))),
            Some(max) if value > as_f64(max) => {
                Err(refused(format!("{name} cannot exceed the configured limit of {max}")))
            }
            // More memory than there may be is cut to what there may be, as "no limit" is.
            _ => Ok(Some(whole(value))),
        }
    };
    check("compile_timeout", Some(ms(ceiling.wall)))?;
    check("compile_cpu_time", Some(ms(ceiling.cpu)))?;
    check("compile_memory_limit", None)?;
    Ok(RequestedLimits {
        wall: check("run_timeout", Some(ms(ceiling.wall)))?.map(Duration::from_millis),
        cpu: check("run_cpu_time", Some(ms(ceiling.cpu)))?.map(Duration::from_millis),
        memory_bytes: check("run_memory_limit", None)?,
        ..RequestedLimits::default()
    })
}

#[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is positive, and a cast ends at the largest number"
)]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}

#[derive(Serialize)]
struct Report {
    language: String,
    version: String,
    run: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    compile: Option<Value>,
}

impl Report {
    fn new(ran: &InOrder) -> Self {
        let ended = stage(ran);
        let (run, compile) = match ran.outcome.stage {
            // For clients that look at nothing else.
            Stage::Compile => (ended.clone(), Some(ended)),
            Stage::Run => (ended, compiles(ran.language).then(compiled)),
        };
        let language = ran.language;
        Self {
            language: name(language),
            version: number(&language.version).to_string(),
            run,
            compile,
        }
    }
}

/// A compiler that had nothing to say. What it said is with what the program wrote.
fn compiled() -> Value {
    json!({
        "stdout": "", "stderr": "", "output": "", "code": 0, "signal": null, "message": null, "status": null,
        "cpu_time": null, "wall_time": null, "memory": null,
    })
}

fn stage(ran: &InOrder) -> Value {
    let ending = Ending::from(&ran.outcome.termination);
    let (mut code, mut signal, mut status, mut message) = (None, None, None, None);
    match ending {
        Ending::Exited(number) => {
            code = Some(number);
            if number != 0 {
                status = Some("RE");
                message = Some(format!("Exited with error status {number}"));
            }
        }
        Ending::Signalled { signal: by, why } => {
            (signal, status, message) = (Some(by.name), Some("SG"), Some(why));
        }
        Ending::TimeLimit => {
            (signal, status) = (Some("SIGKILL"), Some("TO"));
            message = Some("Time limit exceeded".to_owned());
        }
        Ending::OutputLimit => {
            let last = ran.chunks.last().map(|chunk| chunk.stream);
            let (kind, stream) = match last {
                Some(OutputStream::Stderr) => ("EL", "stderr"),
                _ => ("OL", "stdout"),
            };
            (signal, status) = (Some("SIGKILL"), Some(kind));
            message = Some(format!("{stream} length exceeded"));
        }
    }
    let Usage { wall, cpu, memory_bytes_peak, .. } = ran.outcome.usage;
    json!({
        "stdout": text(&ran.stream(OutputStream::Stdout)),
        "stderr": text(&ran.stream(OutputStream::Stderr)),
        "output": text(&ran.all()),
        "code": code, "signal": signal, "status": status, "message": message,
        "cpu_time": ms(cpu), "wall_time": ms(wall), "memory": memory_bytes_peak,
    })
}

/// Whole milliseconds, as Piston's are; something is never nothing.
fn ms(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_version_stands_by_itself() {
        for (version, expected) in [
            ("3.14.7", "3.14.7"),
            ("quickjs-ng 0.14.0", "0.14.0"),
            ("C17 (clang 19, glibc 2.41)", "19.0.0"),
            ("C++20 (clang 19, libstdc++ 14)", "19.0.0"),
            ("1.85 (edition 2024)", "1.85.0"),
            ("25", "25.0.0"),
            ("none", "0.0.0"),
        ] {
            assert_eq!(number(version).to_string(), expected);
        }
    }

    #[test]
    fn ranges_are_those_of_npm() {
        let version = Version::new(3, 14, 7);
        for range in [
            "*", "", "3", "3.x", "3.*", "3.14", "3.14.7", "v3.14.7", "=3.14.7", "^3.10.0",
            "~3.14.0", ">=3.9", ">= 3.9", ">=3 <4", "2 - 3.20", "2 || 3", "x",
        ] {
            assert!(is_in(&version, range), "{range}");
        }
        for range in
            ["2", "3.1", "3.10.0", "^2", "~3.13", "<3", ">=4", "1 - 2", "2 || 4", "latest", ">="]
        {
            assert!(!is_in(&version, range), "{range}");
        }
        assert!(!is_in(&version, &"3 || ".repeat(100)));
    }

    #[test]
    fn hexadecimal_digits_are_bytes() {
        assert_eq!(unhex("00fFa1"), Some(vec![0, 0xff, 0xa1]));
        assert_eq!((unhex("0"), unhex("zz"), unhex("+1")), (None, None, None));
    }
}

//! Jobe's API, at `/jobe/index.php/restapi`: what Moodle's question type CodeRunner runs its tests on.
//!
//! Files come first or after a 404, under a name that is the digest of their contents; programs name them.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
    response::IntoResponse as _,
    routing::{get, post, put},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use coderunner_api::{ApiError, codes, text};
use coderunner_executor::{OutputStream, Resource, Stage, Stdin, Termination};
use serde_json::{Map, Value, json};

use super::{InOrder, shelf::Shelf, with_errors};
use crate::{
    Stores,
    caller::Caller,
    http::Received,
    reply::{Failure, json as reply_json, to_json},
    service::Service,
    submission::{RequestedLimits, Submission, SubmittedFile},
};

/// The shortest and the longest name of a file's contents.
const FILE_ID_CHARS: std::ops::RangeInclusive<usize> = 8..=128;

const COMPILATION_ERROR: u8 = 11;
const RUNTIME_ERROR: u8 = 12;
const TIME_LIMIT: u8 = 13;
const SUCCESS: u8 = 15;
const MEMORY_LIMIT: u8 = 17;
const OVERLOAD: u8 = 21;

/// Jobe's names for languages, and ours where they differ.
const LANGUAGES: &[(&str, &str)] = &[
    ("c", "c"),
    ("cpp", "cpp"),
    ("java", "java"),
    ("nodejs", "javascript"),
    ("octave", "octave"),
    ("pascal", "pascal"),
    ("php", "php"),
    ("python3", "python"),
    ("bash", "bash"),
    ("go", "go"),
    ("rust", "rust"),
];

pub(super) fn routes(stores: &Stores) -> Router<Service> {
    let routes = Router::new()
        .route("/languages", get(languages))
        .route("/languages/", get(languages))
        .route("/runs", post(runs))
        .route("/files/{id}", put(keep).head(look));
    let routes = Router::new()
        .nest("/jobe/index.php/restapi", routes)
        .layer(Extension(Arc::new(Shelf::<Bytes>::new(stores))));
    with_errors(routes, |error| Body::from(to_json(&error.message)))
}

/// A text with a status, as Jobe answers.
fn say(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = reply_json(&text);
    *response.status_mut() = status;
    response
}

async fn languages(State(service): State<Service>, _: Caller) -> Response<Body> {
    let here = LANGUAGES.iter().filter_map(|(theirs, ours)| {
        let language = service.registry().find(ours).ok()?;
        service.executor().supports(&language.id).then(|| json!([theirs, language.version]))
    });
    reply_json(&here.collect::<Vec<_>>())
}

fn is_file_id(id: &str) -> bool {
    FILE_ID_CHARS.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

async fn keep(
    _: Caller,
    Extension(shelf): Extension<Arc<Shelf<Bytes>>>,
    Path(id): Path<String>,
    body: Received,
) -> Result<Response<Body>, Failure> {
    if !is_file_id(&id) {
        return Ok(say(StatusCode::BAD_REQUEST, "put: illegal file id"));
    }
    let sent: Map<String, Value> = coderunner_api::parse(&body.bytes)?;
    let Some(contents) = sent.get("file_contents").and_then(Value::as_str) else {
        return Ok(say(StatusCode::BAD_REQUEST, "put: missing file_contents parameter"));
    };
    let Ok(contents) = STANDARD.decode(contents) else {
        let text = format!("put: contents of file {id} are not valid base-64");
        return Ok(say(StatusCode::BAD_REQUEST, &text));
    };
    if !shelf.put(&id, contents.into()) {
        return Ok(say(StatusCode::PAYLOAD_TOO_LARGE, "put: the file is too large"));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn look(
    _: Caller,
    Extension(shelf): Extension<Arc<Shelf<Bytes>>>,
    Path(id): Path<String>,
) -> StatusCode {
    if shelf.get(&id).is_some() { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn runs(
    State(service): State<Service>,
    caller: Caller,
    Extension(shelf): Extension<Arc<Shelf<Bytes>>>,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let sent: Map<String, Value> = coderunner_api::parse(&body.bytes)?;
    let submission = read(&service, &shelf, sent)?;
    match InOrder::run(&service, &caller, submission).await {
        Ok(ran) => Ok(reply_json(&outcome(&ran))),
        // Its clients try again later.
        Err(error) if error.retry_after.is_some() => Ok(reply_json(&result(OVERLOAD, "", "", ""))),
        Err(error) => Err(error.into()),
    }
}

fn refused(text: impl Into<String>) -> ApiError {
    ApiError::new(&codes::INVALID_FIELD, text)
}

fn read(
    service: &Service,
    shelf: &Shelf<Bytes>,
    mut sent: Map<String, Value>,
) -> Result<Submission, ApiError> {
    let Some(Value::Object(mut run)) = sent.remove("run_spec") else {
        return Err(refused("No run_spec attribute found in post data"));
    };
    let mut string = |name: &str| match run.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let missing =
        |name: &str| refused(format!("run_spec is missing the required attribute '{name}'"));
    let source = string("sourcecode").ok_or_else(|| missing("sourcecode"))?;
    let asked = string("language_id").ok_or_else(|| missing("language_id"))?.to_lowercase();
    let input = string("input").unwrap_or_default();
    let file_name = string("sourcefilename").unwrap_or_default();
    let language = LANGUAGES
        .iter()
        .find(|(theirs, _)| *theirs == asked)
        .and_then(|(_, ours)| service.registry().find(ours).ok())
        .ok_or_else(|| refused(format!("Language '{asked}' is not known")))?;
    // Some are called after Jobe's name of the language.
    let has_extension = file_name.rsplit_once('.').is_some_and(|(_, extension)| {
        language.extensions.iter().any(|own| own.eq_ignore_ascii_case(extension))
    });
    let path = (has_extension && file_name != "prog.java").then_some(file_name);
    let mut files = vec![SubmittedFile { path, contents: source.into() }];
    if let Some(Value::Array(list)) = run.remove("file_list") {
        if list.len() > service.settings().files_max {
            return Err(refused("there are too many files"));
        }
        for file in list {
            let (Some(id), Some(name)) = (file[0].as_str(), file[1].as_str()) else {
                return Err(refused(format!("Invalid file specifier: {file}")));
            };
            let Some(contents) = shelf.get(id) else {
                // So that it is brought, and the program sent again.
                let text = "One or more of the specified files is missing/unavailable";
                return Err(ApiError::new(&codes::NOT_FOUND, text));
            };
            files.push(SubmittedFile { path: Some(name.to_owned()), contents });
        }
    }
    let parameters = run.remove("parameters").unwrap_or_default();
    let number = |name: &str| match &parameters[name] {
        Value::String(text) => text.trim().parse::<f64>().ok(),
        other => other.as_f64(),
    };
    let positive = |name: &str| number(name).filter(|number| *number > 0.0);
    let cpu = positive("cputime").and_then(|s| Duration::try_from_secs_f64(s).ok());
    if let Some(max) = Some(service.ceiling().cpu).filter(|max| cpu.is_some_and(|cpu| cpu > *max)) {
        let max = max.as_secs();
        return Err(refused(format!(
            "cputime exceeds maximum allowed on this Jobe server ({max} secs)"
        )));
    }
    let strings = |name: &str| -> Vec<String> {
        let list = parameters[name].as_array().map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let compile_args = if super::compiles(language) {
        [strings("compileargs"), strings("linkargs")].concat()
    } else {
        Vec::new()
    };
    Ok(Submission {
        files,
        stdin: Stdin::Bytes(Bytes::from(input)),
        args: strings("runargs"),
        compile_args,
        limits: RequestedLimits {
            cpu,
            memory_bytes: positive("memorylimit").map(mib),
            disk_bytes: positive("disklimit").map(mib),
            ..RequestedLimits::default()
        },
        ..Submission::new(language.id.as_str(), Bytes::new())
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is positive, and a cast ends at the largest number"
)]
fn mib(number: f64) -> u64 {
    ((number * 1_048_576.0) as u64).max(1)
}

fn result(outcome: u8, cmpinfo: &str, stdout: &str, stderr: &str) -> Value {
    json!({"run_id": null, "outcome": outcome, "cmpinfo": cmpinfo, "stdout": stdout, "stderr": stderr})
}

fn outcome(ran: &InOrder) -> Value {
    let all = ran.all();
    if ran.outcome.stage == Stage::Compile {
        let said = if all.is_empty() { "it could not be compiled".into() } else { text(&all) };
        return result(COMPILATION_ERROR, &said, "", "");
    }
    let (stdout, stderr) = (ran.stream(OutputStream::Stdout), ran.stream(OutputStream::Stderr));
    let (stdout, stderr) = (text(&stdout), text(&stderr));
    match &ran.outcome.termination {
        Termination::Exited { code: 0 } if stderr.is_empty() => result(SUCCESS, "", &stdout, ""),
        Termination::Exited { .. } => {
            let said = if stderr.is_empty() { "the program failed\n" } else { &stderr };
            result(RUNTIME_ERROR, "", &stdout, said)
        }
        // Clients take anything said for an error of the program.
        Termination::LimitExceeded(Resource::CpuTime | Resource::WallTime) => {
            result(TIME_LIMIT, "", &stdout, "")
        }
        Termination::LimitExceeded(Resource::Memory) => result(MEMORY_LIMIT, "", &stdout, ""),
        Termination::LimitExceeded(resource) => {
            let said = format!("{stderr}the program reached its limit of {resource}\n");
            result(RUNTIME_ERROR, "", &stdout, &said)
        }
        Termination::Crashed { reason } => {
            result(RUNTIME_ERROR, "", &stdout, &format!("{stderr}{reason}\n"))
        }
    }
}

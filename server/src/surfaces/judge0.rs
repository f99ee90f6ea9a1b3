//! Judge0's API, version 1.13.1: submissions that are judged now or later, one by one or in batches.
//!
//! - `submission`: what is sent; `store`: what is kept of it; `judging`: running it and comparing; `callback`: telling somebody
//! - here: the addresses, the languages, what is answered

mod callback;
mod info;
mod judging;
mod store;
mod submission;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode},
    middleware,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use coderunner_executor::Availability;
use coderunner_languages::Language;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use self::{
    info::LANGUAGES,
    store::{Judged, Record, Store},
    submission::{IsEncoded, Problems, Request as Sent},
};
use super::{timestamp::timestamp, with_errors};
use crate::{
    Stores,
    caller::Caller,
    connection::ConnectionPermit,
    http::Received,
    reply::{Failure, json as reply_json, to_json},
    service::Service,
};

/// The most submissions in a batch.
const BATCH_MAX: usize = 20;
/// Submissions that are judged at one time; the service's own bounds come on top.
const JUDGED_MAX: usize = 64;
/// The most submissions on a page.
const PAGE_MAX: usize = 100;
/// What is answered if nothing else is asked for.
const DEFAULT_FIELDS: &[&str] =
    &["token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status"];

/// The header that carries a key.
const KEY: HeaderName = HeaderName::from_static("x-auth-token");

const IN_QUEUE: u8 = 1;
const PROCESSING: u8 = 2;

/// A language of Judge0.
#[derive(Clone, Copy, Debug)]
struct Known {
    id: u64,
    name: &'static str,
    /// What it is called here, if it is here.
    ours: &'static str,
}

/// What the handlers share.
#[derive(Debug)]
struct Judge {
    store: Store,
    turns: Semaphore,
}

pub(super) fn routes(stores: Stores) -> Router<Service> {
    let judge = Arc::new(Judge { store: Store::new(stores), turns: Semaphore::new(JUDGED_MAX) });
    let mut routes = Router::new()
        .route("/submissions/{token}", get(show).delete(delete))
        .route("/languages/{id}", get(info::language));
    for (path, handler) in [
        ("/submissions", get(list).post(create)),
        ("/submissions/batch", get(show_batch).post(create_batch)),
        ("/languages", get(info::languages)),
        ("/languages/all", get(info::languages)),
        ("/statuses", get(info::statuses)),
        ("/config_info", get(info::config)),
        ("/system_info", get(info::system)),
        ("/statistics", get(info::statistics)),
        ("/workers", get(info::workers)),
        ("/about", get(info::about)),
        ("/version", get(info::version)),
        ("/authenticate", post(info::allowed)),
        ("/authorize", post(info::allowed)),
    ] {
        // One of its clients ends addresses so.
        routes = routes.route(path, handler.clone()).route(&format!("{path}/"), handler);
    }
    let routes = routes.layer(Extension(judge)).layer(middleware::map_request(key_in_address));
    with_errors(routes, |error| Body::from(to_json(&json!({ "error": error.message }))))
}

/// Judge0 takes its key in the address as well, under the name of the header.
async fn key_in_address(mut request: Request<Body>) -> Request<Body> {
    if request.headers().contains_key(KEY) {
        return request;
    }
    let parameters = Query::<HashMap<String, String>>::try_from_uri(request.uri());
    let key = parameters.ok().and_then(|Query(mut all)| {
        let name = all.keys().find(|name| name.eq_ignore_ascii_case(KEY.as_str()))?.clone();
        HeaderValue::try_from(all.remove(&name)?).ok()
    });
    if let Some(key) = key {
        request.headers_mut().insert(KEY, key);
    }
    request
}

/// The language that Judge0 knows by this number, if it is here now.
fn language(service: &Service, id: u64) -> Option<(Known, &'static Language)> {
    let known = LANGUAGES.iter().find(|known| known.id == id)?;
    let language = service.registry().find(known.ours).ok()?;
    let is_here = service.executor().availability(&language.id) == Availability::Available;
    is_here.then_some((*known, language))
}

fn answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = reply_json(value);
    *response.status_mut() = status;
    response
}

fn refused(status: StatusCode, error: impl Into<String>) -> Response<Body> {
    answer(status, &json!({ "error": error.into() }))
}

/// What a request says in its address.
struct Asked {
    parameters: HashMap<String, String>,
    fields: Vec<&'static str>,
    is_encoded: IsEncoded,
}

impl Asked {
    #[expect(clippy::result_large_err, reason = "it is what is answered, once for a request")]
    fn read(parameters: HashMap<String, String>) -> Result<Self, Response<Body>> {
        let asked = parameters.get("fields").map_or("", String::as_str);
        let mut fields = Vec::new();
        let mut unknown = Vec::new();
        for name in asked.split(',').filter(|name| !name.is_empty()) {
            match FIELDS.iter().find(|field| **field == name) {
                _ if name == "*" => fields = FIELDS.to_vec(),
                Some(field) if !fields.contains(field) => fields.push(field),
                Some(_) => {}
                None => unknown.push(name),
            }
        }
        if !unknown.is_empty() {
            let unknown: String = unknown.join(", ").chars().take(200).collect();
            return Err(refused(StatusCode::BAD_REQUEST, format!("invalid fields: [{unknown}]")));
        }
        if fields.is_empty() {
            fields = DEFAULT_FIELDS.to_vec();
        }
        let is_plain = parameters.get("base64_encoded").is_some_and(|value| value == "false");
        let is_encoded = if is_plain { IsEncoded::No } else { IsEncoded::Yes };
        Ok(Self { parameters, fields, is_encoded })
    }
}

/// Every field of a submission.
const FIELDS: &[&str] = &[
    "token",
    "source_code",
    "language_id",
    "stdin",
    "expected_output",
    "stdout",
    "status_id",
    "created_at",
    "finished_at",
    "time",
    "memory",
    "stderr",
    "number_of_runs",
    "cpu_time_limit",
    "cpu_extra_time",
    "wall_time_limit",
    "memory_limit",
    "stack_limit",
    "max_processes_and_or_threads",
    "enable_per_process_and_thread_time_limit",
    "enable_per_process_and_thread_memory_limit",
    "max_file_size",
    "compile_output",
    "exit_code",
    "exit_signal",
    "message",
    "wall_time",
    "compiler_options",
    "command_line_arguments",
    "redirect_stderr_to_stdout",
    "callback_url",
    "additional_files",
    "enable_network",
    "status",
    "language",
];

/// Some text is no text, and was not asked for in base64.
struct NotText;

/// The fields of `record` that are asked for.
fn report(record: &Record, fields: &[&str], is_encoded: IsEncoded) -> Result<Value, NotText> {
    let (request, judged) = (&record.request, record.judged());
    let text = |bytes: Option<&[u8]>| match (bytes, is_encoded) {
        (None, _) => Ok(Value::Null),
        (Some(bytes), IsEncoded::Yes) => Ok(STANDARD.encode(bytes).into()),
        (Some(bytes), IsEncoded::No) => {
            std::str::from_utf8(bytes).map(Value::from).map_err(|_| NotText)
        }
    };
    let seconds = |time: Option<std::time::Duration>| {
        time.map_or(Value::Null, |time| format!("{:.3}", time.as_secs_f64()).into())
    };
    let defaults = submission::defaults();
    let (known, _) = request.language.as_ref().map_or((None, None), |(k, l)| (Some(k), Some(l)));
    let mut report = Map::new();
    for name in fields {
        let value = match *name {
            "token" => record.token.clone().into(),
            "source_code" => text(request.source_code.as_deref())?,
            "stdin" => text(request.stdin.as_deref())?,
            "expected_output" => text(request.expected_output.as_deref())?,
            "additional_files" => request
                .additional_files
                .as_ref()
                .map_or(Value::Null, |bytes| STANDARD.encode(bytes).into()),
            "stdout" => text(judged.stdout.as_deref())?,
            "stderr" => text(judged.stderr.as_deref())?,
            "compile_output" => text(judged.compile_output.as_deref())?,
            "message" => text(judged.message.as_deref().map(str::as_bytes))?,
            "language_id" => json!(known.map(|known| known.id)),
            "language" => json!(known.map(|known| json!({"id": known.id, "name": known.name}))),
            "status_id" => judged.status.into(),
            "status" => info::status(judged.status),
            "created_at" => timestamp(record.created).into(),
            "finished_at" => json!(judged.finished.map(timestamp)),
            "time" => seconds(judged.time),
            "wall_time" => seconds(judged.wall_time),
            "memory" => json!(judged.memory_kb),
            "exit_code" => json!(judged.exit_code),
            "exit_signal" => json!(judged.exit_signal),
            "number_of_runs" => request.runs().into(),
            "cpu_time_limit" => json!(request.cpu_time_limit.unwrap_or(defaults.cpu.as_secs_f64())),
            "cpu_extra_time" => json!(request.cpu_extra_time.unwrap_or(0.0)),
            "wall_time_limit" => {
                json!(request.wall_time_limit.unwrap_or(defaults.wall.as_secs_f64()))
            }
            "memory_limit" => {
                json!(request.memory_limit.unwrap_or(submission::kb(defaults.memory_bytes)))
            }
            "stack_limit" => json!(request.stack_limit.unwrap_or(64_000.0)),
            "max_processes_and_or_threads" => {
                json!(request.max_processes_and_or_threads.unwrap_or(f64::from(defaults.processes)))
            }
            "max_file_size" => {
                json!(request.max_file_size.unwrap_or(submission::kb(defaults.disk_bytes)))
            }
            "compiler_options" => json!(request.compiler_options),
            "command_line_arguments" => json!(request.command_line_arguments),
            "redirect_stderr_to_stdout" => request.redirect_stderr_to_stdout.into(),
            "callback_url" => json!(request.callback_url),
            // What is on or off for everybody.
            _ => false.into(),
        };
        report.insert((*name).to_owned(), value);
    }
    Ok(Value::Object(report))
}

/// In words, or why it cannot be put into words.
fn told(status: StatusCode, record: &Record, asked: &Asked) -> Response<Body> {
    if let Ok(report) = report(record, &asked.fields, asked.is_encoded) {
        return answer(status, &report);
    }
    let mut body = json!({
        "error": "some attributes for this submission cannot be converted to UTF-8, use base64_encoded=true query parameter",
    });
    let status = if status == StatusCode::OK { StatusCode::BAD_REQUEST } else { status };
    if status == StatusCode::CREATED {
        body["token"] = record.token.clone().into();
    }
    answer(status, &body)
}

async fn create(
    State(service): State<Service>,
    caller: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    Extension(permit): Extension<ConnectionPermit>,
    Query(parameters): Query<HashMap<String, String>>,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    let record = match Sent::read(&service, coderunner_api::parse(&body.bytes)?, asked.is_encoded) {
        Ok(request) => Arc::new(Record::new(token(), request)),
        Err(problems) => return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &json!(problems))),
    };
    if judge.store.insert(std::slice::from_ref(&record)).is_err() {
        return Ok(refused(StatusCode::SERVICE_UNAVAILABLE, "queue is full"));
    }
    let waits = asked.parameters.get("wait").is_some_and(|wait| wait == "true");
    // Whoever waits may go away: it is judged all the same, as Judge0 does.
    let judging = judging::spawn(service, caller, judge, Arc::clone(&record), permit, waits);
    if waits {
        // It never panics on what was sent; and if it does, the record says that it is not finished.
        let _ = judging.await;
        return Ok(told(StatusCode::CREATED, &record, &asked));
    }
    Ok(answer(StatusCode::CREATED, &json!({ "token": record.token })))
}

async fn create_batch(
    State(service): State<Service>,
    caller: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    Extension(permit): Extension<ConnectionPermit>,
    Query(parameters): Query<HashMap<String, String>>,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    let mut sent: Map<String, Value> = coderunner_api::parse(&body.bytes)?;
    let submissions = match sent.remove("submissions") {
        Some(Value::Array(submissions)) => submissions,
        _ => Vec::new(),
    };
    if let Some(problem) = batch_problem(submissions.len()) {
        return Ok(refused(StatusCode::BAD_REQUEST, problem));
    }
    let read = |sent: Value| -> Result<Arc<Record>, Problems> {
        let Value::Object(fields) = sent else {
            return Err(Problems::from([("source_code", vec!["can't be blank".to_owned()])]));
        };
        Ok(Arc::new(Record::new(token(), Sent::read(&service, fields, asked.is_encoded)?)))
    };
    let read: Vec<_> = submissions.into_iter().map(read).collect();
    let records: Vec<_> = read.iter().flatten().cloned().collect();
    if judge.store.insert(&records).is_err() {
        return Ok(refused(StatusCode::SERVICE_UNAVAILABLE, "queue is full"));
    }
    let status =
        if records.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CREATED };
    for record in records {
        let (service, caller, judge) = (service.clone(), caller.clone(), Arc::clone(&judge));
        judging::spawn(service, caller, judge, record, Arc::clone(&permit), false);
    }
    let told: Vec<Value> = read
        .into_iter()
        .map(|read| match read {
            Ok(record) => json!({ "token": record.token }),
            Err(problems) => json!(problems),
        })
        .collect();
    Ok(answer(status, &json!(told)))
}

fn batch_problem(count: usize) -> Option<String> {
    match count {
        0 => Some("there should be at least one submission in a batch".to_owned()),
        _ if count > BATCH_MAX => Some(format!(
            "number of submissions in a batch should be less than or equal to {BATCH_MAX}"
        )),
        _ => None,
    }
}

async fn show(
    _: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    Path(token): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response<Body> {
    let asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    match judge.store.get(&token) {
        Some(record) => told(StatusCode::OK, &record, &asked),
        None => refused(StatusCode::NOT_FOUND, "there is no such submission"),
    }
}

async fn show_batch(
    _: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    headers: HeaderMap,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response<Body> {
    let asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let in_headers = headers.get("tokens").and_then(|value| value.to_str().ok());
    let tokens = in_headers.or(asked.parameters.get("tokens").map(String::as_str)).unwrap_or("");
    let tokens: Vec<&str> = tokens.trim().split(',').filter(|token| !token.is_empty()).collect();
    if let Some(problem) = batch_problem(tokens.len()) {
        return refused(StatusCode::BAD_REQUEST, problem);
    }
    let told: Result<Vec<Value>, NotText> = tokens
        .iter()
        .map(|token| match judge.store.get(token) {
            Some(record) => report(&record, &asked.fields, asked.is_encoded),
            None => Ok(Value::Null),
        })
        .collect();
    many(told, |told| json!({ "submissions": told }))
}

fn many(told: Result<Vec<Value>, NotText>, body: impl Fn(Vec<Value>) -> Value) -> Response<Body> {
    match told {
        Ok(told) => answer(StatusCode::OK, &body(told)),
        Err(NotText) => refused(
            StatusCode::BAD_REQUEST,
            "some attributes for one or more submissions cannot be converted to UTF-8, use base64_encoded=true query parameter",
        ),
    }
}

async fn list(
    _: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response<Body> {
    let asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let number = |name: &str, default: usize| {
        asked.parameters.get(name).map_or(Some(default), |text| text.parse().ok())
    };
    let Some(page) = number("page", 1).filter(|page| *page > 0) else {
        return refused(StatusCode::BAD_REQUEST, "invalid page");
    };
    let Some(per_page) = number("per_page", 20).filter(|n| (1..=PAGE_MAX).contains(n)) else {
        return refused(StatusCode::BAD_REQUEST, format!("invalid per_page: at most {PAGE_MAX}"));
    };
    let (records, total) = judge.store.page((page - 1).saturating_mul(per_page), per_page);
    let pages = total.div_ceil(per_page);
    let told =
        records.iter().map(|record| report(record, &asked.fields, asked.is_encoded)).collect();
    many(told, |told| {
        json!({
            "submissions": told,
            "meta": {
                "current_page": page, "next_page": (page < pages).then_some(page + 1),
                "prev_page": (page > 1).then(|| page - 1), "total_pages": pages, "total_count": total,
            },
        })
    })
}

async fn delete(
    _: Caller,
    Extension(judge): Extension<Arc<Judge>>,
    Path(token): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response<Body> {
    let mut asked = match Asked::read(parameters) {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let Some(record) = judge.store.get(&token) else {
        return refused(StatusCode::NOT_FOUND, "there is no such submission");
    };
    if !record.is_finished() {
        let status = record.judged().status;
        let name = info::status_name(status);
        return refused(
            StatusCode::BAD_REQUEST,
            format!("submission cannot be deleted because its status is {status} ({name})"),
        );
    }
    judge.store.remove(&token);
    // So that it can be told for sure: it is gone.
    asked.is_encoded = IsEncoded::Yes;
    told(StatusCode::OK, &record, &asked)
}

/// A name that nobody can guess, in the form of a random UUID.
fn token() -> String {
    let random = crate::service::RunId::new();
    let digits = random.as_str();
    // Version 4, variant 1.
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_uuids() {
        let token = token();
        assert_eq!((token.len(), &token[14..15], &token[19..20]), (36, "4", "a"));
    }

    #[test]
    fn languages_have_distinct_numbers() {
        let mut ids: Vec<u64> = LANGUAGES.iter().map(|known| known.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), LANGUAGES.len());
    }

    #[test]
    fn nothing_is_judged_before_its_time() {
        assert_eq!(Judged::default().status, 0);
        assert_eq!(Record::new(token(), Sent::default()).judged().status, IN_QUEUE);
    }
}

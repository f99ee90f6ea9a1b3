//! `/openapi.json`: this interface as machines read it; `/docs`: the same for people, one page that needs nothing else.
//!
//! The schemas are derived from the types that are parsed and sent; the bounds in them are the ones in force. What other systems' clients ask
//! (`surfaces`) is described by those systems.

use std::{collections::BTreeSet, fmt::Write as _};

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use coderunner_api::{
    Encoding, ErrorBody, FileReport, LanguageReport, LimitsReport, RequestCache, RequestFile,
    RequestLimits, RequestPriority, RunReport, RunRequest, TerminationReport, UsageReport, codes,
};
use coderunner_executor::FilePath;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::OpenApi as _;

use super::{
    run::{Started, Text},
    run_many::{CaseReport, RequestCase, Results},
};
use crate::{
    many::{CASES_MAX, Summary, Verdict},
    reply::{JSON, REQUEST_ID},
    service::Service,
    submission::{KB_MAX, MB_MAX, MS_MAX},
};

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    RunRequest,
    RequestFile,
    RequestLimits,
    RequestCache,
    RequestPriority,
    Encoding,
    RunReport,
    TerminationReport,
    FileReport,
    UsageReport,
    Started,
    Text,
    RequestCase,
    Results,
    CaseReport,
    Verdict,
    Summary,
    LanguageReport,
    LimitsReport,
    ErrorBody,
)))]
struct Schemas;

/// Errors that any call may be answered with.
const ALWAYS: &[u16] = &[400, 401, 403, 404, 405, 429, 500, 503];
/// Errors of calls that have a body.
const OF_BODIES: &[u16] = &[408, 413, 415];

/// The two documents, made once.
#[derive(Clone, Debug)]
pub(super) struct Documents {
    json: Bytes,
    page: Bytes,
    policy: HeaderValue,
}

impl Documents {
    pub(super) fn new(service: &Service) -> Self {
        let document = document(service);
        let (page, policy) = page(&document);
        Self { json: document.to_string().into(), page: page.into(), policy }
    }

    pub(super) fn json(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.json.clone()));
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        // It says nothing that a page of any origin may not know.
        let any = HeaderValue::from_static("*");
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
        response
    }

    pub(super) fn page(&self) -> Response<Body> {
        const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
        let mut response = Response::new(Body::from(self.page.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HTML);
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

/// The description of the interface, with the bounds of `service`.
fn document(service: &Service) -> Value {
    let mut schemas = serde_json::to_value(Schemas::openapi())
        .ok()
        .and_then(|mut all| Some(all.pointer_mut("/components/schemas")?.take()))
        .unwrap_or_default();
    bound(&mut schemas, service);
    let answers = codes::ALL.iter().map(|code| code.http).collect::<BTreeSet<_>>();
    let answers: Map<String, Value> =
        answers.into_iter().map(|status| (format!("Error{status}"), failure(status))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CodeRunner",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Runs programs in fresh sandboxes. What a program does (a crash, a limit, an exit code) is an answer with status 200; any other status means that the request was wrong or that the server cannot run it now. gRPC (`coderunner.v1`, with reflection) and the interfaces of Piston, Judge0, Jobe and the Model Context Protocol are on the same port; their own documents describe them."
        },
        "security": [{}, {"bearer": []}, {"key": []}],
        "components": {
            "schemas": schemas,
            "responses": answers,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}
            }
        },
        "paths": paths()
    })
}

/// Writes into the schemas what types do not say.
fn bound(schemas: &mut Value, service: &Service) {
    let settings = service.settings();
    let mut set = |at: &str, rules: Value| {
        if let (Some(Value::Object(schema)), Value::Object(rules)) =
            (schemas.pointer_mut(at), rules)
        {
            schema.extend(rules);
        }
    };
    for (name, max) in [
        ("wall_ms", MS_MAX),
        ("cpu_ms", MS_MAX),
        ("memory_mb", MB_MAX),
        ("output_kb", KB_MAX),
        ("disk_mb", MB_MAX),
    ] {
        set(&format!("/RequestLimits/properties/{name}"), json!({"minimum": 1, "maximum": max}));
    }
    let arguments = json!({"maxItems": settings.arguments_max, "items": {"type": "string", "pattern": "^[^\\u0000]*$"}});
    for name in ["args", "compile_args"] {
        set(&format!("/RunRequest/properties/{name}"), arguments.clone());
    }
    set("/RequestCase/properties/args", arguments);
    set(
        "/RunRequest/properties/env",
        json!({
            "maxProperties": settings.arguments_max,
            "propertyNames": {"pattern": "^[^=\\u0000]+$"},
            "additionalProperties": {"type": "string", "pattern": "^[^\\u0000]*$"}
        }),
    );
    set(
        "/RunRequest/properties/files",
        json!({"type": "array", "minItems": 1, "maxItems": settings.files_max}),
    );
    set("/RunRequest/properties/source", json!({"type": "string"}));
    set("/RequestFile/properties/path", json!({"minLength": 1, "maxLength": FilePath::BYTES_MAX}));
    let names: BTreeSet<&str> = service
        .registry()
        .iter()
        .flat_map(|l| std::iter::once(l.id.as_str()).chain(l.aliases.iter().map(String::as_str)))
        .collect();
    set("/RunRequest/properties/language", json!({"examples": names}));
    // Either the one or the other.
    set("/RunRequest", json!({"oneOf": [{"required": ["source"]}, {"required": ["files"]}]}));
    let kinds: Vec<_> = codes::ALL.iter().map(|code| code.kind).collect();
    let numbers: Vec<_> = codes::ALL.iter().map(|code| code.code).collect();
    set("/ErrorFields/properties/kind", json!({"enum": kinds}));
    set("/ErrorFields/properties/code", json!({"enum": numbers}));
    // The program of many cases has all fields of a program, and the cases.
    let mut many = schemas["RunRequest"].clone();
    many["properties"]["cases"] = json!({
        "type": "array", "minItems": 1, "maxItems": CASES_MAX, "items": {"$ref": "#/components/schemas/RequestCase"},
        "description": "What to run it with; each case is an execution of its own."
    });
    many["properties"]["stop_at_first_failure"] = json!({"type": "boolean", "description": "Whether later cases are skipped once one was not accepted."});
    if let Some(required) = many["required"].as_array_mut() {
        required.push(json!("cases"));
    }
    many["description"] = json!("The body of `POST /v1/run-many`.");
    schemas["RunManyRequest"] = many;
}

/// The answer with an error of `status`.
fn failure(status: u16) -> Value {
    let of_it = codes::ALL.iter().filter(|code| code.http == status);
    let texts: Vec<_> = of_it.map(|code| format!("`{}`: {}", code.kind, code.meaning)).collect();
    let mut answer = json!({
        "description": texts.join("\n"),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
        "headers": {REQUEST_ID: {"schema": {"type": "string"}, "description": "Names the request, here and in the log."}}
    });
    if matches!(status, 429 | 503) {
        answer["headers"]["retry-after"] =
            json!({"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."});
    }
    answer
}

/// One call.
fn call(summary: &str, description: &str, answer: Value, errors: &[u16]) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), answer)]);
    for status in errors {
        let reference = json!({"$ref": format!("#/components/responses/Error{status}")});
        responses.insert(status.to_string(), reference);
    }
    json!({"summary": summary, "description": description, "responses": responses})
}

fn with_body(mut call: Value, schema: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
    call["requestBody"] =
        json!({"required": true, "content": {"application/json": {"schema": schema}}});
    call
}

fn answer(description: &str, media_type: &str, schema: &Value) -> Value {
    json!({"description": description, "content": {media_type: {"schema": schema}}})
}

/// One server-sent event: its data is JSON.
fn event() -> Value {
    json!({
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": {"enum": ["started", "stdout", "stderr", "finished", "error"]},
            "data": {"type": "string", "contentMediaType": "application/json"}
        }
    })
}

fn paths() -> Value {
    let json_of = |description: &str, schema: &str| {
        let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
        answer(description, "application/json", &schema)
    };
    let text = |description: &str| answer(description, "text/plain", &json!({"type": "string"}));
    let with_bodies = [ALWAYS, OF_BODIES].concat();
    let mut ready = call(
        "Whether it should get work",
        "503 while it starts and before it ends.",
        text("It should."),
        &[],
    );
    ready["responses"]["503"] = text("It should not.");
    let mut socket = call(
        "Programs with live input, over a WebSocket",
        "The client says `{\"type\": \"run\", …the fields of /v1/run…, \"stdin_open\": true}`, then `stdin` with `text`, `stdin_close` or `cancel`; the server says `started`, `stdout` and `stderr` with `text`, and `finished` or `error`. Programs run one after another.",
        json!({}),
        ALWAYS,
    );
    socket["responses"]["101"] = json!({"description": "It is a WebSocket from here on."});
    if let Some(responses) = socket["responses"].as_object_mut() {
        responses.remove("200");
    }
    json!({
        "/v1/run": {"post": with_body(call(
            "Run a program", "Answers when it has ended.", json_of("How it ended and what it wrote.", "RunReport"), &with_bodies,
        ), "RunRequest")},
        "/v1/execute": {"post": with_body(call(
            "Run a program, output as it comes",
            "Server-sent events: `started` (Started), `stdout` and `stderr` (Text) as they come, then `finished` (RunReport without output) or `error` (ErrorBody).",
            answer("The events.", "text/event-stream", &event()), &with_bodies,
        ), "RunRequest")},
        "/v1/run-many": {"post": with_body(call(
            "Run a program on many inputs",
            "Each case is an execution of its own. What it wrote is compared with `expected`, but for white space at the ends of lines and of the whole.",
            json_of("What came of each case.", "Results"), &with_bodies,
        ), "RunManyRequest")},
        "/v1/ws": {"get": socket},
        "/v1/languages": {"get": call(
            "What can be run", "Every language, by which names it can be asked for, and whether it can be run now.",
            answer("The languages.", "application/json", &json!({"type": "array", "items": {"$ref": "#/components/schemas/LanguageReport"}})), ALWAYS,
        )},
        "/healthz": {"get": call("Whether it lives", "Always `ok`.", text("It does."), &[])},
        "/readyz": {"get": ready},
        "/metrics": {"get": call(
            "What Prometheus reads", "With a key, one that has the scope `metrics`.", text("The metrics."), ALWAYS,
        )},
        "/openapi.json": {"get": call(
            "This document", "", answer("An OpenAPI 3.1 document.", "application/json", &json!({"type": "object"})), &[],
        )},
        "/docs": {"get": call("This document for people", "", answer("A page.", "text/html", &json!({"type": "string"})), &[])},
    })
}

/// The page's whole look.
const STYLE: &str = "\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
code{font:.9em ui-monospace,monospace}h2{margin-top:2.5rem;border-bottom:1px solid #8886}h2 b{color:#0a7d55;margin-right:.6rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8883}\
td:first-child{white-space:nowrap}nav a{margin-right:1rem}";

/// The document as a page, and the policy under which browsers show it: nothing is loaded, nothing is run.
fn page(document: &Value) -> (String, HeaderValue) {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>CodeRunner: HTTP interface</title><style>{STYLE}</style><body><h1>CodeRunner: HTTP interface</h1><p>{}</p><nav>",
        marked_up(&document["info"]["description"])
    );
    let none = Map::new();
    let calls: Vec<_> = document["paths"]
        .as_object()
        .unwrap_or(&none)
        .iter()
        .flat_map(|(path, calls)| {
            calls.as_object().into_iter().flatten().map(move |(method, call)| (path, method, call))
        })
        .collect();
    // Writing to text does not fail.
    for (path, ..) in &calls {
        let _ = write!(page, "<a href=\"#{path}\"><code>{path}</code></a> ");
    }
    page.push_str("<a href=\"#schemas\">Schemas</a> <a href=\"#errors\">Errors</a></nav>");
    for (path, method, call) in &calls {
        let _ = write!(
            page,
            "<h2 id=\"{path}\"><b>{}</b><code>{path}</code></h2><p>{}. {}</p>",
            method.to_uppercase(),
            marked_up(&call["summary"]),
            marked_up(&call["description"])
        );
        if let Some(schema) = call.pointer("/requestBody/content/application~1json/schema") {
            let _ = write!(page, "<p>Body: {}</p>", kind(schema));
        }
        page.push_str("<table><tr><th>Answer<th>Body<th>Meaning");
        for (status, answer) in call["responses"].as_object().unwrap_or(&none) {
            let answer = match answer["$ref"].as_str() {
                Some(place) => document.pointer(place.trim_start_matches('#')).unwrap_or(answer),
                None => answer,
            };
            let body = answer["content"].as_object().and_then(|kinds| kinds.iter().next());
            let body = body.map_or(String::new(), |(media_type, content)| {
                format!("<code>{media_type}</code> {}", kind(&content["schema"]))
            });
            let meaning = marked_up(&answer["description"]).replace('\n', "<br>");
            let _ = write!(page, "<tr><td>{status}<td>{body}<td>{meaning}");
        }
        page.push_str("</table>");
    }
    page.push_str("<h2 id=schemas>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap_or(&none) {
        schema_table(&mut page, name, schema);
    }
    page.push_str(
        "<h2 id=errors>Errors</h2><table><tr><th>Code<th>Kind<th>Status<th>Meaning<th>What to do",
    );
    for code in codes::ALL {
        let _ = write!(
            page,
            "<tr><td>{}<td><code>{}</code><td>{}<td>{}<td>{}",
            code.code,
            code.kind,
            code.http,
            escaped(code.meaning),
            escaped(code.suggestion)
        );
    }
    page.push_str("</table></html>\n");
    let policy = HeaderValue::from_str(&policy).expect("base64 is ASCII");
    (page, policy)
}

fn schema_table(page: &mut String, name: &str, schema: &Value) {
    let _ =
        write!(page, "<h3 id=\"{name}\">{name}</h3><p>{}</p>", marked_up(&schema["description"]));
    let Some(fields) = schema["properties"].as_object() else {
        let _ = write!(page, "<p>{}</p>", kind(schema));
        return;
    };
    page.push_str("<table><tr><th>Field<th>Type<th>Meaning");
    for (field, of) in fields {
        let needed =
            schema["required"].as_array().is_some_and(|all| all.iter().any(|f| f == field));
        let mark = if needed { " *" } else { "" };
        let _ = write!(
            page,
            "<tr><td><code>{field}</code>{mark}<td>{}<td>{}",
            kind(of),
            marked_up(&of["description"])
        );
    }
    page.push_str("</table>");
}

/// What a value has to be, for people.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let choices: Vec<_> = choices
                .iter()
                .filter(|choice| choice["type"] != "null" && choice.get("required").is_none())
                .map(kind)
                .collect();
            if !choices.is_empty() {
                return choices.join(" or ");
            }
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words
            .iter()
            .map(|word| format!("<code>{}</code>", escaped(&word.to_string())))
            .collect();
        return words.join(" ");
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|n| *n != "null").unwrap_or("")
        }
        _ => "",
    };
    let range = match (&schema["minimum"], &schema["maximum"]) {
        (Value::Number(min), Value::Number(max)) => format!(", {min} to {max}"),
        _ => String::new(),
    };
    match name {
        "array" => format!("array of {}", kind(&schema["items"])),
        other => format!("{other}{range}"),
    }
}

/// Text of ours in HTML; what stands between back-quotes is code.
fn marked_up(text: &Value) -> String {
    let mut html = String::new();
    for (n, part) in text.as_str().unwrap_or_default().split('`').enumerate() {
        let part = escaped(part);
        if n % 2 == 1 {
            html.extend(["<code>", &part, "</code>"]);
        } else {
            html.push_str(&part);
        }
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

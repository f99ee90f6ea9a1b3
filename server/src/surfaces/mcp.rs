//! The Model Context Protocol: tools that let an agent run programs, at `POST /mcp` and on the standard streams of `coderunner mcp`.
//!
//! Nothing is remembered between messages, so both of its generations are the same here: the handshake of `initialize` (2024-11-05 to
//! 2025-11-25), and requests that stand by themselves (2026-07-28). `tools` has what can be called, `stdio` the other transport.

pub(crate) mod stdio;
mod tools;

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::post,
};
use coderunner_api::ApiError;
use serde_json::{Map, Value, json};

use super::with_errors;
use crate::{
    caller::Caller,
    http::Received,
    reply::{json as reply_json, to_json},
    service::Service,
};

/// Versions that begin with `initialize`, the newest last.
const HANDSHAKE_VERSIONS: &[&str] = &["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
/// Versions whose requests stand by themselves.
const MODERN_VERSIONS: &[&str] = &["2026-07-28"];
/// Where such a request says its version.
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
/// How long a client may keep what does not change while the server runs, in milliseconds.
const LISTS_TTL_MS: u32 = 60_000;

const INSTRUCTIONS: &str = "Runs short programs in fresh sandboxes: nothing is kept between calls, there is no network, and files are there \
    only if they are sent along. Print what you want to see.";

pub(super) fn routes() -> Router<Service> {
    let routes = Router::new().route("/mcp", post(receive).fallback(no_stream));
    with_errors(routes, |error| {
        // Beyond those that the protocol reserves.
        Body::from(to_json(&failure(&Value::Null, -32_000, &error.message)))
    })
}

/// There is no stream to listen on and no session to delete.
async fn no_stream() -> Response<Body> {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response()
}

async fn receive(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    body: Received,
) -> Response<Body> {
    if !may_ask(&service, &headers) {
        let text = "pages of this origin may not use this server";
        let mut response = reply_json(&failure(&Value::Null, -32_000, text));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    match Call::read(&body.bytes) {
        Ok(Some(call)) => reply_json(&call.answer(&service, &caller).await),
        Ok(None) => StatusCode::ACCEPTED.into_response(),
        Err(problem) => {
            let mut response = reply_json(&problem);
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    }
}

/// Whether a request comes from no page, or from one that the rules list. That a page and this server have the same name says nothing here: a name can
/// be made to point at this machine by whoever owns it, and no page of this server's own asks.
fn may_ask(service: &Service, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    origin.to_str().is_ok_and(|origin| service.gatekeeper().is_known_origin(origin, None))
}

/// A request that is to be answered.
pub(super) struct Call {
    id: Value,
    method: String,
    params: Map<String, Value>,
}

impl Call {
    /// The request in `message`; nothing for a notification or an answer.
    ///
    /// # Errors
    /// It is no message of the protocol; the answer says so.
    fn read(message: &[u8]) -> Result<Option<Self>, Value> {
        let parsed: Result<Value, _> = serde_json::from_slice(message);
        let message = parsed.map_err(|_| failure(&Value::Null, -32_700, "this is not JSON"))?;
        let refused = |problem| failure(&Value::Null, -32_600, problem);
        let Value::Object(mut message) = message else {
            return Err(refused("a message is a JSON object"));
        };
        let Some(id) = message.remove("id") else {
            return match message.get("method") {
                Some(Value::String(_)) => Ok(None),
                _ => Err(refused("a message has a method")),
            };
        };
        let method = match message.remove("method") {
            Some(Value::String(method)) => method,
            // An answer, though nothing was asked.
            None if message.contains_key("result") || message.contains_key("error") => {
                return Ok(None);
            }
            _ => return Err(refused("a request has a method")),
        };
        if !(id.is_string() || id.is_number()) {
            return Err(refused("an identifier is a text or a number"));
        }
        let params = match message.remove("params") {
            None => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(failure(&id, -32_602, "parameters are an object")),
        };
        Ok(Some(Self { id, method, params }))
    }

    /// What is answered. Dropping the future cancels what it has run.
    async fn answer(self, service: &Service, caller: &Caller) -> Value {
        let Self { id, method, params } = self;
        let version = params.get("_meta").and_then(|meta| meta.get(VERSION_KEY));
        if let Some(version) = version
            && !version.as_str().is_some_and(|version| MODERN_VERSIONS.contains(&version))
        {
            let mut answer = failure(&id, -32_022, "this protocol version is not supported");
            answer["error"]["data"] = json!({"supported": versions(), "requested": version});
            return answer;
        }
        let is_modern = version.is_some();
        let result = match method.as_str() {
            "initialize" => Ok(initialize(&params)),
            "server/discover" => Ok(json!({
                "supportedVersions": versions(), "capabilities": capabilities(), "instructions": INSTRUCTIONS,
                "ttlMs": LISTS_TTL_MS, "cacheScope": "public",
            })),
            "ping" => Ok(json!({})),
            "tools/list" => {
                let mut list = json!({ "tools": tools::list() });
                if is_modern {
                    list["ttlMs"] = LISTS_TTL_MS.into();
                    list["cacheScope"] = "public".into();
                }
                Ok(list)
            }
            "tools/call" => tools::call(service, caller, params).await,
            _ => Err((-32_601, format!("there is no method {method:?}"))),
        };
        match result {
            Ok(mut result) => {
                if is_modern {
                    result["resultType"] = "complete".into();
                    result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": server_info()});
                }
                json!({"jsonrpc": "2.0", "id": id, "result": result})
            }
            Err((code, problem)) => {
                failure(&id, code, &ApiError::invalid("request", problem).details[0].problem)
            }
        }
    }
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

fn versions() -> Vec<&'static str> {
    [MODERN_VERSIONS, HANDSHAKE_VERSIONS].concat()
}

fn capabilities() -> Value {
    json!({"tools": {"listChanged": false}})
}

fn server_info() -> Value {
    json!({"name": "coderunner", "title": "CodeRunner", "version": env!("CARGO_PKG_VERSION")})
}

fn initialize(params: &Map<String, Value>) -> Value {
    let asked = params.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
    let newest = HANDSHAKE_VERSIONS.last().expect("there are some");
    let version = HANDSHAKE_VERSIONS.iter().find(|known| **known == asked).unwrap_or(newest);
    json!({
        "protocolVersion": version, "capabilities": capabilities(), "serverInfo": server_info(),
        "instructions": INSTRUCTIONS,
    })
}

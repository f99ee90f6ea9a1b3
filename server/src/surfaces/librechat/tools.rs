//! `exec/programmatic`: Python programs that call an agent's tools, which are where the agent is.
//!
//! A program runs from its start until it waits for tools. Its calls go to the client, with a token for what is known of the program; with their
//! results it runs from the start again, and gets at once what it has asked before. So nothing is held while tools work, and what a run that did
//! not come to its end has made or printed is forgotten.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Extension, body::Body, extract::State, http::Response};
use coderunner_api::{ApiError, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Left, Program, Sessions, Wanted, beside, id, inputs, key, run};
use crate::{
    caller::Caller,
    http::Received,
    reply::{Failure, json as reply_json},
    service::Service,
    submission::RequestedLimits,
};

/// What runs the program, after a line with what it is given.
const RUNNER: &str = include_str!("tools.py");
/// The most tools that a program is told of, and the most calls that it may make.
const TOOLS_MAX: usize = 1000;
const CALLS_MAX: usize = 1000;
/// Words that no function can have as its name.
const PYTHON_KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// A program, or the results that it waits for.
#[derive(Deserialize)]
pub(super) struct Programmatic {
    code: Option<String>,
    lang: Option<String>,
    tools: Option<Vec<Tool>>,
    files: Option<Vec<Wanted>>,
    /// For one run, in milliseconds.
    timeout: Option<u64>,
    continuation_token: Option<String>,
    tool_results: Option<Vec<ToolResult>>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

#[derive(Deserialize)]
struct ToolResult {
    call_id: String,
    result: Option<Value>,
    is_error: Option<bool>,
    error_message: Option<String>,
}

/// A program between two of its runs.
#[derive(Debug)]
pub(super) struct Waiting {
    code: String,
    /// What its tools are called in Python, and by the client.
    tools: BTreeMap<String, String>,
    files: Vec<Wanted>,
    timeout: Option<u64>,
    answers: Vec<Answer>,
    calls: Vec<Call>,
}

/// A call as the program made it. What identifies it is the program's business.
#[derive(Clone, Debug, Deserialize)]
struct Call {
    id: String,
    name: String,
    input: Value,
    key: String,
}

/// What came of a call.
#[derive(Clone, Debug, Serialize)]
struct Answer {
    key: String,
    result: Value,
    is_error: bool,
    error_message: Option<String>,
}

impl Waiting {
    /// What keeping it takes, in bytes; about, where values are not text.
    pub(super) fn bytes(&self) -> usize {
        let answers = self.answers.iter().map(|answer| {
            answer.key.len()
                + value_bytes(&answer.result)
                + answer.error_message.as_ref().map_or(0, String::len)
        });
        let calls = self.calls.iter().map(|call| call.key.len() + value_bytes(&call.input));
        let tools = self.tools.iter().map(|(name, of)| name.len() + of.len());
        let files = self.files.iter().map(Wanted::bytes);
        self.code.len() + answers.chain(calls).chain(tools).chain(files).sum::<usize>()
    }
}

fn value_bytes(value: &Value) -> usize {
    let inside = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(value_bytes).sum(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
        }
    };
    size_of::<Value>() + inside
}

/// A tool's name as a function's, exactly as the client makes it: it looks for that in the program.
fn python_name(name: &str) -> String {
    let mut python: String = name
        .chars()
        .map(|c| if c == '-' || c.is_whitespace() { '_' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    if python.starts_with(|c: char| c.is_ascii_digit()) {
        python.insert(0, '_');
    }
    if PYTHON_KEYWORDS.contains(&python.as_str()) {
        python.push_str("_tool");
    }
    python
}

/// A program that has not run yet.
fn first(request: Programmatic) -> Result<Waiting, ApiError> {
    let code = request.code.ok_or_else(|| {
        ApiError::field(&codes::MISSING_FIELD, "code", "it is needed, or else `continuation_token`")
    })?;
    if !matches!(request.lang.as_deref(), None | Some("py" | "python")) {
        return Err(ApiError::invalid("lang", "only programs in Python can call tools"));
    }
    let tools = request.tools.unwrap_or_default();
    if tools.len() > TOOLS_MAX {
        return Err(ApiError::invalid("tools", format!("at most {TOOLS_MAX} are taken")));
    }
    let tools = tools.into_iter().map(|tool| (python_name(&tool.name), tool.name)).collect();
    Ok(Waiting {
        code,
        tools,
        files: request.files.unwrap_or_default(),
        timeout: request.timeout,
        answers: Vec::new(),
        calls: Vec::new(),
    })
}

/// The program with the answers to its calls.
fn answered(waiting: &Waiting, results: Vec<ToolResult>) -> Result<Waiting, ApiError> {
    let mut results: BTreeMap<String, ToolResult> =
        results.into_iter().map(|result| (result.call_id.clone(), result)).collect();
    let mut answers = waiting.answers.clone();
    for Call { id, key, .. } in &waiting.calls {
        let ToolResult { result, is_error, error_message, .. } = results
            .remove(id)
            .ok_or_else(|| ApiError::invalid("tool_results", format!("{id} has no result")))?;
        answers.push(Answer {
            key: key.clone(),
            result: result.unwrap_or_default(),
            is_error: is_error.unwrap_or_default(),
            error_message,
        });
    }
    Ok(Waiting {
        code: waiting.code.clone(),
        tools: waiting.tools.clone(),
        files: waiting.files.clone(),
        timeout: waiting.timeout,
        answers,
        calls: Vec::new(),
    })
}

pub(super) async fn programmatic(
    State(service): State<Service>,
    caller: Caller,
    Extension(shelf): Sessions,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let mut request: Programmatic = coderunner_api::parse(&body.bytes)?;
    let token = request.continuation_token.take().map(|token| key(&caller, &token));
    let mut program = match &token {
        None => first(request)?,
        Some(token) => {
            let Some(Left::Program(waiting)) = shelf.get(token) else {
                let gone = "the program does not wait here, or not any more; run it again";
                return Err(ApiError::new(&codes::NOT_FOUND, gone).into());
            };
            answered(&waiting, request.tool_results.unwrap_or_default())?
        }
    };
    let inputs = inputs(&service, &caller, &shelf, &program.files)?;
    let language = service.language("python", None)?;
    let calls_name = beside("_calls.json", &inputs);
    let given = json!({
        "code": program.code, "tools": program.tools, "answers": program.answers, "calls": calls_name,
    });
    // JSON in JSON's quotes is a text for Python as well.
    let source = format!("GIVEN = {}\n{RUNNER}", Value::String(given.to_string()));
    let ran = run(
        &service,
        &caller,
        &shelf,
        Program {
            language,
            code: source.into(),
            args: Vec::new(),
            limits: RequestedLimits {
                wall: program.timeout.map(Duration::from_millis),
                ..RequestedLimits::default()
            },
            calls: Some(&calls_name),
        },
        &inputs,
    )
    .await?;
    // Told once; a result that is sent again finds nothing.
    token.inspect(|token| shelf.remove(token));
    let Some(calls) = ran.calls else {
        return Ok(reply_json(&json!({
            "status": "completed", "session_id": ran.session, "stdout": ran.stdout, "stderr": ran.stderr, "files": ran.files,
        })));
    };
    let failed = |error: &str| Ok(reply_json(&json!({"status": "error", "error": error})));
    // Whatever the program has made of it.
    let Ok(calls) = serde_json::from_slice::<Vec<Call>>(&calls) else {
        return failed("the calls of the program cannot be read");
    };
    if program.answers.len() + calls.len() > CALLS_MAX {
        return failed("the program calls tools too often");
    }
    let told: Vec<Value> = calls
        .iter()
        .map(|call| json!({"id": call.id, "name": call.name, "input": call.input}))
        .collect();
    program.calls = calls;
    let token = id();
    if !shelf.put(&key(&caller, &token), Left::Program(Arc::new(program))) {
        return failed("the program and what its tools have answered are too large to be kept");
    }
    Ok(reply_json(&json!({
        "status": "tool_call_required", "session_id": ran.session, "continuation_token": token, "tool_calls": told,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_called_as_the_client_looks_for_them() {
        for (name, python) in [
            ("get_weather", "get_weather"),
            ("get-weather now", "get_weather_now"),
            ("2nd.tool", "_2ndtool"),
            ("import", "import_tool"),
        ] {
            assert_eq!(python_name(name), python);
        }
    }
}

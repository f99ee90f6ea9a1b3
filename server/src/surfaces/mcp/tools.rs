//! What an agent can call. `run_code` is our own; the others have the names and shapes of tools that agents know from elsewhere:
//! `run_python_code` of mcp-run-python, `run_python` of eryx, `execute_code` and the two about languages of llm-sandbox.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use coderunner_api::{ApiError, LanguageReport, codes, text};
use coderunner_executor::{Collect, JobFile, Stdin, Termination};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    caller::Caller,
    service::Service,
    submission::{RequestedLimits, Submission, SubmittedFile},
    surfaces::{InOrder, ending::Ending},
};

/// Runs Python as a notebook does: what the last expression is worth comes back. Its files and those of the program are told apart by name.
const RUN_PYTHON: &str = include_str!("run_python.py");
const RETURN_VALUE: &str = "_return_value.json";
const ERROR: &str = "_error.txt";

/// A failure of the call itself: its code and what is wrong.
type Refused = (i32, String);

/// The tools, as clients are told.
pub(super) fn list() -> Value {
    let code = |what: &str| json!({"type": "string", "description": what});
    let reads = json!({"readOnlyHint": true, "openWorldHint": false});
    let runs = json!({"readOnlyHint": false, "destructiveHint": false, "openWorldHint": false});
    json!([
        {
            "name": "run_code",
            "description": "Runs a program in a fresh sandbox and returns what it printed, how it ended and what it used. Nothing is kept \
                between calls; there is no network.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "code": code("The whole program."),
                    "language": {"type": "string", "default": "python", "description": "A name from get_supported_languages."},
                    "stdin": {"type": "string", "description": "Standard input."},
                    "args": {"type": "array", "items": {"type": "string"}, "description": "Arguments of the program."},
                    "files": {
                        "type": "array",
                        "description": "Other files for the working folder.",
                        "items": {
                            "type": "object",
                            "properties": {
                                "path": {"type": "string"}, "content": {"type": "string"},
                                "encoding": {"type": "string", "enum": ["utf8", "base64"], "default": "utf8"},
                            },
                            "required": ["path", "content"],
                        },
                    },
                    "collect_files": {"type": "boolean", "default": false, "description": "Whether files that it made or changed come back."},
                    "timeout_ms": {"type": "integer", "minimum": 1, "description": "The longest it may take."},
                },
                "required": ["code"],
            },
            "annotations": runs,
        },
        {
            "name": "run_python_code",
            "description": "Runs Python and returns what it printed and the value of the last expression, as XML. Nothing is kept between calls.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "python_code": code("Python code to run."),
                    "global_variables": {"type": "object", "default": {}, "description": "Variables that are there when it starts."},
                },
                "required": ["python_code"],
            },
            "annotations": runs,
        },
        {
            "name": "run_python",
            "description": "Runs Python and returns what it printed. Nothing is kept between calls.",
            "inputSchema": {"type": "object", "properties": {"code": code("Python code to run.")}, "required": ["code"]},
            "annotations": runs,
        },
        {
            "name": "execute_code",
            "description": "Runs a program and returns its exit code and what it printed, as JSON. Nothing is kept between calls.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "code": code("The whole program."),
                    "language": {"type": "string", "default": "python", "description": "A name from get_supported_languages."},
                    "libraries": {
                        "type": ["array", "null"], "items": {"type": "string"},
                        "description": "Libraries cannot be installed; only the standard ones are there.",
                    },
                    "timeout": {"type": "number", "exclusiveMinimum": 0, "description": "The longest it may take, in seconds."},
                },
                "required": ["code"],
            },
            "annotations": runs,
        },
        {
            "name": "get_supported_languages",
            "description": "Lists the languages that can be run now.",
            "inputSchema": {"type": "object", "properties": {}},
            "annotations": reads,
        },
        {
            "name": "get_language_details",
            "description": "Tells about one language: version, limits, file names, an example.",
            "inputSchema": {"type": "object", "properties": {"language": {"type": "string"}}, "required": ["language"]},
            "annotations": reads,
        },
    ])
}

/// The result of a tool. That a program fails is a result too, marked as such.
pub(super) async fn call(
    service: &Service,
    caller: &Caller,
    mut params: Map<String, Value>,
) -> Result<Value, Refused> {
    let Some(Value::String(name)) = params.remove("name") else {
        return Err((-32_602, "a call names its tool".to_owned()));
    };
    let given = match params.remove("arguments") {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(given) => given,
    };
    let ran = match name.as_str() {
        "run_code" => run_code(service, caller, read(given)?).await,
        "run_python_code" => {
            let RunPythonCode { python_code, global_variables } = read(given)?;
            run_python_code(service, caller, python_code, global_variables).await
        }
        "run_python" => {
            let RunPython { code } = read(given)?;
            let given = ExecuteCode { code, language: python(), libraries: None, timeout: None };
            execute_code(service, caller, given).await.map(|result| said(&result))
        }
        "execute_code" => {
            let ran = execute_code(service, caller, read(given)?).await;
            ran.map(|result| told(result["exit_code"] != 0, result))
        }
        "get_supported_languages" => {
            let available =
                service.registry().iter().filter(|l| service.executor().supports(&l.id));
            let names: Vec<&str> = available.map(|language| language.id.as_str()).collect();
            Ok(content(&json!(names).to_string(), false))
        }
        "get_language_details" => {
            let Language { language } = read(given)?;
            details(service, &language)
        }
        _ => return Err((-32_602, format!("there is no tool {name:?}"))),
    };
    // The agent can do something about it, so it is told.
    Ok(ran.unwrap_or_else(|error| content(&error.message, true)))
}

fn read<T: serde::de::DeserializeOwned>(given: Value) -> Result<T, Refused> {
    coderunner_api::parse_value(given).map_err(|error| (-32_602, error.message))
}

fn content(text: &str, is_error: bool) -> Value {
    json!({"content": [{"type": "text", "text": text}], "isError": is_error})
}

/// A JSON object, as text and as it is.
fn told(is_error: bool, object: Value) -> Value {
    let mut result = content(&object.to_string(), is_error);
    result["structuredContent"] = object;
    result
}

/// Only what was printed.
fn said(result: &Value) -> Value {
    let part = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
    content(&(part("stdout") + &part("stderr")), result["exit_code"] != 0)
}

fn python() -> String {
    "python".to_owned()
}

#[derive(Deserialize)]
struct RunCode {
    code: String,
    #[serde(default = "python")]
    language: String,
    #[serde(default)]
    stdin: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    collect_files: bool,
    #[serde(default)]
    timeout_ms: Option<u64>,
}

#[derive(Deserialize)]
struct File {
    #[serde(alias = "name")]
    path: String,
    content: String,
    #[serde(default)]
    encoding: coderunner_api::Encoding,
}

#[derive(Deserialize)]
struct RunPythonCode {
    python_code: String,
    #[serde(default)]
    global_variables: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct RunPython {
    code: String,
}

#[derive(Deserialize)]
struct ExecuteCode {
    code: String,
    #[serde(default = "python")]
    language: String,
    #[serde(default)]
    libraries: Option<Vec<String>>,
    #[serde(default)]
    timeout: Option<f64>,
}

#[derive(Deserialize)]
struct Language {
    language: String,
}

/// A limit of both times.
fn within(time: Option<Duration>) -> RequestedLimits {
    RequestedLimits { wall: time, ..RequestedLimits::default() }
}

async fn run_code(service: &Service, caller: &Caller, given: RunCode) -> Result<Value, ApiError> {
    let collects = given.collect_files;
    let mut submission = Submission {
        stdin: given.stdin.map_or(Stdin::Empty, |text| Stdin::Bytes(text.into())),
        args: given.args,
        limits: within(given.timeout_ms.map(Duration::from_millis)),
        collect: if collects { Collect::Changed } else { Collect::Nothing },
        ..Submission::new(given.language, given.code)
    };
    for (n, file) in given.files.into_iter().enumerate() {
        let contents = match file.encoding {
            coderunner_api::Encoding::Utf8 => Bytes::from(file.content),
            coderunner_api::Encoding::Base64 => STANDARD
                .decode(file.content)
                .map_err(|_| ApiError::invalid(format!("files[{n}].content"), "it is no base64"))?
                .into(),
        };
        submission.files.push(SubmittedFile { path: Some(file.path), contents });
    }
    let ran = service.run(caller, submission).await?;
    let failed = ran.finished.outcome.termination != Termination::Exited { code: 0 };
    let report = serde_json::to_value(ran.report(collects))
        .map_err(|_| ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning))?;
    let mut words = String::new();
    for (name, bytes) in [("stdout", &ran.finished.stdout), ("stderr", &ran.finished.stderr)] {
        if !bytes.is_empty() {
            let text = text(bytes);
            words.extend([name, ":\n", text.trim_end_matches('\n'), "\n"]);
        }
    }
    words.push_str(&Ending::from(&ran.finished.outcome.termination).to_string());
    let mut result = content(&words, failed);
    result["structuredContent"] = report;
    Ok(result)
}

/// The exit code as a shell would have it.
fn exit_code(termination: &Termination) -> u8 {
    match Ending::from(termination) {
        Ending::Exited(code) => code,
        Ending::Signalled { signal, .. } => 128 + signal.number,
        Ending::TimeLimit => 124,
        Ending::OutputLimit => 137,
    }
}

async fn execute_code(
    service: &Service,
    caller: &Caller,
    given: ExecuteCode,
) -> Result<Value, ApiError> {
    if given.libraries.is_some_and(|libraries| !libraries.is_empty()) {
        let problem = "libraries cannot be installed; only the standard ones are there";
        return Err(ApiError::invalid("libraries", problem));
    }
    let timeout = match given.timeout.map(Duration::try_from_secs_f64) {
        None => None,
        Some(Ok(time)) if !time.is_zero() => Some(time),
        Some(_) => return Err(ApiError::invalid("timeout", "it is no number of seconds")),
    };
    let submission =
        Submission { limits: within(timeout), ..Submission::new(given.language, given.code) };
    let ran = service.run(caller, submission).await?;
    let termination = &ran.finished.outcome.termination;
    let mut stderr = text(&ran.finished.stderr).into_owned();
    if !matches!(termination, Termination::Exited { .. }) {
        stderr.push_str(&Ending::from(termination).to_string());
    }
    Ok(json!({
        "exit_code": exit_code(termination), "stdout": text(&ran.finished.stdout), "stderr": stderr,
    }))
}

async fn run_python_code(
    service: &Service,
    caller: &Caller,
    code: String,
    globals: Option<Map<String, Value>>,
) -> Result<Value, ApiError> {
    let file =
        |path: &str, contents: Bytes| SubmittedFile { path: Some(path.to_owned()), contents };
    let globals = Value::Object(globals.unwrap_or_default()).to_string();
    let submission = Submission {
        files: vec![
            file("_run_python.py", Bytes::from_static(RUN_PYTHON.as_bytes())),
            file("main.py", code.into()),
            file("_globals.json", globals.into()),
        ],
        collect: Collect::Changed,
        ..Submission::new(python(), Bytes::new())
    };
    let ran = InOrder::run(service, caller, submission).await?;
    let made = |name: &str| {
        let file: Option<&JobFile> =
            ran.outcome.files.iter().find(|file| file.path.as_str() == name);
        file.map(|file| text(&file.contents))
    };
    let succeeded = ran.outcome.termination == Termination::Exited { code: 0 };
    let status = if succeeded { "success" } else { "run-error" };
    let mut xml = vec![format!("<status>{status}</status>")];
    let mut element = |name: &str, inside: &str| {
        // What looks like the end of it is not.
        let inside = inside.replace(&format!("</{name}>"), &format!("&lt;/{name}&gt;"));
        xml.extend([format!("<{name}>"), inside, format!("</{name}>")]);
    };
    let output = ran.all();
    if !output.is_empty() {
        element("output", text(&output).trim_end_matches('\n'));
    }
    if !succeeded {
        let error = made(ERROR)
            .unwrap_or_else(|| Ending::from(&ran.outcome.termination).to_string().into());
        element("error", error.trim_end_matches('\n'));
    } else if let Some(value) = made(RETURN_VALUE) {
        element("return_value", &value);
    }
    Ok(content(&xml.join("\n"), !succeeded))
}

fn details(service: &Service, name: &str) -> Result<Value, ApiError> {
    let language = service.language(name, None)?;
    let report = serde_json::to_value(LanguageReport::new(language, service.executor()));
    let mut report =
        report.map_err(|_| ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning))?;
    report["example"] = language.hello.1.into();
    Ok(told(false, report))
}

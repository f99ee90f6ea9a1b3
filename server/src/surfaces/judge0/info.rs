//! What Judge0 tells about itself.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
    response::IntoResponse as _,
};
use serde_json::{Value, json};

use super::{BATCH_MAX, JUDGED_MAX, Judge, Known, answer, callback, refused, submission};
use crate::{caller::Caller, reply::json as reply_json, service::Service, surfaces::compiles};

/// The version whose languages and answers these are; a client refuses others.
const VERSION: &str = "1.13.1";

const fn known(id: u64, name: &'static str, ours: &'static str) -> Known {
    Known { id, name, ours }
}

/// Numbers of Judge0 1.13.1 and of the newer versions beside it, with what the languages are called here. Those that are not here are not offered;
/// one that comes is.
pub(super) const LANGUAGES: &[Known] = &[
    known(46, "Bash", "bash"),
    known(48, "C (GCC 7.4.0)", "c"),
    known(49, "C (GCC 8.3.0)", "c"),
    known(50, "C (GCC 9.2.0)", "c"),
    known(75, "C (Clang 7.0.1)", "c"),
    known(103, "C (GCC 14.1.0)", "c"),
    known(104, "C (Clang 18.1.8)", "c"),
    known(110, "C (Clang 19.1.7)", "c"),
    known(52, "C++ (GCC 7.4.0)", "cpp"),
    known(53, "C++ (GCC 8.3.0)", "cpp"),
    known(54, "C++ (GCC 9.2.0)", "cpp"),
    known(76, "C++ (Clang 7.0.1)", "cpp"),
    known(105, "C++ (GCC 14.1.0)", "cpp"),
    known(51, "C# (Mono 6.6.0.161)", "csharp"),
    known(60, "Go (1.13.5)", "go"),
    known(95, "Go (1.18.5)", "go"),
    known(106, "Go (1.22.0)", "go"),
    known(107, "Go (1.23.5)", "go"),
    known(61, "Haskell (GHC 8.8.1)", "haskell"),
    known(62, "Java (OpenJDK 13.0.1)", "java"),
    known(91, "Java (JDK 17.0.6)", "java"),
    known(63, "JavaScript (Node.js 12.14.0)", "javascript"),
    known(93, "JavaScript (Node.js 18.15.0)", "javascript"),
    known(97, "JavaScript (Node.js 20.17.0)", "javascript"),
    known(102, "JavaScript (Node.js 22.08.0)", "javascript"),
    known(78, "Kotlin (1.3.70)", "kotlin"),
    known(64, "Lua (5.3.5)", "lua"),
    known(85, "Perl (5.28.1)", "perl"),
    known(68, "PHP (7.4.1)", "php"),
    known(71, "Python (3.8.1)", "python"),
    known(92, "Python (3.11.2)", "python"),
    known(100, "Python (3.12.5)", "python"),
    known(109, "Python (3.13.2)", "python"),
    known(113, "Python (3.14.0)", "python"),
    known(80, "R (4.0.0)", "r"),
    known(72, "Ruby (2.7.0)", "ruby"),
    known(73, "Rust (1.40.0)", "rust"),
    known(108, "Rust (1.85.0)", "rust"),
    known(82, "SQL (SQLite 3.27.2)", "sqlite"),
    known(83, "Swift (5.2.3)", "swift"),
    known(74, "TypeScript (3.7.4)", "typescript"),
    known(94, "TypeScript (5.0.3)", "typescript"),
    known(101, "TypeScript (5.6.2)", "typescript"),
];

const STATUSES: &[&str] = &[
    "In Queue",
    "Processing",
    "Accepted",
    "Wrong Answer",
    "Time Limit Exceeded",
    "Compilation Error",
    "Runtime Error (SIGSEGV)",
    "Runtime Error (SIGXFSZ)",
    "Runtime Error (SIGFPE)",
    "Runtime Error (SIGABRT)",
    "Runtime Error (NZEC)",
    "Runtime Error (Other)",
    "Internal Error",
    "Exec Format Error",
];

pub(super) fn status_name(id: u8) -> &'static str {
    STATUSES.get(usize::from(id).wrapping_sub(1)).copied().unwrap_or("Internal Error")
}

pub(super) fn status(id: u8) -> Value {
    json!({"id": id, "description": status_name(id)})
}

pub(super) async fn statuses(_: Caller) -> Response<Body> {
    let all: Vec<Value> = (1..=14).map(status).collect();
    reply_json(&all)
}

pub(super) async fn languages(State(service): State<Service>, _: Caller) -> Response<Body> {
    let here = LANGUAGES.iter().filter(|known| super::language(&service, known.id).is_some());
    let told = here.map(|known| json!({"id": known.id, "name": known.name, "is_archived": false}));
    reply_json(&told.collect::<Vec<_>>())
}

pub(super) async fn language(
    State(service): State<Service>,
    _: Caller,
    Path(id): Path<String>,
) -> Response<Body> {
    let Some((known, language)) = id.parse().ok().and_then(|id| super::language(&service, id))
    else {
        return refused(StatusCode::NOT_FOUND, "there is no such language");
    };
    let name = format!("{} {}", language.name, language.version);
    answer(
        StatusCode::OK,
        &json!({
            "id": known.id, "name": known.name, "is_archived": false, "source_file": language.entry,
            // What really runs it; there is no command line to tell.
            "compile_cmd": compiles(language).then_some(&name), "run_cmd": name,
        }),
    )
}

pub(super) async fn config(State(service): State<Service>, _: Caller) -> Response<Body> {
    let (defaults, ceiling) = (submission::defaults(), service.ceiling());
    let kb = |bytes: u64| bytes >> 10;
    reply_json(&json!({
        "maintenance_mode": false, "enable_wait_result": true, "enable_compiler_options": true, "allowed_languages_for_compile_options": [],
        "enable_command_line_arguments": true, "enable_submission_delete": true, "enable_callbacks": true,
        "callbacks_max_tries": callback::TRIES_MAX, "callbacks_timeout": callback::TIME_MAX.as_secs_f64(), "enable_additional_files": true,
        "max_queue_size": service.settings().stores.submissions_waiting_max, "cpu_time_limit": defaults.cpu.as_secs_f64(), "max_cpu_time_limit": ceiling.cpu.as_secs_f64(),
        "cpu_extra_time": 0.0, "max_cpu_extra_time": ceiling.cpu.as_secs_f64(), "wall_time_limit": defaults.wall.as_secs_f64(),
        "max_wall_time_limit": ceiling.wall.as_secs_f64(), "memory_limit": kb(defaults.memory_bytes), "max_memory_limit": kb(ceiling.memory_bytes),
        "stack_limit": 64_000, "max_stack_limit": submission::STACK_KB_MAX, "max_processes_and_or_threads": defaults.processes,
        "max_max_processes_and_or_threads": ceiling.processes, "enable_per_process_and_thread_time_limit": false,
        "allow_enable_per_process_and_thread_time_limit": false, "enable_per_process_and_thread_memory_limit": false,
        "allow_enable_per_process_and_thread_memory_limit": false, "max_file_size": kb(defaults.disk_bytes),
        "max_max_file_size": kb(ceiling.disk_bytes), "number_of_runs": 1, "max_number_of_runs": submission::RUNS_MAX,
        "redirect_stderr_to_stdout": false, "max_extract_size": kb(submission::EXTRACTED_BYTES_MAX), "enable_batched_submissions": true,
        "max_submission_batch_size": BATCH_MAX, "submission_cache_duration": 0.0, "use_docs_as_homepage": false, "allow_enable_network": false,
        "enable_network": false, "disable_implicit_base64_encoding": false,
    }))
}

pub(super) async fn system(_: Caller) -> Response<Body> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    reply_json(&json!({"Architecture": std::env::consts::ARCH, "CPU(s)": cores.to_string()}))
}

pub(super) async fn workers(_: Caller, Extension(judge): Extension<Arc<Judge>>) -> Response<Body> {
    let idle = judge.turns.available_permits();
    let working = JUDGED_MAX - idle;
    reply_json(&json!([{
        "queue": VERSION, "size": judge.store.unfinished().saturating_sub(working), "available": JUDGED_MAX, "idle": idle, "working": working,
        "paused": 0, "failed": 0,
    }]))
}

pub(super) async fn statistics(
    _: Caller,
    Extension(judge): Extension<Arc<Judge>>,
) -> Response<Body> {
    let (_, total) = judge.store.page(0, 0);
    reply_json(&json!({"submissions": {"total": total}, "languages": [], "statuses": []}))
}

pub(super) async fn about(_: Caller) -> Response<Body> {
    let home = env!("CARGO_PKG_REPOSITORY");
    reply_json(&json!({
        "version": VERSION, "homepage": home, "source_code": home, "maintainer": format!("CodeRunner {}", env!("CARGO_PKG_VERSION")),
    }))
}

pub(super) async fn version(_: Caller) -> &'static str {
    VERSION
}

/// Whoever gets here has a key, if one is needed.
pub(super) async fn allowed(_: Caller) -> Response<Body> {
    StatusCode::OK.into_response()
}

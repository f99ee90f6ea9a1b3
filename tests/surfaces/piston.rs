//! Piston's API, version 2.

use serde_json::{Value, json};

use super::{available, node, socket::Socket};
use crate::served::Served;

const CLIENTS: &[&str] = &["piston-client@1.0.2", "piston-api-client@2.0.1"];

/// The fields of an object that are asked for.
fn fields<'a>(object: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    names.iter().map(|name| &object[name]).collect()
}

const ENDING: &[&str] = &["stdout", "stderr", "output", "code", "signal", "status", "message"];

#[test]
fn published_clients_work() {
    let served = Served::new();
    let Some(got) = node("use_piston.mjs", CLIENTS, &served) else { return };
    let runtimes = got["runtimes"].as_array().expect("a list");
    let python = runtimes.iter().find(|r| r["language"] == "python").expect("Python is there");
    assert!(python["version"].as_str().is_some_and(|version| version.starts_with("3.")));
    assert!(python["aliases"].as_array().is_some_and(|aliases| aliases.contains(&json!("py"))));
    assert_eq!(
        fields(&got["short"]["run"], ENDING),
        fields(
            &json!({"stdout": "['1', '2', '3']\n", "output": "['1', '2', '3']\n", "stderr": "", "code": 0}),
            ENDING
        )
    );
    assert_eq!(got["short"]["version"], python["version"]);
    assert_eq!(got["long"]["run"]["stdout"], "42typed\n\n");
    assert_eq!(got["unknown"]["message"], "cobol-1 runtime is unknown");
    for name in ["fetch", "http"] {
        let got = &got[name];
        assert_eq!(got["runtimes"], runtimes.len());
        let run = |name: &str| fields(&got[name]["data"]["run"], ENDING);
        assert_eq!(
            run("ok"),
            fields(
                &json!({"stdout": "ä", "stderr": "wrong\n", "output": "äwrong\n", "code": 0}),
                ENDING
            )
        );
        let usage = &got["ok"]["data"]["run"];
        assert!(
            ["cpu_time", "wall_time", "memory"].iter().all(|n| usage[n].as_u64() > Some(0)),
            "{usage}"
        );
        assert_eq!(
            run("raises"),
            fields(
                &json!({"stdout": "", "stderr": "", "output": "", "code": 3, "status": "RE", "message": "Exited with error status 3"}),
                ENDING
            )
        );
        assert_eq!(
            run("late"),
            fields(
                &json!({"stdout": "", "stderr": "", "output": "", "signal": "SIGKILL", "status": "TO", "message": "Time limit exceeded"}),
                ENDING
            )
        );
        assert_eq!(
            got["refused"]["data"],
            json!({"message": "run_timeout cannot exceed the configured limit of 60000"})
        );
        assert_eq!(got["binary"]["data"]["run"]["stdout"], "b'\\x00\\xff' abc\n");
    }
}

#[test]
fn compiled_languages_have_two_stages() {
    let served = Served::new();
    if !available(&served, "cpp") {
        return;
    }
    let execute = |content: &str, more: Value| {
        let mut body = json!({"language": "c++", "version": "*", "files": [{"name": "a.cpp", "content": content}, {"name": "b.hpp", "content": "inline int b() { return 41; }"}]});
        more.as_object()
            .expect("an object")
            .iter()
            .for_each(|(name, value)| body[name] = value.clone());
        served.post("/api/v2/execute", &body.to_string()).json()
    };
    let adds = "#include <iostream>\n#include \"b.hpp\"\nint main(int, char **argv) { int n; std::cin >> n; std::cout << n + b() << argv[1] << std::endl; }";
    let got = execute(adds, json!({"stdin": "1", "args": ["!"]}));
    assert_eq!(
        (&got["language"], &got["run"]["stdout"], &got["run"]["code"]),
        (&json!("c++"), &json!("42!\n"), &json!(0)),
        "{got}"
    );
    assert_eq!(got["compile"]["code"], 0, "{got}");
    let got = execute("int main() { return x; }", json!({}));
    assert_eq!(got["run"], got["compile"], "{got}");
    assert!(got["compile"]["stderr"].as_str().is_some_and(|said| said.contains("error")), "{got}");
    let got = execute("int main() { volatile int *p = nullptr; return *p; }", json!({}));
    assert_eq!(
        fields(&got["run"], &["signal", "status", "code"]),
        [&json!("SIGSEGV"), &json!("SG"), &Value::Null],
        "{got}"
    );
    let got = execute("int main() { for (;;) {} }", json!({"run_cpu_time": 500}));
    assert_eq!(got["run"]["status"], "TO", "{got}");
    // By its alias, on the WebSocket.
    let mut socket = Socket::connect(&served, "/api/v2/connect");
    socket.say(&json!({"type": "init", "language": "cpp", "version": "*", "files": [{"content": "#include <cstdio>\nint main() { std::puts(\"here\"); }"}]}));
    assert_eq!(socket.hear()["type"], "runtime");
    for said in [
        json!({"type": "stage", "stage": "compile"}),
        json!({"type": "exit", "stage": "compile", "code": 0, "signal": null}),
        json!({"type": "stage", "stage": "run"}),
        json!({"type": "data", "stream": "stdout", "data": "here\n"}),
        json!({"type": "exit", "stage": "run", "code": 0, "signal": null}),
    ] {
        assert_eq!(socket.hear(), said);
    }
    assert_eq!(socket.closed(), Some((4999, "Job Completed".to_owned())));
}

#[test]
fn what_is_wrong_is_said_in_its_words() {
    let served = Served::new();
    let file = json!([{"content": ""}]);
    let cases = [
        (json!({}), "language is required as a string"),
        (json!({"language": "python"}), "version is required as a string"),
        (json!({"language": "python", "version": "*"}), "files is required as an array"),
        (
            json!({"language": "python", "version": "*", "files": [{}]}),
            "files[0].content is required as a string",
        ),
        (
            json!({"language": "python", "version": "2.7", "files": file}),
            "python-2.7 runtime is unknown",
        ),
        (
            json!({"language": "python", "version": "*", "files": [{"content": "", "encoding": "hex"}]}),
            "files must include at least one utf8 encoded file",
        ),
        (
            json!({"language": "python", "version": "*", "files": file, "run_timeout": "1"}),
            "If specified, run_timeout must be a number",
        ),
        (
            json!({"language": "python", "version": "*", "files": file, "run_timeout": -1}),
            "run_timeout must be non-negative",
        ),
    ];
    for (body, message) in cases {
        for prefix in ["/api/v2", "/api/v2/piston"] {
            let answer = served.post(&format!("{prefix}/execute"), &body.to_string());
            assert_eq!((answer.status, answer.json()), (400, json!({ "message": message })));
        }
    }
    let broken = served.post("/api/v2/execute", "{");
    assert_eq!(broken.status, 400);
    assert!(broken.json()["message"].is_string(), "{broken:?}");
    for path in ["/api/v2/execute", "/api/v2/x", "/api/v2/piston/x/y"] {
        let answer = served.get(path);
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})));
    }
    // A page may send text to anybody without asking first; then its program is not run.
    let body = json!({"language": "python", "version": "*", "files": file}).to_string();
    let sent = |headers: &str| served.post_with("/api/v2/execute", headers, body.as_bytes()).status;
    assert_eq!(sent("Content-Type: text/plain;charset=UTF-8\r\n"), 200);
    assert_eq!(sent("Content-Type: text/plain\r\nOrigin: http://elsewhere.test\r\n"), 403);
    // Nor is it from an origin that may run programs, unless it says what it sends.
    assert_eq!(sent("Content-Type: text/plain\r\nOrigin: http://localhost\r\n"), 415);
}

#[test]
fn packages_are_the_languages() {
    let served = Served::new();
    let packages = served.get("/api/v2/packages").json();
    let first = &packages[0];
    assert_eq!(first["installed"], json!(true));
    let package = json!({"language": first["language"], "version": first["language_version"]});
    let again = served.post("/api/v2/packages", &package.to_string());
    assert!(again.json()["message"].as_str().is_some_and(|m| m.ends_with(" is already installed")));
    let other = served.post("/api/v2/packages", r#"{"language":"cobol","version":"1"}"#);
    assert_eq!(
        (other.status, other.json()),
        (404, json!({"message": "Requested package cobol-1 does not exist"}))
    );
}

fn init(source: &str) -> Value {
    json!({"type": "init", "language": "python", "version": "*", "files": [{"content": source}]})
}

#[test]
fn a_program_is_talked_to_over_a_websocket() {
    let served = Served::new();
    let mut socket = Socket::connect(&served, "/api/v2/connect");
    socket.say(&init("while line := input('> '): print(line.upper())"));
    assert_eq!(socket.hear()["type"], "runtime");
    assert_eq!(socket.hear(), json!({"type": "stage", "stage": "run"}));
    assert_eq!(socket.hear(), json!({"type": "data", "stream": "stdout", "data": "> "}));
    socket.say(&json!({"type": "data", "stream": "stdin", "data": "typed\n"}));
    let mut heard = String::new();
    while heard != "TYPED\n> " {
        heard.push_str(socket.hear()["data"].as_str().expect("output"));
    }
    socket.say(&json!({"type": "data", "stream": "stdin", "data": "\n"}));
    assert_eq!(socket.hear(), json!({"type": "exit", "stage": "run", "code": 0, "signal": null}));
    assert_eq!(socket.closed(), Some((4999, "Job Completed".to_owned())));
}

#[test]
fn a_signal_ends_it() {
    let served = Served::new();
    let mut socket = Socket::connect(&served, "/api/v2/piston/connect");
    socket.say(&init("print('on', flush=True)\ninput()"));
    while socket.hear()["type"] != "data" {}
    socket.say(&json!({"type": "signal", "signal": "SIGWINCH"}));
    socket.say(&json!({"type": "signal", "signal": "SIGTERM"}));
    assert_eq!(
        socket.hear(),
        json!({"type": "exit", "stage": "run", "code": null, "signal": "SIGTERM"})
    );
    assert_eq!(socket.closed().map(|(code, _)| code), Some(4999));
}

#[test]
fn a_websocket_is_closed_with_its_codes() {
    let served = Served::new();
    let running = init("input()");
    let cases: &[(&[Value], u16)] = &[
        (&[running.clone(), running.clone()], 4000),
        (&[], 4001),
        (&[json!({"type": "init", "language": "cobol"})], 4002),
        (&[json!({"type": "data", "stream": "stdin", "data": ""})], 4003),
        (&[json!({"type": "signal", "signal": "SIGTERM"})], 4003),
        (&[running.clone(), json!({"type": "data", "stream": "stdout", "data": ""})], 4004),
        (&[running, json!({"type": "signal", "signal": "SIGNOTHING"})], 4005),
    ];
    for (said, code) in cases {
        let mut socket = Socket::connect(&served, "/api/v2/connect");
        said.iter().for_each(|message| socket.say(message));
        assert_eq!(socket.closed().map(|(code, _)| code), Some(*code), "{said:?}");
    }
}

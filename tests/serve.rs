//! The HTTP interface as a client meets it. Every language that needs no Docker; the real binary.

use serde_json::{Value, json};

use crate::{backends, served::Served};

fn without_usage(mut report: Value) -> Value {
    let fields = report.as_object_mut().expect("a report is an object");
    assert!(fields["usage"]["wall_us"].as_u64().is_some_and(|us| us > 0));
    fields.remove("usage");
    if let Some(id) = fields.remove("id") {
        assert_eq!(id.as_str().map(str::len), Some(32));
    }
    report
}

#[test]
fn run_answers_what_the_command_line_prints() {
    let served = Served::new();
    for language in backends::wasm_languages() {
        let hello = json!({"language": language.id.as_str(), "source": language.hello.1});
        let answer = served.post("/v1/run", &hello.to_string());
        assert_eq!(answer.status, 200, "{answer:?}");
        let place = crate::cli::Place::with(&[language.hello]);
        let printed = place.run(&["run", "--json", language.hello.0]);
        let mut expected: Value = serde_json::from_str(&printed.stdout).expect("it prints JSON");
        expected["cached"] = json!(false);
        assert_eq!(without_usage(answer.json()), without_usage(expected));
    }
}

#[test]
fn everything_that_a_job_has_can_be_sent() {
    let served = Served::new();
    let request = json!({
        "language": "py", "version": "3",
        "files": [
            {"path": "main.py", "content": "import sys, os, data\nprint(sys.argv[1:], os.environ['A'], input(), data.X)\nopen('out.bin', 'wb').write(b'\\xff')\nopen('out.txt', 'w').write('ä')"},
            {"path": "data.py", "content": "WCA9IDQy", "encoding": "base64"},
        ],
        "stdin": "typed\n", "args": ["one", "two"], "env": {"A": "b"},
        "limits": {"wall_ms": 60000, "cpu_ms": 1000, "memory_mb": 128, "output_kb": 10, "disk_mb": 1},
        "collect_files": true, "priority": "batch",
    });
    let answer = served.post("/v1/run", &request.to_string()).json();
    assert_eq!(answer["stdout"], "['one', 'two'] b typed 42\n", "{answer}");
    assert_eq!(
        answer["files"],
        json!([
            {"path": "out.bin", "bytes": 1, "content": "/w==", "encoding": "base64"},
            {"path": "out.txt", "bytes": 2, "content": "ä", "encoding": "utf8"},
        ])
    );
}

#[test]
fn execute_streams_events() {
    let served = Served::new();
    let source = "import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\nsys.stdout.buffer.write(b'\\xff\\xe6\\x97')";
    let request = json!({"language": "python", "source": source});
    let answer = served.post("/v1/execute", &request.to_string());
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let events = answer.events();
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"started"), Some(&"finished")), "{answer:?}");
    let text = |stream: &str| -> String {
        events
            .iter()
            .filter(|(name, _)| name == stream)
            .filter_map(|(_, data)| data["text"].as_str())
            .collect()
    };
    assert_eq!(
        (text("stdout").as_str(), text("stderr").as_str()),
        ("out\n\u{fffd}\u{fffd}", "err\n")
    );
    let (_, finished) = events.last().expect("there is one");
    assert_eq!(finished["termination"], json!({"kind": "exited", "code": 0}));
    assert_eq!((finished.get("stdout"), &events[0].1["id"]), (None, &finished["id"]));
}

#[test]
fn what_is_wrong_is_said() {
    let served = Served::new();
    let cases = [
        ("{", 400, "malformed"),
        (r#"{"language":"python","sauce":1}"#, 400, "unknown_field"),
        (r#"{"language":"python"}"#, 400, "missing_field"),
        (r#"{"language":"python","source":"","limits":{"wall_ms":0}}"#, 400, "invalid_field"),
        (r#"{"language":"cobol","source":""}"#, 400, "unknown_language"),
        (r#"{"language":"python","source":"","version":"2.7"}"#, 400, "unknown_version"),
        (r#"{"language":"python","files":[{"path":"../a","content":""}]}"#, 400, "invalid_field"),
    ];
    for (body, status, kind) in cases {
        for path in ["/v1/run", "/v1/execute"] {
            let answer = served.post(path, body);
            assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{answer:?}");
            let error = &answer.json()["error"];
            assert_eq!(error["request_id"].as_str(), answer.header("x-request-id"));
            assert!(!error["suggestion"].as_str().unwrap_or_default().is_empty());
        }
    }
    // What only the backend finds may come when the stream has begun.
    let small = r#"{"language":"python","source":"","limits":{"memory_mb":1}}"#;
    assert_eq!(served.post("/v1/run", small).kind(), "invalid_job");
    let answer = served.post("/v1/execute", small);
    let kind = match answer.events().pop() {
        Some((name, data)) if name == "error" => data["error"]["kind"].clone(),
        _ => json!(answer.kind()),
    };
    assert_eq!(kind, "invalid_job");
    let answer = served.post_with("/v1/run", "Content-Type: text/plain\r\n", b"{}");
    assert_eq!((answer.status, answer.kind().as_str()), (415, "unsupported_media_type"));
    assert_eq!(served.get("/v1/run").header("allow"), Some("POST"));
    assert_eq!(served.get("/v1/run").kind(), "method_not_allowed");
    assert_eq!((served.get("/x").status, served.get("/x").kind().as_str()), (404, "not_found"));
    assert_eq!(served.get("/healthz").status, 200);
}

#[test]
fn a_program_that_fails_is_an_answer_like_any_other() {
    let served = Served::new();
    let request = json!({"language": "javascript", "source": "for(;;);", "limits": {"cpu_ms": 50}});
    let answer = served.post("/v1/run", &request.to_string());
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json()["termination"],
        json!({"kind": "limit_exceeded", "resource": "cpu_time"})
    );
}

#[test]
fn a_server_that_is_told_to_stop_lets_programs_end() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let served = Served::new();
    let mut stream = served.connect();
    // It runs until the server has been told to stop: that is when the connection's other end says so.
    let source =
        "import time\nprint('on', flush=True)\nfor _ in range(20): time.sleep(0.01)\nprint('done')";
    let body = json!({"language": "python", "source": source}).to_string();
    write!(stream, "POST /v1/execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .expect("it listens");
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("on\\n")));
    served.terminate();
    assert!(lines.any(|line| line.contains("done\\n")), "the program was broken off");
    assert_eq!(served.stop(), Some(0));
}

#[test]
fn answers_are_compressed_for_those_who_ask() {
    let served = Served::new();
    let body =
        json!({"language": "javascript", "source": "console.log('x'.repeat(100000))"}).to_string();
    let ask = |path: &str, accept: &str| {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAccept-Encoding: {accept}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = served.bytes(request.as_bytes());
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer.len())
    };
    let (head, len) = ask("/v1/run", "gzip");
    assert!(head.contains("content-encoding: gzip") && head.contains("vary: "), "{head}");
    assert!(len < 5000, "{len} bytes");
    let (head, len) = ask("/v1/run", "identity");
    assert!(!head.contains("content-encoding") && len > 100_000, "{head}");
    // What has to arrive at once is not held back by a compressor.
    let (head, len) = ask("/v1/execute", "gzip");
    assert!(!head.contains("content-encoding") && len > 100_000, "{head}");
}

#[test]
fn one_program_runs_on_many_inputs() {
    let served = Served::new();
    let mut request = json!({
        "language": "python", "source": "n = int(input())\nprint(n * 2, ' ')",
        "cases": [
            {"stdin": "1\n", "expected": "2"}, {"stdin": "2\n", "expected": "5\n"}, {"stdin": "x\n", "expected": ""},
            {"stdin": "4\n"},
        ],
    });
    let answer = served.post("/v1/run-many", &request.to_string()).json();
    let verdicts: Vec<_> = answer["results"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|result| result["verdict"].as_str().expect("text"))
        .collect();
    assert_eq!(verdicts, ["accepted", "wrong_output", "failed", "unjudged"], "{answer}");
    assert_eq!(answer["results"][3]["stdout"], "8  \n");
    request["stop_at_first_failure"] = json!(true);
    let answer = served.post("/v1/run-many", &request.to_string()).json();
    assert_eq!(
        answer["summary"],
        json!({"accepted": 1, "wrong_output": 1, "failed": 0, "skipped": 2, "unjudged": 0})
    );
    request["sauce"] = json!(1);
    assert_eq!(served.post("/v1/run-many", &request.to_string()).kind(), "unknown_field");
}

#[test]
fn pages_say_who_may_show_them_and_whose_they_are() {
    let served = Served::new();
    let index = served.get("/");
    assert_eq!(
        (index.status, index.header("content-security-policy")),
        (200, Some("frame-ancestors 'none'"))
    );
    let licenses = served.get("/licenses.txt");
    assert!(licenses.status == 200 && licenses.body.contains("prism-code-editor"), "{licenses:?}");
}

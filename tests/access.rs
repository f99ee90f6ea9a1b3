//! Who is let in, what is counted, and the configuration that says so. The real binary.

use std::fs;

use serde_json::json;

use crate::{
    cli::Place,
    served::{Answer, Served},
};

const HELLO: &str = r#"{"language":"javascript","source":"console.log(1)"}"#;
const PAGE: &str = "https://blog.example";

/// A new key and its table in the configuration.
pub(crate) fn new_key(place: &Place, name: &str) -> (String, String) {
    let printed = place.run(&["config", "--new-key", name]).stdout;
    let (comment, table) = printed.split_once('\n').expect("two parts");
    let key = comment.rsplit(' ').next().expect("the key is last");
    assert!(!table.contains(key));
    (key.to_owned(), table.to_owned())
}

fn run_with(served: &Served, headers: &str) -> Answer {
    let headers = format!("Content-Type: application/json\r\n{headers}");
    served.post_with("/v1/run", &headers, HELLO.as_bytes())
}

#[test]
fn nobody_is_let_in_by_accident() {
    let place = Place::new();
    let called = place.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(called.code, Some(2), "{called:?}");
    assert!(called.stderr.contains("--public"), "{called:?}");
}

#[test]
fn keys_open_within_their_bounds() {
    let place = Place::new();
    let (secret, secret_table) = new_key(&place, "backend");
    let (page, page_table) = new_key(&place, "blog");
    let (watcher, watcher_table) = new_key(&place, "prometheus");
    let file = place.path().join("c.toml");
    let text = format!(
        "[server]\nlisten = \"0.0.0.0:0\"\n{secret_table}wall_ms = 50\n{page_table}origins = [\"{PAGE}\"]\nper_minute = 1\nburst = 2\n{watcher_table}scopes = [\"metrics\"]\n"
    );
    fs::write(&file, text).expect("a file can be written");
    let served = Served::at(&["--config", &file.display().to_string()]);
    assert_eq!(run_with(&served, "").kind(), "unauthenticated");
    assert_eq!(run_with(&served, "X-API-Key: guess\r\n").kind(), "wrong_key");
    let answer = run_with(&served, &format!("Authorization: Bearer {secret}\r\n"));
    assert_eq!((answer.status, &answer.json()["stdout"]), (200, &json!("1\n")));
    // What the key allows is less than what the program asks for.
    let sleepy = json!({"language": "python", "source": "import time; time.sleep(60)", "limits": {"wall_ms": 60000}});
    let headers = format!("Content-Type: application/json\r\nX-API-Key: {secret}\r\n");
    let answer = served.post_with("/v1/run", &headers, sleepy.to_string().as_bytes()).json();
    assert_eq!(answer["termination"]["resource"], "wall_time");

    let from =
        |origin: &str| run_with(&served, &format!("X-API-Key: {page}\r\nOrigin: {origin}\r\n"));
    assert_eq!(from("https://evil.example").kind(), "wrong_origin");
    let answer = from(PAGE);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(PAGE)));
    assert_eq!(from(PAGE).status, 200);
    let refused = from(PAGE);
    assert_eq!((refused.status, refused.kind().as_str()), (429, "rate_limited"));
    assert!(
        refused.header("retry-after").is_some_and(|wait| wait.parse::<u64>().is_ok_and(|s| s > 0))
    );

    assert_eq!(run_with(&served, &format!("X-API-Key: {watcher}\r\n")).kind(), "forbidden");
    let request = format!(
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {watcher}\r\n\r\n"
    );
    let metrics = served.raw(request.as_bytes());
    assert_eq!(metrics.status, 200);
    assert!(metrics.body.contains(r#"coderunner_executions_total{backend="wasm",language="javascript",outcome="exited_zero"} 3"#), "{}", metrics.body);
    assert!(
        metrics.body.contains("coderunner_queue_depth{backend=\"wasm\"} 0"),
        "{}",
        metrics.body
    );
}

#[test]
fn browsers_are_told_which_pages_may() {
    let served = Served::new();
    let preflight = |origin: &str| {
        let request = format!(
            "OPTIONS /v1/run HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
        );
        let answer = served.raw(request.as_bytes());
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(preflight("http://localhost:3000").as_deref(), Some("http://localhost:3000"));
    assert_eq!(preflight("https://evil.example"), None);
    assert_eq!(run_with(&served, "Origin: https://evil.example\r\n").kind(), "wrong_origin");
    assert_eq!(run_with(&served, "Origin: http://localhost:3000\r\n").status, 200);
}

#[test]
fn a_changed_file_takes_effect_at_once() {
    let place = Place::new();
    let file = place.path().join("c.toml");
    fs::write(&file, "[limits]\nwall_ms = 60000\n").expect("a file can be written");
    let path = file.display().to_string();
    let mut served = Served::at(&["--listen", "127.0.0.1:0", "--config", &path]);
    fs::write(&file, "[limits]\nwall_ms = 0\n").expect("a file can be written");
    served.hang_up();
    served.says("c.toml:2: limits.wall_ms: 0 is not a number from 1");
    fs::write(&file, "[limits]\nwall_ms = 40\n").expect("a file can be written");
    served.hang_up();
    served.says("the configuration was read again");
    let sleepy = json!({"language": "python", "source": "import time; time.sleep(60)"});
    let answer = served.post("/v1/run", &sleepy.to_string()).json();
    assert_eq!(answer["termination"]["resource"], "wall_time");
}

#[test]
fn config_says_where_values_come_from() {
    let place = Place::with(&[("c.toml", "[limits]\n\nwall_ms = 5\n")]);
    let printed = place.run(&["config", "--config", "c.toml"]).stdout;
    let line =
        |start: &str| printed.lines().find(|line| line.starts_with(start)).unwrap_or_default();
    assert!(line("wall_ms = 5 ").contains("# c.toml:3"), "{printed}");
    assert!(line("cpu_ms = 30000 ").contains("# default"), "{printed}");
    let mut command = place.coderunner(&["config"]);
    let output = command.env("CODERUNNER_LIMITS_WALL_MS", "7").output().expect("the binary starts");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("# CODERUNNER_LIMITS_WALL_MS"), "{printed}");
}

#[test]
fn each_program_leaves_a_line_without_its_source() {
    let place = Place::with(&[("c.toml", "[log]\naudit = true\nformat = \"json\"\n")]);
    let path = place.path().join("c.toml").display().to_string();
    let mut served = Served::at(&["--listen", "127.0.0.1:0", "--config", &path]);
    let id = served.post("/v1/run", HELLO).json()["id"].as_str().expect("text").to_owned();
    let line = served.says(&id);
    let line: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
    assert_eq!(
        (&line["caller"], &line["language"], &line["outcome"]),
        (&json!("127.0.0.1"), &json!("javascript"), &json!("exited_0"))
    );
    assert_eq!(line["source_sha256"].as_str().map(str::len), Some(64));
    assert!(!line.to_string().contains("console"));
}

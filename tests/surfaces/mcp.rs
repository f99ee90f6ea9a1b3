//! The Model Context Protocol.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use serde_json::{Value, json};

use super::python;
use crate::{cli::Place, served::Served};

#[test]
fn the_published_client_works() {
    let served = Served::new();
    let Some(all) = python("use_mcp.py", &["mcp==2.3.0"], &served) else { return };
    let all = all.as_array().expect("a list");
    let versions: Vec<&Value> = all.iter().map(|got| &got["version"]).collect();
    assert_eq!(versions, ["2026-07-28", "2025-11-25", "2026-07-28", "2025-11-25"]);
    for got in all {
        assert_eq!(
            got["tools"],
            json!([
                "execute_code",
                "get_language_details",
                "get_supported_languages",
                "run_code",
                "run_python",
                "run_python_code"
            ])
        );
        let text = |name: &str| got[name]["text"].as_str().unwrap_or_default();
        let failed = |name: &str| got[name]["error"] == json!(true);
        assert_eq!((text("code"), failed("code")), ("stdout:\ntyped!\nexit code: 0", false));
        assert_eq!(got["code"]["structured"]["stdout"], "typed!\n");
        assert_eq!((text("script"), failed("script")), ("stderr:\nwrong\nexit code: 3", true));
        assert_eq!((text("slow"), failed("slow")), ("ended: Time limit exceeded", true));
        assert!(text("unknown").contains("unknown language \"cobol\"") && failed("unknown"));
        assert_eq!(
            text("value"),
            "<status>success</status>\n<output>\nä\n</output>\n<return_value>\n{\n  \"x\": 42\n}\n</return_value>"
        );
        assert!(
            text("raises").starts_with("<status>run-error</status>\n<output>\n1\n</output>\n<error>\nTraceback (most recent call last):\n  File \"main.py\", line 2, in <module>\n"),
            "{}",
            text("raises")
        );
        assert!(text("raises").ends_with("ZeroDivisionError: division by zero\n</error>"));
        assert_eq!(text("python"), "42\n");
        assert_eq!(
            got["execute"]["structured"],
            json!({"exit_code": 0, "stdout": "1\n", "stderr": ""})
        );
        assert!(failed("libraries") && text("libraries").contains("cannot be installed"));
        assert!(text("languages").contains("\"python\""));
        assert_eq!(got["language"]["structured"]["id"], "python");
        let printed: Vec<String> = (0..20).map(|n| format!("{n}\n")).collect();
        assert_eq!(got["many"], json!(printed));
        assert_eq!(got["no_tool"], "there is no tool \"none\"");
    }
}

fn ask(served: &Served, headers: &str, message: &Value) -> (u16, String) {
    let headers = format!("Content-Type: application/json\r\n{headers}");
    let answer = served.post_with("/mcp", &headers, message.to_string().as_bytes());
    (answer.status, answer.body)
}

#[test]
fn pages_from_elsewhere_are_refused() {
    let served = Served::new();
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let status = |headers: &str| ask(&served, headers, &ping).0;
    assert_eq!(status(""), 200);
    assert_eq!(status("Origin: http://localhost:3000\r\n"), 200);
    assert_eq!(status("Origin: http://evil.test\r\nHost: evil.test\r\n"), 403);
}

#[test]
fn pages_that_are_listed_may_ask() {
    let place = Place::new();
    let file = place.path().join("c.toml");
    fs::write(&file, "[access]\norigins = [\"https://agent.example\"]\n")
        .expect("a file can be written");
    let served = Served::with(&["--config", &file.display().to_string()]);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let status = |headers: &str| ask(&served, headers, &ping).0;
    assert_eq!(status("Origin: https://agent.example\r\n"), 200);
    // That its name is the server's own is what a name that was made to point here looks like. `Host` is that of the tests' requests.
    assert_eq!(status("Origin: http://localhost\r\n"), 403);
}

#[test]
fn what_is_no_request_is_answered_as_the_protocol_says() {
    let served = Served::new();
    let code = |message: Value| {
        let (status, body) = ask(&served, "", &message);
        (status, super::json(&body)["error"]["code"].clone())
    };
    assert_eq!(code(json!([])), (400, json!(-32600)));
    assert_eq!(code(json!({"jsonrpc": "2.0", "id": null, "method": "ping"})), (400, json!(-32600)));
    assert_eq!(code(json!({"jsonrpc": "2.0", "id": 1, "method": "none"})), (200, json!(-32601)));
    assert_eq!(
        code(
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "run_code", "arguments": {}}})
        ),
        (200, json!(-32602))
    );
    let future = json!({"_meta": {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}});
    assert_eq!(
        code(json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": future})),
        (200, json!(-32022))
    );
    let broken = served.post("/mcp", "{");
    assert_eq!((broken.status, &broken.json()["error"]["code"]), (400, &json!(-32700)));
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(ask(&served, "", &initialized), (202, String::new()));
    assert_eq!(
        (served.get("/mcp").status, served.get("/mcp").header("allow")),
        (405, Some("POST"))
    );
}

#[test]
fn a_call_over_standard_streams_can_be_taken_back() {
    let place = Place::new();
    let mut process =
        place.coderunner(&["mcp"]).stdin(Stdio::piped()).spawn().expect("the binary starts");
    let mut input = process.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
    let mut say = |message: Value| writeln!(input, "{message}").expect("it reads");
    let mut hear = || super::json(&lines.next().expect("it answers").expect("it can be read"));
    let code = "import time\nwhile True: time.sleep(1)";
    say(
        json!({"jsonrpc": "2.0", "id": "long", "method": "tools/call", "params": {"name": "run_python", "arguments": {"code": code}}}),
    );
    say(json!({"jsonrpc": "2.0", "id": 2, "method": "ping"}));
    assert_eq!(hear(), json!({"jsonrpc": "2.0", "id": 2, "result": {}}));
    say(
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "long"}}),
    );
    say(json!({"jsonrpc": "2.0", "id": 3, "method": "ping"}));
    assert_eq!(hear()["id"], json!(3));
    // All that was asked is answered or taken back.
    drop(input);
    assert!(lines.next().is_none());
    assert!(process.wait().expect("it ends").success());
}

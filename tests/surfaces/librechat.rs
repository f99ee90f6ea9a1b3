//! LibreChat's code API, with the tools that its agents run programs with.

use serde_json::{Value, json};

use super::{available, node};
use crate::served::Served;

const PACKAGES: &[&str] = &["@librechat/agents@3.2.21"];

fn content(got: &Value) -> &str {
    got["content"].as_str().unwrap_or_else(|| panic!("no content: {got}"))
}

#[test]
fn the_published_client_works() {
    let served = Served::new();
    let Some(got) = node("use_librechat.mjs", PACKAGES, &served) else { return };
    programs_run(&got);
    files_are_kept(&got);
    files_are_carried_on(&got);
    programs_call_tools(&got);
    if available(&served, "bash") {
        assert!(content(&got["bash"]).starts_with("stdout:\n42"), "{}", got["bash"]);
        assert_eq!(got["bash"]["files"], 1);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let served = Served::new();
    let form = |kind: &str, body: &str| {
        let headers = format!("Content-Type: {kind}\r\n");
        let answer = served.post_with("/librechat/upload", &headers, body.as_bytes());
        assert!(answer.json()["error"].is_string(), "{answer:?}");
        answer.status
    };
    assert_eq!(form("application/json", "{}"), 415);
    assert_eq!(form("multipart/form-data", ""), 415);
    assert_eq!(form("multipart/form-data; boundary=x", "--x\r\nnot a form"), 400);
    assert_eq!(form("multipart/form-data; boundary=x", "--x--\r\n"), 400);
    let field = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
    assert_eq!(form("multipart/form-data; boundary=x", field), 400);
    let file = json!({"id": "1", "name": "a", "session_id": "1"});
    for (files, status) in [(vec![file.clone()], 404), (vec![file; 2000], 400)] {
        let body = json!({"lang": "py", "code": "", "files": files});
        assert_eq!(served.post("/librechat/exec", &body.to_string()).status, status);
    }
    let answer = served.post("/librechat/exec", r#"{"lang": "py", "code": "", "args": "'"}"#);
    assert_eq!(answer.status, 400);
    programs_with_tools_that_are_wrong(&served);
}

fn programs_with_tools_that_are_wrong(served: &Served) {
    let ask = |body: Value| served.post("/librechat/exec/programmatic", &body.to_string());
    for (body, status) in [
        (json!({}), 400),
        (json!({"code": "", "lang": "bash"}), 400),
        (json!({"code": "", "tools": vec![json!({"name": "a"}); 1001]}), 400),
        (json!({"code": "", "files": [{"id": "1", "name": "a", "session_id": "1"}]}), 404),
        (json!({"continuation_token": "none", "tool_results": []}), 404),
    ] {
        let answer = ask(body);
        assert!(answer.status == status && answer.json()["error"].is_string(), "{answer:?}");
    }
    let answer = ask(json!({"code": "print(await a(x=1))", "tools": [{"name": "a"}]})).json();
    assert_eq!(answer["status"], "tool_call_required", "{answer}");
    assert_eq!(answer["tool_calls"], json!([{"id": "call_001", "name": "a", "input": {"x": 1}}]));
    let token = &answer["continuation_token"];
    assert_eq!(ask(json!({"continuation_token": token, "tool_results": []})).status, 400);
    let results = json!([{"call_id": "call_001", "result": 7, "is_error": false}]);
    let go_on = json!({"continuation_token": token, "tool_results": results});
    let answer = ask(go_on.clone()).json();
    assert_eq!((&answer["status"], &answer["stdout"]), (&json!("completed"), &json!("7\n")));
    assert_eq!(ask(go_on).status, 404, "each result is taken once");
    // What the program writes in the place of calls is looked at like anything else from it.
    let forged = "import os; open('_calls.json', 'w').write('x'); os._exit(0)";
    let answer = ask(json!({"code": forged, "tools": []})).json();
    assert_eq!(answer["status"], "error", "{answer}");
}

fn programs_run(got: &Value) {
    for (name, expected) in [
        ("hello", "stdout:\n['a', 'b c']\n\nstderr:\nwrong"),
        ("js", "stdout:\n42"),
        ("silent", "stdout: Empty. Ensure you're writing output explicitly."),
    ] {
        assert_eq!(content(&got[name]), expected, "{name}");
        assert!(got[name]["session_id"].as_str().is_some_and(is_id), "{name}");
    }
    assert!(content(&got["raises"]).contains("ZeroDivisionError"));
    assert_eq!(got["raises"]["files"][0]["name"], "kept.txt");
    assert!(content(&got["late"]).contains("Time limit exceeded"), "{}", got["late"]);
    assert_eq!(got["late"]["files"], Value::Null);
    assert!(got["unknown"]["error"].as_str().is_some_and(|error| error.contains("f90")));
}

fn files_are_kept(got: &Value) {
    assert_eq!(
        content(&got["made"]).lines().nth(1),
        Some("[['a', 'b'], ['1', '2']] ['main.py', 'sales.csv']")
    );
    let made = &got["made"]["files"];
    assert_eq!(
        (made.as_array().map(Vec::len), &made[0]["name"]),
        (Some(1), &json!("out/sum ä.txt"))
    );
    assert_eq!(
        got["downloaded"],
        json!({
            "status": 200, "data": 3, "type": "application/octet-stream",
            "disposition": "attachment; filename*=UTF-8''sum%20%C3%A4.txt",
        })
    );
    assert!(got["looked"]["data"]["lastModified"].as_str().is_some_and(|at| at.ends_with('Z')));
    assert_eq!(got["full"][0]["name"], "sales.csv");
    let (session, id) = (&got["uploaded"]["session_id"], &got["uploaded"]["files"][0]["fileId"]);
    assert_eq!((&got["full"][0]["storage_session_id"], &got["full"][0]["id"]), (session, id));
    let object =
        format!("{}/{}.csv", session.as_str().expect("a text"), id.as_str().expect("a text"));
    assert_eq!(got["summary"]["data"][0]["name"], json!(object));
    assert_eq!(got["simple"]["data"], json!([object]));
    assert_eq!((&got["deleted"], &got["nothing"]["status"]), (&json!(200), &json!(404)));
    assert!(got["gone"]["error"].as_str().is_some_and(|error| error.contains("returned 404")));
}

fn files_are_carried_on(got: &Value) {
    assert_eq!(
        (&got["batch"]["message"], &got["batch"]["succeeded"]),
        (&json!("success"), &json!(2))
    );
    assert_eq!(content(&got["skill"]), "stdout:\n/mnt/data/skill/a.md a\n/mnt/data/skill/b.md b");
    assert_eq!(got["skill"]["files"], Value::Null);
    assert!(got["empty"]["error"].is_string());
    let turns = got["turns"].as_array().expect("a list");
    assert_eq!(turns[2]["content"], "stdout:\n2", "{turns:?}");
}

fn programs_call_tools(got: &Value) {
    let ran = &got["programmatic"];
    assert!(ran["error"].is_null(), "{ran}");
    let printed = "stdout:\nTrue\n4 [1, None, 'ü']\n['7', 'Bern', {'city': 'Rome', 'degrees': 4, 'list': [1, None, 'ü']}]\ncaught out of order\n";
    assert!(content(ran).starts_with(printed), "{ran}");
    assert_eq!((&ran["files"][0]["name"], &ran["files"][1]), (&json!("report.txt"), &Value::Null));
    // Each once, although the program ran again and again; the second call for Rome is another one.
    assert_eq!(got["asked"], json!(["Rome", "Oslo ü", "Rome", "Bern"]));
    let raised = content(&got["programmatic_raises"]);
    assert!(raised.starts_with("stdout:\nso far\n"), "{raised}");
    assert!(raised.contains("File \"main.py\", line 3, in main\n    1 / 0\n"), "{raised}");
    let endless = got["programmatic_endless"]["error"].as_str().unwrap_or_default();
    assert!(endless.contains("maximum round trips (20)"), "{endless}");
}

/// What LibreChat's server lets through.
fn is_id(id: &str) -> bool {
    id.len() == 21 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

//! Judge0's API.

use std::{fs, net::TcpListener};

use serde_json::{Value, json};

use super::{available, python};
use crate::{access::new_key, cli::Place, served::Served};

fn ended(got: &Value) -> (u64, &str) {
    (got["status"].as_u64().unwrap_or_default(), got["stdout"].as_str().unwrap_or_default())
}

#[test]
fn the_published_client_works() {
    let served = Served::new();
    let Some(got) = python("use_judge0.py", &["judge0==0.0.8"], &served) else { return };
    let languages = got["languages"].as_array().expect("a list");
    assert!(languages.contains(&json!(71)) && languages.contains(&json!(63)), "{languages:?}");
    assert_eq!(
        (&got["language"], &got["statuses"], &got["wait"]),
        (&json!("main.py"), &json!(14), &json!(true))
    );
    assert_eq!(
        got["hello"],
        json!({"status": 3, "stdout": "ä typed\n", "stderr": null, "message": null, "exit_code": 0, "time": true, "memory": true, "finished": true})
    );
    for (name, expected) in [
        ("script", (3, "1\n")),
        ("wrong", (4, "1\n")),
        ("right", (3, "1  \n")),
        ("raises", (11, "")),
        ("late", (5, "")),
        ("arguments", (3, "['a', 'b c']\n")),
        ("merged", (3, "1\n2\n")),
        ("runs", (3, "1\n")),
        ("files", (3, "inside\n")),
    ] {
        assert_eq!(ended(&got[name]), expected, "{name}: {}", got[name]);
    }
    assert_eq!(
        (&got["raises"]["message"], &got["raises"]["exit_code"]),
        (&json!("RXhpdGVkIHdpdGggZXJyb3Igc3RhdHVzIDM="), &json!(3))
    );
    let cases = got["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), 25);
    for (n, case) in cases.iter().enumerate() {
        assert_eq!(ended(case), (if n == 7 { 4 } else { 3 }, format!("{}\n", n * 2).as_str()));
    }
    assert!(got["cobol"].as_str().is_some_and(|error| error.contains("does not support")));
}

#[test]
fn a_submission_can_be_waited_for() {
    let served = Served::new();
    let submit =
        |query: &str, body: Value| served.post(&format!("/submissions{query}"), &body.to_string());
    let plain = "?base64_encoded=false&wait=true";
    let answer =
        submit(plain, json!({"language_id": 71, "source_code": "print(input())", "stdin": "a"}));
    let told = answer.json();
    assert_eq!(
        (answer.status, &told["stdout"], &told["status"]),
        (201, &json!("a\n"), &json!({"id": 3, "description": "Accepted"}))
    );
    let fields: Vec<&String> = told.as_object().expect("an object").keys().collect();
    assert_eq!(
        fields,
        ["compile_output", "memory", "message", "status", "stderr", "stdout", "time", "token"]
    );
    // Whatever a client ends the address with.
    assert_eq!(
        submit(&format!("/{plain}"), json!({"language_id": "71", "source_code": "1"})).status,
        201
    );
    // In base64 unless it says otherwise.
    let encoded =
        submit("?wait=true", json!({"language_id": 71, "source_code": "cHJpbnQoMSk="})).json();
    assert_eq!(encoded["stdout"], "MQo=");
    let bytes =
        json!({"language_id": 71, "source_code": "import sys; sys.stdout.buffer.write(b'\\xff')"});
    let answer = submit(plain, bytes);
    assert!(
        answer.status == 201 && answer.body.contains("cannot be converted to UTF-8"),
        "{answer:?}"
    );
    let token = answer.json()["token"].as_str().unwrap_or_default().to_owned();
    assert_eq!(served.get(&format!("/submissions/{token}?base64_encoded=false")).status, 400);
    assert_eq!(
        served.get(&format!("/submissions/{token}?fields=stdout")).json(),
        json!({"stdout": "/w=="})
    );
    assert_eq!(served.get(&format!("/submissions/{token}?fields=nothing")).status, 400);
    let page = served.get("/submissions?page=1&per_page=2").json();
    assert_eq!((&page["meta"]["total_count"], &page["meta"]["next_page"]), (&json!(4), &json!(2)));
    let batch = served.get(&format!("/submissions/batch?tokens={token},none&fields=token")).json();
    assert_eq!(batch, json!({"submissions": [{"token": token}, null]}));
}

#[test]
fn what_is_wrong_is_said_in_its_words() {
    let served = Served::new();
    let problems = |body: Value| {
        let answer = served.post("/submissions?base64_encoded=false", &body.to_string());
        (answer.status, answer.json())
    };
    assert_eq!(
        problems(json!({"language_id": 9999})),
        (
            422,
            json!({"language_id": ["language with id 9999 doesn't exist"], "source_code": ["can't be blank"]})
        )
    );
    for (field, value, problem) in [
        ("cpu_time_limit", json!(1000), "must be less than or equal to 30"),
        ("memory_limit", json!(1), "must be greater than or equal to 2048"),
        ("number_of_runs", json!("x"), "is not a number"),
        ("enable_network", json!(true), "enabling network is not allowed"),
        (
            "compiler_options",
            json!("-O2"),
            "setting compiler options is only allowed for compiled languages",
        ),
        ("additional_files", json!("AAAA"), "is not a zip archive"),
        ("callback_url", json!("http://169.254.169.254/latest"), "has to be a public address"),
    ] {
        let body = json!({"language_id": 71, "source_code": "1", field: value});
        assert_eq!(problems(body), (422, json!({field: [problem]})));
    }
    let batch =
        served.post("/submissions/batch", &json!({"submissions": vec![json!({}); 21]}).to_string());
    assert_eq!(batch.status, 400);
    assert_eq!(served.get("/submissions/none").status, 404);
    assert_eq!(served.post("/submissions", "{").status, 400);
}

#[test]
fn a_key_can_stand_in_the_address() {
    let place = Place::new();
    let (key, table) = new_key(&place, "judge");
    let file = place.path().join("c.toml");
    fs::write(&file, format!("[server]\nlisten = \"0.0.0.0:0\"\n{table}"))
        .expect("a file can be written");
    let served = Served::at(&["--config", &file.display().to_string()]);
    let post =
        |path: &str| served.post(path, r#"{"language_id": 71, "source_code": "MQ=="}"#).status;
    assert_eq!(post("/authenticate"), 401);
    assert_eq!(post("/authenticate?X-Auth-Token=guess"), 401);
    assert_eq!(post(&format!("/authenticate?X-Auth-Token={key}")), 200);
    assert_eq!(post(&format!("/submissions/?wait=true&x-auth-token={key}")), 201);
    // Elsewhere an address is no place for a key.
    assert_eq!(served.get(&format!("/v1/languages?X-Auth-Token={key}")).status, 401);
}

#[test]
fn what_waits_is_bounded_by_configuration() {
    let place = Place::new();
    let file = place.path().join("c.toml");
    fs::write(&file, "[store]\nsubmissions_waiting_max = 1\n").expect("a file can be written");
    let served = Served::with(&["--config", &file.display().to_string()]);
    let two = json!({"submissions": [{"language_id": 71, "source_code": "MQ=="}, {"language_id": 71, "source_code": "MQ=="}]});
    let answer = served.post("/submissions/batch", &two.to_string());
    assert_eq!((answer.status, answer.json()), (503, json!({"error": "queue is full"})));
    assert_eq!(served.get("/config_info").json()["max_queue_size"], 1);
}

#[test]
fn compiled_languages_are_judged() {
    /// C and C++ as Judge0 numbers them: every version is the one that is here.
    const IDS: &[u64] = &[48, 49, 50, 52, 53, 54, 75, 76, 103, 104, 105, 110];
    let served = Served::new();
    if !available(&served, "c") || !available(&served, "cpp") {
        return;
    }
    let submit = |id: u64, more: Value| {
        let mut body = json!({"language_id": id, "stdin": "20 22"});
        more.as_object()
            .expect("an object")
            .iter()
            .for_each(|(name, value)| body[name] = value.clone());
        served.post("/submissions?base64_encoded=false&wait=true", &body.to_string()).json()
    };
    let adds = "#include <stdio.h>\nint main(void) { int a, b; scanf(\"%d%d\", &a, &b); printf(\"%d\\n\", a + b); return 0; }";
    for id in IDS {
        let judged = submit(*id, json!({"source_code": adds, "expected_output": "42"}));
        assert_eq!(judged["stdout"], "42\n", "{id}: {judged}");
        assert_eq!(judged["status"]["id"], 3, "{id}: {judged}");
    }
    let status = |more: Value| {
        let judged = submit(50, more);
        (judged["status"]["id"].as_u64(), judged)
    };
    let (id, judged) = status(json!({"source_code": "int main(void) { return x; }"}));
    assert_eq!(id, Some(6), "{judged}");
    assert!(
        judged["compile_output"].as_str().is_some_and(|said| said.contains("error")),
        "{judged}"
    );
    let (id, judged) =
        status(json!({"source_code": "int main(void) { volatile int *p = 0; return *p; }"}));
    assert_eq!((id, &judged["message"].is_string()), (Some(7), &true), "{judged}");
    let (id, judged) =
        status(json!({"source_code": "int main(void) { for (;;); }", "cpu_time_limit": 0.5}));
    assert_eq!(id, Some(5), "{judged}");
    let (id, judged) = status(
        json!({"source_code": "int main(void) { return A - 7; }", "compiler_options": "-DA=7"}),
    );
    assert_eq!(id, Some(3), "{judged}");
}

#[test]
fn callbacks_do_not_reach_this_machine() {
    let served = Served::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    // Names that lead here are what the unit tests have; these are refused on sight.
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        let body = json!({"language_id": 71, "source_code": "MQ==", "callback_url": format!("http://{host}:{port}/")});
        assert_eq!(served.post("/submissions?wait=true", &body.to_string()).status, 422, "{host}");
    }
    // The system resolves these to the same.
    for host in ["2130706433", "127.1"] {
        let body = json!({"language_id": 71, "source_code": "MQ==", "callback_url": format!("http://{host}:{port}/")});
        assert_eq!(served.post("/submissions?wait=true", &body.to_string()).status, 201, "{host}");
    }
    // Callbacks that are under way hold the server up, so after its end there are none.
    assert_eq!(served.stop(), Some(0));
    listener.set_nonblocking(true).expect("an option can be set");
    assert!(listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
}

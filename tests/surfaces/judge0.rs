//! Judge0's API.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::python;
use crate::served::Served;

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

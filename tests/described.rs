//! What the server says of itself (its own description, spans, logs), checked by tools that others wrote.

use serde_json::{Value, json};

use crate::{cli::Place, served::Served, surfaces::python};

const SCHEMATHESIS: &[&str] = &["schemathesis==4.32.5"];
const OPENTELEMETRY: &[&str] = &["opentelemetry-proto==1.45.2", "grpcio==1.85.1"];

#[test]
fn every_answer_is_one_that_is_described() {
    let served = Served::new();
    let Some(checked) = python("use_schemathesis.py", SCHEMATHESIS, &served) else { return };
    assert_eq!(checked["code"], json!(0), "{}", checked["said"].as_str().unwrap_or_default());
    assert!(checked["operations"].as_u64() >= Some(10), "{checked}");
}

#[test]
fn the_description_has_the_bounds_in_force_and_every_error() {
    let served = Served::new();
    let document = served.get("/openapi.json").json();
    let schemas = &document["components"]["schemas"];
    let wall = &schemas["RequestLimits"]["properties"]["wall_ms"];
    assert_eq!((&wall["minimum"], &wall["maximum"]), (&json!(1), &json!(86_400_000)));
    let kinds = schemas["ErrorFields"]["properties"]["kind"]["enum"].as_array().map(Vec::len);
    assert_eq!(kinds, Some(coderunner_api::codes::ALL.len()));
    // Nothing that is referred to is missing.
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 20, "{references:?}");
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for field in
        ["language", "source", "files", "stdin", "limits", "cache", "priority", "collect_files"]
    {
        let described = &schemas["RunRequest"]["properties"][field];
        assert!(described.is_object(), "{field}");
    }
    let page = served.get("/docs");
    assert!(
        page.header("content-security-policy").is_some_and(|p| p.starts_with("default-src 'none'"))
    );
    for text in ["/v1/run-many", "wall_ms", "1 to 86400000", "share_used"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains("src="));
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                references.push(reference.to_owned());
            }
            fields.values().for_each(|value| gather(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| gather(value, references)),
        _ => {}
    }
}

#[test]
fn a_request_is_a_span_in_its_callers_trace() {
    let unused = Served::new();
    let Some(told) = python("use_opentelemetry.py", OPENTELEMETRY, &unused) else { return };
    assert_eq!(told["code"], json!(0), "{told}");
    let spans = told["spans"].as_array().expect("an array");
    let of = |request: &str| -> Vec<&Value> {
        let root = spans.iter().find(|span| span["fields"]["request_id"] == request);
        let Some(root) = root else { return Vec::new() };
        let inner = spans.iter().find(|span| span["parent"] == root["span"]);
        std::iter::once(root).chain(inner).collect()
    };
    let traced = of("mine");
    let [request, execution] = traced[..] else { panic!("{told}") };
    assert_eq!(request["trace"], json!("0af7651916cd43dd8448eb211c80319c"));
    assert_eq!(request["parent"], json!("b7ad6b7169203331"));
    assert_eq!((&request["name"], &request["service"]), (&json!("request"), &json!("coderunner")));
    // 2 is a server's.
    assert_eq!((&request["kind"], &request["fields"]["status"]), (&json!(2), &json!(200)));
    assert_eq!(execution["trace"], request["trace"]);
    assert_eq!(execution["fields"]["outcome"], json!("exited_0"));
    assert_eq!(execution["fields"]["id"], told["answers"][0]["run"]["id"]);
    let own = told["answers"][1]["id"].as_str().expect("it has one");
    let traced = of(own);
    assert_eq!(traced.len(), 2, "{told}");
    assert_eq!(traced[0]["parent"], json!(""));
    assert_eq!(of("untraced").len(), 0, "{told}");
    // The log says which request an execution belongs to.
    let audit = told["audit"].as_array().expect("an array");
    let line = audit.iter().find(|line| line["id"] == told["answers"][0]["run"]["id"]);
    let line = line.unwrap_or_else(|| panic!("{told}")).to_string();
    assert!(line.contains(r#""request_id":"mine""#), "{line}");
    assert!(line.contains("0af7651916cd43dd8448eb211c80319c"), "{line}");
}

#[test]
fn nobody_waits_for_a_collector_that_is_not_there() {
    // A port that nobody listens on, and one where nobody ever answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let address = silent.local_addr().expect("it has one");
    for endpoint in ["http://127.0.0.1:9".to_owned(), format!("http://{address}")] {
        let text = format!("[trace]\notlp_endpoint = \"{endpoint}\"\n");
        let place = Place::with(&[("c.toml", text.as_str())]);
        let served =
            Served::with(&["--config", &place.path().join("c.toml").display().to_string()]);
        for _ in 0..20 {
            let hello = r#"{"language":"javascript","source":"console.log(1)"}"#;
            assert_eq!(served.post("/v1/run", hello).status, 200);
        }
        assert_eq!(served.stop(), Some(0));
    }
}

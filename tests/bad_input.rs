//! What nobody should send: the answer is an error of the sender, never one of ours, and the server goes on.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::served::Served;

/// A sequence of numbers that looks random and is the same every time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("it is small")
    }
}

pub(crate) fn still_runs(served: &Served) {
    let answer = served.post("/v1/run", r#"{"language":"javascript","source":"console.log(1)"}"#);
    assert_eq!((answer.status, &answer.json()["stdout"]), (200, &json!("1\n")));
}

fn is_senders_fault(status: u16) -> bool {
    (400..500).contains(&status)
}

#[test]
fn damaged_json_is_refused() {
    let served = Served::new();
    let whole = json!({
        "language": "javascript", "files": [{"path": "a.js", "content": "1", "encoding": "utf8"}], "stdin": "x", "args": ["a"],
        "env": {"A": "b"}, "limits": {"wall_ms": 100, "memory_mb": 64}, "priority": "batch",
    })
    .to_string()
    .into_bytes();
    let mut numbers = Numbers(88_172_645_463_325_252);
    for round in 0..300 {
        let mut damaged = whole.clone();
        for _ in 0..=numbers.next() % 3 {
            let at = numbers.next() % damaged.len();
            match round % 3 {
                0 => damaged[at] = u8::try_from(numbers.next() % 256).expect("a byte"),
                1 => damaged.truncate(at.max(1)),
                _ => damaged.insert(at, b"{}[]\",:\\0\xff"[numbers.next() % 10]),
            }
        }
        let path = ["/v1/run", "/v1/execute", "/v1/run-many"][round % 3];
        let answer = served.post_with(path, "Content-Type: application/json\r\n", &damaged);
        // Some damage makes another good request.
        assert!(answer.status == 200 || is_senders_fault(answer.status), "{answer:?}");
    }
    still_runs(&served);
}

#[test]
fn values_of_every_wrong_kind_are_refused() {
    let served = Served::new();
    let good = json!({"language": "javascript", "source": ""});
    let bad: Vec<Value> = vec![
        json!(null),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({}),
        json!("\u{0}"),
        json!([[]]),
        json!(true),
    ];
    for field in [
        "language",
        "source",
        "files",
        "stdin",
        "args",
        "env",
        "compile_args",
        "limits",
        "collect_files",
        "cache",
        "priority",
        "version",
    ] {
        for value in &bad {
            let mut request = good.clone();
            request[field] = value.clone();
            let answer = served.post("/v1/run", &request.to_string());
            assert!(
                answer.status == 200 || is_senders_fault(answer.status),
                "{request} {answer:?}"
            );
        }
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(is_senders_fault(served.post("/v1/run", &format!(r#"{{"language":{deep}}}"#)).status));
    still_runs(&served);
}

#[test]
fn what_is_too_large_is_refused_before_it_has_come() {
    let served = Served::new();
    let answer = served.raw(b"POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n");
    assert_eq!((answer.status, answer.kind().as_str()), (413, "too_large"));
    let head = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20));
    assert!(matches!(served.raw(head.as_bytes()).status, 0 | 400..=499));
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    assert!(matches!(served.raw(head.as_bytes()).status, 0 | 400..=499));
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(1000));
    assert!(matches!(served.raw(head.as_bytes()).status, 0 | 400..=499));
    let many =
        json!({"language": "javascript", "files": vec![json!({"path": "a", "content": ""}); 2000]});
    assert_eq!(served.post("/v1/run", &many.to_string()).kind(), "invalid_field");
    still_runs(&served);
}

#[test]
fn what_is_compressed_is_refused() {
    let served = Served::new();
    let hello = br#"{"language":"javascript","source":"console.log(1)"}"#;
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip", "x"] {
        let headers = format!("Content-Type: application/json\r\nContent-Encoding: {encoding}\r\n");
        let answer = served.post_with("/v1/run", &headers, hello);
        assert_eq!((answer.status, answer.kind().as_str()), (415, "unsupported_encoding"));
    }
    let headers = "Content-Type: application/json\r\nContent-Encoding: identity\r\n";
    assert_eq!(served.post_with("/v1/run", headers, hello).status, 200);
}

#[test]
fn what_is_no_http_is_refused() {
    let served = Served::new();
    let mut numbers = Numbers(1_234_567);
    for _ in 0..50 {
        let noise: Vec<u8> =
            (0..200).map(|_| u8::try_from(numbers.next() % 256).expect("a byte")).collect();
        let mut stream = served.connect();
        let _ = stream.write_all(&noise);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
    }
    // The start of HTTP/2, and then nothing of the kind.
    let mut stream = served.connect();
    let _ = stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
    still_runs(&served);
}

#[test]
fn who_dawdles_is_cut_off() {
    let place = crate::cli::Place::with(&[(
        "c.toml",
        "[request]\nheader_time_ms = 100\nbody_time_ms = 100\n",
    )]);
    let path = place.path().join("c.toml").display().to_string();
    let served = Served::with(&["--config", &path]);
    // Nothing, a part of a start of HTTP/2, a part of a head: each ends because the server ends it.
    for start in ["", "PR", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = served.connect();
        stream.write_all(start.as_bytes()).expect("it listens");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
    }
    let answer = served.raw(b"POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
    assert_eq!((answer.status, answer.kind().as_str()), (408, "request_timeout"));
    still_runs(&served);
}

#[test]
fn half_a_connection_is_no_reason_to_hang() {
    let served = Served::new();
    let mut stream = served.connect();
    stream.write_all(b"POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{").expect("it listens");
    stream.shutdown(std::net::Shutdown::Write).expect("it is open");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
    still_runs(&served);
}

//! Frames of HTTP/2, gRPC and WebSocket that nobody should send, byte for byte: the server closes or answers, and goes on.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

use crate::{
    bad_input::{Numbers, still_runs},
    cli::Place,
    served::Served,
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("frames are small").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// A header, written out: neither compressed nor remembered.
fn header(name: &str, value: &str) -> Vec<u8> {
    let length = |text: &str| u8::try_from(text.len()).ok().filter(|n| *n < 127).expect("short");
    [&[0, length(name)][..], name.as_bytes(), &[length(value)], value.as_bytes()].concat()
}

/// The start of a connection and a call of gRPC whose message is `message`, framed as it should be.
fn call(path: &str, message: &[u8]) -> Vec<u8> {
    let headers = [
        header(":method", "POST"),
        header(":scheme", "http"),
        header(":path", path),
        header(":authority", "localhost"),
        header("content-type", "application/grpc"),
        header("te", "trailers"),
    ]
    .concat();
    let length = u32::try_from(message.len()).expect("messages are small").to_be_bytes();
    let body = [&[0][..], &length, message].concat();
    [
        PREFACE.to_vec(),
        frame(SETTINGS, 0, 0, &[]),
        frame(HEADERS, END_HEADERS, 1, &headers),
        frame(DATA, END_STREAM, 1, &body),
    ]
    .concat()
}

/// A program as `coderunner.v1.RunRequest`: `language` and one file.
fn program() -> Vec<u8> {
    let field = |tag: u8, bytes: &[u8]| {
        [&[tag << 3 | 2, u8::try_from(bytes.len()).expect("short")][..], bytes].concat()
    };
    let file = field(2, b"console.log(1)");
    [field(1, b"javascript"), field(3, &file)].concat()
}

/// Sends all of it, and reads until the server closes.
fn send(served: &Served, bytes: &[u8]) -> Vec<u8> {
    let mut stream = served.connect();
    // It may close before all is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Nothing went wrong that is ours.
fn unharmed(served: &Served) {
    still_runs(served);
    let metrics = served.get("/metrics").body;
    // Every status is counted from zero on.
    let ours = metrics.lines().find(|line| {
        line.starts_with("coderunner_requests_total{status=\"500") && !line.ends_with(" 0")
    });
    assert_eq!(ours, None, "an answer says that the server failed");
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

const RUN: &str = "/coderunner.v1.CodeExecutionService/Run";

#[test]
fn damaged_calls_of_grpc_are_survived() {
    let served = Served::new();
    let whole = call(RUN, &program());
    // What is damaged below works when it is whole.
    let mut stream = served.connect();
    stream.write_all(&whole).expect("it listens");
    let mut answer = Vec::new();
    while !contains(&answer, b"1\n") {
        let (kind, _, payload) = next(&mut stream).expect("the call itself is wrong");
        if kind == DATA {
            answer = payload;
        }
    }
    let mut numbers = Numbers(20_250_101);
    for round in 0..400 {
        let mut damaged = whole.clone();
        // The preface stays: without it this is no HTTP/2.
        let from = PREFACE.len();
        for _ in 0..=numbers.next() % 4 {
            let at = from + numbers.next() % (damaged.len() - from);
            match round % 4 {
                0 | 1 => damaged[at] = u8::try_from(numbers.next() % 256).expect("a byte"),
                2 => damaged.truncate(at.max(from + 1)),
                _ => damaged.insert(at, u8::try_from(numbers.next() % 256).expect("a byte")),
            }
        }
        send(&served, &damaged);
    }
    unharmed(&served);
}

#[test]
fn messages_that_are_none_are_refused() {
    let served = Served::new();
    let mut numbers = Numbers(7_777);
    for path in ["Run", "Execute", "Interact", "RunMany", "ListLanguages", "NoSuch"] {
        let path = format!("/coderunner.v1.CodeExecutionService/{path}");
        for length in [0, 1, 5, 64, 500] {
            let noise: Vec<u8> =
                (0..length).map(|_| u8::try_from(numbers.next() % 256).expect("a byte")).collect();
            send(&served, &call(&path, &noise));
        }
    }
    // A message that says to be longer than any may be, one that says to be compressed, and one that never comes.
    for prefix in [&[0, 255, 255, 255, 255][..], &[1, 0, 0, 0, 1, 0], &[9, 0, 0, 0, 0], &[0, 0]] {
        let mut bytes = call(RUN, &[]);
        bytes.truncate(bytes.len() - 5 - 9);
        bytes.extend(frame(DATA, END_STREAM, 1, prefix));
        send(&served, &bytes);
    }
    unharmed(&served);
}

#[test]
fn heads_without_end_are_cut_off() {
    let served = Served::new();
    let start = [PREFACE.to_vec(), frame(SETTINGS, 0, 0, &[])].concat();
    // A head that goes on for 16 MiB; sending stops to work when the server has had enough.
    let mut stream = served.connect();
    stream.write_all(&start).expect("it listens");
    let mut sent = stream.write_all(&frame(HEADERS, 0, 1, &header("a", &"b".repeat(100))));
    let piece: Vec<u8> = header("c", &"d".repeat(100)).repeat(150);
    for _ in 0..1000 {
        if sent.is_err() {
            break;
        }
        sent = stream.write_all(&frame(CONTINUATION, 0, 1, &piece));
    }
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
    // One that is whole, and too large.
    let fields: Vec<u8> =
        (0..600).flat_map(|n| header(&format!("x-{n}"), &"y".repeat(100))).collect();
    let mut bytes = start.clone();
    for (n, piece) in fields.chunks(16_000).enumerate() {
        bytes.extend(frame(if n == 0 { HEADERS } else { CONTINUATION }, 0, 1, piece));
    }
    bytes.extend(frame(CONTINUATION, END_HEADERS, 1, &[]));
    send(&served, &bytes);
    // Questions that want answers, by the thousand.
    send(&served, &[start.clone(), frame(PING, 0, 0, &[0; 8]).repeat(10_000)].concat());
    send(&served, &[start, frame(SETTINGS, 0, 0, &[]).repeat(10_000)].concat());
    unharmed(&served);
}

#[test]
fn who_only_answers_pings_is_not_kept() {
    let place = Place::with(&[("c.toml", "[request]\nheader_time_ms = 100\n")]);
    let served = Served::with(&["--config", &place.path().join("c.toml").display().to_string()]);
    let mut stream = served.connect();
    stream.write_all(PREFACE).expect("it listens");
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).expect("it listens");
    // A well-behaved client with nothing to ask. It ends because the server ends it.
    while let Some((kind, flags, payload)) = next(&mut stream) {
        let answer = match kind {
            SETTINGS if flags & ACK == 0 => frame(SETTINGS, ACK, 0, &[]),
            PING if flags & ACK == 0 => frame(PING, ACK, 0, &payload),
            _ => continue,
        };
        if stream.write_all(&answer).is_err() {
            break;
        }
    }
    still_runs(&served);
}

/// The next frame's kind, flags and payload; nothing at the end.
fn next(stream: &mut TcpStream) -> Option<(u8, u8, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).ok()?];
    stream.read_exact(&mut payload).ok()?;
    Some((head[3], head[4], payload))
}

/// A WebSocket that has been opened, as a plain connection.
fn upgraded(served: &Served, path: &str) -> TcpStream {
    let mut stream = served.connect();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        .expect("it listens");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("it answers");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// A masked frame of a WebSocket, with a mask of zeros.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("frames are small").to_be_bytes();
    [&[first, 0x80 | 0x7e][..], &length, &[0; 4], payload].concat()
}

#[test]
fn damaged_frames_of_websockets_are_survived() {
    let served = Served::new();
    let run = br#"{"type":"run","language":"javascript","source":"console.log(1)"}"#;
    let whole = [masked(0x81, run), masked(0x88, &[3, 232])].concat();
    let answer = |bytes: &[u8]| {
        let mut stream = upgraded(&served, "/v1/ws");
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    };
    assert!(contains(&answer(&masked(0x81, run)), b"started"), "the frame itself is wrong");
    let mut numbers = Numbers(4_242);
    for _ in 0..300 {
        let mut damaged = whole.clone();
        for _ in 0..=numbers.next() % 3 {
            let at = numbers.next() % damaged.len();
            match numbers.next() % 3 {
                0 => damaged[at] = u8::try_from(numbers.next() % 256).expect("a byte"),
                1 => damaged.truncate(at.max(1)),
                _ => damaged.insert(at, u8::try_from(numbers.next() % 256).expect("a byte")),
            }
        }
        answer(&damaged);
    }
    let endless = [masked(0x01, b"{"), masked(0x00, b" ").repeat(10_000)].concat();
    let cases: [Vec<u8>; 9] = [
        // Reserved bits, a kind that does not exist, no mask, more than anybody has.
        masked(0xF1, run),
        masked(0x83, run),
        vec![0x81, 2, b'{', b'}'],
        [&[0x81, 255][..], &u64::MAX.to_be_bytes(), &[0; 4]].concat(),
        [&[0x81, 255][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat(),
        // A ping larger than pings are, one that is cut into pieces, a text that is none, a continuation of nothing.
        masked(0x89, &[0; 1000]),
        masked(0x09, b""),
        masked(0x81, b"\xff\xfe"),
        endless,
    ];
    for case in cases {
        answer(&case);
    }
    unharmed(&served);
}

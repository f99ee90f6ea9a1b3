//! The WebSocket as a client meets it.

use std::net::TcpStream;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::served::Served;

struct Socket(WebSocket<TcpStream>);

impl Socket {
    fn new(served: &Served) -> Self {
        let url = format!("ws://{}/v1/ws", served.address);
        let (socket, _) = tungstenite::client(url, served.connect()).expect("it is upgraded");
        Self(socket)
    }

    fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).expect("it listens");
    }

    /// The next message, but for pings.
    fn hear(&mut self) -> Value {
        loop {
            match self.0.read().expect("it answers") {
                Message::Text(text) => return serde_json::from_str(&text).expect("it is JSON"),
                Message::Close(frame) => return json!({"closed": frame.map(|f| u16::from(f.code))}),
                _ => {}
            }
        }
    }

    /// Hears until a message of this type.
    fn until(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear();
            if message["type"] == kind {
                return message;
            }
            assert!(message["type"].is_string(), "{message} instead of {kind}");
        }
    }
}

#[test]
fn programs_run_one_after_another_with_live_input() {
    let served = Served::new();
    let mut socket = Socket::new(&served);
    for name in ["Ada", "Bob"] {
        socket.say(&json!({"type": "run", "language": "python", "source": "print('who?')\nprint('hello', input())", "stdin_open": true}));
        assert_eq!(socket.hear()["type"], "started");
        assert_eq!(socket.hear(), json!({"type": "stdout", "text": "who?\n"}));
        socket.say(&json!({"type": "stdin", "text": format!("{name}\n")}));
        assert_eq!(socket.until("stdout")["text"], format!("hello {name}\n"));
        assert_eq!(socket.until("finished")["termination"], json!({"kind": "exited", "code": 0}));
    }
}

#[test]
fn what_runs_can_be_cancelled_and_closed() {
    let served = Served::with(&["--guest-threads", "1"]);
    let mut socket = Socket::new(&served);
    socket.say(&json!({"type": "run", "language": "js", "source": "for(;;);"}));
    assert_eq!(socket.hear()["type"], "started");
    socket.say(&json!({"type": "run", "language": "js", "source": ""}));
    assert_eq!(socket.hear()["error"]["kind"], "invalid_field");
    socket.say(&json!({"type": "cancel"}));
    assert_eq!(socket.until("error")["error"]["kind"], "cancelled");
    socket.say(&json!({"type": "run", "language": "python", "source": "import sys\nprint(len(sys.stdin.read()))", "stdin_open": true}));
    socket.say(&json!({"type": "stdin", "text": "12345"}));
    socket.say(&json!({"type": "stdin_close"}));
    assert_eq!(socket.until("stdout")["text"], "5\n");
}

#[test]
fn what_is_wrong_is_said_and_the_connection_goes_on() {
    let served = Served::new();
    let mut socket = Socket::new(&served);
    let cases = [
        (json!([]), "invalid_field"),
        (json!({"type": "dance"}), "invalid_field"),
        (json!({"type": "run"}), "missing_field"),
        (json!({"type": "run", "language": "python", "source": "", "x": 1}), "unknown_field"),
        (json!({"type": "stdin"}), "missing_field"),
        (json!({"type": "cancel", "x": 1}), "unknown_field"),
    ];
    for (message, kind) in cases {
        socket.say(&message);
        assert_eq!(socket.hear()["error"]["kind"], kind, "{message}");
    }
    socket.0.send(Message::text("{")).expect("it listens");
    assert_eq!(socket.hear()["error"]["kind"], "malformed");
    socket.say(&json!({"type": "run", "language": "js", "source": "console.log(1)"}));
    assert_eq!(socket.until("stdout")["text"], "1\n");
}

#[test]
fn a_server_that_ends_says_goodbye() {
    let served = Served::new();
    let mut socket = Socket::new(&served);
    socket.say(&json!({"type": "run", "language": "js", "source": ""}));
    socket.until("finished");
    served.terminate();
    assert_eq!(socket.hear(), json!({"closed": 1001}));
    assert_eq!(served.stop(), Some(0));
}

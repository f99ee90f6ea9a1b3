//! A WebSocket to a server under test.

use std::net::TcpStream;

use serde_json::Value;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::served::Served;

pub(super) struct Socket(WebSocket<TcpStream>);

impl Socket {
    pub(super) fn connect(served: &Served, path: &str) -> Self {
        let url = format!("ws://{}{path}", served.address);
        let (socket, _) = client(url, served.connect()).expect("it takes WebSocket connections");
        Self(socket)
    }

    pub(super) fn say(&mut self, message: &Value) {
        // It may have closed already; what it said tells.
        let _ = self.0.send(Message::text(message.to_string()));
    }

    pub(super) fn hear(&mut self) -> Value {
        loop {
            match self.0.read().expect("the server says something") {
                Message::Text(text) => return super::json(&text),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// How the server closes, whatever it says before.
    pub(super) fn closed(mut self) -> Option<(u16, String)> {
        loop {
            let said = self.0.read().expect("the server says how it closes");
            if let Message::Close(frame) = said {
                return frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
            }
        }
    }
}

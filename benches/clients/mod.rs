//! Clients that send one program again and again, over each protocol; and the server that one would write instead.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use coderunner_api::proto::v1::{self, code_execution_service_client::CodeExecutionServiceClient};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, transport::Channel};

use crate::served::answer;

/// What came of a request.
pub(crate) enum Answered {
    /// It ran; what that took by its own account, if that is looked at.
    Ok(Option<Duration>),
    /// There was no room.
    Refused,
}

/// One connection.
pub(crate) trait Client {
    /// Sends the program and waits for what comes of it.
    async fn ask(&mut self) -> Answered;
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("it listens");
    stream.set_nodelay(true).expect("an option can be set");
    stream
}

/// `POST /v1/run`.
pub(crate) struct Http {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
    samples: bool,
}

impl Http {
    pub(crate) async fn new(
        address: SocketAddr,
        language: &str,
        source: &str,
        samples: bool,
    ) -> Self {
        let body = json!({"language": language, "source": source}).to_string();
        let head = format!(
            "POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = (head + &body).into_bytes();
        Self { stream: connect(address).await, request, buffer: Vec::with_capacity(4096), samples }
    }
}

impl Client for Http {
    async fn ask(&mut self) -> Answered {
        self.stream.write_all(&self.request).await.expect("it reads");
        match answer(&mut self.stream, &mut self.buffer).await {
            (200, start) => Answered::Ok(self.samples.then(|| {
                let report: Value = serde_json::from_slice(&self.buffer[start..]).expect("JSON");
                Duration::from_micros(report["usage"]["wall_us"].as_u64().expect("a number"))
            })),
            (429 | 503, _) => Answered::Refused,
            (other, _) => panic!("{other}: {}", String::from_utf8_lossy(&self.buffer)),
        }
    }
}

/// `GET /v1/ws`. Its frames are few and simple enough to be written here, at no cost that would be measured with them.
pub(crate) struct WebSocket {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl WebSocket {
    pub(crate) async fn new(address: SocketAddr, language: &str, source: &str) -> Self {
        let mut stream = connect(address).await;
        let upgrade = b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(upgrade).await.expect("it reads");
        let mut buffer = Vec::with_capacity(4096);
        while !buffer.ends_with(b"\r\n\r\n") {
            assert!(stream.read_buf(&mut buffer).await.expect("it answers") > 0, "it closed");
        }
        buffer.clear();
        let text = json!({"type": "run", "language": language, "source": source}).to_string();
        // A text in one frame, masked with zeros.
        let length =
            u8::try_from(text.len()).ok().filter(|length| *length < 126).expect("a short program");
        let mut request = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        request.extend_from_slice(text.as_bytes());
        Self { stream, request, buffer }
    }

    /// The next message.
    async fn hear(&mut self) -> Vec<u8> {
        loop {
            if let [_, length, rest @ ..] = &self.buffer[..] {
                let (length, start) = match (length, rest) {
                    (126, [high, low, ..]) => (usize::from(u16::from_be_bytes([*high, *low])), 4),
                    (126.., _) => (usize::MAX, 4),
                    (length, _) => (usize::from(*length), 2),
                };
                if self.buffer.len() - 2 >= length.saturating_add(start - 2) {
                    let message = self.buffer[start..start + length].to_vec();
                    self.buffer.drain(..start + length);
                    return message;
                }
            }
            let read = self.stream.read_buf(&mut self.buffer).await.expect("it answers");
            assert!(read > 0, "it closed");
        }
    }
}

impl Client for WebSocket {
    async fn ask(&mut self) -> Answered {
        self.stream.write_all(&self.request).await.expect("it reads");
        loop {
            let message = self.hear().await;
            let message: Value = serde_json::from_slice(&message).expect("JSON");
            match message["type"].as_str() {
                Some("finished") => return Answered::Ok(None),
                Some("error") => return Answered::Refused,
                _ => {}
            }
        }
    }
}

/// `Run` of the gRPC service.
pub(crate) struct Grpc {
    client: CodeExecutionServiceClient<Channel>,
    request: v1::RunRequest,
}

impl Grpc {
    pub(crate) async fn new(address: SocketAddr, language: &str, source: &str) -> Self {
        let channel = Channel::from_shared(format!("http://{address}")).expect("an address");
        let client = CodeExecutionServiceClient::new(channel.connect().await.expect("it listens"));
        let content = source.to_owned().into();
        let request = v1::RunRequest {
            language: language.to_owned(),
            files: vec![v1::File { path: String::new(), content }],
            ..v1::RunRequest::default()
        };
        Self { client, request }
    }
}

impl Client for Grpc {
    async fn ask(&mut self) -> Answered {
        match self.client.run(self.request.clone()).await {
            Ok(_) => Answered::Ok(None),
            Err(status) if status.code() == Code::ResourceExhausted => Answered::Refused,
            Err(status) => panic!("{status}"),
        }
    }
}

/// A server in Python that starts a new `python3` for each request.
pub(crate) struct Usual {
    process: Child,
    pub(crate) address: SocketAddr,
}

const USUAL: &str = r#"
import http.server, json, subprocess, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        program = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ran = subprocess.run([sys.executable, "-c", program["source"]], capture_output=True, text=True, timeout=10)
        body = json.dumps({"code": ran.returncode, "stdout": ran.stdout, "stderr": ran.stderr}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

impl Usual {
    /// If there is a Python on this machine.
    pub(crate) fn start() -> Option<Self> {
        let mut process =
            Command::new("python3").args(["-c", USUAL]).stdout(Stdio::piped()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take()?).read_line(&mut line).ok()?;
        let address = SocketAddr::from(([127, 0, 0, 1], line.trim().parse().ok()?));
        Some(Self { process, address })
    }
}

impl Drop for Usual {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! `coderunner serve` under test: the real binary on a port of its own, and plain connections to it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Stdio},
    sync::{Mutex, mpsc},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::cli::Place;

/// How long a server that nobody needs any more may take to end by itself.
const END_MAX: Duration = Duration::from_secs(3);

/// A server that runs until this is dropped.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: SocketAddr,
    /// What it says on standard error, line by line.
    said: Mutex<mpsc::Receiver<String>>,
    /// Its folder lives as long as it does.
    _place: Place,
}

impl Served {
    /// A server with the given arguments, once it listens.
    pub(crate) fn with(args: &[&str]) -> Self {
        Self::at(&[&["--listen", "127.0.0.1:0"], args].concat())
    }

    /// The same, where the arguments say on which address.
    pub(crate) fn at(args: &[&str]) -> Self {
        let place = Place::new();
        let mut process = place
            .coderunner(&[&["serve"], args].concat())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let address = lines
            .by_ref()
            .map(|line| line.expect("what it says can be read"))
            .find_map(|line| line.split_once("listening on http://")?.1.parse::<SocketAddr>().ok())
            .expect("it says where it listens");
        // All is read at once, so that it never waits for somebody to read what it says.
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| {
                let _ = sender.send(line);
            });
        });
        // A server that listens everywhere is asked here.
        let address = SocketAddr::from(([127, 0, 0, 1], address.port()));
        Self { process, address, said: Mutex::new(said), _place: place }
    }

    /// Waits until it says `text`; the line that has it.
    pub(crate) fn says(&mut self, text: &str) -> String {
        let said = self.said.get_mut().expect("nobody panicked with it");
        said.iter()
            .find(|line| line.contains(text))
            .unwrap_or_else(|| panic!("it ended without saying {text:?}"))
    }

    /// Asks it to read its configuration again.
    pub(crate) fn hang_up(&self) {
        self.signal(libc::SIGHUP);
    }

    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_nodelay(true).expect("an option can be set");
        stream
    }

    /// Sends a request as it stands, closes nothing, and reads all that comes until the server closes.
    pub(crate) fn raw(&self, request: &[u8]) -> Answer {
        Answer::parse(&self.bytes(request))
    }

    /// The same, as it comes.
    pub(crate) fn bytes(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // It may refuse before all is sent.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.raw(
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        )
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.post_with(path, "Content-Type: application/json\r\n", body.as_bytes())
    }

    pub(crate) fn post_with(&self, path: &str, headers: &str, body: &[u8]) -> Answer {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.raw(&request)
    }

    /// Asks it to end, and waits until it has. Its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.terminate();
        self.process.wait().expect("it ends").code()
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        self.signal(libc::SIGTERM);
    }

    fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.process.id()).expect("process numbers are small");
        // SAFETY: a plain system call, to our own child.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Politely first: what an instrumented process has counted is written when it ends by itself. One that still runs jobs need not be
        // waited for.
        let asked = Instant::now();
        if !matches!(self.process.try_wait(), Ok(None)) {
            return;
        }
        self.terminate();
        while asked.elapsed() < END_MAX && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let chunked =
            headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunk(body) } else { body.to_owned() };
        Self { status: status.unwrap_or(0), headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The kind of an error.
    pub(crate) fn kind(&self) -> String {
        self.json()["error"]["kind"].as_str().unwrap_or_default().to_owned()
    }

    /// The events of a stream: their names and data.
    pub(crate) fn events(&self) -> Vec<(String, Value)> {
        let event = |block: &str| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            Some((
                field("event: ")?.to_owned(),
                serde_json::from_str(field("data: ")?).expect("data is JSON"),
            ))
        };
        self.body.split("\n\n").filter_map(event).collect()
    }
}

/// A body that was sent in chunks.
fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        if length == 0 || rest.len() < length {
            break;
        }
        whole.push_str(&rest[..length]);
        body = rest[length..].trim_start_matches("\r\n");
    }
    whole
}

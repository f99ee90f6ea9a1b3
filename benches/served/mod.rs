//! The real server in a process of its own, and its answers.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{io::AsyncReadExt as _, net::TcpStream as AsyncStream};

/// The server.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// With the given arguments, once it is ready.
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_coderunner"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("listening on http://")?.1.parse().ok())
            .expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        let served = Self { process, address };
        while !served.get("/readyz").starts_with("HTTP/1.1 200") {
            std::thread::sleep(Duration::from_millis(50));
        }
        served
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// What is answered, its head included.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads one answer; its status, and where its body starts in the buffer.
pub(crate) async fn answer(stream: &mut AsyncStream, buffer: &mut Vec<u8>) -> (u16, usize) {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.expect("it answers") > 0, "it closed");
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).expect("heads are ASCII");
        let length: usize = head
            .split("\r\n")
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
            .expect("it says how long it is");
        let status = head[9..12].parse().expect("a status");
        while buffer.len() < end + 4 + length {
            assert!(stream.read_buf(buffer).await.expect("it answers") > 0, "it closed");
        }
        return (status, end + 4);
    }
}

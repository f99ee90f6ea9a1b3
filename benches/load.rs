//! Load on a server: the real binary in a process of its own, an own client in this one, over loopback.
//!
//! `cargo bench --bench load` prints a table: answers a second and latencies by language and number of connections, what HTTP adds to a run,
//! what idle WebSockets take, and what happens at four times the load that there is room for. Client and server share the processors, so the
//! figures are for both together.

#![allow(clippy::print_stdout, reason = "a program whose output is its purpose")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

use std::{
    cell::Cell,
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream as AsyncStream,
};

/// How long each row is measured.
const ROW: Duration = Duration::from_secs(5);
/// How long each row runs before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long four times too much is offered.
const OVERLOAD: Duration = Duration::from_mins(1);
/// Callers that keep the server busy without being refused.
const PEAK_CALLERS: usize = 16;
/// Connections of callers that ask for too much.
const HAMMERING_CALLERS: usize = 256;
/// Idle WebSockets whose memory is measured.
const SOCKETS: usize = 2_000;

/// The server.
struct Served {
    process: Child,
    address: SocketAddr,
}

impl Served {
    fn start(args: &[&str]) -> Self {
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

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Memory that is really there, in bytes.
    fn memory(&self) -> u64 {
        let path = format!("/proc/{}/smaps_rollup", self.process.id());
        let rollup = fs::read_to_string(path).expect("it is there");
        let kb = rollup.lines().find_map(|line| {
            line.strip_prefix("Private_Dirty:")?.split_whitespace().next()?.parse::<u64>().ok()
        });
        kb.expect("the kernel says so") << 10
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What came of a row.
#[derive(Default)]
struct Row {
    ok: Vec<Duration>,
    refused: Vec<Duration>,
    /// What the runs themselves took, by their own account.
    runs: Vec<Duration>,
    took: Duration,
}

/// Sends the same request over `connections` connections, each waiting for its answer.
async fn load(address: SocketAddr, body: &str, connections: usize, sample_runs: bool) -> Row {
    let request: Arc<str> = format!(
        "POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into();
    let (measuring, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (request, measuring, over) = (request.clone(), measuring.clone(), over.clone());
            tokio::task::spawn_local(async move {
                let mut row = Row::default();
                let mut stream = AsyncStream::connect(address).await.expect("it listens");
                stream.set_nodelay(true).expect("an option can be set");
                let mut buffer = Vec::with_capacity(4096);
                while !over.load(Ordering::Relaxed) {
                    let sent = Instant::now();
                    stream.write_all(request.as_bytes()).await.expect("it reads");
                    let (status, start) = answer(&mut stream, &mut buffer).await;
                    let took = sent.elapsed();
                    if measuring.load(Ordering::Relaxed) {
                        match status {
                            200 => row.ok.push(took),
                            429 | 503 => row.refused.push(took),
                            other => panic!("{other}: {}", String::from_utf8_lossy(&buffer)),
                        }
                        if sample_runs && status == 200 {
                            let report: Value =
                                serde_json::from_slice(&buffer[start..]).expect("JSON");
                            row.runs.push(Duration::from_micros(
                                report["usage"]["wall_us"].as_u64().expect("a number"),
                            ));
                        }
                    }
                }
                row
            })
        })
        .collect();
    tokio::time::sleep(WARM_UP).await;
    measuring.store(true, Ordering::Relaxed);
    let started = Instant::now();
    tokio::time::sleep(ROW).await;
    measuring.store(false, Ordering::Relaxed);
    let took = started.elapsed();
    over.store(true, Ordering::Relaxed);
    let mut all = Row { took, ..Row::default() };
    for task in tasks {
        let row = task.await.expect("no panic");
        all.ok.extend(row.ok);
        all.refused.extend(row.refused);
        all.runs.extend(row.runs);
    }
    all.ok.sort_unstable();
    all.refused.sort_unstable();
    all.runs.sort_unstable();
    all
}

/// Reads one answer; its status, and where its body starts in the buffer.
async fn answer(stream: &mut AsyncStream, buffer: &mut Vec<u8>) -> (u16, usize) {
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

fn at(sorted: &[Duration], per_mille: usize) -> f64 {
    let index = (sorted.len() * per_mille / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(f64::NAN, |d| d.as_secs_f64() * 1e6)
}

fn print(name: &str, row: &Row) {
    println!(
        "{name:<28} {:>8.0} /s   p50 {:>8.0} µs   p99 {:>8.0} µs   refused {:>8.0} /s (p50 {:>6.0} µs)",
        row.ok.len() as f64 / row.took.as_secs_f64(),
        at(&row.ok, 500),
        at(&row.ok, 990),
        row.refused.len() as f64 / row.took.as_secs_f64(),
        at(&row.refused, 500),
    );
}

fn main() {
    // `cargo test --benches` asks for nothing to be measured.
    if env::args().any(|arg| arg == "--test") {
        return;
    }
    let only: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted =
        |name: &str| only.is_empty() || only.iter().any(|only| name.contains(only.as_str()));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    let js = r#"{"language":"javascript","source":"console.log(1+1)"}"#;
    let python = r#"{"language":"python","source":"print(sum(range(10)))"}"#;
    let served = Served::start(&[]);
    local.block_on(&runtime, async {
        for (language, body) in [("javascript", js), ("python", python)] {
            for connections in [1, 16, 64] {
                let name = format!("http/{language}/{connections}");
                if wanted(&name) {
                    let row = load(served.address, body, connections, connections == 1).await;
                    print(&name, &row);
                    if connections == 1 {
                        println!(
                            "{:<28} {:>8.0} µs p50",
                            format!("http/{language}/added"),
                            at(&row.ok, 500) - at(&row.runs, 500)
                        );
                    }
                }
            }
        }
    });
    if wanted("websocket/idle") {
        let before = served.memory();
        let sockets: Vec<_> = (0..SOCKETS).map(|_| upgrade(served.address)).collect();
        let each = served.memory().saturating_sub(before) / SOCKETS as u64;
        println!(
            "{:<28} {:>8.1} KiB each, {} of them",
            "websocket/idle",
            each as f64 / 1024.0,
            sockets.len()
        );
    }
    drop(served);
    if wanted("overload") {
        overload(&local, &runtime);
    }
}

/// What happens at four times the load that there is room for.
fn overload(local: &tokio::task::LocalSet, runtime: &tokio::runtime::Runtime) {
    // Some milliseconds of CPU time, always the same work, so that there is room for few.
    let busy = r#"{"language":"javascript","source":"let n = 0; for (let i = 0; i < 300000; i++) n += i % 7; console.log(n)"}"#;
    // A small queue, which fills at once.
    let config = env::temp_dir().join(format!("coderunner-load-{}.toml", std::process::id()));
    fs::write(&config, "[admission]\nqueue_max = 64\n").expect("a file can be written");
    let served = Served::start(&["--config", &config.display().to_string()]);
    local.block_on(runtime, async {
        let peak = load(served.address, busy, PEAK_CALLERS, false).await;
        print("overload/peak", &peak);
        let rate = |row: &Row| row.ok.len() as f64 / row.took.as_secs_f64();
        let before = served.memory();
        let offered = offer(served.address, busy, 4.0 * rate(&peak)).await;
        print("overload/4x", &offered);
        println!(
            "{:<28} {:>8.1} % of the peak, {:.1} of 4 offered, {:.1} MiB more than before",
            "overload/goodput",
            rate(&offered) * 100.0 / rate(&peak),
            (offered.ok.len() + offered.refused.len()) as f64
                / offered.took.as_secs_f64()
                / rate(&peak),
            served.memory().saturating_sub(before) as f64 / f64::from(1 << 20)
        );
        print("overload/after", &load(served.address, busy, PEAK_CALLERS, false).await);
        // Callers who do not wait after a refusal, but ask again at once: as many refusals as the machine has room for beside the work.
        print("overload/hammer", &load(served.address, busy, HAMMERING_CALLERS, false).await);
    });
    let _ = fs::remove_file(config);
}

/// Sends so many requests a second for [`OVERLOAD`], whether they are answered or not, as long as there are connections left to send on.
async fn offer(address: SocketAddr, body: &str, rate: f64) -> Row {
    let request: Arc<str> = format!(
        "POST /v1/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into();
    let (started, next) = (Instant::now(), Rc::new(Cell::new(0_u32)));
    let tasks: Vec<_> = (0..HAMMERING_CALLERS)
        .map(|_| {
            let (request, next) = (request.clone(), next.clone());
            tokio::task::spawn_local(async move {
                let mut row = Row::default();
                let mut stream = AsyncStream::connect(address).await.expect("it listens");
                stream.set_nodelay(true).expect("an option can be set");
                let mut buffer = Vec::with_capacity(4096);
                loop {
                    let due = Duration::from_secs_f64(f64::from(next.get()) / rate);
                    if due >= OVERLOAD {
                        return row;
                    }
                    next.set(next.get() + 1);
                    tokio::time::sleep_until((started + due).into()).await;
                    let sent = Instant::now();
                    stream.write_all(request.as_bytes()).await.expect("it reads");
                    match answer(&mut stream, &mut buffer).await.0 {
                        200 => row.ok.push(sent.elapsed()),
                        429 | 503 => row.refused.push(sent.elapsed()),
                        other => panic!("{other}: {}", String::from_utf8_lossy(&buffer)),
                    }
                }
            })
        })
        .collect();
    let mut all = Row::default();
    for task in tasks {
        let row = task.await.expect("no panic");
        all.ok.extend(row.ok);
        all.refused.extend(row.refused);
    }
    all.took = started.elapsed();
    all.ok.sort_unstable();
    all.refused.sort_unstable();
    all
}

/// A WebSocket that says nothing.
fn upgrade(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").expect("it reads");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("it answers");
    assert_eq!(&answer, b"HTTP/1.1 101");
    stream
}

//! Load on a server: the real binary in a process of its own, an own client in this one, over loopback.
//!
//! `cargo bench --bench load` prints a table: answers a second and latencies by protocol, language and number of connections, what HTTP adds to a run,
//! what idle WebSockets take, and what happens at four times the load that there is room for. `usual` is what one would otherwise write: a server in
//! Python that starts a new `python3` for each request. Client and server share the processors, so the figures are for both together.

#![allow(clippy::print_stdout, reason = "a program whose output is its purpose")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod clients;
mod served;

use std::{
    cell::Cell,
    env, fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    rc::Rc,
    time::{Duration, Instant},
};

use clients::{Answered, Client, Grpc, Http, Usual, WebSocket};
use served::Served;

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

/// Memory of a server that is really there, in bytes.
fn memory(served: &Served) -> u64 {
    let path = format!("/proc/{}/smaps_rollup", served.id());
    let rollup = fs::read_to_string(path).expect("it is there");
    let kb = rollup.lines().find_map(|line| {
        line.strip_prefix("Private_Dirty:")?.split_whitespace().next()?.parse::<u64>().ok()
    });
    kb.expect("the kernel says so") << 10
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

/// Sends the same program over `connections` connections, each waiting for its answer.
async fn load<C: Client + 'static>(connections: usize, connect: impl AsyncFn() -> C) -> Row {
    let (measuring, over) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (mut client, measuring, over) = (connect().await, measuring.clone(), over.clone());
        tasks.push(tokio::task::spawn_local(async move {
            let mut row = Row::default();
            while !over.get() {
                let sent = Instant::now();
                let answered = client.ask().await;
                if !measuring.get() {
                    continue;
                }
                match answered {
                    Answered::Ok(run) => {
                        row.ok.push(sent.elapsed());
                        row.runs.extend(run);
                    }
                    Answered::Refused => row.refused.push(sent.elapsed()),
                }
            }
            row
        }));
    }
    tokio::time::sleep(WARM_UP).await;
    measuring.set(true);
    let started = Instant::now();
    tokio::time::sleep(ROW).await;
    measuring.set(false);
    let took = started.elapsed();
    over.set(true);
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
    let programs = [("javascript", "console.log(1+1)"), ("python", "print(sum(range(10)))")];
    let served = Served::start(&[]);
    let address = served.address;
    local.block_on(&runtime, async {
        for (language, source) in programs {
            for connections in [1, 16, 64] {
                let name = format!("http/{language}/{connections}");
                if wanted(&name) {
                    let is_alone = connections == 1;
                    let row = load(connections, async || {
                        Http::new(address, language, source, is_alone).await
                    })
                    .await;
                    print(&name, &row);
                    if is_alone {
                        let added = at(&row.ok, 500) - at(&row.runs, 500);
                        println!("{:<28} {added:>8.0} µs p50", format!("http/{language}/added"));
                    }
                }
            }
            let name = format!("websocket/{language}/16");
            if wanted(&name) {
                print(
                    &name,
                    &load(16, async || WebSocket::new(address, language, source).await).await,
                );
            }
            let name = format!("grpc/{language}/16");
            if wanted(&name) {
                print(&name, &load(16, async || Grpc::new(address, language, source).await).await);
            }
        }
        if wanted("usual/python/16")
            && let Some(usual) = Usual::start()
        {
            let (language, source) = programs[1];
            let row =
                load(16, async || Http::new(usual.address, language, source, false).await).await;
            print("usual/python/16", &row);
        }
    });
    if wanted("websocket/idle") {
        let before = memory(&served);
        let sockets: Vec<_> = (0..SOCKETS).map(|_| upgrade(served.address)).collect();
        let each = memory(&served).saturating_sub(before) / SOCKETS as u64;
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
    const BUSY: &str = "let n = 0; for (let i = 0; i < 300000; i++) n += i % 7; console.log(n)";
    // A small queue, which fills at once.
    let config = env::temp_dir().join(format!("coderunner-load-{}.toml", std::process::id()));
    fs::write(&config, "[admission]\nqueue_max = 64\n").expect("a file can be written");
    let served = Served::start(&["--config", &config.display().to_string()]);
    let address = served.address;
    let caller = async || Http::new(address, "javascript", BUSY, false).await;
    local.block_on(runtime, async {
        let peak = load(PEAK_CALLERS, caller).await;
        print("overload/peak", &peak);
        let rate = |row: &Row| row.ok.len() as f64 / row.took.as_secs_f64();
        let before = memory(&served);
        let offered = offer(4.0 * rate(&peak), caller).await;
        print("overload/4x", &offered);
        println!(
            "{:<28} {:>8.1} % of the peak, {:.1} of 4 offered, {:.1} MiB more than before",
            "overload/goodput",
            rate(&offered) * 100.0 / rate(&peak),
            (offered.ok.len() + offered.refused.len()) as f64
                / offered.took.as_secs_f64()
                / rate(&peak),
            memory(&served).saturating_sub(before) as f64 / f64::from(1 << 20)
        );
        print("overload/after", &load(PEAK_CALLERS, caller).await);
        // Callers who do not wait after a refusal, but ask again at once: as many refusals as the machine has room for beside the work.
        print("overload/hammer", &load(HAMMERING_CALLERS, caller).await);
    });
    let _ = fs::remove_file(config);
}

/// Sends so many requests a second for [`OVERLOAD`], whether they are answered or not, as long as there are connections left to send on.
async fn offer<C: Client + 'static>(rate: f64, connect: impl AsyncFn() -> C) -> Row {
    let mut clients = Vec::new();
    for _ in 0..HAMMERING_CALLERS {
        clients.push(connect().await);
    }
    let (started, next) = (Instant::now(), Rc::new(Cell::new(0_u32)));
    let mut tasks = Vec::new();
    for mut client in clients {
        let next = next.clone();
        tasks.push(tokio::task::spawn_local(async move {
            let mut row = Row::default();
            loop {
                let due = Duration::from_secs_f64(f64::from(next.get()) / rate);
                if due >= OVERLOAD {
                    return row;
                }
                next.set(next.get() + 1);
                tokio::time::sleep_until((started + due).into()).await;
                let sent = Instant::now();
                match client.ask().await {
                    Answered::Ok(_) => row.ok.push(sent.elapsed()),
                    Answered::Refused => row.refused.push(sent.elapsed()),
                }
            }
        }));
    }
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

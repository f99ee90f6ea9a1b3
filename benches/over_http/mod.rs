//! Soak of a server: requests of every ending over HTTP, and what its process holds before and after.

use std::{
    cell::Cell,
    collections::BTreeMap,
    env, fs, process,
    rc::Rc,
    time::{Duration, Instant},
};

use clap::Args;
use coderunner_executor::Resource;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::LocalSet,
};

use crate::{
    Held, MAPPINGS_MORE_MAX, PERMILLE,
    served::{Served, answer},
    subject::{PROGRAMS, Programs},
};

/// How many files a program may have: less than what the one makes that is to be stopped.
const FILES_MAX: u32 = 8;
/// How long a program runs before it is given up.
const UNTIL_CANCELLED: Duration = Duration::from_millis(3);
/// After so long the server has to have given back what the last requests held.
const SETTLED_AFTER_MAX: Duration = Duration::from_secs(10);

#[derive(Args)]
pub(crate) struct HttpArgs {
    /// Requests in all
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) requests: u64,
    /// Connections that they are spread over
    #[arg(long, default_value_t = 16)]
    pub(crate) connections: u64,
}

/// How a request is meant to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meant {
    Well,
    Json,
    /// The output as it comes.
    Streamed,
    Exception,
    Crash,
    CpuTime,
    WallTime,
    Memory,
    Output,
    Disk,
    Files,
    /// The connection is closed while the program sleeps.
    CancelledSleeping,
    /// The same while it computes.
    CancelledComputing,
    Malformed,
    UnknownLanguage,
    UnknownField,
    NotFound,
}

impl Meant {
    /// Whether a program runs to an end.
    fn ends(self) -> bool {
        let is_refused = matches!(
            self,
            Self::Malformed | Self::UnknownLanguage | Self::UnknownField | Self::NotFound
        );
        !is_refused && !self.is_cancelled()
    }

    fn is_cancelled(self) -> bool {
        matches!(self, Self::CancelledSleeping | Self::CancelledComputing)
    }
}

/// Out of a thousand requests; the rest end well.
const MIX: [(Meant, u64); 16] = [
    (Meant::Json, 50),
    (Meant::Streamed, 50),
    (Meant::Exception, 50),
    (Meant::Crash, 5),
    (Meant::CpuTime, 10),
    (Meant::WallTime, 3),
    (Meant::Memory, 5),
    (Meant::Output, 10),
    (Meant::Disk, 5),
    (Meant::Files, 5),
    (Meant::CancelledSleeping, 10),
    (Meant::CancelledComputing, 5),
    (Meant::Malformed, 10),
    (Meant::UnknownLanguage, 10),
    (Meant::UnknownField, 10),
    (Meant::NotFound, 10),
];

/// How request number `n` is meant to end, and in which language: spread, not in blocks.
fn kind(n: u64) -> (Meant, &'static Programs) {
    let mut place = n * 377 % PERMILLE;
    let programs = &PROGRAMS[usize::from(n / PERMILLE % 2 == 1)];
    for (meant, share) in MIX {
        if place < share {
            return (meant, programs);
        }
        place -= share;
    }
    (Meant::Well, programs)
}

/// A request as it is sent, and what its answer has to contain.
struct Prepared {
    bytes: Vec<u8>,
    status: u16,
    contains: String,
}

impl Prepared {
    fn new(meant: Meant, programs: &Programs) -> Self {
        let exited = |code: u8| format!(r#""termination":{{"kind":"exited","code":{code}}}"#);
        let limit =
            |resource: Resource| format!(r#""kind":"limit_exceeded","resource":"{resource}""#);
        let (source, limits, contains) = match meant {
            Meant::Json => (programs.json, json!({}), exited(0)),
            Meant::Exception => (programs.raises, json!({}), exited(1)),
            Meant::Crash => (programs.aborts.0, json!({}), programs.aborts.1.to_owned()),
            Meant::CpuTime => (programs.computes, json!({"cpu_ms": 2}), limit(Resource::CpuTime)),
            Meant::WallTime => (programs.sleeps, json!({"wall_ms": 5}), limit(Resource::WallTime)),
            Meant::Memory => {
                (programs.allocates, json!({"memory_mb": 64}), limit(Resource::Memory))
            }
            Meant::Output => (programs.floods, json!({"output_kb": 32}), limit(Resource::Output)),
            Meant::Disk => (
                FILLS_DISK[usize::from(programs.language == "javascript")],
                json!({"disk_mb": 1}),
                limit(Resource::Disk),
            ),
            Meant::Files => (programs.makes_files, json!({}), limit(Resource::Files)),
            Meant::CancelledSleeping => (programs.sleeps, json!({}), String::new()),
            Meant::CancelledComputing => (programs.computes, json!({}), String::new()),
            _ => (programs.hello, json!({}), exited(0)),
        };
        let mut body = json!({"language": programs.language, "source": source, "limits": limits});
        let (mut path, mut status, mut contains) = ("/v1/run", 200, contains);
        let mut refused = |code: u16, kind: &str| {
            status = code;
            contains = format!(r#""kind":"{kind}""#);
        };
        match meant {
            Meant::Streamed => path = "/v1/execute",
            Meant::Malformed => refused(400, "malformed"),
            Meant::UnknownLanguage => {
                body["language"] = "cobol".into();
                refused(400, "unknown_language");
            }
            Meant::UnknownField => {
                body["sauce"] = 1.into();
                refused(400, "unknown_field");
            }
            Meant::NotFound => {
                path = "/v1/nothing";
                refused(404, "not_found");
            }
            _ => {}
        }
        let mut body = body.to_string();
        if meant == Meant::Malformed {
            body.pop();
        }
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Self { bytes: (head + &body).into_bytes(), status, contains }
    }
}

/// What fills a mebibyte, by language: limits are told in whole ones.
const FILLS_DISK: [&str; 2] = [
    "with open('large', 'wb') as file: file.write(bytes(1 << 21))",
    "require('fs').writeFileSync('large', new Uint8Array(1 << 21))",
];

type Requests = BTreeMap<(Meant, &'static str), Prepared>;

/// Sends all requests; whether everything ended as it should and nothing grew.
pub(crate) fn run(args: &HttpArgs) -> bool {
    const STEPS: u64 = 10;
    let config = env::temp_dir().join(format!("coderunner-soak-{}.toml", process::id()));
    fs::write(&config, format!("[limits]\nfiles = {FILES_MAX}\n")).expect("a file can be written");
    let served = Served::start(&["--config", &config.display().to_string()]);
    let kinds = MIX.iter().map(|(meant, _)| *meant).chain([Meant::Well]);
    let requests: Requests = kinds
        .flat_map(|meant| PROGRAMS.iter().map(move |programs| (meant, programs)))
        .map(|(meant, programs)| ((meant, programs.language), Prepared::new(meant, programs)))
        .collect();
    let requests = Rc::new(requests);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("{} requests over {} connections, both languages", args.requests, args.connections);
    println!(
        "{:>10} {:>9} {:>8} {:>8} {:>8} {:>10} {:>9}",
        "requests", "RSS", "fds", "mappings", "threads", "sandboxes", "a second"
    );
    let mut wrong = 0;
    let mut held = Vec::new();
    let mut show = |requests: u64, per_second: f64| {
        let sandboxes = settle(&served);
        let now = Held::of(served.id());
        println!("{requests:>10} {now} {sandboxes:>10} {per_second:>9.0}");
        held.push(now);
    };
    show(0, 0.0);
    for step in 0..STEPS {
        let started = Instant::now();
        let range = args.requests * step / STEPS..args.requests * (step + 1) / STEPS;
        let (count, end) = (range.end - range.start, range.end);
        wrong +=
            LocalSet::new().block_on(&runtime, send(&served, &requests, range, args.connections));
        show(end, count as f64 / started.elapsed().as_secs_f64());
    }
    let _ = fs::remove_file(config);
    // By the server's own account: callers that went away ended their programs, or these did not start; all others ended as they did for their callers.
    let metrics = served.get("/metrics");
    let cancelled = sum(&metrics, r#"outcome="cancelled""#);
    let ended = count(sum(&metrics, "_executions_total{") - cancelled);
    let expected = (0..args.requests).filter(|n| kind(*n).0.ends()).count() as u64;
    println!("{cancelled} programs were cancelled; {ended} ended, {expected} should have");
    // What the first requests brought is there to stay: connections' buffers, sandboxes, caches.
    // So are the stacks of as many guests as were ever alive at once, each with its guard; those of callers who have gone overlap with those who came.
    let mappings_more_max =
        MAPPINGS_MORE_MAX + usize::try_from(4 * args.connections).unwrap_or(usize::MAX);
    let grown = matches!((held.get(1), held.last()), (Some(first), Some(last)) if last.has_grown_since(first, mappings_more_max));
    println!(
        "{wrong} requests ended otherwise than they should; {}\n",
        if grown { "something GREW" } else { "nothing grew" }
    );
    wrong == 0 && !grown && ended == expected
}

/// Sends the requests of these numbers; how many ended otherwise than they should.
async fn send(
    served: &Served,
    requests: &Rc<Requests>,
    numbers: std::ops::Range<u64>,
    connections: u64,
) -> u64 {
    let address = served.address;
    let (next, wrong) = (Rc::new(Cell::new(numbers.start)), Rc::new(Cell::new(0)));
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (requests, next, wrong) = (requests.clone(), next.clone(), wrong.clone());
            let end = numbers.end;
            tokio::task::spawn_local(async move {
                let mut stream = None;
                let mut buffer = Vec::with_capacity(4096);
                while next.get() < end {
                    let n = next.replace(next.get() + 1);
                    let (meant, programs) = kind(n);
                    let connected = match stream.take() {
                        Some(stream) => stream,
                        None => TcpStream::connect(address).await.expect("it listens"),
                    };
                    connected.set_nodelay(true).expect("an option can be set");
                    let prepared = &requests[&(meant, programs.language)];
                    match one(connected, prepared, meant, &mut buffer).await {
                        Ok(left) => stream = left,
                        Err(problem) => {
                            // The first few tell what there is to know.
                            if wrong.replace(wrong.get() + 1) < 10 {
                                eprintln!(
                                    "request {n}, {meant:?} in {}: {problem}",
                                    programs.language
                                );
                            }
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    wrong.get()
}

/// Sends one request; the connection, if it can be used again.
async fn one(
    mut stream: TcpStream,
    prepared: &Prepared,
    meant: Meant,
    buffer: &mut Vec<u8>,
) -> Result<Option<TcpStream>, String> {
    stream.write_all(&prepared.bytes).await.map_err(|error| error.to_string())?;
    if meant.is_cancelled() {
        tokio::time::sleep(UNTIL_CANCELLED).await;
        return Ok(None);
    }
    let status = if meant == Meant::Streamed {
        buffer.clear();
        // The last chunk of a body that was sent in chunks.
        while !buffer.ends_with(b"\r\n0\r\n\r\n") {
            let read = stream.read_buf(buffer).await.map_err(|error| error.to_string())?;
            if read == 0 {
                return Err("it closed".to_owned());
            }
        }
        200
    } else {
        answer(&mut stream, buffer).await.0
    };
    let said = String::from_utf8_lossy(buffer);
    if status == prepared.status && said.contains(&prepared.contains) {
        Ok(Some(stream))
    } else {
        Err(said.into_owned())
    }
}

/// Waits until nothing runs any more and all connections are gone; the sandboxes that there are.
fn settle(served: &Served) -> u64 {
    let started = Instant::now();
    let mut before = Held::of(served.id());
    loop {
        let metrics = served.get("/metrics");
        let now = Held::of(served.id());
        let working = ["_live{", "_running{", "_queue_depth{"].map(|name| sum(&metrics, name));
        let is_idle = working.iter().sum::<f64>() == 0.0;
        if (is_idle && now.handles == before.handles) || started.elapsed() > SETTLED_AFTER_MAX {
            if !is_idle {
                eprintln!("something still runs after {} s", SETTLED_AFTER_MAX.as_secs());
            }
            return count(sum(&metrics, "_sandboxes{"));
        }
        before = now;
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The sum of the metrics whose name and labels contain `text`.
fn sum(metrics: &str, text: &str) -> f64 {
    let lines = metrics.lines().filter(|line| line.contains(text) && !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// A metric that counts.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are whole, and small enough"
)]
fn count(metric: f64) -> u64 {
    metric.round() as u64
}

//! What `deploy/` brings: every query of the dashboard and of the rules, asked of a real Prometheus that reads a real server; the unit.
//!
//! They need Debian's packages `prometheus` and `systemd`. Without these a test says what is missing, and fails where that must not be.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use serde_json::Value;

use crate::{cli::Place, served::Served};

/// How often Prometheus reads. Rates need two readings.
const INTERVAL: &str = "200ms";
/// Readings after which what is not there will not come.
const READINGS_MAX: usize = 100;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

/// Whether a program is on this machine; if not, that is said, and is a failure in CI.
#[expect(clippy::print_stderr, reason = "that nothing was tested must be seen")]
fn is_here(program: &str, package: &str) -> bool {
    let is_here = Command::new(program).arg("--version").output().is_ok();
    if !is_here {
        assert!(
            std::env::var_os("CI").is_none(),
            "{program} is not here (apt-get install {package})"
        );
        eprintln!("SKIPPED, NOTHING WAS TESTED: {program} is not here (apt-get install {package})");
    }
    is_here
}

/// A Prometheus that reads a server, and this test beside it: when it reads here, time has passed there.
struct Prometheus {
    process: Child,
    address: SocketAddr,
    readings: mpsc::Receiver<()>,
    _place: Place,
}

impl Prometheus {
    fn reading(served: &Served) -> Self {
        let place = Place::new();
        let (here, readings) = readings();
        let config = format!(
            "global: {{ scrape_interval: {INTERVAL}, evaluation_interval: {INTERVAL} }}\nrule_files: [\"{}\"]\nscrape_configs:\n\
             - {{ job_name: coderunner, static_configs: [{{ targets: [{:?}] }}] }}\n- {{ job_name: test, static_configs: [{{ targets: [{:?}] }}] }}\n",
            deploy().join("prometheus/rules.yml").display(),
            served.address.to_string(),
            here.to_string(),
        );
        let file = place.path().join("prometheus.yml");
        fs::write(&file, config).expect("a file can be written");
        let mut process = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", place.path().join("data").display()))
            .args(["--web.listen-address=127.0.0.1:0", "--log.format=json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let mut said = lines
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        let mut says = |text: &str| {
            said.find(|said| said["msg"].as_str().is_some_and(|msg| msg.starts_with(text)))
                .unwrap_or_else(|| panic!("it ended without saying {text:?}"))
        };
        let listening = says("Listening on");
        let address = listening["address"].as_str().and_then(|address| address.parse().ok());
        let address = address.expect("it says where it listens");
        says("Server is ready");
        std::thread::spawn(move || said.for_each(drop));
        Self { process, address, readings, _place: place }
    }

    /// Waits until it has read once more.
    fn next_reading(&self) {
        while self.readings.try_recv().is_ok() {}
        self.readings.recv().expect("whoever answers lives as long as this");
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        crate::served::Answer::parse(answer.as_bytes()).json()
    }

    /// The series that `query` finds now.
    fn ask(&self, query: &str) -> Vec<Value> {
        let encoded =
            query.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let answer = self.get(&format!("/api/v1/query?query={encoded}"));
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        answer["data"]["result"].as_array().unwrap_or_else(|| panic!("{query}: {answer}")).clone()
    }

    /// Waits until `query` finds something.
    fn finds(&self, query: &str) {
        for _ in 0..READINGS_MAX {
            if !self.ask(query).is_empty() {
                return;
            }
            self.next_reading();
        }
        panic!("nothing is found by {query}");
    }
}

/// Something that can be read, though there is nothing in it; tells of each time that it was.
fn readings() -> (SocketAddr, mpsc::Receiver<()>) {
    const NOTHING: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            // Some connections are opened for later, and say nothing.
            std::thread::spawn(move || {
                if stream.read(&mut [0; 4096]).is_ok_and(|bytes| bytes > 0) {
                    let _ = stream.write_all(NOTHING);
                    let _ = sender.send(());
                }
            });
        }
    });
    (address, receiver)
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The queries of the dashboard, with its variables filled in.
fn dashboard() -> Vec<String> {
    let path = deploy().join("grafana/dashboards/coderunner.json");
    let text = fs::read_to_string(path).expect("it can be read");
    let dashboard: Value = serde_json::from_str(&text).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    targets
        .map(|target| target["expr"].as_str().expect("a query"))
        .map(|query| query.replace("$instance", ".*").replace("$__rate_interval", "1m"))
        .inspect(|query| assert!(!query.contains('$'), "{query}"))
        .collect()
}

#[test]
fn every_query_finds_what_it_is_for() {
    if !is_here("prometheus", "prometheus") {
        return;
    }
    let served = Served::new();
    for language in ["python", "javascript"] {
        let body = format!(r#"{{"language":"{language}","source":""}}"#);
        assert_eq!(served.post("/v1/run", &body).status, 200);
    }
    let prometheus = Prometheus::reading(&served);
    prometheus.finds("up{job=\"coderunner\"} == 1");
    for query in dashboard() {
        prometheus.finds(&query);
    }
    let rules = prometheus.get("/api/v1/rules");
    let rules = rules["data"]["groups"][0]["rules"].as_array().expect("rules").clone();
    assert!(rules.len() > 5, "{rules:?}");
    for rule in rules {
        let query = rule["query"].as_str().expect("a query");
        if rule["type"] == "alerting" {
            let (value, _) = ["==", ">"]
                .into_iter()
                .find_map(|operator| query.rsplit_once(&format!(" {operator} ")))
                .expect("a threshold");
            prometheus.finds(value);
            // All is well.
            assert_eq!(prometheus.ask(query), Vec::<Value>::new(), "{query}");
        } else {
            prometheus.finds(query);
            prometheus.finds(rule["name"].as_str().expect("a name"));
        }
    }
    let health = prometheus.get("/api/v1/rules").to_string();
    assert!(!health.contains(r#""health":"err""#), "{health}");
}

#[test]
fn alerts_are_raised() {
    if !is_here("prometheus", "prometheus") {
        return;
    }
    let served = Served::new();
    let prometheus = Prometheus::reading(&served);
    prometheus.finds("up{job=\"coderunner\"} == 1");
    assert_eq!(served.stop(), Some(0));
    prometheus.finds("ALERTS{alertname=\"CodeRunnerDown\"}");
}

#[test]
fn the_rules_and_the_configuration_are_well_formed() {
    if !is_here("promtool", "prometheus") {
        return;
    }
    let folder = deploy().join("prometheus");
    for (what, file) in [("rules", "rules.yml"), ("config", "prometheus.yml")] {
        let checked = Command::new("promtool")
            .args(["check", what])
            // The key is made by whoever deploys it.
            .args((what == "config").then_some("--syntax-only"))
            .arg(folder.join(file))
            .output()
            .expect("it starts");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn the_unit_is_well_formed_and_hardened() {
    /// Of ten, as systemd counts: what is left is the network, and that code is made here.
    const EXPOSURE_MAX: &str = "--threshold=15";
    if !is_here("systemd-analyze", "systemd") {
        return;
    }
    let place = Place::new();
    let unit = fs::read_to_string(deploy().join("coderunner.service")).expect("it can be read");
    // The binary under test stands in for the one that is installed.
    let unit = unit.replace("/usr/local/bin/coderunner", env!("CARGO_BIN_EXE_coderunner"));
    let path = place.path().join("coderunner.service");
    fs::write(&path, unit).expect("a file can be written");
    for args in [["verify"].as_slice(), &["security", "--offline=true", EXPOSURE_MAX]] {
        let output =
            Command::new("systemd-analyze").args(args).arg(&path).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.trim().is_empty(), "{args:?}: {said}");
    }
}

#[test]
fn the_configuration_is_one_that_is_taken() {
    let place = Place::new();
    let file = deploy().join("coderunner.toml").display().to_string();
    // As it stands, nobody could get in: it says so, and what to do about it.
    let refused = place.coderunner(&["config", "--config", &file]).output().expect("it starts");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("there are no keys"), "{said}");
    let taken = place
        .coderunner(&["config", "--config", &file])
        .env("CODERUNNER_SERVER_PUBLIC", "true")
        .output()
        .expect("it starts");
    let printed = String::from_utf8_lossy(&taken.stdout);
    assert!(taken.status.success() && printed.contains("notice_ms = 2000"), "{printed}");
}

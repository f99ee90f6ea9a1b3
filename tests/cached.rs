//! Answers of earlier runs: told again when they would be the same again, and only then.

use std::{fs, thread};

use serde_json::{Value, json};

use crate::{cli::Place, served::Served};

fn request(language: &str, source: &str) -> Value {
    json!({"language": language, "source": source, "cache": true})
}

fn run(served: &Served, request: &Value) -> Value {
    let answer = served.post("/v1/run", &request.to_string());
    assert_eq!(answer.status, 200, "{request} {answer:?}");
    answer.json()
}

/// How many executions of a language have ended by exiting with 0.
fn executions(served: &Served, language: &str) -> u64 {
    let start = format!(
        r#"coderunner_executions_total{{backend="wasm",language="{language}",outcome="exited_zero"}} "#
    );
    let metrics = served.get("/metrics").body;
    let count = metrics.lines().find_map(|line| line.strip_prefix(&start));
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{metrics}"))
}

#[test]
fn programs_that_read_nothing_that_varies_are_run_once() {
    let served = Served::new();
    let programs = [
        ("python", "print('a')"),
        ("python", "import random, time, json, re\nprint(json.dumps([hash('a'), id(re)]))"),
        ("python", "import sys\nprint(1)\nprint(2, file=sys.stderr)\nsys.exit(3)"),
        ("python", "print({'a', 'b', 'c'}, input(), object())"),
        ("python", "for n in range(10 ** 9): pass"),
        ("python", "import random\nrandom.seed(1)\nprint(random.random())"),
        ("javascript", "console.log(1); console.error(2); process.exit(3)"),
        ("javascript", "Promise.resolve(1).then(console.log)\nthrow new Error('x')"),
        ("javascript", "const a = []; for (;;) a.push(new Array(1e5).fill(0))"),
    ];
    for (language, source) in programs {
        let mut request = request(language, source);
        request["stdin"] = json!("typed\n");
        request["limits"] = json!({"cpu_ms": 100, "wall_ms": 60000});
        let first = run(&served, &request);
        let second = run(&served, &request);
        assert_eq!(
            (&first["cached"], &second["cached"]),
            (&json!(false), &json!(true)),
            "{source}: {first}"
        );
        for field in ["stdout", "stderr", "termination", "stage", "truncated", "usage"] {
            assert_eq!(first[field], second[field], "{source}: {field}");
        }
        assert_ne!(first["id"], second["id"], "an answer has a name of its own");
        // The claim itself: once more, the program says the same.
        request["cache"] = json!(false);
        let again = run(&served, &request);
        assert_eq!(
            (&again["cached"], &again["stdout"]),
            (&json!(false), &first["stdout"]),
            "{source}"
        );
    }
}

#[test]
fn programs_that_read_what_varies_are_run_each_time() {
    let served = Served::new();
    let programs = [
        ("python", "import random\nprint(random.random())"),
        ("python", "import uuid\nprint(uuid.uuid4())"),
        ("python", "import os\nprint(os.urandom(8))"),
        ("python", "import time\nprint(time.time_ns())"),
        ("python", "import time\nprint(time.perf_counter_ns())"),
        ("python", "import datetime\nprint(datetime.datetime.now())"),
        ("python", "import os\nopen('f', 'w').close()\nprint(os.stat('f').st_mtime_ns)"),
        ("javascript", "console.log(Math.random())"),
        ("javascript", "console.log(Date.now(), new Date())"),
        ("javascript", "console.log(performance.now())"),
        ("javascript", "console.log(crypto.randomUUID())"),
        (
            "javascript",
            "require('fs').writeFileSync('f', ''); console.log(require('fs').statSync('f').mtimeMs)",
        ),
    ];
    for (language, source) in programs {
        let mut request = request(language, source);
        for _ in 0..3 {
            let answer = run(&served, &request);
            assert_eq!(answer["cached"], json!(false), "{source}: {answer}");
            assert_eq!(answer["termination"]["code"], json!(0), "{source}: {answer}");
        }
        // Who says that it makes no difference gets what there is.
        request["cache"] = json!("always");
        let (first, second) = (run(&served, &request), run(&served, &request));
        assert_eq!(
            (&first["cached"], &second["cached"]),
            (&json!(false), &json!(true)),
            "{source}"
        );
        assert_eq!(first["stdout"], second["stdout"]);
        // But that is nothing for those who did not say so.
        request["cache"] = json!(true);
        assert_eq!(run(&served, &request)["cached"], json!(false), "{source}");
    }
    // How far a program comes until its time is up is another matter each time, whatever its caller says.
    for wish in [json!(true), json!("always")] {
        let mut request = request("python", "import time\ntime.sleep(60)");
        request["cache"] = wish;
        request["limits"] = json!({"wall_ms": 20});
        for _ in 0..2 {
            let answer = run(&served, &request);
            assert_eq!(answer["termination"]["resource"], json!("wall_time"));
            assert_eq!(answer["cached"], json!(false));
        }
    }
}

#[test]
fn what_many_ask_for_at_once_is_run_once() {
    const CALLERS: usize = 8;
    let served = Served::new();
    // Long enough for all to have asked before it has ended.
    let slow = request(
        "javascript",
        "let n = 0; for (let i = 0; i < 5e6; i++) n += i % 7; console.log(n)",
    );
    let before = executions(&served, "javascript");
    let answers: Vec<Value> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| run(&served, &slow))).collect();
        callers.into_iter().map(|caller| caller.join().expect("it is answered")).collect()
    });
    assert_eq!(executions(&served, "javascript") - before, 1);
    let own = answers.iter().filter(|answer| answer["cached"] == json!(false)).count();
    assert_eq!(own, 1, "one of them had it run");
    assert!(answers.iter().all(|answer| answer["stdout"] == answers[0]["stdout"]));
    // What is different each time, each of them has for itself.
    let random = request("javascript", "for (let i = 0; i < 1e6; i++); console.log(Math.random())");
    let mut drawn: Vec<String> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| scope.spawn(|| run(&served, &random)["stdout"].to_string()))
            .collect();
        callers.into_iter().map(|caller| caller.join().expect("it is answered")).collect()
    });
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), CALLERS);
}

#[test]
fn streams_tell_it_again_as_it_was_written() {
    let served = Served::new();
    let source = "import sys\nfor n in range(3):\n  print(n, flush=True)\n  print(-n, file=sys.stderr, flush=True)";
    let hello = request("python", source);
    let stream = || {
        let events = served.post("/v1/execute", &hello.to_string()).events();
        let cached = events.last().expect("it ends").1["cached"].clone();
        let texts: Vec<_> = events
            .into_iter()
            .filter_map(|(name, data)| Some((name, data["text"].as_str()?.to_owned())))
            .fold(Vec::<(String, String)>::new(), |mut all, (name, text)| {
                match all.last_mut() {
                    Some((last, before)) if *last == name => before.push_str(&text),
                    _ => all.push((name, text)),
                }
                all
            });
        (texts, cached)
    };
    let (first, not_cached) = stream();
    // The answer is kept beside the stream, not before its end.
    let (second, cached) = loop {
        let again = stream();
        if again.1 == json!(true) {
            break again;
        }
    };
    assert_eq!((not_cached, cached), (json!(false), json!(true)));
    assert_eq!((first.len(), &first), (6, &second));
    // What a stream left is there for who waits for the end, and for many inputs.
    assert_eq!(run(&served, &hello)["cached"], json!(true));
    let mut many = hello.clone();
    many["cases"] = json!([{}, {"args": ["a"]}, {"args": ["a"]}]);
    many["stop_at_first_failure"] = json!(true);
    let answer = served.post("/v1/run-many", &many.to_string()).json();
    let cached: Vec<_> = (0..3).map(|n| answer["results"][n]["cached"].clone()).collect();
    assert_eq!(cached, [json!(true), json!(false), json!(true)], "{answer}");
}

#[test]
fn a_key_has_a_cache_of_its_own() {
    let place = Place::new();
    let mut keys = Vec::new();
    let mut file = String::new();
    for name in ["one", "other"] {
        let printed = place.run(&["config", "--new-key", name]).stdout;
        let (comment, table) = printed.split_once('\n').expect("two parts");
        keys.push(comment.rsplit(' ').next().expect("the key is last").to_owned());
        file.push_str(table);
    }
    fs::write(place.path().join("c.toml"), file).expect("a file can be written");
    let served = Served::with(&["--config", &place.path().join("c.toml").display().to_string()]);
    let hello = request("javascript", "console.log(1)").to_string();
    let cached = |key: &str| {
        let headers = format!("Content-Type: application/json\r\nX-API-Key: {key}\r\n");
        served.post_with("/v1/run", &headers, hello.as_bytes()).json()["cached"].clone()
    };
    assert_eq!(cached(&keys[0]), json!(false));
    assert_eq!(cached(&keys[0]), json!(true));
    assert_eq!(cached(&keys[1]), json!(false), "what one key ran is told to another");
    assert_eq!(served.post("/v1/run", &hello).json()["cached"], json!(false));
}

#[test]
fn nothing_is_kept_where_nothing_may_be() {
    let place = Place::with(&[("c.toml", "[cache]\nsize_mb = 0\n")]);
    let served = Served::with(&["--config", &place.path().join("c.toml").display().to_string()]);
    let mut hello = request("javascript", "console.log(1)");
    hello["cache"] = json!("always");
    for _ in 0..2 {
        assert_eq!(run(&served, &hello)["cached"], json!(false));
    }
    hello["cache"] = json!("sometimes");
    let answer = served.post("/v1/run", &hello.to_string());
    assert_eq!((answer.status, answer.kind().as_str()), (400, "invalid_field"), "{answer:?}");
}

//! Jobe's API. No client runs outside of Moodle, so its requests are sent as they stand in its question type (`jobesandbox.php`).

use serde_json::{Value, json};

use super::available;
use crate::served::Served;

const BASE: &str = "/jobe/index.php/restapi";
const HEADERS: &str = "User-Agent: CodeRunner\r\nContent-Type: application/json; charset=utf-8\r\nAccept-Charset: utf-8\r\nAccept: application/json\r\n\
    X-CodeRunner-Job-Id: 0000002a\r\n";

fn run(served: &Served, spec: &Value) -> (u16, Value) {
    let body = json!({ "run_spec": spec }).to_string();
    let answer = served.post_with(&format!("{BASE}/runs"), HEADERS, body.as_bytes());
    (answer.status, answer.json())
}

fn put(served: &Served, id: &str, body: &Value) -> u16 {
    let body = body.to_string();
    let request = format!(
        "PUT {BASE}/files/{id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{HEADERS}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    served.raw(request.as_bytes()).status
}

fn spec(source: &str, parameters: &Value) -> Value {
    json!({
        "language_id": "python3", "sourcecode": source, "sourcefilename": "__tester__.python3", "input": "1\n", "file_list": [],
        "parameters": parameters, "jobeserver": "x",
    })
}

#[test]
fn a_question_is_tested() {
    let served = Served::new();
    let languages = served.get(&format!("{BASE}/languages")).json();
    let names: Vec<&Value> =
        languages.as_array().expect("a list").iter().map(|pair| &pair[0]).collect();
    assert!(names.contains(&&json!("python3")) && names.contains(&&json!("nodejs")), "{names:?}");
    let outcome = |source: &str, parameters: Value| {
        let (status, told) = run(&served, &spec(source, &parameters));
        assert_eq!(status, 200, "{told}");
        let part = |name: &str| told[name].as_str().expect(name).to_owned();
        (told["outcome"].as_u64(), part("stdout"), part("stderr"))
    };
    let usual = json!({"cputime": 5, "memorylimit": 200, "disklimit": 50, "numprocs": 100, "runargs": ["a"]});
    assert_eq!(
        outcome("import sys; print(input(), sys.argv[1:])", usual),
        (Some(15), "1 ['a']\n".to_owned(), String::new())
    );
    let (code, _, stderr) = outcome("1 / 0", json!([]));
    assert!(code == Some(12) && stderr.contains("ZeroDivisionError"), "{stderr}");
    assert_eq!(outcome("while True: pass", json!({"cputime": 1})).0, Some(13));
    assert_eq!(outcome("bytearray(10**9)", json!({"memorylimit": 100})).0, Some(17));
    assert_eq!(outcome("raise SystemExit(2)", json!({})).0, Some(12));
}

#[test]
fn compiled_languages_are_tested() {
    let served = Served::new();
    let outcome = |language: &str, file: &str, source: &str, parameters: Value| {
        let mut spec = spec(source, &parameters);
        spec["language_id"] = json!(language);
        spec["sourcefilename"] = json!(file);
        let (status, told) = run(&served, &spec);
        assert_eq!(status, 200, "{told}");
        (told["outcome"].as_u64(), told)
    };
    if available(&served, "c") {
        let source = "#include <stdio.h>\n#include <math.h>\nint main(int argc, char **argv) { int n; scanf(\"%d\", &n); printf(\"%d %.0f %s\\n\", n, sqrt(16), argv[1]); return 0; }";
        let parameters = json!({"cputime": 5, "runargs": ["a"], "compileargs": ["-Wall", "-Werror"], "linkargs": ["-lm"]});
        let (code, told) = outcome("c", "prog.c", source, parameters);
        assert_eq!((code, &told["stdout"]), (Some(15), &json!("1 4 a\n")), "{told}");
        let (code, told) = outcome("c", "prog.c", "int main(void) { return x; }", json!({}));
        assert!(
            code == Some(11) && told["cmpinfo"].as_str().is_some_and(|said| said.contains("error")),
            "{told}"
        );
    }
    if available(&served, "java") {
        let source = "import java.util.*;\npublic class Sums { public static void main(String[] a) { System.out.println(new Scanner(System.in).nextInt() + 41); } }";
        let (code, told) =
            outcome("java", "Sums.java", source, json!({"cputime": 10, "memorylimit": 0}));
        assert_eq!((code, &told["stdout"]), (Some(15), &json!("42\n")), "{told}");
        let throws = "public class Sums { public static void main(String[] a) { throw new RuntimeException(\"late\"); } }";
        let (code, told) = outcome("java", "Sums.java", throws, json!({}));
        assert_eq!(code, Some(12), "{told}");
    }
}

#[test]
fn files_are_brought_when_they_are_missing() {
    let served = Served::new();
    // md5 of "inside".
    let id = "d1e73a6254f2d4a1a8c4d4d1c4e9d5d0";
    let mut wanted = spec("print(open('data.txt').read())", &json!({}));
    wanted["file_list"] = json!([[id, "data.txt"]]);
    assert_eq!(run(&served, &wanted).0, 404);
    assert_eq!(put(&served, id, &json!({"file_contents": "aW5zaWRl"})), 204);
    let head = format!("HEAD {BASE}/files/{id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(served.raw(head.as_bytes()).status, 204);
    let (status, told) = run(&served, &wanted);
    assert_eq!((status, &told["stdout"]), (200, &json!("inside\n")));
    assert_eq!(put(&served, id, &json!({})), 400);
    assert_eq!(put(&served, id, &json!({"file_contents": "*"})), 400);
    assert_eq!(put(&served, "short", &json!({"file_contents": ""})), 400);
}

#[test]
fn what_is_wrong_is_said_as_a_text() {
    let served = Served::new();
    let mut unknown = spec("", &json!({}));
    unknown["language_id"] = json!("cobol");
    for (spec, text) in [
        (json!(1), "No run_spec attribute found in post data"),
        (json!({"sourcecode": ""}), "run_spec is missing the required attribute 'language_id'"),
        (unknown, "Language 'cobol' is not known"),
        (
            spec("", &json!({"cputime": 1000})),
            "cputime exceeds maximum allowed on this Jobe server (30 secs)",
        ),
    ] {
        assert_eq!(run(&served, &spec), (400, json!(text)));
    }
}

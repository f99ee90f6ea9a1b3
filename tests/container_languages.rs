//! Every container language: its hello program, compile errors, several files, arguments, environment, input, files out.

use std::time::Duration;

use bytes::Bytes;
use coderunner_executor::{Collect, JobFile, Limits, Resource, Run, Stage, Stdin, Termination};

use crate::container_support::{
    end, executor, exited, finish, job, languages, limit, many, path, pooled, text,
};

#[tokio::test]
async fn every_language_says_hello() {
    for language in languages() {
        let Some(executor) = executor(&[language.id.as_str()]) else { continue };
        let mut hello = job(language.id.as_str(), language.hello.1);
        hello.files[0].path = path(language.hello.0);
        hello.args = vec!["Ada".to_owned()];
        let finished = finish(&executor, hello).await;
        let (stdout, stderr) = (text(&finished.stdout), text(&finished.stderr));
        assert!(
            stdout.starts_with("Hello, Ada! This is "),
            "{}: {stdout}{stderr} {:?}",
            language.id,
            finished.outcome
        );
        assert_eq!((exited(&finished.outcome), stderr.as_str()), (Some(0), ""), "{}", language.id);
        assert!(
            finished.outcome.usage.memory_bytes_peak > 0
                && finished.outcome.usage.setup < finished.outcome.usage.wall
        );
        end(executor).await;
    }
}

/// A program that does not compile, and what the message must have.
const BROKEN: [(&str, &str, &str); 5] = [
    ("c", "int main(void) {\n  return x;\n}\n", "main.c:2:10: error: "),
    ("cpp", "int main() {\n  return x;\n}\n", "main.cpp:2:10: error: "),
    ("go", "package main\nfunc main() {\n\tx := 1\n}\n", "main.go:3:2: declared and not used: x"),
    ("java", "class A {\n  int x = \"s\";\n}\n", "Main.java:2: error: incompatible types"),
    ("rust", "fn main() {\n    let x: u8 = \"s\";\n}\n", "main.rs:2:17"),
];

#[tokio::test]
async fn a_compile_error_is_the_compilers_own_with_the_users_path() {
    for (id, source, message) in BROKEN {
        let Some(executor) = executor(&[id]) else { continue };
        let finished = finish(&executor, job(id, source)).await;
        let stderr = text(&finished.stderr);
        assert_eq!(text(&finished.stdout), "", "{id}");
        assert_eq!(finished.outcome.stage, Stage::Compile, "{id}: {stderr}");
        assert!(
            matches!(finished.outcome.termination, Termination::Exited { code: 1.. }),
            "{id}: {:?}",
            finished.outcome
        );
        assert!(stderr.contains(message), "{id}: {stderr}");
        assert!(!stderr.contains("/sandbox"), "{id}: {stderr}");
    }
}

/// Programs of nothing, as far as the compiler is concerned: with what comes of them, a part of its message.
const NOTHING: [(&str, &str, &str, Stage, u8); 6] = [
    ("bash", "# nothing\n", "", Stage::Run, 0),
    ("c", "// nothing\n", "undefined symbol: main", Stage::Compile, 1),
    ("cpp", "// nothing\n", "undefined symbol: main", Stage::Compile, 1),
    ("go", "// nothing\n", "package statement must be first", Stage::Compile, 2),
    ("java", "// nothing\n", "no main method found", Stage::Run, 1),
    ("rust", "// nothing\n", "`main` function not found", Stage::Compile, 1),
];

#[tokio::test]
async fn a_program_of_nothing_has_an_outcome_the_second_time_as_well() {
    for (id, comment, message, stage, code) in NOTHING {
        let Some(executor) = pooled(&[id], 2) else { continue };
        // Twice: what compiles is taken from the cache then.
        for source in ["", " \n\t\n", comment].into_iter().flat_map(|source| [source; 2]) {
            let finished = finish(&executor, job(id, source)).await;
            let stderr = text(&finished.stderr);
            assert_eq!(finished.outcome.stage, stage, "{id} {source:?}: {stderr}");
            let exited = Termination::Exited { code };
            assert_eq!(finished.outcome.termination, exited, "{id} {source:?}: {stderr}");
            assert!(stderr.contains(message), "{id} {source:?}: {stderr}");
        }
        end(executor).await;
    }
}

#[tokio::test]
async fn java_keeps_classes_of_any_name() {
    let Some(executor) = pooled(&["java"], 2) else { return };
    let main = "{ public static void main(String[] a) { System.out.println(\"ran\"); } }";
    // No file can have such a name; what the classes are kept in has this one.
    for source in [
        format!("class {} {main}", "A".repeat(300)),
        format!("package classes; class B {main}"),
        format!("package program.classes; class C {main}"),
    ] {
        for _ in 0..2 {
            let finished = finish(&executor, job("java", &source)).await;
            let stderr = text(&finished.stderr);
            assert_eq!((text(&finished.stdout).as_str(), stderr.as_str()), ("ran\n", ""));
        }
    }
    end(executor).await;
}

#[tokio::test]
async fn warnings_reach_the_user_and_the_program_runs() {
    let Some(executor) = executor(&["c"]) else { return };
    let mut warned =
        job("c", "#include <stdio.h>\nint main(void) { int unused; puts(\"ran\"); return 3; }\n");
    warned.compile_args = vec!["-Wall".to_owned()];
    let finished = finish(&executor, warned).await;
    assert!(
        text(&finished.stderr).contains("main.c:2:22: warning: unused variable"),
        "{}",
        text(&finished.stderr)
    );
    assert_eq!((text(&finished.stdout).as_str(), exited(&finished.outcome)), ("ran\n", Some(3)));
}

/// Reads a line, an argument, a variable; writes a file; exits with 7.
const WORLD: [(&str, &str); 6] = [
    ("bash", "read -r line; echo \"$line|$1|$COLOUR\"; pwd >&2; echo data > out.txt; exit 7"),
    (
        "c",
        "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\nint main(int n, char **a) { char l[99], d[99]; fgets(l, 99, stdin); l[strcspn(l, \"\\n\")] = 0; printf(\"%s|%s|%s\\n\", l, a[1], getenv(\"COLOUR\")); fprintf(stderr, \"%s\\n\", getcwd(d, 99)); FILE *f = fopen(\"out.txt\", \"w\"); fputs(\"data\\n\", f); fclose(f); return 7; }",
    ),
    (
        "cpp",
        "#include <bits/stdc++.h>\nint main(int, char** a) { std::string l; std::getline(std::cin, l); std::cout << l << '|' << a[1] << '|' << std::getenv(\"COLOUR\") << '\\n'; std::cerr << std::filesystem::current_path().string() << '\\n'; std::ofstream(\"out.txt\") << \"data\\n\"; return 7; }",
    ),
    (
        "go",
        "package main\nimport (\"bufio\"; \"fmt\"; \"os\")\nfunc main() { s := bufio.NewScanner(os.Stdin); s.Scan(); fmt.Printf(\"%s|%s|%s\\n\", s.Text(), os.Args[1], os.Getenv(\"COLOUR\")); d, _ := os.Getwd(); fmt.Fprintln(os.Stderr, d); os.WriteFile(\"out.txt\", []byte(\"data\\n\"), 0644); os.Exit(7) }",
    ),
    (
        "java",
        "import java.nio.file.*; public class World { public static void main(String[] a) throws Exception { var in = new java.util.Scanner(System.in); System.out.println(in.nextLine() + \"|\" + a[0] + \"|\" + System.getenv(\"COLOUR\")); System.err.println(Path.of(\"\").toAbsolutePath()); Files.writeString(Path.of(\"out.txt\"), \"data\\n\"); System.exit(7); } }",
    ),
    (
        "rust",
        "use std::{env, fs, io, process};\nfn main() { let mut l = String::new(); io::stdin().read_line(&mut l).unwrap(); println!(\"{}|{}|{}\", l.trim_end(), env::args().nth(1).unwrap(), env::var(\"COLOUR\").unwrap()); eprintln!(\"{}\", env::current_dir().unwrap().display()); fs::write(\"out.txt\", \"data\\n\").unwrap(); process::exit(7); }",
    ),
];

#[tokio::test]
async fn arguments_environment_input_and_files_are_as_everywhere() {
    for (id, source) in WORLD {
        let Some(executor) = executor(&[id]) else { continue };
        let mut world = job(id, source);
        world.args = vec!["an argument".to_owned()];
        world.env = vec![("COLOUR".to_owned(), "blue = grün".to_owned())];
        world.stdin = Stdin::Bytes(Bytes::from_static(b"a line\nmore\n"));
        world.collect = Collect::Changed;
        world
            .files
            .push(JobFile { path: path("data/kept.txt"), contents: Bytes::from_static(b"kept") });
        let finished = finish(&executor, world).await;
        assert_eq!(
            text(&finished.stdout),
            "a line|an argument|blue = grün\n",
            "{id}: {} {:?}",
            text(&finished.stderr),
            finished.outcome
        );
        assert_eq!(text(&finished.stderr), "/sandbox\n", "{id}");
        assert_eq!(exited(&finished.outcome), Some(7), "{id}: {:?}", finished.outcome);
        let files: Vec<_> =
            finished.outcome.files.iter().map(|f| (f.path.as_str(), text(&f.contents))).collect();
        assert_eq!(files, [("out.txt", "data\n".to_owned())], "{id}");
    }
}

/// Two files and what they print together.
const SEVERAL: [(&str, [(&str, &str); 2]); 5] = [
    (
        "c",
        [
            (
                "main.c",
                "#include <stdio.h>\nint two(void);\nint main(void) { printf(\"%d\\n\", two()); }",
            ),
            ("lib/two.c", "int two(void) { return 2; }"),
        ],
    ),
    (
        "cpp",
        [
            ("main.cpp", "#include \"two.hpp\"\nint main() { std::cout << two() << '\\n'; }"),
            ("two.hpp", "#pragma once\n#include <iostream>\ninline int two() { return 2; }"),
        ],
    ),
    (
        "go",
        [
            ("main.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(two()) }"),
            ("two.go", "package main\nfunc two() int { return 2 }"),
        ],
    ),
    (
        "java",
        [
            (
                "app/Start.java",
                "package app; public class Start { public static void main(String[] a) { System.out.println(lib.Two.two()); } }",
            ),
            (
                "lib/Two.java",
                "package lib; public class Two { public static int two() { return 2; } }",
            ),
        ],
    ),
    (
        "rust",
        [
            ("main.rs", "mod two;\nfn main() { println!(\"{}\", two::two()); }"),
            ("two.rs", "pub fn two() -> i32 { 2 }"),
        ],
    ),
];

#[tokio::test]
async fn a_program_can_have_several_files() {
    for (id, files) in SEVERAL {
        let Some(executor) = executor(&[id]) else { continue };
        let mut several = job(id, "");
        several.files = files
            .iter()
            .map(|(name, text)| JobFile {
                path: path(name),
                contents: Bytes::from_static(text.as_bytes()),
            })
            .collect();
        let finished = finish(&executor, several).await;
        assert_eq!(
            (text(&finished.stdout).as_str(), exited(&finished.outcome)),
            ("2\n", Some(0)),
            "{id}: {}",
            text(&finished.stderr)
        );
    }
}

#[tokio::test]
async fn a_go_module_with_packages_is_built() {
    let Some(executor) = executor(&["go"]) else { return };
    let mut module = job(
        "go",
        "package main\nimport (\"fmt\"; \"example.com/m/two\")\nfunc main() { fmt.Println(two.Two()) }",
    );
    for (name, contents) in [
        ("go.mod", "module example.com/m\n\ngo 1.24\n"),
        ("two/two.go", "package two\nfunc Two() int { return 2 }\n"),
    ] {
        module
            .files
            .push(JobFile { path: path(name), contents: Bytes::from_static(contents.as_bytes()) });
    }
    let finished = finish(&executor, module).await;
    assert_eq!(
        (text(&finished.stdout).as_str(), exited(&finished.outcome)),
        ("2\n", Some(0)),
        "{}",
        text(&finished.stderr)
    );
}

#[tokio::test]
async fn live_input_reaches_the_program_as_it_is_typed() {
    let Some(executor) = executor(&["bash"]) else { return };
    let (sender, stdin) = Stdin::stream();
    let mut echo = job("bash", "while read -r line; do echo \"got $line\"; done; echo end");
    echo.stdin = stdin;
    let (sink, mut reader) = coderunner_executor::OutputSink::bounded();
    let typing = async {
        for word in ["one", "two"] {
            assert!(sender.send(Bytes::from(format!("{word}\n"))).await);
            let chunk = reader.recv().await.expect("an answer to each line");
            assert_eq!(text(&chunk.bytes), format!("got {word}\n"));
        }
        drop(sender);
        text(&reader.recv().await.expect("the last line").bytes)
    };
    let (outcome, last) =
        tokio::join!(coderunner_executor::Executor::execute(&executor, echo, sink), typing);
    assert_eq!((exited(&outcome.expect("an outcome")), last.as_str()), (Some(0), "end\n"));
}

#[tokio::test]
async fn large_input_and_output_pass_through_whole() {
    let Some(executor) = executor(&["bash"]) else { return };
    let mut cat = job("bash", "cat");
    let bytes: Vec<u8> = (0..900_000_u32).map(|i| i.to_le_bytes()[(i % 4) as usize]).collect();
    cat.stdin = Stdin::Bytes(bytes.clone().into());
    let finished = finish(&executor, cat).await;
    assert_eq!(exited(&finished.outcome), Some(0), "{:?}", finished.outcome);
    assert!(finished.stdout == bytes, "{} of {} bytes", finished.stdout.len(), bytes.len());
    let mut deaf = job("bash", "exec <&-; echo deaf");
    deaf.stdin = Stdin::Bytes(vec![b'x'; 2 << 20].into());
    assert_eq!(text(&finish(&executor, deaf).await.stdout), "deaf\n");
}

#[tokio::test]
async fn java_as_people_paste_it() {
    let Some(executor) = executor(&["java"]) else { return };
    for (source, stdout, stderr, code) in [
        ("void main() { IO.println(\"compact\"); }", "compact\n", "", 0),
        (
            "public class Elsewhere { record P(int x) {} public static void main(String[] a) throws Exception { var t = Thread.ofVirtual().start(() -> System.out.println(new P(1))); t.join(); } }",
            "P[x=1]\n",
            "",
            0,
        ),
        (
            "class A {} class B { public static void main(String[] a) { throw new IllegalStateException(\"no\"); } }",
            "",
            "Exception in thread \"main\" java.lang.IllegalStateException: no\n\tat B.main(Main.java:1)\n",
            1,
        ),
        (
            "class A { public static void main(String[] a) { new Thread(() -> { try { Thread.sleep(50); } catch (InterruptedException e) {} System.out.println(\"late\"); }).start(); } }",
            "late\n",
            "",
            0,
        ),
    ] {
        let finished = finish(&executor, job("java", source)).await;
        assert_eq!(
            (text(&finished.stdout).as_str(), text(&finished.stderr).as_str()),
            (stdout, stderr)
        );
        assert_eq!(exited(&finished.outcome), Some(code));
    }
}

/// Adds the numbers that it reads, and leaves a file that the next run must not find.
const SUMS: [(&str, &str); 6] = [
    (
        "bash",
        "ls /sandbox /tmp /program | grep -c left; sum=0; while read -r n; do sum=$((sum + n)); done; echo $sum $1; touch left /tmp/left",
    ),
    (
        "c",
        "#include <stdio.h>\n#include <unistd.h>\nint main(int c, char **a) { printf(\"%d\\n\", access(\"left\", 0) == 0 || access(\"/tmp/left\", 0) == 0); int n, s = 0; while (scanf(\"%d\", &n) == 1) s += n; printf(\"%d %s\\n\", s, a[1]); fclose(fopen(\"left\", \"w\")); fclose(fopen(\"/tmp/left\", \"w\")); }",
    ),
    (
        "cpp",
        "#include <bits/stdc++.h>\nint main(int, char** a) { using namespace std; cout << filesystem::exists(\"left\") << '\\n'; int n, s = 0; while (cin >> n) s += n; cout << s << ' ' << a[1] << '\\n'; ofstream(\"left\"); }",
    ),
    (
        "go",
        "package main\nimport (\"fmt\"; \"os\")\nfunc main() { if _, err := os.Stat(\"left\"); err == nil { fmt.Println(1) } else { fmt.Println(0) }; n, s := 0, 0; for { if _, err := fmt.Scan(&n); err != nil { break }; s += n }; fmt.Println(s, os.Args[1]); os.WriteFile(\"left\", nil, 0644) }",
    ),
    (
        "java",
        "import java.nio.file.*; class A { public static void main(String[] a) throws Exception { System.out.println(Files.exists(Path.of(\"left\")) ? 1 : 0); var in = new java.util.Scanner(System.in); int s = 0; while (in.hasNextInt()) s += in.nextInt(); System.out.println(s + \" \" + a[0]); Files.createFile(Path.of(\"left\")); } }",
    ),
    (
        "rust",
        "use std::{env, fs, io::{self, Read}};\nfn main() { println!(\"{}\", u8::from(fs::exists(\"left\").unwrap())); let mut t = String::new(); io::stdin().read_to_string(&mut t).unwrap(); println!(\"{} {}\", t.split_whitespace().map(|n| n.parse::<i32>().unwrap()).sum::<i32>(), env::args().nth(1).unwrap()); fs::write(\"left\", \"\").unwrap(); }",
    ),
];

#[tokio::test]
async fn a_program_is_compiled_once_and_run_for_every_input_from_the_same_state() {
    for (id, source) in SUMS {
        let Some(executor) = executor(&[id]) else { continue };
        let limits = job(id, source).limits;
        let runs = ["1 2 3", "10", ""].iter().enumerate().map(|(index, input)| Run {
            args: vec![format!("run{index}")],
            stdin: Bytes::from(input.replace(' ', "\n") + "\n"),
            limits,
        });
        let finished = many(&executor, job(id, source), runs.collect()).await.expect("it runs");
        let outputs: Vec<String> = finished.iter().map(|f| text(&f.stdout)).collect();
        assert_eq!(outputs, ["0\n6 run0\n", "0\n10 run1\n", "0\n0 run2\n"], "{id}: {finished:?}");
        end(executor).await;
    }
}

/// Makes one object of each kind that outlives its maker without being a file; says which were there.
const OBJECTS: &str = r#"
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
    const int new = IPC_CREAT | IPC_EXCL | 0600;
    printf("%s ", shmget(7, 4096, new) == -1 ? "memory" : "-");
    printf("%s ", semget(7, 1, new) == -1 ? "semaphore" : "-");
    printf("%s ", msgget(7, new) == -1 ? "messages" : "-");
    printf("%s\n", mq_open("/left", O_CREAT | O_EXCL | O_RDWR, 0600, NULL) == -1 ? "queue" : "-");
}
"#;

#[tokio::test]
async fn nothing_that_is_no_file_is_left_for_the_next_run_either() {
    let Some(executor) = executor(&["c"]) else { return };
    let run = Run { limits: job("c", OBJECTS).limits, ..Run::default() };
    let finished = many(&executor, job("c", OBJECTS), vec![run; 2]).await.expect("it runs");
    let outputs: Vec<String> = finished.iter().map(|f| text(&f.stdout)).collect();
    assert_eq!(outputs, ["- - - -\n", "- - - -\n"], "{finished:?}");
    end(executor).await;
}

#[tokio::test]
async fn each_of_many_runs_has_limits_and_an_outcome_of_its_own() {
    let Some(executor) = executor(&["c"]) else { return };
    let source = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint main(void) { int unused; int mib = 0; scanf(\"%d\", &mib); if (mib < 0) for (;;); for (int i = 0; i < mib; i++) memset(malloc(1 << 20), 1, 1 << 20); return mib; }";
    let mut program = job("c", source);
    program.compile_args = vec!["-Wall".to_owned()];
    let run = |input: &str, change: fn(&mut Limits)| {
        let mut limits = program.limits;
        change(&mut limits);
        Run { args: Vec::new(), stdin: Bytes::from(input.to_owned()), limits }
    };
    let runs = vec![
        run("100", |_| ()),
        run("100", |limits| limits.memory_bytes = 64 << 20),
        run("-1", |limits| limits.cpu = Duration::from_millis(100)),
        run("7", |_| ()),
    ];
    let finished = many(&executor, program, runs).await.expect("it runs");
    let ends: Vec<_> = finished.iter().map(|f| (exited(&f.outcome), limit(&f.outcome))).collect();
    let expected = [
        (Some(100), None),
        (None, Some(Resource::Memory)),
        (None, Some(Resource::CpuTime)),
        (Some(7), None),
    ];
    assert_eq!(ends, expected);
    assert!(finished.iter().all(|f| text(&f.stderr).contains("unused variable")), "{finished:?}");
    end(executor).await;
}

#[tokio::test]
async fn many_runs_of_what_does_not_compile_are_one_report() {
    let Some(executor) = executor(&["c"]) else { return };
    let runs = vec![Run { limits: job("c", "").limits, ..Run::default() }; 3];
    let finished = many(&executor, job("c", "int main(void) { return x; }"), runs).await;
    let finished = finished.expect("a report");
    assert_eq!(finished.len(), 1);
    assert_eq!(finished[0].outcome.stage, Stage::Compile);
    assert!(text(&finished[0].stderr).contains("main.c:1:25: error"));
    end(executor).await;
}

#[tokio::test]
async fn a_resident_java_has_the_jobs_environment() {
    let Some(executor) = executor(&["java"]) else { return };
    let mut job = job(
        "java",
        "class A { public static void main(String[] a) throws Exception { System.out.println(System.getenv(\"COLOUR\") + System.getenv().get(\"COLOUR\") + System.getenv(\"HOME\")); System.out.println(new String(new ProcessBuilder(\"/bin/sh\", \"-c\", \"echo $COLOUR$HOME\").start().getInputStream().readAllBytes()).trim() + java.time.ZoneId.systemDefault()); } }",
    );
    job.env =
        vec![("COLOUR".to_owned(), "red".to_owned()), ("TZ".to_owned(), "Asia/Tokyo".to_owned())];
    let finished = finish(&executor, job).await;
    assert_eq!(
        text(&finished.stdout),
        "redred/tmp\nred/tmpAsia/Tokyo\n",
        "{}",
        text(&finished.stderr)
    );
    end(executor).await;
}

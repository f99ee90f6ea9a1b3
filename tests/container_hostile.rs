//! Hostile programs in every container language where they make sense: each ends within its limit plus a second with the right outcome, and the
//! next job is unaffected. Those in Bash are in `container_limits`.

use std::time::Duration;

use coderunner_executor::{Resource, Stage, Termination};

use crate::container_support::{end, executor, exited, finish, job, limit, text};

/// How a program should end.
enum End {
    /// By itself, having printed this.
    Prints(&'static str),
    Limit(Resource),
}

/// The wall time of each: nothing here is to take longer.
const WALL: Duration = Duration::from_secs(4);
/// What ending it may take besides.
const LATE_MAX: Duration = Duration::from_secs(1);

const PROGRAMS: &[(&str, &str, &str, End)] = &[
    (
        "fork bomb",
        "c",
        "#include <unistd.h>\nint main(void) { for (;;) fork(); }",
        End::Limit(Resource::Processes),
    ),
    (
        "thread bomb",
        "cpp",
        "#include <thread>\n#include <vector>\nint main() { std::vector<std::thread> all; for (;;) all.emplace_back([] { for (;;) std::this_thread::sleep_for(std::chrono::hours(1)); }); }",
        End::Limit(Resource::Processes),
    ),
    (
        "thread bomb",
        "java",
        "class A { public static void main(String[] a) { for (;;) { try { new Thread(() -> { try { Thread.sleep(100000); } catch (Exception e) {} }).start(); } catch (Throwable e) { } } } }",
        End::Limit(Resource::Processes),
    ),
    (
        "thread bomb",
        "rust",
        "fn main() { loop { let _ = std::thread::Builder::new().spawn(|| std::thread::sleep(std::time::Duration::from_secs(1000))); } }",
        End::Limit(Resource::Processes),
    ),
    (
        "memory hog in main",
        "rust",
        "fn main() { let mut all = Vec::new(); loop { all.push(vec![1u8; 1 << 20]); } }",
        End::Limit(Resource::Memory),
    ),
    (
        "memory hog in main",
        "go",
        "package main\nfunc main() { var all [][]byte; for { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; all = append(all, b) } }",
        End::Limit(Resource::Memory),
    ),
    (
        "memory hog in a child",
        "c",
        "#include <stdlib.h>\n#include <string.h>\n#include <sys/wait.h>\n#include <unistd.h>\nint main(void) { if (!fork()) for (;;) memset(malloc(1 << 20), 1, 1 << 20); wait(NULL); }",
        End::Limit(Resource::Memory),
    ),
    (
        "endless loop that ignores signals",
        "c",
        "#include <signal.h>\nint main(void) { for (int s = 1; s < 65; s++) signal(s, SIG_IGN); for (;;); }",
        End::Limit(Resource::CpuTime),
    ),
    (
        "endless loop",
        "java",
        "class A { public static void main(String[] a) { for (;;); } }",
        End::Limit(Resource::CpuTime),
    ),
    ("endless loop", "go", "package main\nfunc main() { for {} }", End::Limit(Resource::CpuTime)),
    (
        "endless loop",
        "rust",
        "fn main() { loop { std::hint::spin_loop(); } }",
        End::Limit(Resource::CpuTime),
    ),
    (
        "output flood",
        "java",
        "class A { public static void main(String[] a) { for (;;) System.out.println(\"flood\"); } }",
        End::Limit(Resource::Output),
    ),
    (
        "output flood",
        "go",
        "package main\nimport \"os\"\nfunc main() { b := make([]byte, 1<<16); for { os.Stdout.Write(b) } }",
        End::Limit(Resource::Output),
    ),
    (
        "disk fill",
        "rust",
        "use std::{fs::File, io::Write}; fn main() { let mut f = File::create(\"big\").unwrap(); loop { f.write_all(&[1; 1 << 16]).unwrap(); } }",
        End::Limit(Resource::Disk),
    ),
    (
        "daemon that outlives main",
        "c",
        "#include <stdio.h>\n#include <unistd.h>\nint main(void) { if (!fork()) { setsid(); if (!fork()) for (;;) sleep(1); _exit(0); } puts(\"gone\"); }",
        End::Prints("gone\n"),
    ),
    (
        "the agent's memory, descriptors and life",
        "c",
        "#include <errno.h>\n#include <fcntl.h>\n#include <signal.h>\n#include <stdio.h>\n#include <sys/ptrace.h>\n#include <unistd.h>\nint main(void) { printf(\"%d%d%d%d\\n\", ptrace(PTRACE_ATTACH, 1, 0, 0) == 0, open(\"/proc/1/mem\", O_RDWR) >= 0, open(\"/proc/1/fd/1\", O_WRONLY) >= 0, open(\"/proc/1/fd/11\", O_WRONLY) >= 0); kill(1, SIGKILL); kill(1, SIGSEGV); fflush(stdout); for (int fd = 3; fd < 1024; fd++) if (write(fd, \"x\", 1) == 1) printf(\"wrote to %d\\n\", fd); }",
        End::Prints("0000\n"),
    ),
    (
        "rights, devices, mounts",
        "c",
        "#include <fcntl.h>\n#include <stdio.h>\n#include <sys/mount.h>\n#include <sys/stat.h>\n#include <sys/sysmacros.h>\n#include <unistd.h>\nint main(void) { printf(\"%d%d%d%d%d\\n\", setuid(0) == 0, setgid(0) == 0, mknod(\"null\", S_IFCHR | 0666, makedev(1, 3)) == 0, mount(\"none\", \"/tmp\", \"tmpfs\", 0, 0) == 0, chroot(\"/\") == 0); }",
        End::Prints("00000\n"),
    ),
    (
        "sockets",
        "c",
        "#include <arpa/inet.h>\n#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = inet_addr(\"8.8.8.8\")}; int s = socket(AF_INET, SOCK_STREAM, 0); printf(\"%d%d%d%d\\n\", connect(s, (struct sockaddr *)&a, sizeof a) == 0, socket(AF_INET, SOCK_RAW, 1) >= 0, socket(AF_PACKET, SOCK_RAW, 0) >= 0, socket(AF_NETLINK, SOCK_RAW, 0) >= 0); }",
        End::Prints("0000\n"),
    ),
    (
        "connect",
        "go",
        "package main\nimport (\"fmt\"; \"net\"; \"time\")\nfunc main() { _, a := net.DialTimeout(\"tcp\", \"8.8.8.8:53\", time.Second); _, b := net.DialTimeout(\"tcp\", \"172.17.0.1:2375\", time.Second); fmt.Println(a != nil, b != nil) }",
        End::Prints("true true\n"),
    ),
    (
        "connect",
        "java",
        "class A { public static void main(String[] a) { try { new java.net.Socket(\"8.8.8.8\", 53); System.out.println(\"connected\"); } catch (java.io.IOException e) { System.out.println(\"unreachable\"); } } }",
        End::Prints("unreachable\n"),
    ),
    (
        "connect",
        "rust",
        "fn main() { println!(\"{}\", std::net::TcpStream::connect(\"8.8.8.8:53\").is_ok()); }",
        End::Prints("false\n"),
    ),
];

#[tokio::test]
async fn hostile_programs_end_as_they_should_and_the_next_is_unaffected() {
    for (name, id, source, expected) in PROGRAMS {
        let Some(executor) = executor(&[id]) else { continue };
        let mut hostile = job(id, source);
        hostile.limits.wall = WALL;
        hostile.limits.cpu = Duration::from_secs(1);
        if matches!(expected, End::Limit(Resource::Memory)) {
            // Touching it all takes its time.
            hostile.limits.cpu = WALL;
            hostile.limits.memory_bytes = 128 << 20;
        }
        let finished = finish(&executor, hostile).await;
        let shown = format!("{name} in {id}: {:?}, {}", finished.outcome, text(&finished.stderr));
        match expected {
            End::Prints(stdout) => {
                assert_eq!(text(&finished.stdout), *stdout, "{shown}");
                assert_eq!(exited(&finished.outcome), Some(0), "{shown}");
            }
            End::Limit(resource) => {
                assert_eq!(limit(&finished.outcome), Some(*resource), "{shown}");
            }
        }
        let usage = &finished.outcome.usage;
        assert!(usage.wall.saturating_sub(usage.setup) < WALL + LATE_MAX, "{shown}");
        let next = finish(&executor, job("bash", "echo fine")).await;
        assert_eq!(text(&next.stdout), "fine\n", "after {name} in {id}");
        end(executor).await;
    }
}

/// What is done to compilers, apart from the bombs of `container_limits`; each must fail, and print nothing of what it is after.
const COMPILED: &[(&str, &str)] = &[
    ("c", "#include \"/dev/urandom\"\nint main(void) { return x; }"),
    ("c", "#include \"/dev/zero\"\nint main(void) { return x; }"),
    ("c", "#include \"/proc/1/environ\"\nint main(void) { return x; }"),
    ("c", "char big[1 << 30] = {1}; int main(void) { return big[0]; }"),
    (
        "cpp",
        "constexpr int f(int n) { return n == 0 ? 0 : f(n - 1) + f(n - 1) + 1; }\nstatic_assert(f(60));\nint main() {}",
    ),
    ("rust", "fn main() { print!(\"{}\", include_str!(\"/proc/1/environ\")); }"),
    (
        "rust",
        "const fn f(n: u64) -> u64 { let mut i = 0; while i < n { i += 1; } i }\n#[allow(long_running_const_eval)] const X: u64 = f(u64::MAX);\nfn main() { println!(\"{X}\"); }",
    ),
];

#[tokio::test]
async fn compilers_are_the_attackers_code_too() {
    for (id, source) in COMPILED {
        let Some(executor) = executor(&[id]) else { continue };
        let finished = finish(&executor, job(id, source)).await;
        let shown = format!("{id}: {source}: {:?}", finished.outcome);
        assert_eq!(finished.outcome.stage, Stage::Compile, "{shown}");
        assert!(
            !matches!(finished.outcome.termination, Termination::Exited { code: 0 }),
            "{shown}"
        );
        assert_eq!(text(&finished.stdout), "", "{shown}");
        let bound = coderunner_fallback::COMPILE_WALL + LATE_MAX;
        assert!(finished.outcome.usage.wall < bound + Duration::from_secs(10), "{shown}");
        let next = finish(&executor, job("bash", "echo fine")).await;
        assert_eq!(text(&next.stdout), "fine\n", "after {id}");
        end(executor).await;
    }
}

/// An annotation processor on the class path would run code of the job while it is compiled.
#[tokio::test]
async fn annotation_processors_are_not_run() {
    let Some(executor) = executor(&["java"]) else { return };
    let mut java = job(
        "java",
        "class A { public static void main(String[] a) { System.out.println(\"ran\"); } }",
    );
    java.files.push(coderunner_executor::JobFile {
        path: crate::container_support::path(
            "META-INF/services/javax.annotation.processing.Processor",
        ),
        contents: "evil.P\n".into(),
    });
    let finished = finish(&executor, java).await;
    assert_eq!(text(&finished.stdout), "ran\n", "{}", text(&finished.stderr));
    end(executor).await;
}

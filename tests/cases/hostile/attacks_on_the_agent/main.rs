use std::{fs::OpenOptions, process::Command};

fn main() {
    for path in ["mem", "environ", "maps", "fd/0", "fd/1", "fd/10", "fd/11", "root/etc/passwd"] {
        let path = format!("/proc/1/{path}");
        if OpenOptions::new().read(true).open(&path).is_ok() || OpenOptions::new().write(true).open(&path).is_ok() {
            println!("OPENED {path}");
        }
    }
    for signal in ["-KILL", "-STOP", "-SEGV", "-TERM"] {
        let _ = Command::new("/bin/sh").args(["-c", &format!("kill {signal} 1")]).status();
    }
    println!("safe");
}

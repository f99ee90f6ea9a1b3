use std::process::Command;

fn main() {
    Command::new("/usr/bin/setsid").args(["/bin/sleep", "1000"]).spawn().unwrap();
    println!("left");
}

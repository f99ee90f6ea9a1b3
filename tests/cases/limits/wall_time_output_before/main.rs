use std::io::Write;

fn main() {
    print!("line\npart");
    std::io::stdout().flush().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(3600));
}

use std::io::Write;

fn main() {
    loop {
        print!("12345678");
        std::io::stdout().flush().unwrap();
        eprint!("12345678");
    }
}

fn main() {
    loop {
        eprintln!("y");
    }
}

fn main() {
    for _ in 0..2000 {
        print!("line ");
    }
    std::process::exit(3);
}

fn main() {
    print!("no newline");
    eprint!("here neither");
}

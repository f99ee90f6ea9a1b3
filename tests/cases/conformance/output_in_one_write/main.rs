fn main() {
    print!("{}", "x".repeat(5_000_000));
}

fn main() {
    print!("{}", "12345678".repeat(512));
}

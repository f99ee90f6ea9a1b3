fn main() {
    for _ in 0..300_000 {
        println!("0123456789abcdef");
    }
}

fn main() {
    loop {
        print!("12345678");
    }
}

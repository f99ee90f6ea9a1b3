fn main() {
    loop {
        println!("y");
    }
}

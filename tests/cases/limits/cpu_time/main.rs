fn main() {
    println!("start");
    loop {}
}

fn main() {
    println!("1");
    println!("2");
}

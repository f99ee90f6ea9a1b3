fn main() {
    println!("start");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

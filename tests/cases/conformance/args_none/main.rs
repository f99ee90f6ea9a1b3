fn main() {
    println!("{}", std::env::args().len() - 1);
}

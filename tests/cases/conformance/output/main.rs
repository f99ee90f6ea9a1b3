fn main() {
    println!("{} {}", 1, "two");
    eprintln!("careful");
    println!("{}", 3.5);
}

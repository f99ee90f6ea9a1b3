fn main() {
    println!("never")
    if if
}

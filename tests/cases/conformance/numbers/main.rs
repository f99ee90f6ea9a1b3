fn main() {
    println!("{}", 2u128.pow(100));
    println!("{}", 0.1 + 0.2);
    println!("{} {}", f64::INFINITY, f64::NAN);
}

fn main() {
    println!("{}", (0..1000).sum::<i32>());
}

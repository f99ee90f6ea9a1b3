fn main() {
    println!("{}", vec![1u8; 100 << 20].len());
}

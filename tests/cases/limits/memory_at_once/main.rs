fn main() {
    assert_eq!(vec![1u8; 200 << 20].last(), Some(&1));
}

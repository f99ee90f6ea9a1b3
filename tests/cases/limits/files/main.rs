fn main() {
    for n in 0.. {
        std::fs::write(format!("f{n}"), "").unwrap();
    }
}

fn main() {
    for n in 0.. {
        std::fs::create_dir(format!("/tmp/d{n}")).unwrap();
    }
}

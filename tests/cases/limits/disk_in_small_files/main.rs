fn main() {
    for n in 0.. {
        std::fs::write(format!("f{n}"), [0; 4096]).unwrap();
    }
}

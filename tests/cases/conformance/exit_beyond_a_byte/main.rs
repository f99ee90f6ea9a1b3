fn main() {
    std::process::exit(257);
}

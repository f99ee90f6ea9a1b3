fn main() {
    let args: Vec<String> = std::env::args().skip(1).map(|arg| format!("\"{arg}\"")).collect();
    print!("[{}]", args.join(","));
}

use std::fs;

fn main() {
    for _ in 0..20 {
        fs::write("big", [0; 200 << 10]).unwrap();
        fs::remove_file("big").unwrap();
    }
    for _ in 0..20 {
        fs::write("big", [0; 200 << 10]).unwrap();
    }
    println!("done");
}

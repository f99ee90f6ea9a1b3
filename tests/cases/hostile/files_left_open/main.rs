use std::fs::File;

fn main() {
    let mut files = Vec::new();
    while let Ok(file) = File::create("f") {
        files.push(file);
    }
    println!("refused");
}

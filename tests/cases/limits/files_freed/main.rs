use std::fs;

fn main() {
    for n in 0..100 {
        fs::write(format!("f{n}"), "").unwrap();
        fs::remove_file(format!("f{n}")).unwrap();
    }
    println!("done");
}

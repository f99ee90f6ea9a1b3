use std::{fs::File, io::Write};

fn main() {
    let mut file = File::create("big").unwrap();
    loop {
        file.write_all(&[0; 65536]).unwrap();
    }
}

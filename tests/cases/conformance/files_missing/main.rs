use std::{fs, io::ErrorKind};

fn main() {
    if fs::read("missing.txt").is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        println!("no such file");
    }
    if fs::read("/tmp").is_err_and(|error| error.kind() == ErrorKind::IsADirectory) {
        println!("folder is no file");
    }
}

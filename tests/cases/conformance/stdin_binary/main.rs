use std::io::{self, Read};

fn main() {
    io::stdin().bytes().for_each(|byte| print!("{:02x}", byte.unwrap()));
    println!();
}

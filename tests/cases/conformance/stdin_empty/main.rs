use std::io::{self, Read};

fn main() {
    println!("{}", io::stdin().bytes().count());
}

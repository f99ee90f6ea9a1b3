use std::fs;

mod answer;

fn main() {
    println!("from the module: {}", answer::ANSWER);
    print!("{}", fs::read_to_string("data/text.txt").unwrap());
    let bytes = fs::read("data/bytes.bin").unwrap();
    println!("{} {}", bytes[0], bytes[1]);
}

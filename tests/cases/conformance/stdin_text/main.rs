fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    println!("{} lines, the last is {}", text.lines().count(), text.lines().last().unwrap());
}

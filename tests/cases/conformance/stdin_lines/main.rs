use std::io;

fn main() {
    let mut lines = io::stdin().lines().map(Result::unwrap);
    let count = lines.next().unwrap().parse().unwrap();
    println!("{}", lines.by_ref().take(count).map(|line| line.parse::<i32>().unwrap()).sum::<i32>());
    println!("{}", lines.next().unwrap());
}

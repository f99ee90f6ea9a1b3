use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    print!("{line}");
    if io::stdin().read_line(&mut line).unwrap() == 0 {
        println!("end");
    }
}

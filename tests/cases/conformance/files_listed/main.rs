use std::fs;

fn main() {
    let names = |path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut here: Vec<_> = names(".").filter(|name| !name.starts_with("main.")).collect();
    here.sort();
    println!("{}", here.join(" "));
    println!("{}", names("data").count());
}

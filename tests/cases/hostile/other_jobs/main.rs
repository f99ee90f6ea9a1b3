use std::{fs, process};

fn main() {
    for entry in fs::read_dir("/proc").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.parse::<u32>().is_ok_and(|number| number != 1 && number != process::id()) {
            println!("PROCESS {name}");
        }
    }
    if fs::write("/var/tmp/left", "").is_ok() {
        println!("LEFT");
    }
    for entry in fs::read_dir("/tmp").unwrap() {
        println!("FILE {:?}", entry.unwrap().file_name());
    }
    println!("alone");
}

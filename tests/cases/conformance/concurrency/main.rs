use std::{thread, time::Duration};

fn main() {
    let wait = |n: u64, name: &'static str| {
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(100 * n));
            println!("{name}");
            n
        })
    };
    let threads = [wait(1, "first"), wait(2, "second")];
    println!("{:?}", threads.map(|thread| thread.join().unwrap()));
}

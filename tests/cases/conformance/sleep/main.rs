use std::{
    thread,
    time::{Duration, Instant},
};

fn main() {
    let start = Instant::now();
    thread::sleep(Duration::from_millis(300));
    println!("{}", start.elapsed() >= Duration::from_millis(300));
}

use std::time::{Instant, SystemTime, UNIX_EPOCH};

fn main() {
    println!("{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() > 1_700_000_000);
    let a = Instant::now();
    println!("{}", Instant::now() >= a);
}

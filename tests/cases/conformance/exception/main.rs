fn fail() {
    panic!("no good");
}

fn main() {
    println!("before");
    fail();
}

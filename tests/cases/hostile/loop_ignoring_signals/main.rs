unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
}

fn main() {
    for number in 1..65 {
        unsafe { signal(number, 1) };
    }
    loop {}
}

#[allow(unconditional_recursion)]
fn f(n: u64) -> u64 {
    std::hint::black_box(f(n + 1)) + 1
}

fn main() {
    f(0);
}

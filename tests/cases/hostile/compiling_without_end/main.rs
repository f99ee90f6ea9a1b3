macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*) } }
fn main() {
    m!(a)
}

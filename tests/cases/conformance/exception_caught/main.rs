struct Finally;

impl Drop for Finally {
    fn drop(&mut self) {
        println!("finally");
    }
}

fn main() {
    let _finally = Finally;
    std::panic::set_hook(Box::new(|_| ()));
    if std::panic::catch_unwind(|| Vec::<u8>::new()[0]).is_err() {
        println!("caught");
    }
}

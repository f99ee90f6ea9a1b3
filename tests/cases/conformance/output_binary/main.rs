use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(&(0..=255).collect::<Vec<u8>>())?;
    io::stderr().write_all(b"\xff\xfe\x00\xc3\x28")
}

use std::fs;

fn main() -> std::io::Result<()> {
    fs::write("changed.txt", "after")?;
    fs::read("read.txt")?;
    fs::create_dir_all("deep/er")?;
    fs::write("deep/er/new.bin", [0, 255])?;
    fs::write("empty", "")?;
    fs::rename("same.txt", "renamed.txt")?;
    fs::remove_file("gone.txt")?;
    fs::write("passing", "")?;
    fs::remove_file("passing")?;
    fs::write("/tmp/elsewhere", "x")?;
    println!("done");
    Ok(())
}

//! `cargo xtask guests`: builds the guests from registry packages.

mod snapshot;

use anyhow::{Context, Result};

use crate::GuestsArgs;

pub(crate) fn run(args: &GuestsArgs) -> Result<()> {
    let module = std::fs::read(&args.languages[0]).context("module")?;
    if let Some(source) = args.languages.get(2) {
        let name = std::path::Path::new(source).file_name().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read(source)?;
        let a = args.languages[3..].to_vec();
        let code = std::thread::Builder::new().stack_size(64<<20).spawn(move || snapshot::run(&module, &name, &source, &a))?.join().unwrap()?;
        eprintln!("exit {code}");
        return Ok(());
    }
    let snap = snapshot::take(&module, snapshot::Files::new())?;
    std::fs::write(&args.languages[1], snap)?;
    Ok(())
}

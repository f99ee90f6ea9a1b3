//! Embeds every `languages/<id>/` folder: adding a language is adding a folder, no code changes.
//!
//! For each folder with a `language.toml`, sorted by name, one `Folder` literal is written to `folders.rs`. What is embedded is
//! watched, and nothing else: programs of tests and the sources of guests change often, and all crates depend on this one.

mod digest;

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "quoted and escaped as a Rust string literal, which is what is written"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("not run by cargo")?);
    // A folder that is added changes nothing that is watched: `cargo xtask guests` touches this file, and `tests/tidy.rs` finds it out.
    watch(&root.join("build.rs"));
    watch(&root.join("digest.rs"));
    for folder in digest::SHARED {
        watch(&root.join(folder));
    }
    let mut ids: Vec<String> = fs::read_dir(&root)?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("language.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    ids.sort();

    let mut code = String::from("pub(crate) static FOLDERS: &[Folder] = &[\n");
    for id in ids {
        let folder = root.join(&id);
        let manifest = folder.join("language.toml");
        let hello = only(&folder, |name| name.starts_with("hello."))?
            .ok_or_else(|| format!("languages/{id} has no hello program"))?;
        let hello_name = hello.file_name().and_then(|n| n.to_str()).ok_or("hello file name")?;
        watch(&manifest);
        watch(&hello);
        writeln!(code, "    Folder {{ id: {id:?},")?;
        writeln!(code, "        manifest: include_str!({manifest:?}),")?;
        writeln!(code, "        hello: ({hello_name:?}, include_str!({hello:?})),")?;
        let lock = folder.join("guest/guest.lock");
        if lock.is_file() {
            watch(&lock);
            writeln!(code, "        lock: Some(include_str!({lock:?})),")?;
        } else {
            writeln!(code, "        lock: None,")?;
        }
        match only(&folder.join("guest"), |name| name.ends_with(".wasm.zst"))? {
            Some(guest) => {
                watch(&guest);
                let digest = xxhash_rust::xxh3::xxh3_128(&fs::read(&guest)?);
                writeln!(
                    code,
                    "        guest: Some(Guest {{ compressed: include_bytes!({guest:?}), digest: {} }}),",
                    literal(digest)
                )?;
            }
            None => writeln!(code, "        guest: None,")?,
        }
        let image = folder.join("image");
        if image.is_dir() {
            watch(&image);
            writeln!(code, "        image: Some({}),", literal(digest::image(&root, &id)?))?;
        } else {
            writeln!(code, "        image: None,")?;
        }
        code.push_str("    },\n");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("not run by cargo")?);
    fs::write(out.join("folders.rs"), code)?;
    Ok(())
}

/// Has cargo run this again when the file changes, or anything below the folder.
fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

/// A number as code has it: hexadecimal, in groups.
fn literal(number: u128) -> String {
    let digits = format!("{number:032x}");
    let groups: Vec<&str> =
        (0..digits.len()).step_by(4).filter_map(|at| digits.get(at..at + 4)).collect();
    format!("0x{}", groups.join("_"))
}

/// The one file in `folder` whose name satisfies `wanted`, if there is any; two are a mistake.
fn only(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Option<PathBuf>, Box<dyn Error>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut found = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&wanted) {
            if found.is_some() {
                return Err(format!("{} has two such files", folder.display()).into());
            }
            found = Some(entry.path());
        }
    }
    Ok(found)
}

//! What an image is made from, as a number: its recipe, the agent, and how all images are made. Used by the build script.

use std::{fs, io, path::Path};

use xxhash_rust::xxh3::Xxh3;

/// Folders that go into every image, seen from `languages/`.
pub(crate) const SHARED: [&str; 2] = ["../fallback/agent", "../fallback/image"];

/// The digest of the image of the language `id`, whose folder is in `languages`.
pub(crate) fn image(languages: &Path, id: &str) -> io::Result<u128> {
    let mut hasher = Xxh3::new();
    add(&languages.join(id).join("image"), &mut hasher)?;
    for folder in SHARED {
        add(&languages.join(folder), &mut hasher)?;
    }
    Ok(hasher.digest128())
}

/// Adds every file below `folder`, by name and contents, in the order of names.
fn add(folder: &Path, hasher: &mut Xxh3) -> io::Result<()> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(&path, hasher)?;
            continue;
        }
        let contents = fs::read(&path)?;
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        for part in [name, &contents] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    Ok(())
}

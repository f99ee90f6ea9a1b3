//! Compiled guests on disk: what takes seconds is done once for each machine.
//!
//! An entry is a folder named by its key: everything that what is in it depends on. It holds a memory image, the compiled module unless it is the entry of a
//! layer, and an index with the length and checksum of each. It is written under a temporary name and renamed into place when whole,
//! so that two processes at once do no harm: the second finds the first one's entry. An entry that is damaged, truncated or foreign
//! is moved aside and made anew; it is never loaded.
//!
//! The checksums (XXH3-128) find accidents. They are no defence against somebody who can write to the folder, who could as well
//! replace this program; so the folder is private to its user, and one that others can write to is refused.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::slot::Mapping;

/// The version of the layout of entries.
const FORMAT: &str = "coderunner-cache 1";
const INDEX: &str = "index";
/// An index is a few short lines.
const INDEX_BYTES_MAX: u64 = 1024;
/// Of a checksum in the index.
const CHECKSUM_DIGITS: usize = 32;
const MODULE: &str = "module";
const IMAGE: &str = "image";

/// A folder for compiled guests.
#[derive(Clone, Debug)]
pub struct CacheDir {
    path: PathBuf,
}

/// What is worth showing to somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A guest is being compiled; it takes seconds and happens once for each machine.
    Compiling {
        /// The language.
        language: String,
    },
    /// It is done.
    Compiled {
        /// The language.
        language: String,
        /// How long it took.
        took: std::time::Duration,
    },
    /// A layer is being made: modules are imported for programs to come; it happens once for each machine.
    Layering {
        /// The language.
        language: String,
        /// The layer.
        layer: String,
    },
    /// It is done.
    Layered {
        /// The language.
        language: String,
        /// The layer.
        layer: String,
        /// How long it took.
        took: std::time::Duration,
    },
    /// A layer cannot be had; programs work without, but take longer.
    NoLayer {
        /// The language.
        language: String,
        /// The layer.
        layer: String,
        /// Why.
        reason: String,
    },
    /// The cache cannot be used; everything works, but the next start compiles again.
    NotCached {
        /// The language.
        language: String,
        /// Why.
        reason: String,
    },
}

/// Why a cache folder or an entry cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The folder cannot be made or is not private.
    #[error("the cache folder {} cannot be used", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An entry cannot be read.
    #[error("the cache entry {} cannot be read", path.display())]
    Read {
        /// The entry.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An entry cannot be written.
    #[error("the cache entry {} cannot be written", path.display())]
    Write {
        /// The entry.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Everything that an entry depends on, as a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CacheKey(pub(crate) u128);

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// An entry that is whole.
#[derive(Debug)]
pub(crate) struct CacheEntry {
    /// Where the compiled module lies, if there is one.
    pub(crate) module: Option<PathBuf>,
    /// The memory image, opened and mapped.
    pub(crate) image: (File, Mapping),
}

impl CacheDir {
    /// The cache in `path`, which is made if need be, private to the user.
    ///
    /// # Errors
    /// It cannot be made, or belongs to or can be written by somebody else.
    pub fn open(path: &Path) -> Result<Self, CacheError> {
        let folder = |source| CacheError::Folder { path: path.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(folder)?;
        let metadata = fs::metadata(path).map_err(folder)?;
        // SAFETY: a plain query.
        let user = unsafe { libc::geteuid() };
        if metadata.uid() != user || metadata.mode() & 0o022 != 0 {
            let reason =
                "it belongs to, or can be written by, another user; code from it would be run";
            return Err(folder(io::Error::new(io::ErrorKind::PermissionDenied, reason)));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The entry of `key`, if there is a whole one. A broken one is removed.
    pub(crate) fn load(&self, key: CacheKey) -> Result<Option<CacheEntry>, CacheError> {
        let path = self.path.join(key.to_string());
        match read_entry(&path, key) {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => Ok(None),
            Err(error) if is_damage(&error) => {
                self.remove(&path).map_err(|source| CacheError::Write { path, source })?;
                Ok(None)
            }
            Err(source) => Err(CacheError::Read { path, source }),
        }
    }

    /// Drops an entry that turned out to be unusable.
    pub(crate) fn forget(&self, key: CacheKey) -> Result<(), CacheError> {
        let path = self.path.join(key.to_string());
        self.remove(&path).map_err(|source| CacheError::Write { path, source })
    }

    /// Writes an entry. When another process was faster, its entry stays.
    pub(crate) fn store(
        &self,
        key: CacheKey,
        module: Option<&[u8]>,
        image: &[u8],
    ) -> Result<(), CacheError> {
        let path = self.path.join(key.to_string());
        self.write_entry(&path, key, module, image)
            .map_err(|source| CacheError::Write { path, source })
    }

    fn write_entry(
        &self,
        path: &Path,
        key: CacheKey,
        module: Option<&[u8]>,
        image: &[u8],
    ) -> io::Result<()> {
        let temporary = self.temporary()?;
        let write = || -> io::Result<()> {
            let mut index = format!("{FORMAT}\nkey {key}\n");
            for (name, contents) in [(MODULE, module), (IMAGE, Some(image))] {
                let Some(contents) = contents else { continue };
                write_file(&temporary.join(name), contents)?;
                let line = format!("{name} {} {:032x}\n", contents.len(), checksum(contents));
                index.push_str(&line);
            }
            write_file(&temporary.join(INDEX), index.as_bytes())?;
            match fs::rename(&temporary, path) {
                // Renaming onto a folder that is not empty fails: another process was here first.
                Err(_) if path.join(INDEX).exists() => Ok(()),
                result => result,
            }
        };
        let written = write();
        // Gone already when it was renamed.
        let _ = fs::remove_dir_all(&temporary);
        written
    }

    /// Moves an entry aside before removing it, so that nobody sees half of it.
    fn remove(&self, path: &Path) -> io::Result<()> {
        let temporary = self.temporary()?;
        match fs::rename(path, temporary.join("removed")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let _ = fs::remove_dir(&temporary);
                return Err(error);
            }
            _ => {}
        }
        fs::remove_dir_all(temporary)
    }

    /// A new folder of our own in the cache folder.
    fn temporary(&self) -> io::Result<PathBuf> {
        use std::{
            collections::hash_map::RandomState,
            hash::{BuildHasher as _, Hasher as _},
        };
        loop {
            let name = format!("tmp-{:016x}", RandomState::new().build_hasher().finish());
            let path = self.path.join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn write_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
    file.write_all(contents)?;
    // A machine that loses power must not come back with an index whose files are empty; the checksum would notice, but only after the
    // work of compiling was lost.
    file.sync_data()
}

fn checksum(bytes: &[u8]) -> u128 {
    xxhash_rust::xxh3::xxh3_128(bytes)
}

fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData
            | io::ErrorKind::NotFound
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotADirectory
    )
}

fn read_entry(path: &Path, key: CacheKey) -> io::Result<CacheEntry> {
    let mut index = String::new();
    File::open(path.join(INDEX))?.take(INDEX_BYTES_MAX).read_to_string(&mut index)?;
    let mut lines = index.lines();
    if lines.next() != Some(FORMAT) || lines.next() != Some(&format!("key {key}")) {
        return Err(damaged("the index is of another format or entry"));
    }
    let (mut module, mut image) = (None, None);
    for line in lines {
        let [name, len, checksum] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(damaged("a line of the index is none"));
        };
        let len = len.parse().map_err(|_| damaged("no length"))?;
        let checksum = Some(checksum)
            .filter(|digits| digits.len() == CHECKSUM_DIGITS)
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .ok_or_else(|| damaged("no checksum"))?;
        let file = match name {
            MODULE => &mut module,
            IMAGE => &mut image,
            _ => return Err(damaged("the index names another file")),
        };
        *file = Some(Expected { path: path.join(name), len, checksum });
    }
    let image = image.ok_or_else(|| damaged("the index is cut off"))?;
    let Some(module) = module else {
        return Ok(CacheEntry { module: None, image: verify(&image)? });
    };
    // Checksums are most of what a start with a full cache costs: two threads halve it.
    let (module_is_whole, image) = std::thread::scope(|scope| {
        let other = scope.spawn(|| verify(&module));
        let image = verify(&image);
        (
            other.join().unwrap_or_else(|_| Err(io::Error::other("the checking thread panicked"))),
            image,
        )
    });
    module_is_whole?;
    Ok(CacheEntry { module: Some(module.path), image: image? })
}

/// A file as the index describes it.
struct Expected {
    path: PathBuf,
    len: usize,
    checksum: u128,
}

/// The file and its contents, if they are what the index says.
fn verify(expected: &Expected) -> io::Result<(File, Mapping)> {
    let file = File::open(&expected.path)?;
    if expected.len == 0 || file.metadata()?.len() != expected.len as u64 {
        return Err(damaged("a file is not as long as it was"));
    }
    let mapping = Mapping::read_only(&file, expected.len)?;
    if checksum(mapping.bytes()) != expected.checksum {
        return Err(damaged("a file is not what was written"));
    }
    Ok((file, mapping))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const KEY: CacheKey = CacheKey(0xABC);

    fn entry(cache: &CacheDir) -> Option<(Vec<u8>, usize)> {
        let entry = cache.load(KEY).unwrap()?;
        Some((fs::read(entry.module.unwrap()).unwrap(), entry.image.1.len()))
    }

    fn with_entry() -> (tempfile::TempDir, CacheDir) {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::open(&folder.path().join("cache")).unwrap();
        cache.store(KEY, Some(b"module"), b"image").unwrap();
        (folder, cache)
    }

    #[test]
    fn an_entry_is_found_again_and_only_under_its_key() {
        let (_folder, cache) = with_entry();
        assert_eq!(entry(&cache), Some((b"module".to_vec(), 5)));
        assert!(cache.load(CacheKey(0xABD)).unwrap().is_none());
        // A second writer loses without harm and leaves nothing behind.
        cache.store(KEY, Some(b"other"), b"other").unwrap();
        assert_eq!(entry(&cache), Some((b"module".to_vec(), 5)));
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_entry_may_be_an_image_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::open(&folder.path().join("cache")).unwrap();
        cache.store(KEY, None, b"image").unwrap();
        let entry = cache.load(KEY).unwrap().unwrap();
        assert!(entry.module.is_none());
        assert_eq!(entry.image.1.bytes(), b"image");
    }

    #[test]
    fn damaged_truncated_and_foreign_entries_are_removed() {
        type Damage = fn(&Path);
        let damages: [Damage; 6] = [
            |entry| fs::write(entry.join(MODULE), b"modulf").unwrap(),
            |entry| fs::write(entry.join(IMAGE), b"imag").unwrap(),
            |entry| fs::remove_file(entry.join(IMAGE)).unwrap(),
            |entry| fs::write(entry.join(INDEX), b"").unwrap(),
            |entry| fs::remove_file(entry.join(INDEX)).unwrap(),
            |entry| {
                let index = fs::read_to_string(entry.join(INDEX)).unwrap();
                fs::write(entry.join(INDEX), index.replace("abc", "abd")).unwrap();
            },
        ];
        for (n, damage) in damages.iter().enumerate() {
            let (_folder, cache) = with_entry();
            let path = cache.path().join(KEY.to_string());
            for name in [MODULE, IMAGE, INDEX] {
                fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o600)).unwrap();
            }
            damage(&path);
            assert_eq!(entry(&cache), None, "damage {n}");
            assert!(!path.exists(), "damage {n}");
            cache.store(KEY, Some(b"module"), b"image").unwrap();
            assert!(entry(&cache).is_some(), "damage {n}");
        }
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(CacheDir::open(folder.path()), Err(CacheError::Folder { .. })));
    }
}

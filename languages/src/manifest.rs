//! A language as its manifest describes it.

use std::time::Duration;

use coderunner_executor::{LanguageId, Limits};
use serde::Deserialize;

use crate::{
    Layers,
    container::{Container, ManifestContainer},
};

/// One embedded folder, as `build.rs` found it.
pub(crate) struct Folder {
    pub(crate) id: &'static str,
    pub(crate) manifest: &'static str,
    pub(crate) hello: (&'static str, &'static str),
    pub(crate) guest: Option<Guest>,
    /// What the guest was built from.
    pub(crate) lock: Option<&'static str>,
    pub(crate) image: Option<u128>,
}

include!(concat!(env!("OUT_DIR"), "/folders.rs"));

/// A language: what it is called, how its programs look, what runs them.
#[derive(Clone, Debug)]
pub struct Language {
    /// The canonical identifier: the folder's name.
    pub id: LanguageId,
    /// The name for people: `Python`.
    pub name: String,
    /// Other names that callers use for it, lower case.
    pub aliases: Vec<String>,
    /// The version of the interpreter or compiler.
    pub version: String,
    /// File name extensions, without the dot.
    pub extensions: Vec<String>,
    /// The entry file's name for programs that come without one.
    pub entry: String,
    /// What runs it.
    pub backend: Backend,
    /// Limits of a job that names none.
    pub limits: Limits,
    /// A small program: its file name and source.
    pub hello: (&'static str, &'static str),
    /// The shortest program that prints a number: what `bench` measures.
    pub one_line: String,
    /// A program that waits for a line of standard input: a live sandbox, for measuring and testing.
    pub waiting: String,
    /// What programs can import besides the standard library, by name.
    pub packages: Vec<Package>,
    /// What can be loaded ahead for programs that will import it.
    pub layers: Layers,
}

/// A package that is inside of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The name in its registry.
    pub name: String,
    /// The version.
    pub version: String,
    /// SPDX expression.
    pub license: String,
}

/// The part of a `guest.lock` that says what programs can import.
#[derive(Deserialize)]
struct GuestLock {
    source: Vec<LockedSource>,
}

#[derive(Deserialize)]
struct LockedSource {
    from: String,
    package: String,
    version: String,
    license: String,
}

/// The registry whose packages are put into a guest for programs to import. What comes from others is what the guest consists of.
const IMPORTABLE: &str = "pypi";

/// Stands in a manifest's version for that of the guest's first source, so that an update is one line of the recipe.
const SOURCE_VERSION: &str = "{source}";

/// What the folder's guest was built from.
fn sources(folder: &Folder) -> Result<Vec<LockedSource>, ManifestError> {
    let Some(lock) = folder.lock else { return Ok(Vec::new()) };
    let lock: GuestLock = toml::from_str(lock)
        .map_err(|source| ManifestError::Syntax { id: folder.id, source: Box::new(source) })?;
    Ok(lock.source)
}

fn packages(sources: Vec<LockedSource>) -> Vec<Package> {
    let mut packages: Vec<Package> = sources
        .into_iter()
        .filter(|source| source.from == IMPORTABLE)
        .map(|LockedSource { package, version, license, .. }| Package {
            name: package,
            version,
            license,
        })
        .collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    packages
}

/// What runs a language.
#[derive(Clone, Copy, Debug)]
pub enum Backend {
    /// A guest of the WebAssembly runtime.
    Wasm(Guest),
    /// A container of the Docker backend.
    Container(&'static Container),
    /// The guest of another language, by its identifier: programs are compiled into that language first.
    Compiled(&'static str),
}

impl Backend {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Wasm(_) | Self::Compiled(_) => "wasm",
            Self::Container(_) => "container",
        }
    }
}

/// A built guest, as it lies in the repository.
#[derive(Clone, Copy)]
pub struct Guest {
    /// The snapshotted module, compressed with zstd.
    pub compressed: &'static [u8],
    /// XXH3-128 of `compressed`: identifies the guest in caches.
    pub digest: u128,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guest({} bytes, {:032x})", self.compressed.len(), self.digest)
    }
}

/// Why a folder does not describe a language.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The manifest is no TOML of the expected shape.
    #[error("languages/{id}/language.toml cannot be read")]
    Syntax {
        /// The folder.
        id: &'static str,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The manifest names a backend whose files the folder lacks.
    #[error("languages/{id} names the backend {backend:?}, but has no files for it")]
    NoBackendFiles {
        /// The folder.
        id: &'static str,
        /// The backend named.
        backend: &'static str,
    },
    /// The manifest names no language to compile into, or one without a guest.
    #[error("languages/{id} is compiled into no language that has a guest")]
    NoTarget {
        /// The folder.
        id: &'static str,
    },
}

/// `language.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    version: String,
    #[serde(default)]
    aliases: Vec<String>,
    extensions: Vec<String>,
    entry: String,
    backend: ManifestBackend,
    into: Option<String>,
    one_line: String,
    waiting: String,
    #[serde(default)]
    limits: ManifestLimits,
    container: Option<ManifestContainer>,
    #[serde(default)]
    layers: Layers,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ManifestBackend {
    Wasm,
    Container,
    Compiled,
}

/// Where a language needs other default limits than [`Limits::default`].
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ManifestLimits {
    wall_ms: Option<u64>,
    cpu_ms: Option<u64>,
    memory_mb: Option<u64>,
    output_kb: Option<u64>,
    disk_mb: Option<u64>,
    files: Option<u32>,
    processes: Option<u32>,
}

impl ManifestLimits {
    fn over(&self, base: Limits) -> Limits {
        Limits {
            wall: self.wall_ms.map_or(base.wall, Duration::from_millis),
            cpu: self.cpu_ms.map_or(base.cpu, Duration::from_millis),
            memory_bytes: self.memory_mb.map_or(base.memory_bytes, |mb| mb << 20),
            output_bytes: self.output_kb.map_or(base.output_bytes, |kb| kb << 10),
            disk_bytes: self.disk_mb.map_or(base.disk_bytes, |mb| mb << 20),
            files: self.files.unwrap_or(base.files),
            processes: self.processes.unwrap_or(base.processes),
        }
    }
}

impl Language {
    /// The language whose guest or container runs it: nearly always itself.
    #[must_use]
    pub fn guest_language(&self) -> LanguageId {
        match self.backend {
            Backend::Compiled(into) => LanguageId::new(into),
            Backend::Wasm(_) | Backend::Container(_) => self.id.clone(),
        }
    }

    pub(crate) fn from_folder(folder: &Folder) -> Result<Self, ManifestError> {
        let manifest: Manifest = toml::from_str(folder.manifest)
            .map_err(|source| ManifestError::Syntax { id: folder.id, source: Box::new(source) })?;
        let sources = sources(folder)?;
        let version = match sources.first() {
            Some(source) => manifest.version.replace(SOURCE_VERSION, &source.version),
            None => manifest.version,
        };
        let backend = match manifest.backend {
            ManifestBackend::Wasm => Backend::Wasm(
                folder
                    .guest
                    .ok_or(ManifestError::NoBackendFiles { id: folder.id, backend: "wasm" })?,
            ),
            ManifestBackend::Container => {
                let container = manifest
                    .container
                    .and_then(|recipe| Container::from_manifest(recipe, folder.id));
                let container = container
                    .ok_or(ManifestError::NoBackendFiles { id: folder.id, backend: "container" })?;
                // Lives as long as the registry, which is made once and lives as long as the program.
                Backend::Container(Box::leak(Box::new(container)))
            }
            ManifestBackend::Compiled => {
                let target = FOLDERS
                    .iter()
                    .find(|other| {
                        manifest.into.as_deref() == Some(other.id) && other.guest.is_some()
                    })
                    .ok_or(ManifestError::NoTarget { id: folder.id })?;
                Backend::Compiled(target.id)
            }
        };
        Ok(Self {
            id: LanguageId::new(folder.id),
            name: manifest.name,
            aliases: manifest.aliases,
            version,
            extensions: manifest.extensions,
            entry: manifest.entry,
            backend,
            limits: manifest.limits.over(Limits::default()),
            hello: folder.hello,
            one_line: manifest.one_line,
            waiting: manifest.waiting,
            packages: packages(sources),
            layers: manifest.layers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_what_a_lock_names_from_the_registry_of_importable_ones() {
        let source = |name: &str, from: &str| {
            format!(
                "[[source]]\nname = \"{name}\"\nfrom = \"{from}\"\npackage = \"{name}\"\nversion = \"1.2\"\nlicense = \"MIT\"\n"
            )
        };
        let lock =
            [source("zlib", "debian"), source("yes", "pypi"), source("attrs", "pypi")].concat();
        let folder = Folder {
            id: "x",
            manifest: "",
            hello: ("hello.x", ""),
            guest: None,
            lock: Some(lock.leak()),
            image: None,
        };
        let found = packages(sources(&folder).expect("a lock as xtask writes it"));
        let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["attrs", "yes"]);
        assert!(sources(&Folder { lock: None, ..folder }).expect("no lock").is_empty());
    }
}

//! A guest's lock (`languages/<id>/guest/guest.lock`): exactly what the committed guest was built from, and its digests.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::recipe::Registry;

/// Stands above every lock.
const HEAD: &str = "# Written by `cargo xtask guests`; not edited by hand.\n\n";

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Lock {
    pub(super) guest: Guest,
    #[serde(rename = "source")]
    pub(super) sources: Vec<LockedSource>,
    /// Versions of the Debian packages of the build system that make or become part of the guest.
    pub(super) tools: std::collections::BTreeMap<String, String>,
    pub(super) flags: Flags,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Guest {
    pub(super) wasm_sha256: String,
    pub(super) wasm_bytes: u64,
    pub(super) zst_sha256: String,
    pub(super) zst_bytes: u64,
    /// Digest of the recipe, `build.sh`, patches and the guest's own sources, and of what all guests share.
    pub(super) inputs_sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct LockedSource {
    pub(super) name: String,
    pub(super) from: Registry,
    pub(super) package: String,
    pub(super) version: String,
    pub(super) license: String,
    pub(super) file: String,
    pub(super) sha256: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Flags {
    pub(super) compiler: String,
    pub(super) linker: String,
    pub(super) wizer: String,
    pub(super) zstd: String,
}

impl Lock {
    /// The lock of the guest in `folder`, if it has been built before.
    pub(super) fn load(folder: &Path) -> Result<Option<Self>> {
        match fs::read_to_string(folder.join("guest.lock")) {
            Ok(text) => toml::from_str(&text).context("in guest.lock").map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("reading guest.lock"),
        }
    }

    pub(super) fn save(&self, folder: &Path) -> Result<()> {
        let text = toml::to_string(self).context("writing guest.lock")?;
        fs::write(folder.join("guest.lock"), format!("{HEAD}{text}")).context("writing guest.lock")
    }
}

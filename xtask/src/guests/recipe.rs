//! A guest's recipe (`languages/<id>/guest/recipe.toml`): what it is built from.
//!
//! How it is built is `build.sh` beside it; what came of it is the [lock](super::lock).

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    /// Debian packages that `build.sh` needs besides the common toolchain, as `name=version`.
    pub(super) packages: Vec<String>,
    /// Sources, each unpacked into a folder of its name, with `patches/*.patch` applied to the first.
    #[serde(rename = "source")]
    pub(super) sources: Vec<Source>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) from: Registry,
    pub(super) package: String,
    /// The upstream version: of a Debian package without the revision, whose patches are not used.
    pub(super) version: String,
    /// SPDX expression.
    pub(super) license: String,
    /// Digest of the file, for a version that no lock has yet and whose file was put into the downloads by hand.
    pub(super) sha256: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Registry {
    Debian,
    Crates,
    Npm,
    /// A wheel, which is not unpacked: the folder holds the file.
    Pypi,
}

impl Recipe {
    pub(super) fn load(guest: &Path) -> Result<Self> {
        let path = guest.join("recipe.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }
}

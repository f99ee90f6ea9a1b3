//! The build system: a Debian root folder with the WASI toolchain, made by mmdebstrap, and the sources fetched into it.
//!
//! Everything comes from package registries through their own clients: apt inside the root folder, cargo and npm outside.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    lock::LockedSource,
    recipe::{Registry, Source},
    sha256,
};

/// The Debian suite of the toolchain. Testing: stable's C library has no folder for `wasm32-wasip1`, its clang is two versions older, and
/// its wasm-opt eleven (docs/decisions/0008-build-guests-with-testing.md).
const SUITE: &str = "forky";
/// Suites whose sources are looked through for a version.
const SOURCE_SUITES: [&str; 2] = ["forky", "sid"];
/// The toolchain that every guest is built with: packages and, after `=`, the versions that the locks were written with. Testing moves on: when it
/// has no longer one of these, write here what it has; then all guests are other bytes.
const TOOLCHAIN: [&str; 6] = [
    "clang-21=1:21.1.8-13",
    "lld-21=1:21.1.8-13",
    "llvm-21=1:21.1.8-13",
    "wasi-libc=0.0~git20260423.161b319-2",
    "libclang-rt-21-dev-wasm32=1:21.1.8-13",
    "make=4.4.1-3",
];
/// What is needed to fetch and unpack sources.
const BASE: [&str; 4] = ["ca-certificates", "dpkg-dev", "patch", "xz-utils"];
/// What to do when a version is gone.
const PINS_HINT: &str = "if Debian has other versions by now, write those into TOOLCHAIN of xtask/src/guests/build_system.rs, \
     or into the recipe's packages";
/// Where the build happens inside of the root folder: the same path in every run, since some of it ends up in the output.
pub(super) const BUILD: &str = "build";

pub(super) struct BuildSystem {
    root: PathBuf,
    downloads: PathBuf,
}

impl BuildSystem {
    /// The build system in the folder `work`, made or completed if need be.
    pub(super) fn prepare(work: &Path, packages: &[String]) -> Result<Self> {
        let system = Self { root: work.join("root"), downloads: work.join("downloads") };
        fs::create_dir_all(&system.downloads)?;
        let complete = system.root.join(BUILD).join("complete");
        if !complete.exists() {
            super::remove(&system.root)?;
            system.create()?;
            fs::create_dir_all(system.root.join(BUILD))?;
            fs::write(complete, "")?;
        }
        let wanted = TOOLCHAIN.into_iter().chain(packages.iter().map(String::as_str));
        let missing: Vec<&str> = wanted.filter(|package| !system.has(package)).collect();
        if !missing.is_empty() {
            // The lists may be as old as the root folder.
            system.inside("apt-get", ["update"])?;
            system
                .inside(
                    "apt-get",
                    ["install", "--yes", "--allow-downgrades"].into_iter().chain(missing),
                )
                .context(PINS_HINT)?;
        }
        Ok(system)
    }

    fn create(&self) -> Result<()> {
        ensure!(
            Command::new("mmdebstrap").arg("--version").stdout(Stdio::null()).status().is_ok(),
            "mmdebstrap is missing; on Debian: apt-get install mmdebstrap"
        );
        let packages: Vec<&str> = TOOLCHAIN.into_iter().chain(BASE).collect();
        run(Command::new("mmdebstrap")
            .arg("--variant=apt")
            // Mirrors of testing lag behind; signatures are checked all the same.
            .arg("--aptopt=Acquire::Check-Valid-Until \"false\"")
            .arg(format!("--include={}", packages.join(",")))
            .arg(SUITE)
            .arg(&self.root))
        .context(PINS_HINT)?;
        let mirror = self.mirror()?;
        let sources = SOURCE_SUITES.map(|suite| format!("deb-src {mirror} {suite} main\n"));
        fs::write(self.root.join("etc/apt/sources.list.d/sources.list"), sources.concat())?;
        // WASI's C library by itself: /usr/include is also the place of the build system's own headers.
        for kind in ["include", "lib"] {
            let folder = self.root.join("wasi").join(kind);
            fs::create_dir_all(&folder)?;
            std::os::unix::fs::symlink(
                format!("/usr/{kind}/wasm32-wasip1"),
                folder.join("wasm32-wasip1"),
            )?;
        }
        // Debian has the library under another name than its clang looks for.
        let libraries = "usr/lib/llvm-21/lib/clang/21/lib";
        let wanted = self.root.join(libraries).join("wasm32-unknown-wasip1");
        fs::create_dir_all(&wanted)?;
        std::os::unix::fs::symlink(
            "../wasi/libclang_rt.builtins-wasm32.a",
            wanted.join("libclang_rt.builtins.a"),
        )?;
        self.inside("apt-get", ["update"])
    }

    /// Where the root folder's packages come from.
    fn mirror(&self) -> Result<String> {
        let list = self.root.join("etc/apt/sources.list");
        let text = fs::read_to_string(&list).context("reading sources.list")?;
        let mirror =
            text.split_whitespace().nth(1).context("mmdebstrap left no mirror in sources.list")?;
        Ok(mirror.to_owned())
    }

    /// A path inside of the root folder, as seen from outside.
    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// Runs a program inside of the root folder.
    pub(super) fn inside<'a>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        run(self.command(program).args(args))
    }

    /// A program inside of the root folder, without the caller's environment.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command
            .arg(&self.root)
            .args([
                "/usr/bin/env",
                "-i",
                "PATH=/usr/sbin:/usr/bin",
                "HOME=/",
                "DEBIAN_FRONTEND=noninteractive",
            ])
            .arg(program)
            .stdin(Stdio::null());
        command
    }

    /// The installed version of a Debian package.
    fn version_of(&self, package: &str) -> Option<String> {
        let output = self
            .command("dpkg-query")
            .args(["--show", "--showformat=${Version}", package])
            .output()
            .ok()?;
        let version = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !version.is_empty()).then_some(version)
    }

    /// Whether a Debian package is installed, in the version that may stand after its name.
    fn has(&self, package: &str) -> bool {
        let (name, wanted) = split_version(package);
        self.version_of(name).is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
    }

    /// The versions of the toolchain and of `packages`.
    pub(super) fn versions(&self, packages: &[String]) -> BTreeMap<String, String> {
        TOOLCHAIN
            .into_iter()
            .chain(packages.iter().map(String::as_str))
            .map(|package| split_version(package).0)
            .filter_map(|name| Some((name.to_owned(), self.version_of(name)?)))
            .collect()
    }

    /// Fetches `source`, checks it against its recipe's digest and `locked` (if that is of the same version), and unpacks
    /// it into `target`.
    ///
    /// A file that is in the work folder's `downloads/` already is not fetched again. That is also the way to build a
    /// version that the registry has dropped: put the file there. It is taken only if its digest is known.
    pub(super) fn fetch(
        &self,
        source: &Source,
        locked: Option<&LockedSource>,
        target: &Path,
    ) -> Result<LockedSource> {
        let locked = locked.filter(|locked| locked.version == source.version);
        let expected = source.sha256.as_ref().or(locked.map(|locked| &locked.sha256));
        let file = match (self.downloaded(source)?, source.from) {
            (Some(path), _) => {
                ensure!(
                    expected.is_some(),
                    "nothing says what {} should be: remove it, or write its sha256 into recipe.toml",
                    path.display()
                );
                path
            }
            (None, Registry::Debian) => match locked {
                Some(locked) => self.fetch_from_pool(locked)?,
                None => self.fetch_debian(source)?,
            },
            (None, Registry::Crates) => self.fetch_crate(source)?,
            (None, Registry::Npm) => self.fetch_npm(source)?,
            (None, Registry::Pypi) => self.fetch_wheel(source)?,
        };
        let digest =
            sha256(&fs::read(&file).with_context(|| format!("reading {}", file.display()))?);
        if let Some(expected) = expected {
            ensure!(
                *expected == digest,
                "{} has the digest {digest}, and recipe.toml or guest.lock says {expected}",
                file.display(),
            );
        }
        let name =
            file.file_name().and_then(|name| name.to_str()).context("file name of a source")?;
        fs::create_dir_all(target)?;
        if matches!(source.from, Registry::Pypi) {
            fs::copy(&file, target.join(name))?;
        } else {
            run(Command::new("tar")
                .args(["--extract", "--strip-components=1", "--no-same-owner", "--file"])
                .arg(&file)
                .arg("--directory")
                .arg(target))?;
        }
        Ok(LockedSource {
            name: source.name.clone(),
            from: source.from,
            package: source.package.clone(),
            version: source.version.clone(),
            license: source.license.clone(),
            file: name.to_owned(),
            sha256: digest,
        })
    }

    /// The file of `source`, if it is in the downloads.
    fn downloaded(&self, source: &Source) -> Result<Option<PathBuf>> {
        let Source { package, version, .. } = source;
        let start = match source.from {
            Registry::Debian => format!("{package}_{version}.orig.tar."),
            Registry::Crates => format!("{package}-{version}.crate"),
            // `npm pack` writes a scope as a prefix: @noble/hashes as noble-hashes-1.8.0.tgz.
            Registry::Npm => {
                format!("{}-{version}.tgz", package.trim_start_matches('@').replace('/', "-"))
            }
            Registry::Pypi => format!("{}-{version}-", package.replace('-', "_")),
        };
        for entry in fs::read_dir(&self.downloads)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&start) {
                return Ok(Some(entry.path()));
            }
        }
        Ok(None)
    }

    /// Fetches a file whose digest is known from where Debian keeps them all: the index of a suite names only the latest
    /// version, and may name one that the mirror does not have yet.
    fn fetch_from_pool(&self, locked: &LockedSource) -> Result<PathBuf> {
        let LockedSource { package, file, sha256, .. } = locked;
        let letters = if package.starts_with("lib") { 4 } else { 1 };
        let initial = package.get(..letters).context("a package has a name")?;
        let place = format!("{}/pool/main/{initial}/{package}/{file}", self.mirror()?);
        let folder = self.path("var/tmp/source");
        fs::create_dir_all(&folder)?;
        self.inside(
            "/usr/lib/apt/apt-helper",
            [
                "download-file",
                &place,
                &format!("/var/tmp/source/{file}"),
                &format!("SHA256:{sha256}"),
            ],
        )?;
        self.take(&folder, |path| path.ends_with(file))
    }

    fn fetch_debian(&self, source: &Source) -> Result<PathBuf> {
        let output = self
            .command("apt-cache")
            .args(["showsrc", "--only-source", &source.package])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let versions = || text.lines().filter_map(|line| line.strip_prefix("Version: "));
        let upstream = |version: &str| {
            let version = version.split_once(':').map_or(version, |(_, rest)| rest);
            version.rsplit_once('-').map_or(version, |(upstream, _)| upstream).to_owned()
        };
        let Some(version) = versions().find(|version| upstream(version) == source.version) else {
            let known: Vec<String> = versions().map(upstream).collect();
            bail!(
                "Debian has no {} {} (but {}); set another version in recipe.toml, or put its .orig.tar \
                 into {} and its sha256 into recipe.toml",
                source.package,
                source.version,
                known.join(", "),
                self.downloads.display()
            );
        };
        let folder = self.path("var/tmp/source");
        fs::create_dir_all(&folder)?;
        run(self.command("sh").arg("-c").arg(format!(
            "cd /var/tmp/source && apt-get source --download-only --tar-only {}={version}",
            source.package
        )))?;
        self.take(&folder, |path| {
            path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".orig.tar"))
        })
    }

    fn fetch_crate(&self, source: &Source) -> Result<PathBuf> {
        // cargo fetches only what a package depends on.
        let folder = self.path("var/tmp/crate");
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"fetch\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{} = \"={}\"\n",
                source.package, source.version
            ),
        )?;
        let home = folder.join("home");
        run(Command::new(cargo()).arg("fetch").current_dir(&folder).env("CARGO_HOME", &home))?;
        let cache = home.join("registry/cache");
        let registry = fs::read_dir(&cache)?.next().context("cargo fetched nothing")??.path();
        let name = format!("{}-{}.crate", source.package, source.version);
        let file = self.downloads.join(&name);
        fs::copy(registry.join(&name), &file).with_context(|| format!("looking for {name}"))?;
        fs::remove_dir_all(&folder)?;
        Ok(file)
    }

    fn fetch_npm(&self, source: &Source) -> Result<PathBuf> {
        let folder = self.path("var/tmp/npm");
        fs::create_dir_all(&folder)?;
        run(Command::new("npm")
            .args(["pack", "--silent", "--pack-destination"])
            .arg(&folder)
            .arg(format!("{}@{}", source.package, source.version)))
        .context("npm is needed to fetch from its registry")?;
        self.take(&folder, |path| path.extension().is_some_and(|extension| extension == "tgz"))
    }

    /// Fetches a wheel: of pure Python, or for this system, of which the guest takes what is pure Python.
    fn fetch_wheel(&self, source: &Source) -> Result<PathBuf> {
        let folder = self.path("var/tmp/wheel");
        fs::create_dir_all(&folder)?;
        run(Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"])
            .args([
                "--platform=manylinux_2_17_x86_64",
                "--python-version=3.14",
                "--implementation=cp",
            ])
            .arg("--dest")
            .arg(&folder)
            .arg(format!("{}=={}", source.package, source.version)))
        .context("pip is needed to fetch from its registry")?;
        self.take(&folder, |path| path.extension().is_some_and(|extension| extension == "whl"))
    }

    /// Moves the one file of `folder` that is `wanted` to the downloads, and removes the folder.
    fn take(&self, folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<PathBuf> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if wanted(&entry.path()) {
                let file = self.downloads.join(entry.file_name());
                fs::copy(entry.path(), &file)?;
                fs::remove_dir_all(folder)?;
                return Ok(file);
            }
        }
        bail!("nothing was fetched into {}", folder.display())
    }
}

/// A Debian package as apt is told it: `name`, or `name=version`.
fn split_version(package: &str) -> (&str, Option<&str>) {
    package.split_once('=').map_or((package, None), |(name, version)| (name, Some(version)))
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command to its end; that it fails is an error.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

//! `cargo xtask images`: makes the container images from Debian packages alone.
//!
//! An image is a Debian root folder (mmdebstrap, `docker import`) with the agent and the recipe's baked parts on top (`docker build`). Both
//! layers are tagged by a digest of what they are made from, so that nothing is made twice, and the executor finds exactly the image that this
//! checkout describes. What goes into every image (`fallback/image`) is part of the digest too. No container registry is involved.

#![allow(clippy::print_stderr, reason = "a chore tells what it does")]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use coderunner_languages::{Backend, Container, Registry, version_label};
use serde::Deserialize;

use crate::ImagesArgs;

/// How root folders are made, an option a line; how the agent is compiled; what is put on top of the packages.
const MMDEBSTRAP_OPTIONS: &str = include_str!("../../fallback/image/mmdebstrap.options");
const AGENT_RUSTFLAGS: &str = include_str!("../../fallback/image/rustflags");
const DOCKERFILE: &str = include_str!("../../fallback/image/Dockerfile");

/// A language's `image/image.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    suite: String,
    packages: Vec<String>,
    essential_hook: Option<String>,
    /// Commands that tell the exact version of each language: what they print becomes a label of the image.
    versions: BTreeMap<String, String>,
}

pub(crate) fn run(args: &ImagesArgs) -> Result<()> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let registry = Registry::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let wanted = wanted(registry, &args.languages)?;
    ensure!(
        docker(&["version", "--format", "{{.Server.Version}}"])?,
        "no Docker engine answers; start one (package docker.io)"
    );
    let images = Images { root, work: root.join("target/images"), agent: None };
    images.make_all(&wanted, args)
}

/// The images that the named languages need, by the folder of their recipe; all if none is named.
fn wanted(
    registry: &'static Registry,
    names: &[String],
) -> Result<BTreeMap<String, &'static Container>> {
    let container = |backend: &Backend| match *backend {
        Backend::Container(container) => Some(container),
        Backend::Wasm(_) | Backend::Compiled(_) => None,
    };
    let mut wanted = BTreeMap::new();
    for name in names {
        let language = registry.find(name)?;
        let container = container(&language.backend)
            .with_context(|| format!("{} does not run in a container", language.name))?;
        wanted.insert(container.image.clone(), container);
    }
    if names.is_empty() {
        wanted.extend(
            registry.iter().filter_map(|l| container(&l.backend)).map(|c| (c.image.clone(), c)),
        );
    }
    Ok(wanted)
}

struct Images<'a> {
    root: &'a Path,
    work: PathBuf,
    /// Once it is built.
    agent: Option<PathBuf>,
}

impl Images<'_> {
    fn make_all(mut self, wanted: &BTreeMap<String, &Container>, args: &ImagesArgs) -> Result<()> {
        fs::create_dir_all(&self.work).context("making target/images")?;
        let count = wanted.len();
        for (index, (id, container)) in wanted.iter().enumerate() {
            let name = container.image_name();
            let step = format!("[{}/{count}] {id}", index + 1);
            if !args.force && docker(&["image", "inspect", &name])? {
                eprintln!("{step}: {name} is up to date");
                continue;
            }
            let started = Instant::now();
            self.make(id, &name, &step).with_context(|| format!("making the image of {id}"))?;
            eprintln!("{step}: made {name} in {:.0} s", started.elapsed().as_secs_f64());
        }
        if args.prune {
            for (id, container) in wanted {
                prune(id, &container.image_name())?;
            }
        }
        Ok(())
    }

    fn make(&mut self, id: &str, name: &str, step: &str) -> Result<()> {
        let folder = self.root.join("languages").join(id).join("image");
        let text = fs::read_to_string(folder.join("image.toml"))
            .with_context(|| format!("reading {}", folder.display()))?;
        let recipe: Recipe = toml::from_str(&text).context("image.toml")?;
        let mut hasher = DefaultHasher::new();
        (&recipe.suite, &recipe.packages, &recipe.essential_hook).hash(&mut hasher);
        MMDEBSTRAP_OPTIONS.hash(&mut hasher);
        let base = format!("coderunner-base/{id}:{:016x}", hasher.finish());
        if docker(&["image", "inspect", &base])? {
            eprintln!("{step}: packages are there already ({base})");
        } else {
            eprintln!(
                "{step}: installing {} from Debian {}",
                recipe.packages.join(", "),
                recipe.suite
            );
            self.bootstrap(id, &recipe, &base)?;
        }
        eprintln!("{step}: adding the agent and baking");
        let labels = version_labels(&recipe, &base)?;
        self.bake(id, &folder, &base, name, &labels)
    }

    /// Makes a root folder from packages and imports it as `base`.
    fn bootstrap(&self, id: &str, recipe: &Recipe, base: &str) -> Result<()> {
        let tar = self.work.join(format!("{id}.tar"));
        let mut command = Command::new("mmdebstrap");
        command.args(MMDEBSTRAP_OPTIONS.lines());
        command.args(recipe.essential_hook.iter().map(|hook| format!("--essential-hook={hook}")));
        command
            .arg(format!("--include={}", recipe.packages.join(",")))
            .arg(&recipe.suite)
            .arg(&tar);
        let status = command
            .status()
            .context("starting mmdebstrap (install it: apt-get install mmdebstrap)")?;
        // Importing what a failed bootstrap leaves would make an image all the same.
        ensure!(status.success(), "mmdebstrap failed");
        let imported =
            Command::new("docker").arg("import").arg(&tar).arg(base).stdout(Stdio::null()).status();
        fs::remove_file(&tar).context("removing the imported archive")?;
        ensure!(imported.context("starting docker")?.success(), "docker import failed");
        Ok(())
    }

    fn bake(
        &mut self,
        id: &str,
        folder: &Path,
        base: &str,
        name: &str,
        labels: &[String],
    ) -> Result<()> {
        let context = self.work.join(id);
        if context.exists() {
            fs::remove_dir_all(&context).context("removing the old build context")?;
        }
        fs::create_dir_all(context.join("image")).context("making the build context")?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            fs::copy(entry.path(), context.join("image").join(entry.file_name()))?;
        }
        fs::copy(self.agent()?, context.join("coderunner-agent"))?;
        fs::write(context.join("Dockerfile"), DOCKERFILE)?;
        let log = self.work.join(format!("{id}.log"));
        let output = File::create(&log).context("making the log")?;
        let status = Command::new("docker")
            .args(["build", "--network", "none", "--tag", name])
            .args(["--build-arg", &format!("BASE={base}")])
            .args(["--label", &format!("coderunner.image={id}")])
            .args(labels.iter().flat_map(|label| ["--label", label]))
            .arg(&context)
            // The classic builder: the newer one is a plug-in that Debian's package does not bring.
            .env("DOCKER_BUILDKIT", "0")
            .stdout(output.try_clone()?)
            .stderr(output)
            .status()
            .context("starting docker")?;
        ensure!(status.success(), "docker build failed; its output is in {}", log.display());
        fs::remove_dir_all(&context).context("removing the build context")
    }

    /// Builds the agent, statically linked: images have different C libraries, or none.
    fn agent(&mut self) -> Result<PathBuf> {
        if let Some(agent) = &self.agent {
            return Ok(agent.clone());
        }
        let arch = std::env::consts::ARCH;
        let musl = format!("{arch}-unknown-linux-musl");
        let target = if has_target(&musl)? { musl } else { format!("{arch}-unknown-linux-gnu") };
        eprintln!("building the agent for {target}");
        let folder = self.root.join("target/agent");
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "build",
                "--release",
                "--package",
                "coderunner-agent",
                "--target",
                &target,
                "--target-dir",
            ])
            .arg(&folder)
            .current_dir(self.root)
            .env("RUSTFLAGS", AGENT_RUSTFLAGS.trim())
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .status()
            .context("starting cargo")?;
        ensure!(status.success(), "building the agent failed");
        let agent = folder.join(target).join("release/coderunner-agent");
        self.agent = Some(agent.clone());
        Ok(agent)
    }
}

/// The labels that tell the exact versions of the languages in `base`.
fn version_labels(recipe: &Recipe, base: &str) -> Result<Vec<String>> {
    let mut labels = Vec::new();
    for (language, command) in &recipe.versions {
        let output = Command::new("docker")
            .args(["run", "--rm", "--network", "none", "--entrypoint", "/bin/bash", base])
            .args(["-e", "-c", command])
            .output()
            .context("starting docker")?;
        let version = String::from_utf8(output.stdout)?;
        let version = version.trim();
        ensure!(
            output.status.success() && !version.is_empty() && !version.contains('\n'),
            "the command for the version of {language} printed {version:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        labels.push(format!("{}={version}", version_label(language)));
    }
    Ok(labels)
}

/// Whether Rust's standard library for `target` is installed.
fn has_target(target: &str) -> Result<bool> {
    let output =
        Command::new("rustc").args(["--print", "sysroot"]).output().context("starting rustc")?;
    ensure!(output.status.success(), "rustc does not tell its sysroot");
    let sysroot = String::from_utf8(output.stdout)?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir())
}

/// Runs docker quietly; whether it succeeded.
fn docker(args: &[&str]) -> Result<bool> {
    let status =
        Command::new("docker").args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(status.context("starting docker (install it: apt-get install docker.io)")?.success())
}

/// Removes the images that earlier recipes of `id` made.
fn prune(id: &str, current: &str) -> Result<()> {
    let repository = format!("coderunner/{id}");
    let output = Command::new("docker")
        .args(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", &repository])
        .output()?;
    if !output.status.success() {
        bail!("docker image ls failed");
    }
    for name in String::from_utf8(output.stdout)?.lines().filter(|name| *name != current) {
        eprintln!("removing {name}");
        docker(&["image", "rm", name])?;
    }
    Ok(())
}

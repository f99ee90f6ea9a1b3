//! `cargo xtask guests`: rebuilds the guests from registry packages.
//!
//! For each language with a `guest/recipe.toml`: its sources are fetched and patched, `build.sh` compiles and links them in
//! a Debian root folder, the module is initialised and snapshotted, and the result is written compressed beside the
//! recipe, with a `guest.lock` that says what it was made from. The same recipe gives the same bytes.

mod build_system;
mod lock;
mod recipe;
mod replace;
mod snapshot;
mod unwind;

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::GuestsArgs;
use build_system::{BUILD, BuildSystem, run as run_command};
use lock::{Flags, Guest, Lock};
use recipe::Recipe;

/// Small enough to be committed, and the guests are compressed only once.
const ZSTD_LEVEL: i32 = 22;
/// The initialisation compiles whole libraries: deep recursion on the stack of the thread that runs it.
const STACK_BYTES: usize = 64 << 20;

pub(crate) fn run(args: &GuestsArgs) -> Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask is in the project's folder")?;
    let work = match &args.work {
        Some(work) => work.clone(),
        None => project.join("target/guests"),
    };
    fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    for id in languages(project, &args.languages)? {
        build(project, &work, &id, args).with_context(|| format!("building the guest of {id}"))?;
    }
    Ok(())
}

/// The languages to build: those asked for, or all with a recipe.
fn languages(project: &Path, asked: &[String]) -> Result<Vec<String>> {
    let folder = project.join("languages");
    let has_recipe = |id: &str| folder.join(id).join("guest/recipe.toml").is_file();
    if asked.is_empty() {
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name();
            found.extend(name.to_str().filter(|id| has_recipe(id)).map(str::to_owned));
        }
        found.sort();
        return Ok(found);
    }
    for id in asked {
        ensure!(has_recipe(id), "languages/{id}/guest/recipe.toml does not exist");
    }
    Ok(asked.to_vec())
}

fn build(project: &Path, work: &Path, id: &str, args: &GuestsArgs) -> Result<()> {
    let guest = project.join("languages").join(id).join("guest");
    let sdk = project.join("xtask/guest-sdk");
    let recipe = Recipe::load(&guest)?;
    let system = BuildSystem::prepare(work, &recipe.packages)?;
    say(&format!("{id}: fetching sources"))?;

    // Inside of the root folder: /build/<id>/{sources,guest,sdk,work,files,module.wasm}.
    let inside = format!("{BUILD}/{id}");
    let place = |name: &str| system.path(&format!("{inside}/{name}"));
    for name in ["sources", "guest", "sdk", "files"] {
        remove(&place(name))?;
    }
    if !args.relink {
        remove(&place("work"))?;
    }
    fs::create_dir_all(place("work"))?;
    fs::create_dir_all(place("files"))?;
    let inputs: Vec<PathBuf> = files_below(&guest)?
        .into_iter()
        .filter(|path| {
            !path.ends_with("guest.lock")
                && path.extension().is_none_or(|extension| extension != "zst")
        })
        .collect();
    copy(&guest, &inputs, &place("guest"))?;
    let shared = files_below(&sdk)?;
    copy(&sdk, &shared, &place("sdk"))?;

    let before = Lock::load(&guest)?;
    let mut sources = Vec::new();
    for source in &recipe.sources {
        let locked = before
            .as_ref()
            .and_then(|lock| lock.sources.iter().find(|locked| locked.name == source.name));
        sources.push(system.fetch(source, locked, &place("sources").join(&source.name))?);
    }
    if let Some(first) = recipe.sources.first() {
        for patch in inputs
            .iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "patch"))
        {
            let relative = patch.strip_prefix(&guest)?.to_str().context("patch name")?;
            system.inside(
                "patch",
                [
                    "--strip=1",
                    "--quiet",
                    "--fuzz=0",
                    &format!("--directory=/{inside}/sources/{}", first.name),
                    &format!("--input=/{inside}/guest/{relative}"),
                ],
            )?;
        }
    }

    if args.fetch {
        return Ok(());
    }

    say(&format!("{id}: compiling"))?;
    let environment = [
        format!("SDK=/{inside}/sdk"),
        format!("SOURCES=/{inside}/sources"),
        format!("GUEST=/{inside}/guest"),
        format!("BUILD=/{inside}/work"),
        format!("FILES=/{inside}/files"),
        format!("OUT=/{inside}/module.wasm"),
    ];
    let script = |command: &str| {
        let mut all = system.command("/usr/bin/env");
        all.args(&environment).args(["bash", "-c", command]);
        all
    };
    run_command(&mut script("cd \"$BUILD\" && exec bash \"$GUEST/build.sh\""))?;

    say(&format!("{id}: taking the snapshot"))?;
    let linked = fs::read(place("module.wasm"))?;
    let module = unwind::lower(&replace::swap(&linked)?)?;
    let mut files = snapshot::Files::new();
    for path in files_below(&place("files"))? {
        let name = path
            .strip_prefix(place("files"))?
            .to_str()
            .context("name of a file for the initialisation")?
            .to_owned();
        files.insert(name, fs::read(&path)?);
    }
    let wasm = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || snapshot::take(&module, files))?
        .join()
        .map_err(|_| anyhow::anyhow!("the initialisation panicked"))??;

    say(&format!("{id}: compressing {} bytes", wasm.len()))?;
    let compressed = zstd::bulk::compress(&wasm, ZSTD_LEVEL)?;
    fs::write(guest.join(format!("{id}.wasm.zst")), &compressed)?;
    let flags = |name: &str| -> Result<String> {
        let output = script(&format!(". \"$SDK/toolchain.sh\" && echo ${name}")).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let mut digest = Sha256::new();
    for (folder, paths) in [(&guest, &inputs), (&sdk, &shared)] {
        for path in paths {
            digest.update(path.strip_prefix(folder)?.to_str().context("name of an input")?);
            digest.update([0]);
            digest.update(Sha256::digest(fs::read(path)?));
        }
    }
    let lock = Lock {
        guest: Guest {
            wasm_sha256: sha256(&wasm),
            wasm_bytes: wasm.len() as u64,
            zst_sha256: sha256(&compressed),
            zst_bytes: compressed.len() as u64,
            inputs_sha256: hex(&digest.finalize()),
        },
        sources,
        tools: system.versions(&recipe.packages),
        flags: Flags {
            compiler: flags("CFLAGS_GUEST")?,
            linker: flags("LDFLAGS_GUEST")?,
            wizer: "wasmtime-wizer 48".to_owned(),
            zstd: format!("level {ZSTD_LEVEL}, one thread"),
        },
    };
    lock.save(&guest)?;
    // The guests' build script does not watch for folders that are new.
    fs::File::options()
        .append(true)
        .open(project.join("languages/build.rs"))?
        .set_modified(SystemTime::now())?;
    say(&format!("{id}: {} {} bytes", lock.guest.wasm_sha256, lock.guest.zst_bytes))
}

/// All files below `folder`, sorted, so that nothing depends on the order in which a file system lists them.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn copy(from: &Path, files: &[PathBuf], to: &Path) -> Result<()> {
    for path in files {
        let target = to.join(path.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("a file is in a folder")?)?;
        fs::copy(path, &target).with_context(|| format!("copying {}", path.display()))?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn say(text: &str) -> Result<()> {
    writeln!(io::stderr(), "{text}").context("writing to standard error")
}

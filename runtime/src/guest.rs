//! A language ready to run: its compiled module, linked to the host functions, and the slots of its memory.

use std::{
    hash::{Hash as _, Hasher},
    sync::Arc,
    time::Instant,
};

use coderunner_host_api::{FUEL_PER_SLICE, HostState};
use coderunner_languages::{Guest as BuiltGuest, Language};
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};
use xxhash_rust::xxh3::Xxh3;

use crate::{
    AddressSpace, CacheDir, DirtyTracking, Progress,
    cache::CacheKey,
    slot::{MemoryImage, SlotPool},
    split::{self, FUEL, GLOBAL_PREFIX, SplitError},
};

/// A module expands at most this much: the largest guest unpacks to less than 64 MiB.
const MODULE_BYTES_MAX: u64 = 256 << 20;
/// What the exported functions and memory are called.
const RUN: &str = "run";
const MEMORY: &str = "memory";

/// A language ready to run.
pub(crate) struct Guest {
    pub(crate) engine: Engine,
    pub(crate) instance: InstancePre<HostState>,
    pub(crate) pool: Arc<SlotPool>,
    pub(crate) run: ModuleExport,
    pub(crate) memory: ModuleExport,
    /// The global that holds what is left of its slice of fuel.
    pub(crate) fuel: ModuleExport,
    /// The shadow stack's pointer, if the module has one: tells a stack overflow from another stray access.
    pub(crate) stack_pointer: Option<ModuleExport>,
}

/// Why a guest cannot be made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuestError {
    /// The embedded guest cannot be unpacked.
    #[error("the built-in guest is damaged")]
    Damaged(#[source] std::io::Error),
    /// The guest breaks the ABI.
    #[error("the built-in guest cannot be used")]
    Abi(#[from] SplitError),
    /// The engine does not take it.
    #[error("the guest cannot be compiled")]
    Engine(#[source] wasmtime::Error),
    /// Its memory cannot be set up.
    #[error(
        "the guest's memory cannot be set up; is there a limit on address space (ulimit -v) or mappings (vm.max_map_count)?"
    )]
    Memory(#[source] std::io::Error),
}

/// Where and how guests are made ready.
pub(crate) struct Workshop<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) linker: &'a Linker<HostState>,
    pub(crate) cache: Option<&'a CacheDir>,
    pub(crate) address_space: AddressSpace,
    pub(crate) tracking: DirtyTracking,
    pub(crate) verify: bool,
    pub(crate) progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl Workshop<'_> {
    /// Makes `language` ready: from the cache, or by compiling its guest.
    pub(crate) fn prepare(
        &self,
        language: &Language,
        built: &BuiltGuest,
    ) -> Result<Guest, GuestError> {
        let key = self.key(built);
        let mut not_cached = None;
        if let Some(cache) = self.cache {
            match self.load(cache, key) {
                Ok(Some((module, image))) => return self.link(&module, image),
                Ok(None) => {}
                Err(reason) => not_cached = Some(reason),
            }
        }
        let name = || language.name.clone();
        (self.progress)(Progress::Compiling { language: name() });
        let started = Instant::now();
        let wasm = unpack(built.compressed).map_err(GuestError::Damaged)?;
        let split = split::split(&wasm, FUEL_PER_SLICE)?;
        drop(wasm);
        let compiled = self.engine.precompile_module(&split.module).map_err(GuestError::Engine)?;
        (self.progress)(Progress::Compiled { language: name(), took: started.elapsed() });

        if let Some(cache) = self.cache {
            match cache.store(key, &compiled, &split.image) {
                Ok(()) => match self.load(cache, key) {
                    Ok(Some((module, image))) => return self.link(&module, image),
                    Ok(None) => not_cached = Some("the new entry is gone".to_owned()),
                    Err(reason) => not_cached = Some(reason),
                },
                Err(error) => not_cached = Some(chain(&error)),
            }
        }
        if let Some(reason) = not_cached {
            (self.progress)(Progress::NotCached { language: name(), reason });
        }
        // SAFETY: these bytes were made by this engine just now.
        let module =
            unsafe { Module::deserialize(self.engine, &compiled) }.map_err(GuestError::Engine)?;
        let image = MemoryImage::from_bytes(&split.image).map_err(GuestError::Memory)?;
        self.link(&module, image)
    }

    /// A whole entry that this engine takes. An entry that it does not take is dropped.
    fn load(
        &self,
        cache: &CacheDir,
        key: CacheKey,
    ) -> Result<Option<(Module, MemoryImage)>, String> {
        let Some(entry) = cache.load(key).map_err(|error| chain(&error))? else { return Ok(None) };
        // SAFETY: the folder is private to this user, the entry's checksum is right, and its key covers everything that the
        // code depends on. The engine itself checks its version and settings again.
        let Ok(module) = (unsafe { Module::deserialize_file(self.engine, &entry.module) }) else {
            cache.forget(key).map_err(|error| chain(&error))?;
            return Ok(None);
        };
        let image =
            MemoryImage::from_file(entry.image.0, entry.image.1).map_err(|error| chain(&error))?;
        Ok(Some((module, image)))
    }

    fn key(&self, built: &BuiltGuest) -> CacheKey {
        /// The engine describes itself only through `Hash`, of which this keeps all 128 bits.
        struct Whole(Xxh3);
        impl Hasher for Whole {
            fn write(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }
            fn finish(&self) -> u64 {
                self.0.digest()
            }
        }
        let mut hash = Whole(Xxh3::new());
        built.digest.hash(&mut hash);
        split::VERSION.hash(&mut hash);
        FUEL_PER_SLICE.hash(&mut hash);
        // Version, target, processor features and settings.
        self.engine.precompile_compatibility_hash().hash(&mut hash);
        CacheKey(hash.0.digest128())
    }

    fn link(&self, module: &Module, image: MemoryImage) -> Result<Guest, GuestError> {
        let export = |name: &str| {
            module.get_export_index(name).ok_or_else(|| {
                GuestError::Abi(SplitError::Abi { rule: format!("it exports {name:?}") })
            })
        };
        let (run, memory, fuel) = (export(RUN)?, export(MEMORY)?, export(FUEL)?);
        // By LLVM's convention the stack pointer is the first global.
        let stack_pointer = module.get_export_index(&format!("{GLOBAL_PREFIX}0"));
        let instance = self.linker.instantiate_pre(module).map_err(GuestError::Engine)?;
        let pool = SlotPool::new(image, self.address_space.layout(), self.tracking, self.verify);
        Ok(Guest { engine: self.engine.clone(), instance, pool, run, memory, fuel, stack_pointer })
    }
}

/// Unpacks a guest, taking only as much memory as it has bytes: address space may be short.
fn unpack(compressed: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut wasm = Vec::new();
    zstd::stream::read::Decoder::new(compressed)?.take(MODULE_BYTES_MAX).read_to_end(&mut wasm)?;
    Ok(wasm)
}

/// An error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

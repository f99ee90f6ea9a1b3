//! A language ready to run: its compiled module, linked to the host functions, and the slots of its memory. A layer of it is another such
//! thing, of the same module with other memory (`layer`).

use std::{
    hash::{Hash as _, Hasher},
    sync::Arc,
    time::Instant,
};

use coderunner_executor::chain;
use coderunner_host_api::{FUEL_PER_SLICE, HostSettings, HostState};
use coderunner_languages::{Guest as BuiltGuest, Language};
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};
use xxhash_rust::xxh3::Xxh3;

use crate::{
    AddressSpace, CacheDir, DirtyTracking, LayerError, Progress,
    cache::CacheKey,
    layer,
    slot::{MemoryImage, SlotPool},
    split::{self, FUEL, GLOBAL_PREFIX, SplitError},
};

/// A module expands at most this much: the largest guest unpacks to less than 64 MiB.
const MODULE_BYTES_MAX: u64 = 256 << 20;
/// What the exported functions and memory are called.
const RUN: &str = "run";
const PRELOAD: &str = "preload";
const MEMORY: &str = "memory";

/// A language ready to run.
pub(crate) struct Guest {
    pub(crate) engine: Engine,
    pub(crate) instance: InstancePre<HostState>,
    pub(crate) pool: Arc<SlotPool>,
    pub(crate) run: ModuleExport,
    /// Makes a layer, if the guest can.
    pub(crate) preload: Option<ModuleExport>,
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
    /// A layer of it cannot be made.
    #[error("a layer cannot be made")]
    Layer(#[from] LayerError),
}

/// Where and how guests are made ready.
pub(crate) struct Workshop<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) linker: &'a Linker<HostState>,
    pub(crate) host: &'a HostSettings,
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
            match cache.store(key, Some(&compiled), &split.image) {
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
        let module = entry
            .module
            .and_then(|path| unsafe { Module::deserialize_file(self.engine, path) }.ok());
        let Some(module) = module else {
            cache.forget(key).map_err(|error| chain(&error))?;
            return Ok(None);
        };
        let image =
            MemoryImage::from_file(entry.image.0, entry.image.1).map_err(|error| chain(&error))?;
        Ok(Some((module, image)))
    }

    /// Makes a layer of `base`, the ready guest of `language`: from the cache, or by importing what is in it.
    pub(crate) fn prepare_layer(
        &self,
        language: &Language,
        built: &BuiltGuest,
        base: &Guest,
        layer: usize,
    ) -> Result<Guest, GuestError> {
        let modules = language.layers.modules(layer);
        let key = self.layer_key(built, &modules);
        let mut not_cached = None;
        if let Some(cache) = self.cache {
            match load_image(cache, key) {
                Ok(Some(image)) => return Ok(self.over(base, image)),
                Ok(None) => {}
                Err(reason) => not_cached = Some(reason),
            }
        }
        let language_name = || language.name.clone();
        let layer_name = || {
            language.layers.iter().nth(layer).map(|layer| layer.name.clone()).unwrap_or_default()
        };
        (self.progress)(Progress::Layering { language: language_name(), layer: layer_name() });
        let started = Instant::now();
        let image = layer::make(base, self.host, language, &modules)?;
        let took = started.elapsed();
        (self.progress)(Progress::Layered { language: language_name(), layer: layer_name(), took });
        if let Some(cache) = self.cache {
            match cache.store(key, None, &image) {
                Ok(()) => match load_image(cache, key) {
                    Ok(Some(image)) => return Ok(self.over(base, image)),
                    Ok(None) => not_cached = Some("the new entry is gone".to_owned()),
                    Err(reason) => not_cached = Some(reason),
                },
                Err(error) => not_cached = Some(chain(&error)),
            }
        }
        if let Some(reason) = not_cached {
            (self.progress)(Progress::NotCached { language: language_name(), reason });
        }
        Ok(self.over(base, MemoryImage::from_bytes(&image).map_err(GuestError::Memory)?))
    }

    /// The module of `base` with another memory.
    fn over(&self, base: &Guest, image: MemoryImage) -> Guest {
        let pool = self.pool(image, base.pool.module_bytes());
        Guest { engine: base.engine.clone(), instance: base.instance.clone(), pool, ..*base }
    }

    fn pool(&self, image: MemoryImage, module_bytes: usize) -> Arc<SlotPool> {
        let layout = self.address_space.layout();
        SlotPool::new(image, module_bytes, layout, self.tracking, self.verify)
    }

    fn key(&self, built: &BuiltGuest) -> CacheKey {
        CacheKey(self.dependencies(built).0.digest128())
    }

    fn layer_key(&self, built: &BuiltGuest, modules: &[&str]) -> CacheKey {
        let mut hash = self.dependencies(built);
        layer::VERSION.hash(&mut hash);
        modules.hash(&mut hash);
        CacheKey(hash.0.digest128())
    }

    /// What the compiled code depends on.
    fn dependencies(&self, built: &BuiltGuest) -> Whole {
        let mut hash = Whole(Xxh3::new());
        built.digest.hash(&mut hash);
        split::VERSION.hash(&mut hash);
        FUEL_PER_SLICE.hash(&mut hash);
        // Version, target, processor features and settings.
        self.engine.precompile_compatibility_hash().hash(&mut hash);
        hash
    }

    fn link(&self, module: &Module, image: MemoryImage) -> Result<Guest, GuestError> {
        let export = |name: &str| {
            module.get_export_index(name).ok_or_else(|| {
                GuestError::Abi(SplitError::Abi { rule: format!("it exports {name:?}") })
            })
        };
        let (run, memory, fuel) = (export(RUN)?, export(MEMORY)?, export(FUEL)?);
        let preload = module.get_export_index(PRELOAD);
        // By LLVM's convention the stack pointer is the first global.
        let stack_pointer = module.get_export_index(&format!("{GLOBAL_PREFIX}0"));
        let instance = self.linker.instantiate_pre(module).map_err(GuestError::Engine)?;
        let module_bytes = image.len();
        let pool = self.pool(image, module_bytes);
        let engine = self.engine.clone();
        Ok(Guest { engine, instance, pool, run, preload, memory, fuel, stack_pointer })
    }
}

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

/// The image of a layer, if there is a whole entry.
fn load_image(cache: &CacheDir, key: CacheKey) -> Result<Option<MemoryImage>, String> {
    let Some(entry) = cache.load(key).map_err(|error| chain(&error))? else { return Ok(None) };
    MemoryImage::from_file(entry.image.0, entry.image.1).map(Some).map_err(|error| chain(&error))
}

/// Unpacks a guest, taking only as much memory as it has bytes: address space may be short.
fn unpack(compressed: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut wasm = Vec::new();
    zstd::stream::read::Decoder::new(compressed)?.take(MODULE_BYTES_MAX).read_to_end(&mut wasm)?;
    Ok(wasm)
}

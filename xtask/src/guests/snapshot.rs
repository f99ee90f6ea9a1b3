//! The snapshot of a guest: its module, run up to the point where it is ready for a job.
//!
//! The initialisation sees nothing but what is given here, always the same: a clock that ticks by calls, entropy that is
//! all zeros, a read-only tree of files in memory. So the same module gives the same snapshot, byte for byte.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    task::{Context as TaskContext, Poll, Waker},
};

use anyhow::{Context, Result, anyhow, bail};
use wasmtime::{
    Caller, Config, Engine, Extern, ExternType, Func, Instance, Linker, Memory, Module, Store, Val,
};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

/// Files that the initialisation may read, by absolute path without the leading slash.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Initialises `module` over `files` and returns it with its memory as it then is.
pub(super) fn take(module: &[u8], files: Files) -> Result<Vec<u8>> {
    let wizer = Wizer::new();
    let (context, instrumented) =
        wizer.instrument(module).map_err(|e| anyhow!("instrumenting: {e:?}"))?;
    let engine = engine()?;
    let compiled = Module::new(&engine, &instrumented).map_err(|e| anyhow!("compiling: {e:?}"))?;
    let mut store = Store::new(&engine, World::new(files));
    let instance = instantiate(&mut store, &compiled)?;
    for (name, required) in [("_initialize", false), (wizer.get_init_func(), true)] {
        match instance.get_typed_func::<(), ()>(&mut store, name) {
            Ok(function) => {
                function.call(&mut store, ()).map_err(|e| anyhow!("{e:?}")).with_context(|| {
                    format!("{}\nin {name}", String::from_utf8_lossy(&store.data().log))
                })?;
            }
            Err(_) if !required => {}
            Err(error) => bail!("the guest must export {name}: {error}"),
        }
    }
    let open: Vec<u32> = store.data().open.keys().copied().collect();
    if !open.is_empty() {
        bail!("the initialisation left descriptors {open:?} open");
    }
    let snapshot = ready(wizer.snapshot(&context, &mut State { store: &mut store, instance }));
    snapshot.map_err(|e| anyhow!("taking the snapshot: {e:?}"))
}

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    // As much as the runtime gives: deep recursion must end in the guest's own limits here, too.
    config.max_wasm_stack(16 << 20).async_stack_size(24 << 20);
    Engine::new(&config).map_err(|e| anyhow!("{e:?}"))
}

fn instantiate(store: &mut Store<World>, module: &Module) -> Result<Instance> {
    let mut linker = Linker::new(store.engine());
    define(&mut linker).map_err(|e| anyhow!("{e:?}"))?;
    for import in module.imports() {
        let ExternType::Func(kind) = import.ty() else {
            bail!("the guest imports {import:?}, which is no function")
        };
        if linker.get_by_import(&mut *store, &import).is_none() {
            let missing = Func::new(&mut *store, kind, |_, _, results| {
                results.fill(Val::I32(NOSYS));
                Ok(())
            });
            linker
                .define(&mut *store, import.module(), import.name(), missing)
                .map_err(|e| anyhow!("{e:?}"))?;
        }
    }
    linker.instantiate(store, module).map_err(|e| anyhow!("{e:?}"))
}

/// Everything outside of the guest.
struct World {
    files: Files,
    open: BTreeMap<u32, Open>,
    ticks: u64,
    /// What the initialisation printed.
    log: Vec<u8>,
}

struct Open {
    path: String,
    at: usize,
}

impl World {
    fn new(mut files: Files) -> Self {
        // The folders that exist at run time (docs/guest-abi.md).
        files.insert("sandbox/".to_owned(), Vec::new());
        files.insert("tmp/".to_owned(), Vec::new());
        Self { files, open: BTreeMap::new(), ticks: 0, log: Vec::new() }
    }

    fn is_directory(&self, path: &str) -> bool {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        self.files.range(prefix.clone()..).next().is_some_and(|(name, _)| name.starts_with(&prefix))
    }

    /// The names directly in the folder `path`, sorted.
    fn list(&self, path: &str) -> Vec<(String, bool)> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut names: Vec<(String, bool)> = Vec::new();
        for name in self
            .files
            .range(prefix.clone()..)
            .map(|(name, _)| name)
            .take_while(|n| n.starts_with(&prefix))
        {
            let rest = &name[prefix.len()..];
            let (first, folder) =
                rest.split_once('/').map_or((rest, false), |(first, _)| (first, true));
            if !first.is_empty() && names.last().is_none_or(|(last, _)| last != first) {
                names.push((first.to_owned(), folder));
            }
        }
        names
    }
}

struct State<'a> {
    store: &'a mut Store<World>,
    instance: Instance,
}

impl InstanceState for State<'_> {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut *self.store, name).expect("wizer exported it");
        match global.get(&mut *self.store) {
            Val::I32(n) => SnapshotVal::I32(n),
            Val::I64(n) => SnapshotVal::I64(n),
            Val::F32(bits) => SnapshotVal::F32(bits),
            Val::F64(bits) => SnapshotVal::F64(bits),
            Val::V128(n) => SnapshotVal::V128(n.as_u128()),
            _ => unreachable!("wizer refuses modules with mutable globals of other types"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory = self.instance.get_memory(&mut *self.store, name).expect("wizer exported it");
        contents(memory.data(&*self.store));
    }
}

/// The result of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

// WASI preview 1, as far as an initialisation needs it. Numbers are those of the specification.

const SUCCESS: i32 = 0;
const BADF: i32 = 8;
const INVAL: i32 = 28;
const NOENT: i32 = 44;
const NOSYS: i32 = 52;
const NOTDIR: i32 = 54;
const ROFS: i32 = 69;
const ROOT: u32 = 3;
/// Neither a terminal nor a file.
const FILE_TYPE_STREAM: u8 = 6;
const FILE_TYPE_DIRECTORY: u8 = 3;
const FILE_TYPE_REGULAR: u8 = 4;

/// The guest's memory with what the calls below do to it. Addresses outside of it are an error of the guest's.
struct View<'a> {
    data: &'a mut [u8],
    world: &'a mut World,
}

impl View<'_> {
    fn bytes(&mut self, at: i32, length: i32) -> Option<&mut [u8]> {
        let start = at.cast_unsigned() as usize;
        self.data.get_mut(start..start.checked_add(length.cast_unsigned() as usize)?)
    }

    fn put(&mut self, at: i32, bytes: &[u8]) -> Option<()> {
        let length = i32::try_from(bytes.len()).ok()?;
        self.bytes(at, length)?.copy_from_slice(bytes);
        Some(())
    }

    fn put_u32(&mut self, at: i32, n: usize) -> Option<()> {
        self.put(at, &u32::try_from(n).ok()?.to_le_bytes())
    }

    fn u32(&mut self, at: i32) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(at, 4)?.try_into().ok()?))
    }

    /// The (address, length) pairs of an iovec array.
    fn vectors(&mut self, at: i32, count: i32) -> Option<Vec<(i32, i32)>> {
        (0..count)
            .map(|i| {
                Some((self.u32(at + i * 8)?.cast_signed(), self.u32(at + i * 8 + 4)?.cast_signed()))
            })
            .collect()
    }

    fn path(&mut self, descriptor: i32, at: i32, length: i32) -> Option<Result<String, i32>> {
        let name = String::from_utf8_lossy(self.bytes(at, length)?).into_owned();
        let base = match descriptor.cast_unsigned() {
            ROOT => "",
            other => match self.world.open.get(&other) {
                Some(open) => &open.path,
                None => return Some(Err(BADF)),
            },
        };
        let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
        for part in name.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        Some(Ok(parts.join("/")))
    }

    fn put_filestat(&mut self, at: i32, kind: u8, size: usize) -> Option<()> {
        let mut stat = [0u8; 64];
        stat[16] = kind;
        stat[24] = 1;
        stat[32..40].copy_from_slice(&(size as u64).to_le_bytes());
        self.put(at, &stat)
    }

    fn filestat(&mut self, path: &str, at: i32) -> Option<i32> {
        if let Some(size) = self.world.files.get(path).map(Vec::len) {
            self.put_filestat(at, FILE_TYPE_REGULAR, size)?;
        } else if self.world.is_directory(path) {
            self.put_filestat(at, FILE_TYPE_DIRECTORY, 0)?;
        } else {
            return Some(NOENT);
        }
        Some(SUCCESS)
    }

    fn fd_write(&mut self, descriptor: i32, vectors: i32, count: i32, written: i32) -> Option<i32> {
        if !matches!(descriptor, 1 | 2) {
            return Some(if descriptor == 0 { BADF } else { ROFS });
        }
        let mut total = 0;
        for (at, length) in self.vectors(vectors, count)? {
            let bytes = self.bytes(at, length)?.to_vec();
            total += bytes.len();
            self.world.log.extend(bytes);
        }
        self.put_u32(written, total)?;
        Some(SUCCESS)
    }

    fn fd_read(&mut self, descriptor: i32, vectors: i32, count: i32, read: i32) -> Option<i32> {
        let mut total = 0;
        for (at, length) in self.vectors(vectors, count)? {
            let world = &mut *self.world;
            let target = self
                .data
                .get_mut(at.cast_unsigned() as usize..)?
                .get_mut(..length.cast_unsigned() as usize)?;
            if descriptor == 0 {
                break;
            }
            let Some(open) = world.open.get_mut(&descriptor.cast_unsigned()) else {
                return Some(BADF);
            };
            let rest = world
                .files
                .get(&open.path)
                .map_or(&[][..], |file| &file[open.at.min(file.len())..]);
            let n = rest.len().min(target.len());
            target[..n].copy_from_slice(&rest[..n]);
            open.at += n;
            total += n;
        }
        self.put_u32(read, total)?;
        Some(SUCCESS)
    }

    fn fd_seek(&mut self, descriptor: i32, offset: i64, whence: i32, result: i32) -> Option<i32> {
        let Some(open) = self.world.open.get_mut(&descriptor.cast_unsigned()) else {
            return Some(BADF);
        };
        let size = self.world.files.get(&open.path).map_or(0, Vec::len);
        let base = [0, open.at, size].get(whence.cast_unsigned() as usize).copied()?;
        let Some(at) = i64::try_from(base).ok().and_then(|b| usize::try_from(b + offset).ok())
        else {
            return Some(INVAL);
        };
        open.at = at;
        self.put(result, &(at as u64).to_le_bytes())?;
        Some(SUCCESS)
    }

    fn fd_fdstat_get(&mut self, descriptor: i32, at: i32) -> Option<i32> {
        let kind = match descriptor.cast_unsigned() {
            0..=2 => FILE_TYPE_STREAM,
            ROOT => FILE_TYPE_DIRECTORY,
            other => match self.world.open.get(&other) {
                Some(open) if self.world.files.contains_key(&open.path) => FILE_TYPE_REGULAR,
                Some(_) => FILE_TYPE_DIRECTORY,
                None => return Some(BADF),
            },
        };
        let mut stat = [0u8; 24];
        stat[0] = kind;
        // All rights but seek and tell on the standard streams, which is how the C library knows that they are no files.
        let rights = if descriptor < 3 { !0x24 } else { u64::MAX };
        stat[8..16].copy_from_slice(&rights.to_le_bytes());
        stat[16..24].copy_from_slice(&rights.to_le_bytes());
        self.put(at, &stat)?;
        Some(SUCCESS)
    }

    fn fd_filestat_get(&mut self, descriptor: i32, at: i32) -> Option<i32> {
        match descriptor.cast_unsigned() {
            0..=2 => self.put_filestat(at, FILE_TYPE_STREAM, 0)?,
            ROOT => self.put_filestat(at, FILE_TYPE_DIRECTORY, 0)?,
            other => {
                let Some(path) = self.world.open.get(&other).map(|open| open.path.clone()) else {
                    return Some(BADF);
                };
                return self.filestat(&path, at);
            }
        }
        Some(SUCCESS)
    }

    fn path_open(&mut self, path: String, flags: i32, opened: i32) -> Option<i32> {
        const CREATE: i32 = 1;
        const DIRECTORY: i32 = 2;
        let is_file = self.world.files.contains_key(&path);
        if !is_file && !self.world.is_directory(&path) {
            return Some(if flags & CREATE == 0 { NOENT } else { ROFS });
        }
        if is_file && flags & DIRECTORY != 0 {
            return Some(NOTDIR);
        }
        let descriptor = (ROOT + 1..u32::MAX).find(|n| !self.world.open.contains_key(n))?;
        self.world.open.insert(descriptor, Open { path, at: 0 });
        self.put_u32(opened, descriptor as usize)?;
        Some(SUCCESS)
    }

    fn fd_readdir(
        &mut self,
        descriptor: i32,
        at: i32,
        length: i32,
        cookie: i64,
        used: i32,
    ) -> Option<i32> {
        let path = match descriptor.cast_unsigned() {
            ROOT => String::new(),
            other => match self.world.open.get(&other) {
                Some(open) => open.path.clone(),
                None => return Some(BADF),
            },
        };
        let mut entries = Vec::new();
        let from = usize::try_from(cookie).ok()?;
        for (i, (name, folder)) in self.world.list(&path).into_iter().enumerate().skip(from) {
            entries.extend((i as u64 + 1).to_le_bytes());
            entries.extend(0u64.to_le_bytes());
            entries.extend(u32::try_from(name.len()).ok()?.to_le_bytes());
            entries.extend(
                u32::from(if folder { FILE_TYPE_DIRECTORY } else { FILE_TYPE_REGULAR })
                    .to_le_bytes(),
            );
            entries.extend(name.as_bytes());
        }
        entries.truncate(length.cast_unsigned() as usize);
        self.put(at, &entries)?;
        self.put_u32(used, entries.len())?;
        Some(SUCCESS)
    }

    fn clock_time_get(&mut self, at: i32) -> Option<i32> {
        /// Midnight of 1 January 2026, so that nothing is dated before what it was built from.
        const START_NS: u64 = 1_767_225_600_000_000_000;
        self.world.ticks += 1000;
        let now = START_NS + self.world.ticks;
        self.put(at, &now.to_le_bytes())?;
        Some(SUCCESS)
    }

    /// Descriptors are always ready; else the soonest clock has moved on.
    fn poll_oneoff(&mut self, wanted: i32, events: i32, count: i32, ready: i32) -> Option<i32> {
        const SUBSCRIPTION_SIZE: i32 = 48;
        const CLOCK: u8 = 0;
        let mut soonest: Option<(u64, [u8; 8])> = None;
        for i in 0..count {
            let at = wanted + i * SUBSCRIPTION_SIZE;
            let user_data: [u8; 8] = self.bytes(at, 8)?.try_into().ok()?;
            let kind = self.bytes(at + 8, 1)?[0];
            if kind != CLOCK {
                return self.put_event(events, user_data, kind, ready);
            }
            let timeout_ns = u64::from_le_bytes(self.bytes(at + 24, 8)?.try_into().ok()?);
            if soonest.is_none_or(|(other, _)| timeout_ns < other) {
                soonest = Some((timeout_ns, user_data));
            }
        }
        let Some((timeout_ns, user_data)) = soonest else { return Some(INVAL) };
        self.world.ticks += timeout_ns;
        self.put_event(events, user_data, CLOCK, ready)
    }

    fn put_event(&mut self, at: i32, user_data: [u8; 8], kind: u8, ready: i32) -> Option<i32> {
        let mut event = [0u8; 32];
        event[..8].copy_from_slice(&user_data);
        event[10] = kind;
        event[16] = u8::from(kind != 0);
        self.put(at, &event)?;
        self.put_u32(ready, 1)?;
        Some(SUCCESS)
    }

    /// No arguments, no environment: the job's come with the job.
    fn put_nothing(&mut self, count: i32, size: i32) -> Option<i32> {
        self.put_u32(count, 0)?;
        self.put_u32(size, 0)?;
        Some(SUCCESS)
    }

    fn random_get(&mut self, at: i32, length: i32) -> Option<i32> {
        self.bytes(at, length)?.fill(0);
        Some(SUCCESS)
    }
}

/// Runs `call` on the caller's memory; an address outside of it is `EFAULT`.
fn within(mut caller: Caller<'_, World>, call: impl FnOnce(&mut View<'_>) -> Option<i32>) -> i32 {
    const FAULT: i32 = 21;
    let Some(memory) = caller.get_export("memory").and_then(Extern::into_memory) else {
        return FAULT;
    };
    let (data, world) = Memory::data_and_store_mut(&memory, &mut caller);
    call(&mut View { data, world }).unwrap_or(FAULT)
}

fn define(linker: &mut Linker<World>) -> wasmtime::Result<()> {
    type C<'a> = Caller<'a, World>;
    const WASI: &str = "wasi_snapshot_preview1";
    linker
        .func_wrap(WASI, "fd_write", |c: C, d: i32, v: i32, n: i32, w: i32| {
            within(c, |m| m.fd_write(d, v, n, w))
        })?
        .func_wrap(WASI, "fd_read", |c: C, d: i32, v: i32, n: i32, r: i32| {
            within(c, |m| m.fd_read(d, v, n, r))
        })?
        .func_wrap(WASI, "fd_seek", |c: C, d: i32, o: i64, w: i32, r: i32| {
            within(c, |m| m.fd_seek(d, o, w, r))
        })?
        .func_wrap(WASI, "fd_tell", |c: C, d: i32, r: i32| within(c, |m| m.fd_seek(d, 0, 1, r)))?
        .func_wrap(WASI, "fd_close", |mut c: C, d: i32| {
            if c.data_mut().open.remove(&d.cast_unsigned()).is_some() { SUCCESS } else { BADF }
        })?
        .func_wrap(WASI, "fd_fdstat_get", |c: C, d: i32, at: i32| {
            within(c, |m| m.fd_fdstat_get(d, at))
        })?
        .func_wrap(WASI, "fd_filestat_get", |c: C, d: i32, at: i32| {
            within(c, |m| m.fd_filestat_get(d, at))
        })?
        .func_wrap(WASI, "fd_prestat_get", |c: C, d: i32, at: i32| {
            within(c, |m| {
                if d.cast_unsigned() != ROOT {
                    return Some(BADF);
                }
                m.put(at, &[0, 0, 0, 0, 1, 0, 0, 0])?;
                Some(SUCCESS)
            })
        })?
        .func_wrap(WASI, "fd_prestat_dir_name", |c: C, _: i32, at: i32, _: i32| {
            within(c, |m| m.put(at, b"/").map(|()| SUCCESS))
        })?
        .func_wrap(
            WASI,
            "path_open",
            |c: C,
             d: i32,
             _: i32,
             p: i32,
             n: i32,
             flags: i32,
             _: i64,
             _: i64,
             _: i32,
             opened: i32| {
                within(c, |m| match m.path(d, p, n)? {
                    Ok(path) => m.path_open(path, flags, opened),
                    Err(code) => Some(code),
                })
            },
        )?
        .func_wrap(WASI, "path_filestat_get", |c: C, d: i32, _: i32, p: i32, n: i32, at: i32| {
            within(c, |m| match m.path(d, p, n)? {
                Ok(path) => m.filestat(&path, at),
                Err(code) => Some(code),
            })
        })?
        // There are no links.
        .func_wrap(WASI, "path_readlink", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| INVAL)?
        .func_wrap(WASI, "fd_readdir", |c: C, d: i32, at: i32, n: i32, cookie: i64, used: i32| {
            within(c, |m| m.fd_readdir(d, at, n, cookie, used))
        })?
        .func_wrap(WASI, "clock_time_get", |c: C, _: i32, _: i64, at: i32| {
            within(c, |m| m.clock_time_get(at))
        })?
        .func_wrap(WASI, "clock_res_get", |c: C, _: i32, at: i32| {
            within(c, |m| m.put(at, &1000u64.to_le_bytes()).map(|()| SUCCESS))
        })?
        .func_wrap(WASI, "environ_sizes_get", |c: C, n: i32, size: i32| {
            within(c, |m| m.put_nothing(n, size))
        })?
        .func_wrap(WASI, "args_sizes_get", |c: C, n: i32, size: i32| {
            within(c, |m| m.put_nothing(n, size))
        })?
        .func_wrap(WASI, "poll_oneoff", |c: C, wanted: i32, events: i32, n: i32, ready: i32| {
            within(c, |m| m.poll_oneoff(wanted, events, n, ready))
        })?
        .func_wrap(WASI, "random_get", |c: C, at: i32, n: i32| within(c, |m| m.random_get(at, n)))?
        .func_wrap(WASI, "proc_exit", |_: i32| -> wasmtime::Result<()> {
            wasmtime::bail!("the initialisation ended the guest")
        })?;
    Ok(())
}

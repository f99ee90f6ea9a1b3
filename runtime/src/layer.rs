//! Makes a layer: the memory of a guest that has imported what programs will import.
//!
//! A sandbox of the base image runs the guest's `preload`, within limits as any program has, and its memory becomes an image of its own. What else
//! an instance has, its globals, must be as in the module, or an instance on that image would not go on where `preload` ended.

use std::time::{Duration, Instant};

use coderunner_executor::{FilePath, Job, Limits, OutputSink, chain, gather};
use coderunner_host_api::{HostSettings, HostState};
use coderunner_languages::Language;
use wasmtime::{Instance, Store, Val};

use crate::{
    execution::{Driven, Ended, drive, instantiate},
    guest::Guest,
    slot::PAGE,
    split::GLOBAL_PREFIX,
};

/// Changes with what is made of the same guest and modules.
pub(crate) const VERSION: u32 = 1;

/// What importing may use. The largest layer takes a second and less than 128 MiB.
const LIMITS: Limits = Limits {
    wall: Duration::from_mins(2),
    cpu: Duration::from_mins(1),
    memory_bytes: 512 << 20,
    output_bytes: 64 << 10,
    disk_bytes: 1 << 20,
    files: 16,
    processes: 1,
};
/// Stands for a program in the job; the guest does not look at it.
const ENTRY: &str = "preload";

/// Why a layer cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// The guest has no function that makes one.
    #[error("the guest has no function `preload`")]
    Unsupported,
    /// There is no sandbox to make it in.
    #[error("there is no sandbox to make it in: {why}")]
    NoSandbox {
        /// Why.
        why: String,
    },
    /// The guest could not import what the layer is to have.
    #[error("the modules could not be imported: {why}")]
    Import {
        /// How it ended, and what it wrote.
        why: String,
    },
    /// The guest's memory is not all that has changed.
    #[error("the guest left global {name} with another value than the module gives it")]
    Global {
        /// Its index.
        name: String,
    },
}

/// The memory of `base` after importing `modules`. Blocks for as long as that takes.
pub(crate) fn make(
    base: &Guest,
    host: &HostSettings,
    language: &Language,
    modules: &[&str],
) -> Result<Vec<u8>, LayerError> {
    let no_sandbox = |why: String| LayerError::NoSandbox { why };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| no_sandbox(error.to_string()))?;
    let entry = FilePath::new(ENTRY).map_err(|error| no_sandbox(error.to_string()))?;
    let mut job = Job::new(language.id.clone(), entry, "");
    job.args = modules.iter().map(|module| (*module).to_owned()).collect();
    job.limits = LIMITS;
    let (sink, reader) = OutputSink::bounded();
    let (preloaded, stdout, stderr) =
        runtime.block_on(gather(preload(base, host, job, sink), reader))?;
    let wrote = [stdout, stderr].concat();
    match preloaded {
        Preloaded::Done(image) => Ok(image),
        Preloaded::Failed(how) => {
            let why = format!("{how}\n{}", String::from_utf8_lossy(&wrote));
            Err(LayerError::Import { why: why.trim_end().to_owned() })
        }
    }
}

/// What became of it.
enum Preloaded {
    Done(Vec<u8>),
    /// How the guest ended instead.
    Failed(String),
}

async fn preload(
    base: &Guest,
    host: &HostSettings,
    job: Job,
    sink: OutputSink,
) -> Result<Preloaded, LayerError> {
    let no_sandbox = |error: &dyn std::error::Error| LayerError::NoSandbox { why: chain(error) };
    let export = base.preload.ok_or(LayerError::Unsupported)?;
    let started = Instant::now();
    let deadline = started + job.limits.wall;
    let state = HostState::new(host, job, sink, started)
        .ok_or_else(|| LayerError::NoSandbox { why: "too many modules".to_owned() })?;
    let output = state.output();
    let mut store = Store::new(&base.engine, state);
    store.limiter(|state| state.meter());
    let (instance, verdict) = instantiate(base, &mut store).map_err(|error| no_sandbox(&error))?;
    let before = globals(base, &instance, &mut store);
    let function = instance
        .get_module_export(&mut store, &export)
        .and_then(wasmtime::Extern::into_func)
        .and_then(|function| function.typed::<(), i32>(&store).ok())
        .ok_or(LayerError::Unsupported)?;
    let Driven { ended, faults, .. } =
        drive(function.call_async(&mut store, ()), &output, deadline)
            .await
            .map_err(|error| no_sandbox(&error))?;
    // An output that nobody takes any more is nobody's loss.
    let _ = output.flush().await;
    match ended {
        Ended::Returned(0) => {}
        ended => return Ok(Preloaded::Failed(ended.to_string())),
    }
    for (was, is) in before.iter().zip(globals(base, &instance, &mut store)) {
        if was != &is {
            return Err(LayerError::Global { name: is.0 });
        }
    }
    let memory = instance
        .get_module_export(&mut store, &base.memory)
        .and_then(wasmtime::Extern::into_memory)
        .ok_or(LayerError::Unsupported)?;
    let image = memory.data(&store).to_vec();
    debug_assert!(image.len().is_multiple_of(PAGE), "WebAssembly's pages are larger than ours");
    verdict.reuse(faults);
    Ok(Preloaded::Done(image))
}

/// The mutable globals of the module and their values, bit by bit. What is left of the fuel is not among them.
fn globals(
    base: &Guest,
    instance: &Instance,
    store: &mut Store<HostState>,
) -> Vec<(String, Option<u128>)> {
    let module = base.instance.module();
    let names = module.exports().filter_map(|export| {
        let index = export.name().strip_prefix(GLOBAL_PREFIX)?;
        Some((index.to_owned(), module.get_export_index(export.name())?))
    });
    let names: Vec<_> = names.collect();
    let mut values = Vec::with_capacity(names.len());
    for (name, export) in names {
        let global = instance
            .get_module_export(&mut *store, &export)
            .and_then(wasmtime::Extern::into_global);
        let bits = global.and_then(|global| match global.get(&mut *store) {
            Val::I32(value) => Some(u128::from(value.cast_unsigned())),
            Val::I64(value) => Some(u128::from(value.cast_unsigned())),
            Val::F32(bits) => Some(u128::from(bits)),
            Val::F64(bits) => Some(u128::from(bits)),
            Val::V128(value) => Some(value.as_u128()),
            // Refused when the module was loaded.
            _ => None,
        });
        values.push((name, bits));
    }
    values
}

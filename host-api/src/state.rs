//! The host's side of one execution: what the functions of this crate work on.

use std::{path::PathBuf, sync::Arc, time::Instant};

use coderunner_executor::{Job, OutputSink, Resource};
use wasmtime::Memory;

use crate::{MemoryMeter, OutputBuffer, files::Files, fuel::FuelMeter, input::Input, job};

/// What all executions have in common.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// The folder in which executions make their private folders.
    pub folders: PathBuf,
}

/// The host state of one execution, from its job to its end. It lives in the store of the instance and dies with it.
#[derive(Debug)]
pub struct HostState {
    /// When the execution started: the zero of the guest's monotonic clock.
    pub(crate) started: Instant,
    pub(crate) record: Vec<u8>,
    pub(crate) input: Input,
    pub(crate) output: Arc<OutputBuffer>,
    pub(crate) files: Files,
    pub(crate) fuel: FuelMeter,
    memory: Option<Memory>,
    meter: MemoryMeter,
    varies: bool,
    entry: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl HostState {
    /// The state for `job`. `None` when the job's texts are too large for a job record (4 GiB).
    #[must_use]
    pub fn new(
        settings: &HostSettings,
        job: Job,
        sink: OutputSink,
        started: Instant,
    ) -> Option<Self> {
        let record = job::encode(&job)?;
        let entry = job.files.first()?.path.as_str().to_owned();
        Some(Self {
            started,
            record,
            input: Input::new(job.stdin),
            output: Arc::new(OutputBuffer::new(sink, job.limits.output_bytes)),
            files: Files::new(settings, job.files, &job.limits),
            fuel: FuelMeter::new(job.limits.cpu),
            memory: None,
            meter: MemoryMeter::new(job.limits.memory_bytes),
            varies: false,
            entry,
            args: job.args,
            env: job.env,
        })
    }

    /// Tells the state which memory its guest has. To be called once, after instantiation.
    pub fn set_memory(&mut self, memory: Memory) {
        self.memory = Some(memory);
    }

    pub(crate) fn memory(&self) -> Option<Memory> {
        self.memory
    }

    /// The meter of the guest's memory, which is also the engine's limiter.
    pub fn meter(&mut self) -> &mut MemoryMeter {
        &mut self.meter
    }

    /// Units of fuel that the guest has used when `left` units are left of its current slice.
    #[must_use]
    pub fn fuel_used(&self, left: i32) -> u64 {
        self.fuel.used(left)
    }

    /// The output, to be shared with the driver of the execution.
    #[must_use]
    pub fn output(&self) -> Arc<OutputBuffer> {
        Arc::clone(&self.output)
    }

    /// The resource that the guest was refused on the way, if any: the likely cause when it then ends with an error.
    #[must_use]
    pub fn refused(&self) -> Option<Resource> {
        if self.meter.refused() { Some(Resource::Memory) } else { self.files.refused() }
    }

    /// Notes that the guest was told something that differs from run to run.
    pub(crate) fn told_what_varies(&mut self) {
        self.varies = true;
    }

    /// Whether the guest was told anything that differs from run to run: time, entropy, what the host's file system says of files.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.varies
    }

    /// The files in the working folder that are not as the job brought them, sorted by path.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn changed_files(&self) -> std::io::Result<Vec<coderunner_executor::JobFile>> {
        self.files.changed()
    }

    pub(crate) fn args(&self) -> Vec<String> {
        let program = format!("/{}/{}", crate::files::SANDBOX, self.entry);
        std::iter::once(program).chain(self.args.iter().cloned()).collect()
    }

    pub(crate) fn environ(&self) -> Vec<String> {
        self.env.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }
}

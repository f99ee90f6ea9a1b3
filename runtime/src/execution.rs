//! One execution: a fresh instance on a leased slot, driven to its end under its limits.
//!
//! The future of an execution *is* the guest: polling it runs the guest for one slice of fuel at most, dropping it ends the guest. Whoever
//! polls it decides on which thread guests run ([`GuestThreads`](crate::GuestThreads), or the caller's own).

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use coderunner_executor::{
    Collect, ExecuteError, Job, Outcome, OutputClosed, OutputSink, Resource, Stage, Termination,
    Usage,
};
use coderunner_host_api::{GuestEnd, HostSettings, HostState, OutputBuffer};
use tokio::time::Sleep;
use wasmtime::{Instance, ModuleExport, Store, Trap, TypedFunc};

use crate::{
    guest::Guest,
    slot::{Faults, Verdict, thread_faults},
};

/// How a guest came to its end.
pub(crate) enum Ended {
    Returned(i32),
    Host(GuestEnd),
    Trapped(Trap),
    WallTime,
    /// The engine failed in a way that is no trap.
    Failed(wasmtime::Error),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(code) => write!(f, "exit code {code}"),
            Self::Host(end) => write!(f, "{end}"),
            Self::Trapped(trap) => write!(f, "{trap}"),
            Self::WallTime => f.write_str("it took too long"),
            Self::Failed(error) => write!(f, "{error:#}"),
        }
    }
}

/// Runs `job` on `guest`.
pub(crate) async fn execute(
    guest: &Guest,
    settings: &HostSettings,
    job: Job,
    sink: OutputSink,
) -> Result<Outcome, ExecuteError> {
    let started = Instant::now();
    check(guest, &job)?;
    let (limits, collect) = (job.limits, job.collect);
    let deadline = started + limits.wall;

    let Some(state) = HostState::new(settings, job, sink, started) else {
        return Err(ExecuteError::InvalidJob {
            reason: "its source and arguments are larger than 4 GiB".to_owned(),
        });
    };
    let output = state.output();
    let mut store = Store::new(&guest.engine, state);
    store.limiter(|state| state.meter());
    let (instance, verdict) = instantiate(guest, &mut store)?;
    let run: TypedFunc<(), i32> = instance
        .get_module_export(&mut store, &guest.run)
        .and_then(wasmtime::Extern::into_func)
        .ok_or_else(|| {
            internal("the guest has no function to run", wasmtime::format_err!("missing"))
        })?
        .typed(&store)
        .map_err(|error| internal("the guest's run function has another type", error))?;
    let setup = started.elapsed();

    let Driven { ended, cpu, faults } =
        drive(run.call_async(&mut store, ()), &output, deadline).await?;
    // A reader that never comes must not hold the execution beyond its time either.
    let flushed = tokio::time::timeout_at(deadline.into(), output.flush()).await;
    let ended = match flushed {
        Ok(flushed) => {
            flushed?;
            ended
        }
        Err(_) => Ended::WallTime,
    };

    let stack_overflown = || stack_overflown(guest, &instance, &mut store);
    let termination = classify(&ended, stack_overflown);
    let fuel_left = i32_global(&instance, &guest.fuel, &mut store).unwrap_or(0);
    let fuel_used = store.data().fuel_used(fuel_left);
    let refused = store.data().refused();
    if may_reuse(&ended) {
        verdict.reuse(faults);
    }
    match ended {
        Ended::Failed(error) => {
            return Err(internal("the engine failed while the guest ran", error));
        }
        // It was the guest that found out, and nothing was left to be flushed.
        Ended::Host(GuestEnd::OutputClosed(closed)) => return Err(closed.into()),
        Ended::Returned(_) | Ended::Host(_) | Ended::Trapped(_) | Ended::WallTime => {}
    }
    let termination =
        blame(termination.unwrap_or(Termination::Crashed { reason: String::new() }), refused);
    let files = match collect {
        Collect::Nothing => Vec::new(),
        Collect::Changed => store
            .data()
            .changed_files()
            .map_err(|error| internal("the guest's files cannot be read", error))?,
    };
    let usage = Usage {
        wall: started.elapsed(),
        cpu,
        fuel: Some(fuel_used),
        memory_bytes_peak: store.data_mut().meter().bytes_peak(),
        output_bytes: output.bytes_written(),
        setup,
        queued: Duration::ZERO,
    };
    let by_the_clock = termination == Termination::LimitExceeded(Resource::WallTime);
    let repeatable = !store.data().varies() && !by_the_clock;
    Ok(Outcome { stage: Stage::Run, termination, usage, files, repeatable })
}

/// Refuses jobs that could not even start.
fn check(guest: &Guest, job: &Job) -> Result<(), ExecuteError> {
    let invalid = |reason: String| Err(ExecuteError::InvalidJob { reason });
    if job.files.is_empty() {
        return invalid("it has no file; the first one is the program".to_owned());
    }
    let needed = guest.pool.image_len() as u64;
    if job.limits.memory_bytes < needed {
        return invalid(format!(
            "a memory limit of {} MiB is too small; {} itself needs {} MiB",
            job.limits.memory_bytes >> 20,
            job.language,
            needed.div_ceil(1 << 20),
        ));
    }
    let bytes: u64 = job.files.iter().map(|file| file.contents.len() as u64).sum();
    if bytes > job.limits.disk_bytes {
        return invalid(format!(
            "its files have {bytes} bytes, more than the disk limit of {}",
            job.limits.disk_bytes
        ));
    }
    if job.files.len() > job.limits.files as usize {
        return invalid(format!(
            "it has {} files, more than the limit of {}",
            job.files.len(),
            job.limits.files
        ));
    }
    if let Some((name, _)) = job.env.iter().find(|(name, _)| name.is_empty() || name.contains('='))
    {
        return invalid(format!("{name:?} is no name for an environment variable"));
    }
    let texts = job.args.iter().chain(job.env.iter().flat_map(|(name, value)| [name, value]));
    if let Some(text) = { texts }.find(|text| text.contains('\0')) {
        return invalid(format!("the argument or environment variable {text:?} contains a NUL"));
    }
    Ok(())
}

/// Makes the instance on a slot of the guest's pool.
pub(crate) fn instantiate(
    guest: &Guest,
    store: &mut Store<HostState>,
) -> Result<(Instance, Verdict), ExecuteError> {
    let lease = guest
        .pool
        .lease()
        .map_err(|error| internal("no memory slot could be made", error))?
        .ok_or_else(|| ExecuteError::Overloaded {
            reason: "every memory slot is in use".to_owned(),
        })?;
    let verdict = lease.verdict();
    let instance = lease.armed(|| {
        // There is no start function, so the future is done when it is first polled; anything else would leave the slot armed.
        let future = pin!(guest.instance.instantiate_async(&mut *store));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(instance) => instance,
            Poll::Pending => Err(wasmtime::format_err!("instantiation waits for something")),
        }
    });
    let instance =
        instance.map_err(|error| internal("the guest could not be instantiated", error))?;
    let memory = instance
        .get_module_export(&mut *store, &guest.memory)
        .and_then(wasmtime::Extern::into_memory)
        .ok_or_else(|| internal("the guest has no memory", wasmtime::format_err!("missing")))?;
    let bytes = memory.data_size(&*store) as u64;
    let state = store.data_mut();
    state.set_memory(memory);
    // The engine told the limiter what the module says; a layer has more.
    state.meter().starts_with(bytes);
    Ok((instance, verdict))
}

/// What became of a guest.
pub(crate) struct Driven {
    pub(crate) ended: Ended,
    /// The CPU time that its slices took.
    pub(crate) cpu: Duration,
    /// Whether any of its slices took page faults. Only slices write to its memory.
    pub(crate) faults: Faults,
}

type Flush = Pin<Box<dyn Future<Output = Result<(), OutputClosed>> + Send>>;

/// Polls the guest until it ends or its time is over, passing its output on between slices.
pub(crate) async fn drive(
    call: impl Future<Output = wasmtime::Result<i32>> + Send,
    output: &Arc<OutputBuffer>,
    deadline: Instant,
) -> Result<Driven, ExecuteError> {
    let mut call = pin!(call);
    let mut cpu = Duration::ZERO;
    let mut faults = Faults::None;
    // Made when the guest first pauses: most never do.
    let mut alarm: Option<Pin<Box<Sleep>>> = None;
    let mut flushing: Option<Flush> = None;
    let ended = std::future::poll_fn(|context| {
        if Instant::now() >= deadline {
            return Poll::Ready(Ok(Ended::WallTime));
        }
        if let Some(flush) = &mut flushing {
            // The reader is behind: the guest has to wait for it. Its deadline goes on.
            match flush.as_mut().poll(context) {
                Poll::Ready(Ok(())) => flushing = None,
                Poll::Ready(Err(closed)) => return Poll::Ready(Err(closed)),
                Poll::Pending => {}
            }
        }
        if flushing.is_none() {
            let (cpu_before, faults_before) = (thread_cpu(), thread_faults());
            let polled = call.as_mut().poll(context);
            cpu += thread_cpu().saturating_sub(cpu_before);
            if thread_faults() != faults_before {
                faults = Faults::Some;
            }
            if let Poll::Ready(result) = polled {
                return Poll::Ready(Ok(end(result)));
            }
            match output.try_flush() {
                Ok(true) => {}
                Ok(false) => {
                    let output = Arc::clone(output);
                    let mut flush: Pin<Box<dyn Future<Output = _> + Send>> =
                        Box::pin(async move { output.flush().await });
                    match flush.as_mut().poll(context) {
                        Poll::Ready(Ok(())) => context.waker().wake_by_ref(),
                        Poll::Ready(Err(closed)) => return Poll::Ready(Err(closed)),
                        Poll::Pending => flushing = Some(flush),
                    }
                }
                Err(closed) => return Poll::Ready(Err(closed)),
            }
        }
        let alarm =
            alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        match alarm.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Ok(Ended::WallTime)),
            Poll::Pending => Poll::Pending,
        }
    })
    .await?;
    Ok(Driven { ended, cpu, faults })
}

/// CPU time of the calling thread.
fn thread_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel fills the structure that is passed.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn end(result: wasmtime::Result<i32>) -> Ended {
    match result {
        Ok(code) => Ended::Returned(code),
        Err(error) => match (error.downcast_ref::<GuestEnd>(), error.downcast_ref::<Trap>()) {
            (Some(end), _) => Ended::Host(*end),
            (None, Some(trap)) => Ended::Trapped(*trap),
            (None, None) => Ended::Failed(error),
        },
    }
}

/// Whether the slot may be reset and used again: only after ends that leave the instance in a state that the engine defines, so that all that
/// differs from the image lies in the slot. When in doubt, no.
fn may_reuse(ended: &Ended) -> bool {
    match ended {
        Ended::Returned(_) => true,
        Ended::Host(end) => match end {
            GuestEnd::Exit(_) | GuestEnd::Limit(_) => true,
            GuestEnd::OutputClosed(_) => false,
        },
        // The kinds of trap that guests are known to cause; the engine may add others.
        Ended::Trapped(trap) => matches!(
            trap,
            Trap::StackOverflow
                | Trap::MemoryOutOfBounds
                | Trap::TableOutOfBounds
                | Trap::IndirectCallToNull
                | Trap::BadSignature
                | Trap::IntegerOverflow
                | Trap::IntegerDivisionByZero
                | Trap::BadConversionToInteger
                | Trap::UnreachableCodeReached
        ),
        // The guest was stopped wherever it was, or the engine is in trouble.
        Ended::WallTime | Ended::Failed(_) => false,
    }
}

/// What the caller is told. `None` for failures of ours.
fn classify(ended: &Ended, stack_overflown: impl FnOnce() -> bool) -> Option<Termination> {
    let crashed = |reason: &str| Termination::Crashed { reason: reason.to_owned() };
    Some(match ended {
        // As on Linux, the low eight bits are the exit code.
        Ended::Returned(code) => Termination::Exited { code: code.to_le_bytes()[0] },
        Ended::Host(GuestEnd::Exit(code)) => Termination::Exited { code: *code },
        Ended::Host(GuestEnd::Limit(resource)) => Termination::LimitExceeded(*resource),
        Ended::WallTime => Termination::LimitExceeded(Resource::WallTime),
        Ended::Trapped(Trap::StackOverflow) => Termination::LimitExceeded(Resource::Stack),
        Ended::Trapped(Trap::MemoryOutOfBounds) if stack_overflown() => {
            Termination::LimitExceeded(Resource::Stack)
        }
        Ended::Trapped(Trap::UnreachableCodeReached) => crashed("the interpreter aborted"),
        Ended::Trapped(trap) => crashed(&trap.to_string()),
        Ended::Host(GuestEnd::OutputClosed(_)) | Ended::Failed(_) => return None,
    })
}

/// A program that was refused something and then ended badly ended because of it: an allocation fails, a `MemoryError` follows, exit code 1.
fn blame(termination: Termination, refused: Option<Resource>) -> Termination {
    match (termination, refused) {
        (Termination::Exited { code: 0 }, _) => Termination::Exited { code: 0 },
        (Termination::Exited { .. } | Termination::Crashed { .. }, Some(resource)) => {
            Termination::LimitExceeded(resource)
        }
        // Reporting a MemoryError takes memory too: the interpreter then gives up in its own error handling, over and over.
        (Termination::LimitExceeded(Resource::Stack), Some(Resource::Memory)) => {
            Termination::LimitExceeded(Resource::Memory)
        }
        (termination, _) => termination,
    }
}

/// Whether the shadow stack has run over its end, which is the start of the memory: its pointer is then negative.
fn stack_overflown(guest: &Guest, instance: &Instance, store: &mut Store<HostState>) -> bool {
    let pointer = guest.stack_pointer.and_then(|export| i32_global(instance, &export, store));
    pointer.is_some_and(|pointer| pointer < 0)
}

/// The value of a global.
fn i32_global(
    instance: &Instance,
    export: &ModuleExport,
    store: &mut Store<HostState>,
) -> Option<i32> {
    let global = instance.get_module_export(&mut *store, export)?.into_global()?;
    global.get(&mut *store).i32()
}

fn internal(
    context: &'static str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ExecuteError {
    ExecuteError::Internal { context, source: error.into() }
}

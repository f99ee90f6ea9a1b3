//! Admission: how many jobs run at once, and who is next.
//!
//! A layer over an executor. A job that finds a free place starts at once, without a lock; others wait in a bounded queue or are refused at
//! once. Who is next: interactive jobs before batch jobs, and within each, callers in turn, so that one with a thousand jobs does not hold
//! up one with a single job.
//!
//! A place is for a job that has something to do. Jobs that sleep or wait for input give theirs back for as long as they do
//! ([`Parking`] notices), up to a bound of their own; when they go on they are not held up, so for a moment more jobs than places may run.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use crate::{
    Availability, ExecuteError, Executor, Finished, Job, LanguageId, Outcome, OutputSink, Run,
};

/// While both wait, every so many-th place goes to a batch job, so that they are slow but not stuck.
const BATCH_EVERY: u32 = 8;
/// What one caller may take of the queue, in quarters: the rest is for everybody else.
const CALLER_QUEUE_QUARTERS: usize = 3;

/// The bounds of an [`Admission`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissionLimits {
    /// Jobs that run at one time.
    pub running_max: usize,
    /// Jobs that have started and not ended: those that run, and those that sleep or wait for input.
    pub live_max: usize,
    /// What the memory limits of all jobs that have started and not ended add up to, at most. A job that needs more than this is let in when it is alone.
    pub memory_bytes_max: u64,
    /// Jobs that wait for their turn. Batch jobs may fill half of it.
    pub queue_max: usize,
    /// The longest that a job waits whose caller has set no earlier time.
    pub wait_max: Duration,
}

/// How urgent a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody is waiting for it.
    #[default]
    Interactive,
    /// Nobody is.
    Batch,
}

/// Somebody who submits jobs: what fairness is between. Clones are the same caller.
#[derive(Clone)]
pub struct Caller(Arc<CallerState>);

struct CallerState {
    /// Jobs of the caller that run or wait.
    jobs: AtomicUsize,
    jobs_max: usize,
}

/// A job's claim to be run.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    /// Who wants it.
    pub caller: Caller,
    /// How urgent it is.
    pub priority: Priority,
    /// It is not worth starting after this.
    pub start_by: Option<Instant>,
    /// The place that it was given.
    place: Option<Arc<Place>>,
}

impl Ticket {
    /// The claim of `caller`.
    #[must_use]
    pub fn new(caller: Caller, priority: Priority, start_by: Option<Instant>) -> Self {
        Self { caller, priority, start_by, place: None }
    }
}

impl Caller {
    /// A caller of whom at most `jobs_max` jobs may run and wait at one time.
    #[must_use]
    pub fn new(jobs_max: usize) -> Self {
        Self(Arc::new(CallerState { jobs: AtomicUsize::new(0), jobs_max }))
    }

    /// Jobs of the caller that run or wait now.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.0.jobs.load(Ordering::Relaxed)
    }

    /// Tells callers apart.
    fn key(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn enter(&self) -> Option<CallerJob> {
        let counted = self.0.jobs.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |jobs| {
            (jobs < self.0.jobs_max).then_some(jobs + 1)
        });
        counted.is_ok().then(|| CallerJob(self.clone()))
    }
}

impl Default for Caller {
    /// A caller like no other, with no more bounds than everybody has.
    fn default() -> Self {
        Self::new(usize::MAX)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("jobs", &self.jobs())
            .field("jobs_max", &self.0.jobs_max)
            .finish()
    }
}

/// Counts as one of its caller's jobs.
struct CallerJob(Caller);

impl Drop for CallerJob {
    fn drop(&mut self) {
        self.0.0.jobs.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lets a bounded number of jobs through to another executor. Cheap to clone.
#[derive(Clone)]
pub struct Admission {
    inner: Arc<dyn Executor>,
    gate: Arc<Gate>,
}

/// What there is of jobs now, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissionState {
    /// Jobs that run.
    pub running: usize,
    /// Jobs that have started and not ended.
    pub live: usize,
    /// What their memory limits add up to.
    pub memory_bytes: u64,
    /// Jobs that wait for their turn.
    pub waiting: usize,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission")
            .field("inner", &self.inner)
            .field("limits", &self.gate.limits)
            .finish()
    }
}

impl Admission {
    /// Admission to `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Executor>, limits: AdmissionLimits) -> Self {
        Self { inner, gate: Arc::new(Gate::new(limits)) }
    }

    /// What there is of jobs now.
    #[must_use]
    pub fn state(&self) -> AdmissionState {
        let counts = self.gate.counts();
        AdmissionState {
            running: usize::try_from(counts.running).unwrap_or(usize::MAX),
            live: usize::try_from(counts.live).unwrap_or(usize::MAX),
            memory_bytes: self.gate.memory_bytes.load(Ordering::Relaxed),
            waiting: self.gate.waiting.load(Ordering::Relaxed),
        }
    }
}

impl Admission {
    /// Waits for a place for `job`, of whose runs none needs more than `memory_bytes`. It has it until what is returned is dropped; says how long that took.
    async fn admit(
        &self,
        job: &mut Job,
        memory_bytes: u64,
    ) -> Result<((CallerJob, Arc<Place>), Duration), ExecuteError> {
        let Some(entered) = job.ticket.caller.enter() else {
            return Err(ExecuteError::ShareUsed {
                reason: format!("a caller may have {} at a time", job.ticket.caller.0.jobs_max),
            });
        };
        let arrived = Instant::now();
        let claim = Claim { priority: job.ticket.priority, memory_bytes };
        let (place, waited) = match self.gate.take(claim) {
            Some(place) => (place, Duration::ZERO),
            None => (self.gate.wait(&job.ticket, claim, arrived).await?, arrived.elapsed()),
        };
        let place = Arc::new(place);
        job.ticket.place = Some(Arc::clone(&place));
        Ok(((entered, place), waited))
    }
}

#[async_trait]
impl Executor for Admission {
    fn availability(&self, language: &LanguageId) -> Availability {
        self.inner.availability(language)
    }

    fn version(&self, language: &LanguageId) -> Option<String> {
        self.inner.version(language)
    }

    async fn execute(&self, mut job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        let memory_bytes = job.limits.memory_bytes;
        let (admitted, waited) = self.admit(&mut job, memory_bytes).await?;
        let mut outcome = self.inner.execute(job, output).await?;
        // Until here: a job that does without its ticket still has its place.
        drop(admitted);
        outcome.usage.queued = waited;
        Ok(outcome)
    }

    /// All runs of a job have one place.
    async fn execute_many(
        &self,
        mut job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Result<(), ExecuteError> {
        // One after another, so the largest is what counts.
        let largest = runs.iter().map(|run| run.limits.memory_bytes).max().unwrap_or_default();
        let memory_bytes = largest.max(job.limits.memory_bytes);
        let _admitted = self.admit(&mut job, memory_bytes).await?;
        self.inner.execute_many(job, runs, each).await
    }
}

/// Who may go on, and who waits.
struct Gate {
    limits: AdmissionLimits,
    /// The [`Counts`], packed: whoever finds room changes them without a lock.
    counts: AtomicU64,
    /// What the jobs that have places may take.
    memory_bytes: AtomicU64,
    /// How many are in the queue; whoever frees a place looks here first.
    waiting: AtomicUsize,
    queue: Mutex<Queue>,
}

/// How many jobs there are, 20 bits each.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    running: u64,
    /// Those of `running` that are batch jobs.
    batch: u64,
    live: u64,
}

impl Counts {
    const BITS: u32 = 20;
    const MASK: u64 = (1 << Self::BITS) - 1;

    fn unpack(packed: u64) -> Self {
        Self {
            running: packed & Self::MASK,
            batch: packed >> Self::BITS & Self::MASK,
            live: packed >> (2 * Self::BITS) & Self::MASK,
        }
    }

    fn pack(self) -> u64 {
        self.running | self.batch << Self::BITS | self.live << (2 * Self::BITS)
    }
}

/// The most jobs that can be counted.
const COUNTED_MAX: usize = (1 << Counts::BITS) / 2;

#[derive(Default)]
struct Queue {
    lanes: [Lane; 2],
    /// Places given to interactive jobs since a batch job had one.
    passed_over: u32,
    /// Makes the order among those of one round that in which they came.
    next: u64,
}

/// Those of one priority, in the order in which they have their turn: by round, and each caller once in a round.
#[derive(Default)]
struct Lane {
    waiting: BTreeMap<Turn, Waiter>,
    callers: HashMap<usize, Queued>,
    /// The round of whoever went last.
    round: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    round: u64,
    number: u64,
}

struct Waiter {
    caller: usize,
    memory_bytes: u64,
    go: oneshot::Sender<Place>,
}

/// What a caller has in a lane.
struct Queued {
    jobs: usize,
    last_round: u64,
}

/// What a job asks for.
#[derive(Clone, Copy)]
struct Claim {
    priority: Priority,
    memory_bytes: u64,
}

/// The right to run. Given back when the job has ended, at the latest when this is dropped.
struct Place {
    gate: Arc<Gate>,
    priority: Priority,
    memory_bytes: u64,
    /// [`RUNNING`], [`PARKED`] or [`RELEASED`].
    state: AtomicU8,
}

const RUNNING: u8 = 0;
const PARKED: u8 = 1;
const RELEASED: u8 = 2;

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("priority", &self.priority).finish_non_exhaustive()
    }
}

impl Gate {
    fn new(limits: AdmissionLimits) -> Self {
        let bounded = |max: usize| max.clamp(1, COUNTED_MAX);
        let running_max = bounded(limits.running_max);
        let limits = AdmissionLimits {
            running_max,
            live_max: bounded(limits.live_max).max(running_max),
            ..limits
        };
        Self {
            limits,
            counts: AtomicU64::new(0),
            memory_bytes: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            queue: Mutex::new(Queue::default()),
        }
    }

    fn counts(&self) -> Counts {
        Counts::unpack(self.counts.load(Ordering::SeqCst))
    }

    /// How many places batch jobs may have: one in four is kept for those somebody waits for.
    fn batch_max(&self) -> u64 {
        (self.limits.running_max - self.limits.running_max / 4) as u64
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here panics half-way.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, if one is free and nobody waits for it.
    fn take(self: &Arc<Self>, claim: Claim) -> Option<Place> {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            return None;
        }
        self.try_place(claim)
    }

    fn try_place(self: &Arc<Self>, claim: Claim) -> Option<Place> {
        let Claim { priority, memory_bytes } = claim;
        let max = self.limits.memory_bytes_max;
        // Who is alone gets what it asks for, or would wait for ever.
        let reserved = self.memory_bytes.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |used| {
            let more = used.saturating_add(memory_bytes);
            (more <= max || used == 0).then_some(more)
        });
        reserved.ok()?;
        let taken = self.counts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |packed| {
            let mut counts = Counts::unpack(packed);
            let free = counts.running < self.limits.running_max as u64
                && counts.live < self.limits.live_max as u64
                && (priority == Priority::Interactive || counts.batch < self.batch_max());
            counts.running += 1;
            counts.live += 1;
            counts.batch += u64::from(priority == Priority::Batch);
            free.then(|| counts.pack())
        });
        if taken.is_err() {
            self.memory_bytes.fetch_sub(memory_bytes, Ordering::SeqCst);
            return None;
        }
        let gate = Arc::clone(self);
        Some(Place { gate, priority, memory_bytes, state: AtomicU8::new(RUNNING) })
    }

    /// Waits for a place until the ticket's time is up.
    async fn wait(
        self: &Arc<Self>,
        ticket: &Ticket,
        claim: Claim,
        arrived: Instant,
    ) -> Result<Place, ExecuteError> {
        let (waiting, go) = self.enqueue(ticket, claim.memory_bytes)?;
        // Somebody may have left between looking and joining the queue.
        self.admit();
        let last = arrived + self.limits.wait_max;
        let start_by = ticket.start_by.map_or(last, |by| by.min(last));
        let place = tokio::time::timeout_at(start_by.into(), go).await;
        // Whether it got a place or not, it waits no longer.
        drop(waiting);
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(ExecuteError::WaitedTooLong { waited: arrived.elapsed() }),
        }
    }

    fn enqueue(
        self: &Arc<Self>,
        ticket: &Ticket,
        memory_bytes: u64,
    ) -> Result<(Waiting, oneshot::Receiver<Place>), ExecuteError> {
        let (go, receiver) = oneshot::channel();
        let caller = ticket.caller.key();
        let mut queue = self.lock();
        let queue_max = self.limits.queue_max;
        let all: usize = queue.lanes.iter().map(|lane| lane.waiting.len()).sum();
        let of_caller: usize = queue
            .lanes
            .iter()
            .map(|lane| lane.callers.get(&caller).map_or(0, |queued| queued.jobs))
            .sum();
        let batch = queue.lanes[Priority::Batch as usize].waiting.len();
        if all >= queue_max
            || (ticket.priority == Priority::Batch && batch >= queue_max.div_ceil(2))
        {
            return Err(ExecuteError::Overloaded { reason: format!("{all} wait already") });
        }
        if of_caller >= (queue_max * CALLER_QUEUE_QUARTERS).div_ceil(4) {
            let reason = format!("{of_caller} of this caller wait already");
            return Err(ExecuteError::ShareUsed { reason });
        }
        let number = queue.next;
        queue.next += 1;
        let turn =
            queue.lanes[ticket.priority as usize].join(number, Waiter { caller, memory_bytes, go });
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waiting = Waiting { gate: Arc::clone(self), priority: ticket.priority, turn };
        Ok((waiting, receiver))
    }

    /// Gives free places to those who wait, as long as there are both.
    fn admit(self: &Arc<Self>) {
        while self.waiting.load(Ordering::SeqCst) > 0 {
            let mut queue = self.lock();
            let Some((place, waiter)) = self.next(&mut queue) else { return };
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            drop(queue);
            // Who has stopped waiting in this very moment gives the place back; that must not happen while the queue is locked.
            let _ = waiter.go.send(place);
        }
    }

    fn next(self: &Arc<Self>, queue: &mut Queue) -> Option<(Place, Waiter)> {
        let interactive_waits = !queue.lanes[Priority::Interactive as usize].waiting.is_empty();
        let batch_waits = !queue.lanes[Priority::Batch as usize].waiting.is_empty();
        let batch_first =
            batch_waits && (!interactive_waits || queue.passed_over >= BATCH_EVERY - 1);
        let order = if batch_first {
            [Priority::Batch, Priority::Interactive]
        } else {
            [Priority::Interactive, Priority::Batch]
        };
        for priority in order {
            let first = queue.lanes[priority as usize].waiting.first_key_value();
            let Some((_, Waiter { memory_bytes, .. })) = first else { continue };
            let claim = Claim { priority, memory_bytes: *memory_bytes };
            let Some(place) = self.try_place(claim) else { continue };
            let waiter = queue.lanes[priority as usize].leave_first()?;
            queue.passed_over = match priority {
                Priority::Interactive if batch_waits => queue.passed_over.saturating_add(1),
                _ => 0,
            };
            return Some((place, waiter));
        }
        None
    }

    fn change(self: &Arc<Self>, change: impl Fn(&mut Counts)) {
        let changed = self.counts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |packed| {
            let mut counts = Counts::unpack(packed);
            change(&mut counts);
            Some(counts.pack())
        });
        debug_assert!(changed.is_ok(), "it always changes");
    }
}

impl Lane {
    fn join(&mut self, number: u64, waiter: Waiter) -> Turn {
        let queued =
            self.callers.entry(waiter.caller).or_insert(Queued { jobs: 0, last_round: self.round });
        queued.jobs += 1;
        queued.last_round = queued.last_round.max(self.round) + 1;
        let turn = Turn { round: queued.last_round, number };
        self.waiting.insert(turn, waiter);
        turn
    }

    fn leave_first(&mut self) -> Option<Waiter> {
        let turn = *self.waiting.first_key_value()?.0;
        self.round = turn.round;
        self.leave(turn)
    }

    fn leave(&mut self, turn: Turn) -> Option<Waiter> {
        let waiter = self.waiting.remove(&turn)?;
        if let Some(queued) = self.callers.get_mut(&waiter.caller) {
            queued.jobs -= 1;
            if queued.jobs == 0 {
                self.callers.remove(&waiter.caller);
            }
        }
        Some(waiter)
    }
}

/// A job in the queue. Leaves it when dropped, unless it has been called already.
struct Waiting {
    gate: Arc<Gate>,
    priority: Priority,
    turn: Turn,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let left = self.gate.lock().lanes[self.priority as usize].leave(self.turn);
        if left.is_some() {
            self.gate.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Place {
    /// Its job has nothing to do for now.
    fn park(&self) {
        if self.turn(RUNNING, PARKED) {
            self.gate.change(|counts| {
                counts.running -= 1;
                counts.batch -= self.batch();
            });
            self.gate.admit();
        }
    }

    /// Its job goes on.
    fn unpark(&self) {
        if self.turn(PARKED, RUNNING) {
            self.gate.change(|counts| {
                counts.running += 1;
                counts.batch += self.batch();
            });
        }
    }

    /// Its job has ended.
    fn release(&self) {
        let running = match self.state.swap(RELEASED, Ordering::AcqRel) {
            RELEASED => return,
            PARKED => 0,
            _ => 1,
        };
        self.gate.memory_bytes.fetch_sub(self.memory_bytes, Ordering::SeqCst);
        self.gate.change(|counts| {
            counts.running -= running;
            counts.batch -= running * self.batch();
            counts.live -= 1;
        });
        self.gate.admit();
    }

    fn turn(&self, from: u8, to: u8) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn batch(&self) -> u64 {
        u64::from(self.priority == Priority::Batch)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.release();
    }
}

/// Notices when the jobs of an executor have nothing to do, so that others may have their places. To be put where jobs are polled.
#[derive(Debug)]
pub struct Parking(Arc<dyn Executor>);

impl Parking {
    /// Watches the jobs of `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Executor>) -> Self {
        Self(inner)
    }
}

#[async_trait]
impl Executor for Parking {
    fn availability(&self, language: &LanguageId) -> Availability {
        self.0.availability(language)
    }

    fn version(&self, language: &LanguageId) -> Option<String> {
        self.0.version(language)
    }

    async fn execute(&self, mut job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        let place = job.ticket.place.take();
        let execution = self.0.execute(job, output);
        match place {
            Some(place) => Watched { execution, place, wakes: None }.await,
            None => execution.await,
        }
    }
}

/// An execution whose place is given to others while it waits.
struct Watched<F> {
    execution: F,
    place: Arc<Place>,
    /// The waker that the execution has, and the one behind it.
    wakes: Option<(Waker, Arc<Wakes>)>,
}

/// Remembers whether it was woken.
struct Wakes {
    woken: AtomicBool,
    outer: Waker,
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.outer.wake_by_ref();
    }
}

impl<F> Drop for Watched<F> {
    fn drop(&mut self) {
        // The next one need not wait until whoever asked for this has taken notice.
        self.place.release();
    }
}

impl<T, F: Future<Output = T> + Unpin> Future for Watched<F> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let outer = context.waker();
        if !this.wakes.as_ref().is_some_and(|(_, wakes)| wakes.outer.will_wake(outer)) {
            let wakes = Arc::new(Wakes { woken: AtomicBool::new(false), outer: outer.clone() });
            this.wakes = Some((Waker::from(Arc::clone(&wakes)), wakes));
        }
        let Some((waker, wakes)) = &this.wakes else { return Poll::Pending };
        this.place.unpark();
        wakes.woken.store(false, Ordering::Release);
        let polled = Pin::new(&mut this.execution).poll(&mut Context::from_waker(waker));
        if polled.is_ready() {
            this.place.release();
        }
        // One that was woken while it ran has only given way.
        if polled.is_pending() && !wakes.woken.load(Ordering::Acquire) {
            this.place.park();
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap as Map;

    use tokio::sync::{Notify, mpsc};

    use super::*;
    use crate::{FilePath, Finished, Limits, Stage, Termination, Usage, run_to_end};

    /// Says when a job starts, and lets it end when it is told to. A double of the trait, because here only the order matters.
    #[derive(Debug)]
    struct Scripted {
        started: mpsc::UnboundedSender<String>,
        ends: Mutex<Map<String, Arc<Notify>>>,
    }

    impl Scripted {
        fn end_of(&self, name: &str) -> Arc<Notify> {
            Arc::clone(self.ends.lock().expect("no panic").entry(name.to_owned()).or_default())
        }
    }

    #[async_trait]
    impl Executor for Scripted {
        fn availability(&self, _: &LanguageId) -> Availability {
            Availability::Available
        }
        async fn execute(&self, job: Job, _: OutputSink) -> Result<Outcome, ExecuteError> {
            let name = job.args[0].clone();
            let end = self.end_of(&name);
            self.started.send(name).expect("the test listens");
            end.notified().await;
            Ok(Outcome {
                stage: Stage::Run,
                termination: Termination::Exited { code: 0 },
                usage: Usage::default(),
                files: Vec::new(),
                repeatable: true,
            })
        }
    }

    struct Theatre {
        stage: Arc<Scripted>,
        admission: Admission,
        started: mpsc::UnboundedReceiver<String>,
    }

    type Running = tokio::task::JoinHandle<Result<Finished, ExecuteError>>;

    impl Theatre {
        fn new(limits: AdmissionLimits) -> Self {
            Self::with(limits, |stage| stage)
        }

        fn with(
            limits: AdmissionLimits,
            layer: impl FnOnce(Arc<dyn Executor>) -> Arc<dyn Executor>,
        ) -> Self {
            let (sender, started) = mpsc::unbounded_channel();
            let stage = Arc::new(Scripted { started: sender, ends: Mutex::default() });
            let admission = Admission::new(layer(stage.clone()), limits);
            Self { stage, admission, started }
        }

        /// Submits a job and lets everybody come to rest, so that jobs come in the order in which they are submitted.
        async fn submit(&self, name: &str, ticket: Ticket) -> Running {
            let mut job = Job::new(LanguageId::new("x"), FilePath::new("x").expect("plain"), "");
            job.args.push(name.to_owned());
            job.ticket = ticket;
            let admission = self.admission.clone();
            let running = tokio::spawn(async move { run_to_end(&admission, job).await });
            settle().await;
            running
        }

        /// Jobs that run, that have started and not ended, and that wait.
        fn counts(&self) -> (usize, usize, usize) {
            let AdmissionState { running, live, waiting, .. } = self.admission.state();
            (running, live, waiting)
        }

        fn end(&self, name: &str) {
            self.stage.end_of(name).notify_one();
        }

        fn started(&mut self) -> Vec<String> {
            std::iter::from_fn(|| self.started.try_recv().ok()).collect()
        }

        /// Ends whatever runs, one after another, and says in which order jobs started.
        async fn play(&mut self) -> Vec<String> {
            let mut order = Vec::new();
            loop {
                let started = self.started();
                if started.is_empty() {
                    return order;
                }
                for name in started {
                    self.end(&name);
                    order.push(name);
                }
                settle().await;
            }
        }
    }

    /// Runs everything that can run now.
    async fn settle() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    fn limits(running_max: usize, queue_max: usize) -> AdmissionLimits {
        let wait_max = Duration::from_mins(10);
        AdmissionLimits {
            running_max,
            live_max: 100,
            memory_bytes_max: 1 << 40,
            queue_max,
            wait_max,
        }
    }

    #[tokio::test]
    async fn what_all_may_take_together_has_a_bound() {
        let each = Limits::default().memory_bytes;
        let mut theatre =
            Theatre::new(AdmissionLimits { memory_bytes_max: 2 * each, ..limits(10, 10) });
        let caller = Caller::default();
        let mut running = Vec::new();
        for name in ["a", "b", "c"] {
            running.push(theatre.submit(name, ticket(&caller, Priority::Interactive)).await);
        }
        assert_eq!(theatre.started(), ["a", "b"]);
        assert_eq!(theatre.admission.state().memory_bytes, 2 * each);
        theatre.end("b");
        settle().await;
        assert_eq!(theatre.started(), ["c"]);
        for name in ["a", "c"] {
            theatre.end(name);
        }
        for running in running {
            running.await.expect("no panic").expect("it ran");
        }
        assert_eq!(theatre.admission.state().memory_bytes, 0);
        // More than all: alone it may.
        let mut theatre = Theatre::new(AdmissionLimits { memory_bytes_max: 1, ..limits(10, 10) });
        let alone = theatre.submit("a", ticket(&caller, Priority::Interactive)).await;
        let next = theatre.submit("b", ticket(&caller, Priority::Interactive)).await;
        assert_eq!(theatre.started(), ["a"]);
        theatre.end("a");
        alone.await.expect("no panic").expect("it ran");
        settle().await;
        assert_eq!(theatre.started(), ["b"]);
        theatre.end("b");
        next.await.expect("no panic").expect("it ran");
    }

    fn ticket(caller: &Caller, priority: Priority) -> Ticket {
        Ticket { caller: caller.clone(), priority, ..Ticket::default() }
    }

    #[tokio::test]
    async fn callers_have_their_turns() {
        let mut theatre = Theatre::new(limits(1, 100));
        let (many, one, other) = (Caller::default(), Caller::default(), Caller::default());
        let mut running = Vec::new();
        for n in 0..4 {
            running
                .push(theatre.submit(&format!("m{n}"), ticket(&many, Priority::Interactive)).await);
        }
        running.push(theatre.submit("o0", ticket(&one, Priority::Interactive)).await);
        running.push(theatre.submit("p0", ticket(&other, Priority::Interactive)).await);
        running.push(theatre.submit("o1", ticket(&one, Priority::Interactive)).await);
        assert_eq!(theatre.counts(), (1, 1, 6));
        assert_eq!(theatre.play().await, ["m0", "m1", "o0", "p0", "m2", "o1", "m3"]);
        for running in running {
            assert!(running.await.expect("no panic").is_ok());
        }
        assert_eq!(theatre.counts(), (0, 0, 0));
        assert_eq!((many.jobs(), one.jobs()), (0, 0));
    }

    #[tokio::test]
    async fn interactive_jobs_go_first_but_batch_jobs_are_not_stuck() {
        let mut theatre = Theatre::new(limits(1, 100));
        let caller = Caller::default();
        let mut running =
            vec![theatre.submit("first", ticket(&caller, Priority::Interactive)).await];
        for n in 0..3 {
            running.push(theatre.submit(&format!("b{n}"), ticket(&caller, Priority::Batch)).await);
        }
        for n in 0..9 {
            running.push(
                theatre.submit(&format!("i{n}"), ticket(&caller, Priority::Interactive)).await,
            );
        }
        let expected =
            ["first", "i0", "i1", "i2", "i3", "i4", "i5", "i6", "b0", "i7", "i8", "b1", "b2"];
        assert_eq!(theatre.play().await, expected);
    }

    #[tokio::test]
    async fn batch_jobs_leave_places_for_others() {
        let mut theatre = Theatre::new(limits(4, 100));
        let caller = Caller::default();
        let mut running = Vec::new();
        for n in 0..4 {
            running.push(theatre.submit(&format!("b{n}"), ticket(&caller, Priority::Batch)).await);
        }
        assert_eq!(theatre.started(), ["b0", "b1", "b2"]);
        running.push(theatre.submit("i", ticket(&caller, Priority::Interactive)).await);
        assert_eq!(theatre.started(), ["i"]);
        theatre.end("i");
        settle().await;
        assert_eq!(theatre.started(), [""; 0]);
        theatre.end("b0");
        settle().await;
        assert_eq!(theatre.started(), ["b3"]);
    }

    #[tokio::test]
    async fn what_is_too_much_is_refused_at_once() {
        let theatre = Theatre::new(limits(1, 8));
        let (greedy, modest) = (Caller::default(), Caller::default());
        let mut running = Vec::new();
        for n in 0..7 {
            running.push(
                theatre.submit(&format!("g{n}"), ticket(&greedy, Priority::Interactive)).await,
            );
        }
        // One runs and six wait: that is what one caller may have of the queue.
        let refused = theatre.submit("g7", ticket(&greedy, Priority::Interactive)).await;
        assert!(refused.is_finished());
        let error = refused.await.expect("no panic").expect_err("it is refused");
        assert!(matches!(error, ExecuteError::ShareUsed { .. }), "{error}");
        for n in 0..2 {
            running.push(
                theatre.submit(&format!("o{n}"), ticket(&modest, Priority::Interactive)).await,
            );
        }
        let refused = theatre.submit("o2", ticket(&modest, Priority::Interactive)).await;
        let error = refused.await.expect("no panic").expect_err("the queue is full");
        assert!(matches!(error, ExecuteError::Overloaded { .. }), "{error}");

        let small = Caller::new(1);
        running.push(
            Theatre::new(limits(1, 8)).submit("a", ticket(&small, Priority::Interactive)).await,
        );
        let refused = theatre.submit("b", ticket(&small, Priority::Interactive)).await;
        let error = refused.await.expect("no panic").expect_err("it may have one only");
        assert!(matches!(error, ExecuteError::ShareUsed { .. }), "{error}");
    }

    #[tokio::test]
    async fn nobody_waits_for_longer_than_it_wants_to() {
        let mut theatre = Theatre::new(limits(1, 8));
        let caller = Caller::default();
        let first = theatre.submit("first", ticket(&caller, Priority::Interactive)).await;
        let soon = Ticket {
            start_by: Some(Instant::now() + Duration::from_millis(1)),
            ..ticket(&caller, Priority::Interactive)
        };
        let hasty = theatre.submit("hasty", soon).await;
        let patient = theatre.submit("patient", ticket(&caller, Priority::Interactive)).await;
        let error = hasty.await.expect("no panic").expect_err("its time is up");
        assert!(matches!(error, ExecuteError::WaitedTooLong { .. }), "{error}");
        assert_eq!(theatre.admission.state().waiting, 1);
        assert_eq!(theatre.play().await, ["first", "patient"]);
        assert!(first.await.is_ok() && patient.await.is_ok());
    }

    #[tokio::test]
    async fn who_stops_waiting_leaves_the_queue() {
        let mut theatre = Theatre::new(limits(1, 8));
        let caller = Caller::default();
        let first = theatre.submit("first", ticket(&caller, Priority::Interactive)).await;
        let gone = theatre.submit("gone", ticket(&caller, Priority::Interactive)).await;
        let last = theatre.submit("last", ticket(&caller, Priority::Interactive)).await;
        gone.abort();
        settle().await;
        assert_eq!((theatre.admission.state().waiting, caller.jobs()), (1, 2));
        first.abort();
        settle().await;
        assert_eq!(theatre.started(), ["first", "last"]);
        last.abort();
        settle().await;
        assert_eq!(theatre.counts(), (0, 0, 0));
    }

    #[tokio::test]
    async fn a_job_that_waits_gives_its_place_to_others() {
        let live_max = AdmissionLimits { live_max: 3, ..limits(1, 8) };
        // What waits to be told to end has nothing to do.
        let mut theatre = Theatre::with(live_max, |stage| Arc::new(Parking::new(stage)));
        let caller = Caller::default();
        let mut running = Vec::new();
        for name in ["a", "b", "c", "d"] {
            running.push(theatre.submit(name, ticket(&caller, Priority::Interactive)).await);
        }
        assert_eq!(theatre.started(), ["a", "b", "c"]);
        assert_eq!(theatre.counts(), (0, 3, 1));
        theatre.end("b");
        settle().await;
        assert_eq!(theatre.started(), ["d"]);
        running.drain(..).for_each(|running| running.abort());
        settle().await;
        assert_eq!(theatre.counts(), (0, 0, 0));
    }

    #[tokio::test]
    async fn a_job_that_gives_way_keeps_its_place() {
        /// Is polled again and again, as a guest that computes is.
        #[derive(Debug)]
        struct Busy(Arc<AtomicBool>);
        #[async_trait]
        impl Executor for Busy {
            fn availability(&self, _: &LanguageId) -> Availability {
                Availability::Available
            }
            async fn execute(&self, _: Job, _: OutputSink) -> Result<Outcome, ExecuteError> {
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if self.0.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                Err(ExecuteError::Overloaded { reason: "done".to_owned() })
            }
        }
        let stop = Arc::new(AtomicBool::new(false));
        let theatre =
            Theatre::with(limits(1, 8), |_| Arc::new(Parking::new(Arc::new(Busy(stop.clone())))));
        let one = theatre.submit("one", Ticket::default()).await;
        let two = theatre.submit("two", Ticket::default()).await;
        assert_eq!(theatre.counts(), (1, 1, 1));
        stop.store(true, Ordering::Relaxed);
        let _ = tokio::join!(one, two);
        assert_eq!(theatre.counts(), (0, 0, 0));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn counts_hold_when_many_come_and_go_at_once() {
        /// Yields a few times.
        #[derive(Debug)]
        struct Quick;
        #[async_trait]
        impl Executor for Quick {
            fn availability(&self, _: &LanguageId) -> Availability {
                Availability::Available
            }
            async fn execute(&self, _: Job, _: OutputSink) -> Result<Outcome, ExecuteError> {
                tokio::task::yield_now().await;
                Err(ExecuteError::Overloaded { reason: String::new() })
            }
        }
        let theatre = Theatre::with(limits(3, 10_000), |_| Arc::new(Parking::new(Arc::new(Quick))));
        let callers: Vec<_> = (0..5).map(|_| Caller::default()).collect();
        let jobs: Vec<_> = (0..2_000)
            .map(|n| {
                let admission = theatre.admission.clone();
                let priority = if n % 3 == 0 { Priority::Batch } else { Priority::Interactive };
                let mut job =
                    Job::new(LanguageId::new("x"), FilePath::new("x").expect("plain"), "");
                job.ticket = ticket(&callers[n % 5], priority);
                let run = tokio::spawn(async move { run_to_end(&admission, job).await });
                if n % 7 == 0 {
                    run.abort();
                }
                run
            })
            .collect();
        for job in jobs {
            if let Ok(ended) = job.await {
                assert!(matches!(ended, Err(ExecuteError::Overloaded { .. })));
            }
        }
        assert_eq!(theatre.counts(), (0, 0, 0));
        assert!(callers.iter().all(|caller| caller.jobs() == 0));
    }
}

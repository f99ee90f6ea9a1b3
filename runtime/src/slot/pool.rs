//! The slots of one image, and how the engine comes by them.
//!
//! The engine asks its `MemoryCreator` for a memory without saying for which module. So whoever instantiates first *leases* a slot,
//! then arms it in a thread-local just around the call; what was not taken is disarmed when the call is over, whatever happened.
//! A stale armed slot would hand one tenant's memory to another: the scope makes that impossible.

use std::{
    cell::RefCell,
    fmt, io,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
};

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::{
    MemoryImage,
    region::{Faults, HotSet, Slot, SlotLayout},
    track::Tracker,
};
use crate::DirtyTracking;

/// Free lists: threads use different ones, so that they do not wait for each other.
const SHARDS: usize = 16;
/// Slots of one image at one time; with 4 GiB of address space each, half of what x86-64 has.
const SLOTS_MAX: usize = 16_384;
/// Idle slots kept. Those beyond are unmapped when they come back.
const IDLE_SLOTS_MAX: usize = 1024;

/// Boxed: a slot moves between this list and its lease at each run.
type Idle = Vec<Box<Leasable>>;

/// The slots of one image.
pub(crate) struct SlotPool {
    image: Arc<MemoryImage>,
    module_bytes: usize,
    tracker: Tracker,
    layout: SlotLayout,
    hot: OnceLock<HotSet>,
    free: [Mutex<Idle>; SHARDS],
    /// Slots that exist, idle and in use.
    existing: AtomicUsize,
    idle: AtomicUsize,
    discarded: AtomicUsize,
    /// Compare every slot with the image after its reset: for tests, far too slow otherwise.
    verify: bool,
}

impl fmt::Debug for SlotPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotPool")
            .field("tracking", &self.tracker.way())
            .field("existing", &self.existing)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}

/// A slot with the verdict on its current use.
#[derive(Debug)]
struct Leasable {
    slot: Slot,
    verdict: Arc<AtomicU8>,
}

const DISCARD: u8 = 0;
const REUSE: u8 = 1;
const REUSE_FAULTLESS: u8 = 2;

/// Says of a leased slot that it may be reset and used again. Without that word it is thrown away.
#[derive(Clone, Debug)]
pub(crate) struct Verdict(Arc<AtomicU8>);

impl Verdict {
    pub(crate) fn reuse(&self, faults: Faults) {
        let verdict = match faults {
            Faults::None => REUSE_FAULTLESS,
            Faults::Some => REUSE,
        };
        self.0.store(verdict, Ordering::Relaxed);
    }
}

/// A slot taken from its pool, on its way into an instance or back.
#[derive(Debug)]
pub(crate) struct Lease {
    slot: Option<Box<Leasable>>,
    pool: Arc<SlotPool>,
}

thread_local! {
    static ARMED: RefCell<Option<Lease>> = const { RefCell::new(None) };
    /// Leases that ended on this thread while [`resets_later`] polls, to be given back when its caller says so.
    static ENDED: RefCell<Option<Resets>> = const { RefCell::new(None) };
    static SHARD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS
    };
}

impl SlotPool {
    /// Slots over `image` for instances of a module whose memory has `module_bytes` at first: as many as the image, or fewer.
    pub(crate) fn new(
        image: MemoryImage,
        module_bytes: usize,
        layout: SlotLayout,
        tracking: DirtyTracking,
        verify: bool,
    ) -> Arc<Self> {
        let tracker = Tracker::choose(&image, tracking);
        Arc::new(Self {
            image: Arc::new(image),
            module_bytes,
            tracker,
            layout,
            hot: OnceLock::new(),
            free: Default::default(),
            existing: AtomicUsize::new(0),
            idle: AtomicUsize::new(0),
            discarded: AtomicUsize::new(0),
            verify,
        })
    }

    pub(crate) fn image_len(&self) -> usize {
        self.image.len()
    }

    pub(crate) fn module_bytes(&self) -> usize {
        self.module_bytes
    }

    pub(crate) fn tracking(&self) -> DirtyTracking {
        self.tracker.way()
    }

    /// Slots thrown away so far, because of how their use ended or because a reset failed.
    pub(crate) fn discarded(&self) -> usize {
        self.discarded.load(Ordering::Relaxed)
    }

    /// Slots that exist.
    pub(crate) fn existing(&self) -> usize {
        self.existing.load(Ordering::Relaxed)
    }

    /// An idle slot, or a new one. `None` when there are as many as there may be.
    pub(crate) fn lease(self: &Arc<Self>) -> io::Result<Option<Lease>> {
        let own = SHARD.with(|shard| *shard);
        let idle = (0..SHARDS).find_map(|n| self.shard(own + n).pop());
        let leasable = if let Some(idle) = idle {
            self.idle.fetch_sub(1, Ordering::Relaxed);
            idle
        } else {
            let Some(made) = self.make()? else { return Ok(None) };
            made
        };
        leasable.verdict.store(DISCARD, Ordering::Relaxed);
        Ok(Some(Lease { slot: Some(leasable), pool: Arc::clone(self) }))
    }

    /// Makes `count` idle slots ahead, as warm as a first run would leave them.
    pub(crate) fn fill(&self, count: usize) -> io::Result<()> {
        while self.idle.load(Ordering::Relaxed) < count {
            let Some(mut made) = self.make()? else { return Ok(()) };
            made.slot.populate(self.hot.get())?;
            self.put_idle(made);
        }
        Ok(())
    }

    /// Lets the idle slots forget what their runs so far wrote to, so that only what the next ones write counts.
    pub(crate) fn watch_afresh(&self) -> io::Result<()> {
        let mut free = self.shard(SHARD.with(|shard| *shard));
        free.iter_mut().try_for_each(|idle| idle.slot.watch_afresh())
    }

    /// Takes the pages that the idle slots' runs wrote to as the hot set. To be called after a few typical runs; later calls change nothing.
    pub(crate) fn learn_hot_set(&self) -> io::Result<()> {
        let mut free = self.shard(SHARD.with(|shard| *shard));
        if let Some(last) = free.last_mut()
            && let Some(dirty) = last.slot.dirty()?
        {
            let _ = self.hot.set(HotSet::new(dirty.clone()));
        }
        Ok(())
    }

    /// Pages in the hot set, if it is known.
    pub(crate) fn hot_pages(&self) -> Option<usize> {
        self.hot.get().map(HotSet::pages)
    }

    fn make(&self) -> io::Result<Option<Box<Leasable>>> {
        if self.existing.fetch_add(1, Ordering::Relaxed) >= SLOTS_MAX {
            self.existing.fetch_sub(1, Ordering::Relaxed);
            return Ok(None);
        }
        match Slot::new(&self.image, &self.tracker, self.layout) {
            Ok(slot) => Ok(Some(Box::new(Leasable { slot, verdict: Arc::default() }))),
            Err(error) => {
                self.existing.fetch_sub(1, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    /// Resets a slot whose use is over, if it may be used again, and keeps it for the next.
    fn give_back(&self, mut leasable: Box<Leasable>) {
        let faults = match leasable.verdict.load(Ordering::Relaxed) {
            REUSE => Some(Faults::Some),
            REUSE_FAULTLESS => Some(Faults::None),
            _ => None,
        };
        let room = self.idle.load(Ordering::Relaxed) < IDLE_SLOTS_MAX;
        let clean = room
            && faults.is_some_and(|faults| leasable.slot.reset(self.hot.get(), faults).is_ok());
        if clean && self.verify {
            assert!(leasable.slot.equals_image(), "a slot differs from its image after its reset");
        }
        if clean {
            self.put_idle(leasable);
        } else {
            self.existing.fetch_sub(1, Ordering::Relaxed);
            self.discarded.fetch_add(usize::from(room), Ordering::Relaxed);
        }
    }

    fn put_idle(&self, leasable: Box<Leasable>) {
        self.idle.fetch_add(1, Ordering::Relaxed);
        self.shard(SHARD.with(|shard| *shard)).push(leasable);
    }

    fn shard(&self, n: usize) -> MutexGuard<'_, Idle> {
        // A list of idle slots is whole at any moment: a panic elsewhere cannot have broken it.
        self.free[n % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict(self.slot.as_ref().map(|s| Arc::clone(&s.verdict)).unwrap_or_default())
    }

    /// Calls `instantiate` with this slot as the memory of the one instance that it makes.
    pub(crate) fn armed<R>(self, instantiate: impl FnOnce() -> R) -> R {
        /// Disarms even when `instantiate` panics.
        struct Disarm;
        impl Drop for Disarm {
            fn drop(&mut self) {
                drop(ARMED.with(|armed| armed.borrow_mut().take()));
            }
        }
        let _disarm = Disarm;
        let before = ARMED.with(|armed| armed.borrow_mut().replace(self));
        debug_assert!(before.is_none(), "instantiations do not nest");
        instantiate()
    }

    fn slot(&self) -> Option<&Slot> {
        self.slot.as_ref().map(|s| &s.slot)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        let ended = Lease { slot: Some(slot), pool: Arc::clone(&self.pool) };
        if let Some(mut ended) = later(ended)
            && let Some(slot) = ended.slot.take()
        {
            ended.pool.give_back(slot);
        }
    }
}

/// Keeps `ended` for later where somebody asked for that, or gives it back to be reset now.
fn later(ended: Lease) -> Option<Lease> {
    ENDED.with(|list| match list.borrow_mut().as_mut() {
        Some(Resets(list)) => {
            list.push(ended);
            None
        }
        None => Some(ended),
    })
}

/// Slots whose use is over. Dropping this resets them.
#[derive(Debug, Default)]
pub(crate) struct Resets(Vec<Lease>);

/// `future`, which may run guests, without the resets of their slots: with processors to spare, whoever waits for the outcome need not wait for
/// these too. The slots are reset when the second part of the result is dropped, or when this future is dropped.
pub(crate) async fn resets_later<F: Future>(future: F) -> (F::Output, Resets) {
    /// Ends the asking even when `future` panics.
    struct Asking;
    impl Drop for Asking {
        fn drop(&mut self) {
            // Dropped only when it is no longer in its place: then the leases in it are given back.
            drop(ENDED.with(|list| list.borrow_mut().take()));
        }
    }
    let mut future = pin!(future);
    let mut ended = Resets::default();
    let output = std::future::poll_fn(|context| {
        let asking = Asking;
        let before = ENDED.with(|list| list.borrow_mut().replace(std::mem::take(&mut ended)));
        debug_assert!(before.is_none(), "nobody else asks on this thread meanwhile");
        let polled = future.as_mut().poll(context);
        ended = ENDED.with(|list| list.borrow_mut().take()).unwrap_or_default();
        drop(asking);
        polled
    })
    .await;
    (output, ended)
}

/// The engine's way to slots: takes what is armed on the calling thread.
#[derive(Debug)]
pub(crate) struct SlotMemories;

// SAFETY: every memory comes from a lease, which upholds `LinearMemory`'s contract as said below; a request that
// the armed slot does not fit exactly is refused.
unsafe impl MemoryCreator for SlotMemories {
    fn new_memory(
        &self,
        _ty: MemoryType,
        minimum: usize,
        _maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let lease = ARMED
            .with(|armed| armed.borrow_mut().take())
            .ok_or("no slot is armed for this instance")?;
        let module_bytes = lease.pool.module_bytes;
        let fits = lease.slot().is_some_and(|slot| {
            minimum == module_bytes
                && minimum <= slot.size()
                && reserved.unwrap_or(0) <= slot.layout().reservation
                && guard <= slot.layout().guard
        });
        if fits {
            Ok(Box::new(lease))
        } else {
            Err("the armed slot belongs to another module".to_owned())
        }
    }
}

// SAFETY: the base is page aligned and never moves; `byte_size` bytes are readable and writable, all others up to the
// end of the guard are inaccessible; the range is owned by the slot, which nobody else uses while it is leased.
unsafe impl LinearMemory for Lease {
    fn byte_size(&self) -> usize {
        self.slot().map_or(0, Slot::size)
    }

    fn byte_capacity(&self) -> usize {
        self.slot().map_or(0, |slot| slot.layout().reservation)
    }

    fn grow_to(&mut self, new_size: usize) -> wasmtime::Result<()> {
        let slot = self.slot.as_mut().ok_or_else(|| wasmtime::format_err!("the slot is gone"))?;
        Ok(slot.slot.grow_to(new_size)?)
    }

    fn as_ptr(&self) -> *mut u8 {
        self.slot().map_or(std::ptr::null_mut(), Slot::base)
    }
}

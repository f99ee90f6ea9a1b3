//! One memory slot: an image mapped copy-on-write at the start of a large reservation, growable in place, reset after use.
//!
//! ```text
//! | image (private copy-on-write) | grown (anonymous) | inaccessible up to the end of the reservation, then guard |
//! 0                          image.len            size                                                    reservation + guard
//! ```

use std::{io, ops::Range, sync::Arc};

use super::{
    MemoryImage, PAGE,
    map::{Mapping, Protection},
    track::{Ranges, Tracker},
};

/// How much address space a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotLayout {
    /// Bytes that the memory can grow to.
    pub(crate) reservation: usize,
    /// Inaccessible bytes behind them.
    pub(crate) guard: usize,
}

/// Pages that typical runs write to. They stay resident in a slot, whatever else a heavy run has touched.
#[derive(Debug)]
pub(crate) struct HotSet {
    ranges: Ranges,
    pages: usize,
}

/// Above this a run counts as heavy and only the hot set stays resident: twice the hot set and this many pages.
/// Measured: a light run after a heavy one costs up to six times as much when everything is kept, because all of it is
/// copied back each time.
const EXTRA_RESIDENT_PAGES: usize = 64;
/// What may stay resident while no hot set is known: 2 MiB.
const UNLEARNED_RESIDENT_PAGES: usize = 512;
/// Uses after which a new slot is watched afresh for the first time, and at most.
///
/// Pages stay writable after a reset, so what counts as written only grows: by the pages of the first run's lazy initialisations, of a rare path, of another
/// program. All of them are copied back after every run. Watching afresh costs the next run a fault for each page that it writes, and its list is
/// exact again. How often that pays is found by trying: four times as rarely after each time that gained little.
const WATCH_AFRESH_AFTER: u32 = 16;
const WATCH_AFRESH_AFTER_MAX: u32 = 1 << 16;
/// Gaps between pages to give back that are bridged, to save system calls: giving back a clean page only costs a later read fault.
const DISCARD_GAP: usize = 16 * PAGE;

impl HotSet {
    pub(crate) fn new(ranges: Ranges) -> Self {
        let pages = ranges.iter().map(ExactSizeIterator::len).sum::<usize>() / PAGE;
        Self { ranges, pages }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages
    }
}

/// Whether page faults were taken during the use of a slot. When nobody counted, there were some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faults {
    None,
    Some,
}

/// One slot. Nobody else uses its address range.
#[derive(Debug)]
pub(crate) struct Slot {
    mapping: Mapping,
    layout: SlotLayout,
    image: Arc<MemoryImage>,
    tracker: Tracker,
    /// Accessible bytes.
    size: usize,
    /// What the last look at the written pages found.
    dirty: Ranges,
    /// Whether `dirty` is all that differs from the image or can be written to without a page fault.
    dirty_is_complete: bool,
    watch: Watch,
}

/// When to watch a slot afresh.
#[derive(Debug)]
struct Watch {
    uses: u32,
    after: u32,
    /// Pages copied back at each reset when it was last watched afresh.
    pages_before: usize,
}

impl Slot {
    pub(crate) fn new(
        image: &Arc<MemoryImage>,
        tracker: &Tracker,
        layout: SlotLayout,
    ) -> io::Result<Self> {
        if image.len() > layout.reservation {
            return Err(io::Error::other("the image is larger than a slot"));
        }
        let mut slot = Self {
            mapping: Mapping::reserve(layout.reservation + layout.guard)?,
            layout,
            image: Arc::clone(image),
            tracker: tracker.clone(),
            size: image.len(),
            dirty: Ranges::new(),
            dirty_is_complete: false,
            watch: Watch { uses: 0, after: WATCH_AFRESH_AFTER, pages_before: usize::MAX },
        };
        slot.map_image()?;
        Ok(slot)
    }

    fn map_image(&mut self) -> io::Result<()> {
        self.mapping.overlay_file(self.image.file(), self.image.len())?;
        self.tracker.watch(&self.mapping, self.image.len())
    }

    /// Takes the page faults of a first run now: maps all of the image, and makes private copies of the hot pages.
    pub(crate) fn populate(&mut self, hot: Option<&HotSet>) -> io::Result<()> {
        // Linux 5.14; on an older kernel the first run is a little slower.
        let _ = self.mapping.advise(0, self.image.len(), libc::MADV_POPULATE_READ);
        for range in hot.iter().flat_map(|hot| &hot.ranges) {
            self.copy_back(range)?;
        }
        Ok(())
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.mapping.base()
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn layout(&self) -> SlotLayout {
        self.layout
    }

    /// Makes the first `size` bytes accessible; new ones read as zero.
    pub(crate) fn grow_to(&mut self, size: usize) -> io::Result<()> {
        if size > self.layout.reservation {
            return Err(io::Error::other("the memory is larger than its slot"));
        }
        if size > self.size {
            self.mapping.protect(self.size, size - self.size, Protection::ReadWrite)?;
            self.size = size;
        }
        Ok(())
    }

    /// The pages that were written since the slot was mapped, in the part that belongs to the image. `None` when they are not tracked.
    pub(crate) fn dirty(&mut self) -> io::Result<Option<&Ranges>> {
        let known = self.tracker.find_dirty(&self.mapping, self.image.len(), &mut self.dirty)?;
        Ok(known.then_some(&self.dirty))
    }

    /// Puts the slot back to the image. After an error it must be dropped.
    ///
    /// `faults` says whether threads took page faults while they could write to the slot. Without any, no page was written that was not
    /// known to be writable before, and there is no need to look: that saves a third of the time that resetting a light run takes.
    pub(crate) fn reset(&mut self, hot: Option<&HotSet>, faults: Faults) -> io::Result<()> {
        let image_len = self.image.len();
        if self.size > image_len {
            // Fresh memory instead of zeroing: what a guest grew by is rarely touched again by the next.
            self.mapping.clear(image_len, self.size - image_len)?;
            self.size = image_len;
        }
        if faults == Faults::Some || !self.dirty_is_complete {
            self.dirty_is_complete = false;
            if self.dirty()?.is_none() {
                return self.map_image();
            }
        }
        let dirty = std::mem::take(&mut self.dirty);
        let pages = dirty.iter().map(ExactSizeIterator::len).sum::<usize>() / PAGE;
        let resident_max =
            hot.map_or(UNLEARNED_RESIDENT_PAGES, |hot| 2 * hot.pages + EXTRA_RESIDENT_PAGES);
        let result = if pages <= resident_max {
            self.dirty_is_complete = self.tracker.faults_are_counted();
            dirty.iter().try_for_each(|range| self.copy_back(range))
        } else {
            self.dirty_is_complete = false;
            self.discard_all_but(hot.map_or(&[], |hot| &hot.ranges), &dirty)
        };
        self.dirty = dirty;
        result?;
        self.watch.uses += 1;
        if self.watch.uses >= self.watch.after { self.watch_afresh() } else { Ok(()) }
    }

    /// Makes the pages known to be written, all of which equal the image again, count as unwritten.
    pub(crate) fn watch_afresh(&mut self) -> io::Result<()> {
        let pages = self.dirty.iter().map(ExactSizeIterator::len).sum::<usize>() / PAGE;
        let gained_little = pages > self.watch.pages_before / 10 * 9;
        self.watch.after = if gained_little {
            self.watch.after.saturating_mul(4).min(WATCH_AFRESH_AFTER_MAX)
        } else {
            WATCH_AFRESH_AFTER
        };
        self.watch.uses = 0;
        self.watch.pages_before = pages;
        let dirty = std::mem::take(&mut self.dirty);
        self.dirty_is_complete = false;
        dirty
            .iter()
            .try_for_each(|range| self.tracker.rewatch(&self.mapping, range.start, range.len()))
    }

    /// Copies the hot part of `dirty` back and gives the rest to the kernel.
    fn discard_all_but(&mut self, hot: &[Range<usize>], dirty: &Ranges) -> io::Result<()> {
        let mut discard: Option<Range<usize>> = None;
        let mut hot = hot.iter().peekable();
        for range in dirty {
            let mut at = range.start;
            while at < range.end {
                while hot.next_if(|h| h.end <= at).is_some() {}
                let next_hot = hot.peek().map_or(usize::MAX, |h| h.start);
                if next_hot <= at {
                    // A hot piece: copied back. The pending discard ends before it.
                    let end = hot.peek().map_or(range.end, |h| h.end.min(range.end));
                    self.discard(discard.take())?;
                    self.copy_back(&(at..end))?;
                    at = end;
                } else {
                    let end = range.end.min(next_hot);
                    discard = match discard {
                        Some(pending)
                            if at - pending.end <= DISCARD_GAP
                                && !overlaps_hot(hot.peek(), &(pending.end..at)) =>
                        {
                            Some(pending.start..end)
                        }
                        pending => {
                            self.discard(pending)?;
                            Some(at..end)
                        }
                    };
                    at = end;
                }
            }
        }
        self.discard(discard)
    }

    fn discard(&mut self, range: Option<Range<usize>>) -> io::Result<()> {
        let Some(range) = range else { return Ok(()) };
        self.mapping.discard(range.start, range.len())?;
        self.tracker.rewatch(&self.mapping, range.start, range.len())
    }

    fn copy_back(&mut self, range: &Range<usize>) -> io::Result<()> {
        let source = self
            .image
            .bytes()
            .get(range.clone())
            .ok_or_else(|| io::Error::other("a dirty range outside of the image"))?;
        // SAFETY: the range lies in the image (checked), whose length the slot maps readable and writable at its base;
        // `&mut self` says that nobody else uses the slot; the image is another mapping.
        unsafe {
            std::ptr::copy_nonoverlapping(
                source.as_ptr(),
                self.base().add(range.start),
                range.len(),
            );
        };
        Ok(())
    }

    /// Whether the slot equals its image, byte for byte.
    pub(crate) fn equals_image(&self) -> bool {
        if self.size != self.image.len() {
            return false;
        }
        // SAFETY: `size` bytes are readable, and nobody writes to an idle slot.
        let memory = unsafe { std::slice::from_raw_parts(self.base(), self.size) };
        memory == self.image.bytes()
    }
}

fn overlaps_hot(next: Option<&&Range<usize>>, gap: &Range<usize>) -> bool {
    next.is_some_and(|hot| hot.start < gap.end && gap.start < hot.end)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{DirtyTracking, track::thread_faults},
        *,
    };

    const PAGES: usize = 1200;
    const LAYOUT: SlotLayout = SlotLayout { reservation: 2 * PAGES * PAGE, guard: 16 * PAGE };

    fn image() -> Arc<MemoryImage> {
        let bytes: Vec<u8> =
            (0..PAGES * PAGE).map(|n| u8::try_from(n / PAGE % 251).unwrap()).collect();
        Arc::new(MemoryImage::from_bytes(&bytes).unwrap())
    }

    fn write(slot: &mut Slot, page: usize) {
        assert!((page + 1) * PAGE <= slot.size());
        // SAFETY: within the accessible part, as just checked.
        unsafe { slot.base().add(page * PAGE + 5).write(0xEE) };
    }

    /// Every way of tracking, every residency: what a run wrote, wherever it was, is gone after the reset.
    #[test]
    fn a_reset_slot_equals_its_image_whatever_was_written() {
        let image = image();
        let hot = HotSet::new(vec![0..2 * PAGE, 10 * PAGE..11 * PAGE, 14 * PAGE..20 * PAGE]);
        // Few pages; many single pages; everything; runs that begin, end and lie inside of hot ranges.
        let patterns: [&dyn Fn(usize) -> bool; 5] =
            [&|p| p == 3, &|p| p % 2 == 0, &|_| true, &|p| (1..16).contains(&p) || p > 700, &|p| {
                p % 7 == 0 || p == 19
            }];
        for way in DirtyTracking::ALL {
            let tracker = Tracker::choose(&image, way);
            for hot in [None, Some(&hot)] {
                let mut slot = Slot::new(&image, &tracker, LAYOUT).unwrap();
                slot.populate(hot).unwrap();
                for (n, pattern) in patterns.iter().enumerate() {
                    for page in (0..PAGES).filter(|p| pattern(*p)) {
                        write(&mut slot, page);
                    }
                    assert!(!slot.equals_image());
                    slot.reset(hot, Faults::Some).unwrap();
                    assert!(slot.equals_image(), "{way}, pattern {n}, hot set {}", hot.is_some());
                }
            }
        }
    }

    /// The short cut of a reset without faults: as long as the kernel counts no fault, only known pages can have been written.
    #[test]
    fn a_use_without_page_faults_is_reset_without_looking() {
        let image = image();
        let tracker = Tracker::choose(&image, DirtyTracking::WriteProtect);
        let mut slot = Slot::new(&image, &tracker, LAYOUT).unwrap();
        for round in 0..200_usize {
            // Mostly the same pages; now and then a new one, which has to show up as a fault.
            let before = thread_faults();
            write(&mut slot, 3);
            write(&mut slot, 700);
            if round % 50 == 10 {
                write(&mut slot, 800 + round);
            }
            let faults = if thread_faults() == before { Faults::None } else { Faults::Some };
            slot.reset(None, faults).unwrap();
            assert!(slot.equals_image(), "round {round}");
        }
    }

    #[test]
    fn a_slot_that_is_watched_afresh_forgets_what_is_no_longer_written() {
        let image = image();
        for way in DirtyTracking::ALL {
            let tracker = Tracker::choose(&image, way);
            let mut slot = Slot::new(&image, &tracker, LAYOUT).unwrap();
            (0..100).for_each(|page| write(&mut slot, page));
            slot.reset(None, Faults::Some).unwrap();
            slot.watch_afresh().unwrap();
            for page in [7, 900] {
                write(&mut slot, page);
            }
            let written = slot
                .dirty()
                .unwrap()
                .map(|dirty| dirty.iter().map(ExactSizeIterator::len).sum::<usize>() / PAGE);
            // Where pages are private they stay so; that is slower, and no less correct.
            let expected = match way {
                DirtyTracking::WriteProtect => Some(2),
                DirtyTracking::PagemapScan | DirtyTracking::Pagemap => Some(101),
                DirtyTracking::Remap => None,
            };
            assert!(tracker.way() != way || written == expected, "{way}: {written:?}");
            slot.reset(None, Faults::Some).unwrap();
            assert!(slot.equals_image(), "{way}");
        }
    }

    #[test]
    fn grown_memory_is_zero_again_after_a_reset() {
        let image = image();
        let tracker = Tracker::choose(&image, DirtyTracking::WriteProtect);
        let mut slot = Slot::new(&image, &tracker, LAYOUT).unwrap();
        for _ in 0..3 {
            slot.grow_to((PAGES + 50) * PAGE).unwrap();
            assert!((0..50 * PAGE).all(|n| {
                // SAFETY: just made accessible.
                let byte = unsafe { slot.base().add(PAGES * PAGE + n).read() };
                byte == 0
            }));
            write(&mut slot, PAGES + 49);
            slot.reset(None, Faults::Some).unwrap();
            assert_eq!(slot.size(), PAGES * PAGE);
        }
        assert!(slot.grow_to(LAYOUT.reservation + PAGE).is_err());
    }

    /// The negative control: the comparison that the tests rely on does see a single changed byte.
    #[test]
    fn a_difference_of_one_byte_is_seen() {
        let image = image();
        let tracker = Tracker::choose(&image, DirtyTracking::WriteProtect);
        let mut slot = Slot::new(&image, &tracker, LAYOUT).unwrap();
        assert!(slot.equals_image());
        write(&mut slot, PAGES - 1);
        assert!(!slot.equals_image());
    }
}

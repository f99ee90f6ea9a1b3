//! Which pages of a slot were written since it was mapped.
//!
//! Several ways, from the fastest to the one that always works. The way is chosen by trying it on the very image it will be used
//! for: a kernel that lacks a feature, a sandbox that forbids it, or a file system that does not support it fails the test and the
//! next way is tried. Soft-dirty bits are deliberately absent: where the kernel lacks them, they silently report nothing.
//!
//! Interfaces: `linux/userfaultfd.h`, `linux/fs.h` (`PAGEMAP_SCAN`), `Documentation/admin-guide/mm/pagemap.rst`.

use std::{
    fmt,
    fs::File,
    io,
    ops::Range,
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
        unix::fs::FileExt as _,
    },
    sync::Arc,
};

use super::{MemoryImage, PAGE, map::Mapping};

/// How written pages are found, fastest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirtyTracking {
    /// Asynchronous userfaultfd write protection, read with `PAGEMAP_SCAN` (Linux 6.7). A lost bit reads as "written".
    WriteProtect,
    /// `PAGEMAP_SCAN` for pages that no longer come from the file (Linux 6.7).
    PagemapScan,
    /// The same by reading `/proc/self/pagemap` (any Linux).
    Pagemap,
    /// No tracking: the image is mapped anew after every run.
    Remap,
}

impl DirtyTracking {
    /// Every way, fastest first.
    pub const ALL: [Self; 4] = [Self::WriteProtect, Self::PagemapScan, Self::Pagemap, Self::Remap];
}

impl fmt::Display for DirtyTracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteProtect => "userfaultfd write protection",
            Self::PagemapScan => "PAGEMAP_SCAN",
            Self::Pagemap => "/proc/self/pagemap",
            Self::Remap => "none (remap)",
        })
    }
}

/// Finds the written pages of mappings of one image.
#[derive(Clone, Debug)]
pub(crate) struct Tracker {
    kind: Kind,
    /// Whether the kernel counted a fault of the writing thread for each first write of the self-test.
    faults_are_counted: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    WriteProtect { userfaultfd: Arc<OwnedFd>, pagemap: Arc<File> },
    PagemapScan { pagemap: Arc<File> },
    Pagemap { pagemap: Arc<File> },
    Remap,
}

/// Byte ranges from the start of a mapping, page aligned, ascending.
pub(crate) type Ranges = Vec<Range<usize>>;

impl Tracker {
    /// The fastest way from `preferred` on that passes the self-test on `image`.
    pub(crate) fn choose(image: &MemoryImage, preferred: DirtyTracking) -> Self {
        DirtyTracking::ALL
            .into_iter()
            .skip_while(|way| *way != preferred)
            .filter_map(|way| Self::open(way).ok())
            .find_map(|mut tracker| {
                let tested = tracker.self_test(image)?;
                tracker.faults_are_counted = tested.faults_are_counted;
                Some(tracker)
            })
            .unwrap_or(Self { kind: Kind::Remap, faults_are_counted: false })
    }

    /// Whether [`thread_faults`] stands still only while no new page is written.
    pub(crate) fn faults_are_counted(&self) -> bool {
        self.faults_are_counted
    }

    fn open(way: DirtyTracking) -> io::Result<Self> {
        let pagemap = || File::open("/proc/self/pagemap").map(Arc::new);
        let kind = match way {
            DirtyTracking::WriteProtect => {
                Kind::WriteProtect { userfaultfd: Arc::new(userfaultfd()?), pagemap: pagemap()? }
            }
            DirtyTracking::PagemapScan => Kind::PagemapScan { pagemap: pagemap()? },
            DirtyTracking::Pagemap => Kind::Pagemap { pagemap: pagemap()? },
            DirtyTracking::Remap => Kind::Remap,
        };
        Ok(Self { kind, faults_are_counted: false })
    }

    pub(crate) fn way(&self) -> DirtyTracking {
        match self.kind {
            Kind::WriteProtect { .. } => DirtyTracking::WriteProtect,
            Kind::PagemapScan { .. } => DirtyTracking::PagemapScan,
            Kind::Pagemap { .. } => DirtyTracking::Pagemap,
            Kind::Remap => DirtyTracking::Remap,
        }
    }

    /// Starts watching the first `len` bytes of `mapping`, which was just overlaid with the image.
    pub(crate) fn watch(&self, mapping: &Mapping, len: usize) -> io::Result<()> {
        if let Kind::WriteProtect { userfaultfd, .. } = &self.kind {
            register(userfaultfd, mapping.base() as u64, len as u64)?;
            write_protect(userfaultfd, mapping.base() as u64, len as u64)?;
        }
        Ok(())
    }

    /// Watches `[at, at + len)` again after its pages were given back to the kernel.
    pub(crate) fn rewatch(&self, mapping: &Mapping, at: usize, len: usize) -> io::Result<()> {
        if let Kind::WriteProtect { userfaultfd, .. } = &self.kind {
            write_protect(userfaultfd, (mapping.base() as usize + at) as u64, len as u64)?;
        }
        Ok(())
    }

    /// Puts the ranges among the first `len` bytes of `mapping` that were written since [`Self::watch`] into `dirty`. `false` when
    /// this way cannot tell and the image must be mapped anew.
    pub(crate) fn find_dirty(
        &self,
        mapping: &Mapping,
        len: usize,
        dirty: &mut Ranges,
    ) -> io::Result<bool> {
        dirty.clear();
        match &self.kind {
            Kind::WriteProtect { pagemap, .. } => {
                scan(pagemap, mapping, len, Category::WRITTEN, dirty)?;
            }
            Kind::PagemapScan { pagemap } => scan(pagemap, mapping, len, Category::PRIVATE, dirty)?,
            Kind::Pagemap { pagemap } => read_pagemap(pagemap, mapping, len, dirty)?,
            Kind::Remap => return Ok(false),
        }
        Ok(true)
    }

    /// Writes to some pages of a mapping of `image` and checks that just these are reported, also after giving one back. `None` when this
    /// way fails here.
    fn self_test(&self, image: &MemoryImage) -> Option<Tested> {
        if self.way() == DirtyTracking::Remap {
            return Some(Tested { faults_are_counted: false });
        }
        let len = image.len().min(16 * PAGE);
        if len < 4 * PAGE {
            return None;
        }
        let mut mapping = Mapping::reserve(len).ok()?;
        mapping.overlay_file(image.file(), len).ok()?;
        self.watch(&mapping, len).ok()?;
        let touch = |page: usize, write: bool| {
            let before = thread_faults();
            // SAFETY: the page is inside the mapping, which is readable and writable and ours alone.
            unsafe {
                let at = mapping.base().add(page * PAGE);
                let value = at.read_volatile();
                if write {
                    at.write_volatile(!value);
                }
            }
            thread_faults() != before
        };
        touch(0, false);
        // Page 3 was read before it is written, so that only the write itself can fault.
        touch(3, false);
        let counted = [touch(1, true), touch(3, true)];
        let quiet = !touch(3, true);
        let mut dirty = Ranges::new();
        let mut reports = |mapping: &Mapping, expected: &[usize]| {
            let known = self.find_dirty(mapping, len, &mut dirty).ok()?;
            let pages: Vec<usize> =
                dirty.iter().flat_map(|r| (r.start / PAGE)..(r.end / PAGE)).collect();
            (known && pages == expected).then_some(())
        };
        reports(&mapping, &[1, 3])?;
        mapping.discard(PAGE, PAGE).ok()?;
        self.rewatch(&mapping, PAGE, PAGE).ok()?;
        reports(&mapping, &[3])?;
        Some(Tested { faults_are_counted: quiet && counted == [true, true] })
    }
}

/// What a self-test found out.
#[derive(Clone, Copy, Debug)]
struct Tested {
    faults_are_counted: bool,
}

/// Page faults that the calling thread has taken so far.
pub(crate) fn thread_faults() -> i64 {
    // SAFETY: the structure is plain data, for which zeros are a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel fills the structure that is passed.
    unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) };
    usage.ru_minflt + usage.ru_majflt
}

// linux/userfaultfd.h
const USERFAULTFD_USER_MODE_ONLY: libc::c_int = 1;
const UFFD_API: u64 = 0xAA;
const UFFD_FEATURE_PAGEFAULT_FLAG_WP: u64 = 1;
const UFFD_FEATURE_WP_HUGETLBFS_SHMEM: u64 = 1 << 12;
const UFFD_FEATURE_WP_UNPOPULATED: u64 = 1 << 13;
const UFFD_FEATURE_WP_ASYNC: u64 = 1 << 15;
const UFFDIO_API: libc::c_ulong = 0xC018_AA3F;
const UFFDIO_REGISTER: libc::c_ulong = 0xC020_AA00;
const UFFDIO_WRITEPROTECT: libc::c_ulong = 0xC018_AA06;
const UFFDIO_REGISTER_MODE_WP: u64 = 2;
const UFFDIO_WRITEPROTECT_MODE_WP: u64 = 1;

/// A descriptor on which write protection needs no handler: the kernel lifts it at the first write and remembers.
fn userfaultfd() -> io::Result<OwnedFd> {
    let flags = libc::O_CLOEXEC | USERFAULTFD_USER_MODE_ONLY;
    // SAFETY: a plain system call without pointers.
    let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, flags) };
    let fd = i32::try_from(fd).map_err(io::Error::other)?;
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and ours alone.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let features = UFFD_FEATURE_PAGEFAULT_FLAG_WP
        | UFFD_FEATURE_WP_HUGETLBFS_SHMEM
        | UFFD_FEATURE_WP_UNPOPULATED
        | UFFD_FEATURE_WP_ASYNC;
    let mut api = [UFFD_API, features, 0];
    control(&fd, UFFDIO_API, &mut api)?;
    Ok(fd)
}

fn register(fd: &OwnedFd, start: u64, len: u64) -> io::Result<()> {
    control(fd, UFFDIO_REGISTER, &mut [start, len, UFFDIO_REGISTER_MODE_WP, 0])
}

fn write_protect(fd: &OwnedFd, start: u64, len: u64) -> io::Result<()> {
    control(fd, UFFDIO_WRITEPROTECT, &mut [start, len, UFFDIO_WRITEPROTECT_MODE_WP])
}

fn control<const N: usize>(
    fd: &OwnedFd,
    request: libc::c_ulong,
    argument: &mut [u64; N],
) -> io::Result<()> {
    // SAFETY: each request reads and writes exactly the structure whose fields are passed here in order.
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), request, argument.as_mut_ptr()) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

// linux/fs.h
const PAGEMAP_SCAN: libc::c_ulong = 0xC060_6610;
const PAGE_IS_WRITTEN: u64 = 1 << 1;
const PAGE_IS_FILE: u64 = 1 << 2;
const PAGE_IS_PRESENT: u64 = 1 << 3;
const PAGE_IS_SWAPPED: u64 = 1 << 4;
/// Ranges that one system call returns at most.
const RANGES_PER_SCAN: usize = 256;

/// `struct pm_scan_arg`.
#[repr(C)]
#[derive(Default)]
struct ScanArgument {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct PageRegion {
    start: u64,
    end: u64,
    categories: u64,
}

/// Which pages a scan reports: those in all of `mask` (with `inverted` ones negated) and in any of `any_of`.
#[derive(Clone, Copy)]
struct Category {
    inverted: u64,
    mask: u64,
    any_of: u64,
}

impl Category {
    /// Pages whose write protection was lifted.
    const WRITTEN: Self = Self { inverted: 0, mask: PAGE_IS_WRITTEN, any_of: 0 };
    /// Pages that exist and no longer come from the file.
    const PRIVATE: Self = Self {
        inverted: PAGE_IS_FILE,
        mask: PAGE_IS_FILE,
        any_of: PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
    };
}

fn scan(
    pagemap: &File,
    mapping: &Mapping,
    len: usize,
    category: Category,
    dirty: &mut Ranges,
) -> io::Result<()> {
    let base = mapping.base() as u64;
    let (mut at, end) = (base, base + len as u64);
    let mut regions = [PageRegion::default(); RANGES_PER_SCAN];
    while at < end {
        let mut argument = ScanArgument {
            size: size_of::<ScanArgument>() as u64,
            start: at,
            end,
            vec: regions.as_mut_ptr() as u64,
            vec_len: RANGES_PER_SCAN as u64,
            category_inverted: category.inverted,
            category_mask: category.mask,
            category_anyof_mask: category.any_of,
            ..ScanArgument::default()
        };
        // SAFETY: `argument` and `regions` outlive the call; the kernel writes at most `vec_len` regions.
        let count = unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN, &raw mut argument) };
        let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        for region in &regions[..count.min(RANGES_PER_SCAN)] {
            if region.start < base || region.end > end || region.start >= region.end {
                return Err(io::Error::other("the kernel reported pages that were not asked for"));
            }
            push(dirty, offset(region.start, base)?..offset(region.end, base)?);
        }
        if argument.walk_end <= at {
            return Err(io::Error::other("the page scan made no progress"));
        }
        at = argument.walk_end;
    }
    Ok(())
}

fn offset(address: u64, base: u64) -> io::Result<usize> {
    usize::try_from(address - base).map_err(io::Error::other)
}

/// Bits of a `/proc/self/pagemap` word.
const WORD_PRESENT: u64 = 1 << 63;
const WORD_SWAPPED: u64 = 1 << 62;
const WORD_FILE: u64 = 1 << 61;

fn read_pagemap(
    pagemap: &File,
    mapping: &Mapping,
    len: usize,
    dirty: &mut Ranges,
) -> io::Result<()> {
    let mut words = vec![0; len / PAGE * 8];
    pagemap.read_exact_at(&mut words, (mapping.base() as usize / PAGE * 8) as u64)?;
    for (page, word) in words.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        if word & (WORD_PRESENT | WORD_SWAPPED) != 0 && word & WORD_FILE == 0 {
            push(dirty, page * PAGE..(page + 1) * PAGE);
        }
    }
    Ok(())
}

/// Appends a range, joining it to the last one where they touch.
fn push(dirty: &mut Ranges, range: Range<usize>) {
    match dirty.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => dirty.push(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_that_this_kernel_has_passes_its_own_test() {
        let image = MemoryImage::from_bytes(&vec![7; 32 * PAGE]).unwrap();
        for way in DirtyTracking::ALL {
            // A way that cannot be opened here is none of this test's business; one that opens must not lie.
            if let Ok(tracker) = Tracker::open(way) {
                let passes = tracker.self_test(&image).is_some();
                assert!(
                    passes
                        || way == DirtyTracking::WriteProtect
                        || way == DirtyTracking::PagemapScan,
                    "{way}"
                );
            }
        }
        assert_eq!(Tracker::choose(&image, DirtyTracking::Remap).way(), DirtyTracking::Remap);
    }
}

//! Thin, checked wrappers over the memory-mapping system calls.

use std::{
    fs::File,
    io,
    os::fd::AsRawFd,
    ptr::{self, NonNull},
};

/// An owned range of address space. Unmapped on drop.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<u8>,
    len: usize,
    access: Access,
}

/// Who uses the memory behind a mapping.
#[derive(Clone, Copy, Debug)]
enum Access {
    /// Everybody, for reading.
    Shared,
    /// Its owner, who changes it.
    Exclusive,
}

// SAFETY: a mapping is a plain range of the process's address space; no thread owns it more than another.
unsafe impl Send for Mapping {}
// SAFETY: all methods that change the mapping take `&mut self`; what is read through `base` is the owner's matter.
unsafe impl Sync for Mapping {}

/// What may be done with the pages of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protection {
    None,
    Read,
    ReadWrite,
}

impl Protection {
    fn flags(self) -> libc::c_int {
        match self {
            Self::None => libc::PROT_NONE,
            Self::Read => libc::PROT_READ,
            Self::ReadWrite => libc::PROT_READ | libc::PROT_WRITE,
        }
    }
}

impl Mapping {
    /// Reserves `len` bytes of inaccessible address space, which costs no memory.
    pub(crate) fn reserve(len: usize) -> io::Result<Self> {
        // SAFETY: a new anonymous mapping at an address of the kernel's choice touches nothing that exists.
        let base = unsafe { map(ptr::null_mut(), len, Protection::None, None)? };
        Ok(Self { base, len, access: Access::Exclusive })
    }

    /// Maps the first `len` bytes of `file`, private and read-only, with its pages mapped in ahead. Nobody may write to or shorten the file as
    /// long as the mapping lives.
    pub(crate) fn read_only(file: &File, len: usize) -> io::Result<Self> {
        // SAFETY: as above; a private mapping cannot change the file.
        let base = unsafe { map(ptr::null_mut(), len, Protection::Read, Some(file))? };
        let mut mapping = Self { base, len, access: Access::Shared };
        // One call instead of a fault for every 64 KiB; without it (before Linux 5.14) they are taken one by one.
        let _ = mapping.advise(0, len, libc::MADV_POPULATE_READ);
        Ok(mapping)
    }

    /// The contents of a read-only mapping.
    pub(crate) fn bytes(&self) -> &[u8] {
        debug_assert!(
            matches!(self.access, Access::Shared),
            "a mapping that changes has no contents to refer to"
        );
        // SAFETY: a read-only mapping is readable for as long as `self` lives; its file does not change, by the contract of `read_only`.
        unsafe { std::slice::from_raw_parts(self.base(), self.len) }
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Replaces the start of the mapping by the first `len` bytes of `file`, private and writable.
    pub(crate) fn overlay_file(&mut self, file: &File, len: usize) -> io::Result<()> {
        self.check(0, len)?;
        // SAFETY: the range is ours (checked), and `&mut self` says that nobody uses it.
        unsafe { map(self.base(), len, Protection::ReadWrite, Some(file))? };
        Ok(())
    }

    /// Replaces `[at, at + len)` by fresh, inaccessible, zeroed memory.
    pub(crate) fn clear(&mut self, at: usize, len: usize) -> io::Result<()> {
        self.check(at, len)?;
        // SAFETY: as in `overlay_file`.
        unsafe { map(self.base().add(at), len, Protection::None, None)? };
        Ok(())
    }

    /// Changes what may be done with `[at, at + len)`.
    pub(crate) fn protect(
        &mut self,
        at: usize,
        len: usize,
        protection: Protection,
    ) -> io::Result<()> {
        self.check(at, len)?;
        // SAFETY: the range is ours (checked).
        let result = unsafe { libc::mprotect(self.base().add(at).cast(), len, protection.flags()) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Gives the pages of `[at, at + len)` back to the kernel: the next access finds the file's contents, or zeros.
    pub(crate) fn discard(&mut self, at: usize, len: usize) -> io::Result<()> {
        self.advise(at, len, libc::MADV_DONTNEED)
    }

    /// Gives advice about `[at, at + len)`.
    pub(crate) fn advise(&mut self, at: usize, len: usize, advice: libc::c_int) -> io::Result<()> {
        self.check(at, len)?;
        // SAFETY: the range is ours (checked); `&mut self` says that nobody holds a reference into it.
        let result = unsafe { libc::madvise(self.base().add(at).cast(), len, advice) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    fn check(&self, at: usize, len: usize) -> io::Result<()> {
        if at.checked_add(len).is_some_and(|end| end <= self.len) {
            Ok(())
        } else {
            Err(io::Error::other("a range outside of its mapping"))
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is ours and nobody can use it any more.
        unsafe { libc::munmap(self.base().cast(), self.len) };
    }
}

/// # Safety
/// `at` is null, or `[at, at + len)` belongs to the caller and is not in use.
unsafe fn map(
    at: *mut u8,
    len: usize,
    protection: Protection,
    file: Option<&File>,
) -> io::Result<NonNull<u8>> {
    let fixed = if at.is_null() { 0 } else { libc::MAP_FIXED };
    let anonymous = if file.is_none() { libc::MAP_ANONYMOUS } else { 0 };
    // SAFETY: with a null address the kernel picks a free range; otherwise the caller vouches for it.
    let base = unsafe {
        libc::mmap(
            at.cast(),
            len,
            protection.flags(),
            libc::MAP_PRIVATE | libc::MAP_NORESERVE | fixed | anonymous,
            file.map_or(-1, AsRawFd::as_raw_fd),
            0,
        )
    };
    if base == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(base.cast()).ok_or_else(|| io::Error::other("mapped at address zero"))
}

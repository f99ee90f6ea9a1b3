//! The memory of a guest as its snapshot left it: what every slot starts from and is reset to.

use std::{
    fs::File,
    io,
    os::{
        fd::{FromRawFd as _, RawFd},
        unix::fs::FileExt as _,
    },
};

use super::{PAGE, map::Mapping};

/// An immutable memory image, backed by a file that slots map copy-on-write.
#[derive(Debug)]
pub(crate) struct MemoryImage {
    file: File,
    contents: Mapping,
}

impl MemoryImage {
    /// The image in `file`, whose whole contents `contents` maps.
    pub(crate) fn from_file(file: File, contents: Mapping) -> io::Result<Self> {
        if !contents.len().is_multiple_of(PAGE) || file.metadata()?.len() < contents.len() as u64 {
            return Err(io::Error::other("an image is a whole number of pages"));
        }
        Ok(Self { file, contents })
    }

    /// An image held in memory, for when there is no cache folder to put it in.
    pub(crate) fn from_bytes(bytes: &[u8]) -> io::Result<Self> {
        // SAFETY: creates a new descriptor from a NUL-terminated name.
        let fd: RawFd = unsafe {
            libc::memfd_create(
                c"coderunner-image".as_ptr(),
                libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING,
            )
        };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and ours alone.
        let file = unsafe { File::from_raw_fd(fd) };
        file.set_len(bytes.len() as u64)?;
        for (n, page) in bytes.chunks(PAGE).enumerate() {
            // Pages of zeros stay holes and cost nothing.
            if page.iter().any(|&b| b != 0) {
                file.write_all_at(page, (n * PAGE) as u64)?;
            }
        }
        let seals =
            libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE | libc::F_SEAL_SEAL;
        // SAFETY: a plain fcntl on a descriptor we hold.
        if unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, seals) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let contents = Mapping::read_only(&file, bytes.len())?;
        Self::from_file(file, contents)
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn len(&self) -> usize {
        self.contents.len()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.contents.bytes()
    }
}

//! The error numbers of WASI preview 1, and how host errors become them.

use std::io;

use crate::GuestEnd;

/// An error number as `wasi_snapshot_preview1` defines it; only those that are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Errno {
    Acces = 2,
    Badf = 8,
    Exist = 20,
    Fault = 21,
    Fbig = 22,
    Inval = 28,
    Io = 29,
    Isdir = 31,
    Loop = 32,
    Mfile = 33,
    Mlink = 34,
    Nametoolong = 37,
    Noent = 44,
    Nospc = 51,
    Nosys = 52,
    Notdir = 54,
    Notempty = 55,
    Notsock = 57,
    Notsup = 58,
    Overflow = 61,
    Perm = 63,
    Rofs = 69,
    Spipe = 70,
    Txtbsy = 74,
    Xdev = 75,
    Notcapable = 76,
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EACCES) => Self::Acces,
            Some(libc::EBADF) => Self::Badf,
            Some(libc::EEXIST) => Self::Exist,
            Some(libc::EFBIG) => Self::Fbig,
            Some(libc::EINVAL) => Self::Inval,
            Some(libc::EISDIR) => Self::Isdir,
            Some(libc::ELOOP) => Self::Loop,
            // The host's own descriptors: to the guest the same as its own bound.
            Some(libc::EMFILE | libc::ENFILE) => Self::Mfile,
            Some(libc::EMLINK) => Self::Mlink,
            Some(libc::ENAMETOOLONG) => Self::Nametoolong,
            Some(libc::ENOENT) => Self::Noent,
            Some(libc::ENOSPC | libc::EDQUOT) => Self::Nospc,
            Some(libc::ENOTDIR) => Self::Notdir,
            Some(libc::ENOTEMPTY) => Self::Notempty,
            Some(libc::EPERM) => Self::Perm,
            Some(libc::EROFS) => Self::Rofs,
            Some(libc::ESPIPE) => Self::Spipe,
            Some(libc::ETXTBSY) => Self::Txtbsy,
            Some(libc::EXDEV) => Self::Xdev,
            Some(_) => Self::Io,
            // cap-std's own refusals carry no number: the path would leave the folder.
            None => match error.kind() {
                io::ErrorKind::PermissionDenied => Self::Notcapable,
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Self::Inval,
                io::ErrorKind::NotFound => Self::Noent,
                _ => Self::Io,
            },
        }
    }
}

/// What keeps a host function from succeeding: an answer to the guest, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Errno(Errno),
    End(GuestEnd),
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Errno(error.into())
    }
}

impl From<GuestEnd> for Fault {
    fn from(end: GuestEnd) -> Self {
        Self::End(end)
    }
}

/// Turns the result of a host function into what the engine expects of it.
pub(crate) fn answer(result: Result<(), Fault>) -> wasmtime::Result<i32> {
    match result {
        Ok(()) => Ok(0),
        Err(Fault::Errno(errno)) => Ok(errno as i32),
        Err(Fault::End(end)) => Err(wasmtime::Error::new(end)),
    }
}

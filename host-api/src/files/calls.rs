//! The `fd_*` and `path_*` functions of WASI preview 1 over an execution's files.
//!
//! Rights are not modelled: a descriptor allows what it was opened for, and the folder's bounds hold for all of them.

use std::{
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cap_std::fs::{
    Dir, FileTypeExt as _, Metadata, MetadataExt as _, OpenOptions, OpenOptionsExt as _,
};
use coderunner_executor::Resource;
use wasmtime::{Caller, Linker};

use super::{
    Files, SANDBOX,
    table::{Descriptor, Entry, OpenDir, OpenFile, ROOT},
};
use crate::{
    GuestEnd, HostState, WASI,
    errno::{Errno, Fault, answer},
    memory::{View, iovec_count, view},
    output::Written,
};

const FILETYPE_UNKNOWN: u8 = 0;
const FILETYPE_DIRECTORY: u8 = 3;
const FILETYPE_REGULAR: u8 = 4;
const FILETYPE_SYMLINK: u8 = 7;

const OFLAGS_CREAT: i32 = 1;
const OFLAGS_DIRECTORY: i32 = 2;
const OFLAGS_EXCL: i32 = 4;
const OFLAGS_TRUNC: i32 = 8;
const FDFLAGS_APPEND: i32 = 1;
const RIGHT_FD_READ: i64 = 1 << 1;
const RIGHT_FD_WRITE: i64 = 1 << 6;
const LOOKUP_SYMLINK_FOLLOW: i32 = 1;
const FST_ATIM: i32 = 1;
const FST_ATIM_NOW: i32 = 2;
const FST_MTIM: i32 = 4;
const FST_MTIM_NOW: i32 = 8;
/// All rights of preview 1: bits 0 to 29.
const RIGHTS_ALL: u64 = (1 << 30) - 1;
/// The size of a `dirent` header.
const DIRENT_BYTES: usize = 24;
/// The name under which the preopened folder is announced.
const ROOT_NAME: &[u8] = b"/";
/// Another name of the working folder, below the root: what programs written by assistants call it.
const DATA: &str = "mnt/data";
/// The device number that guests see: the host's own stays its own.
const DEVICE: u64 = 1;

type Guest<'a> = Caller<'a, HostState>;

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    descriptors(linker)?;
    data(linker)?;
    metadata(linker)?;
    paths(linker)?;
    Ok(())
}

/// Functions on descriptors themselves.
fn descriptors(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "fd_close", |mut caller: Guest<'_>, fd: i32| {
        answer(caller.data_mut().files.close(fd))
    })?;
    linker.func_wrap(WASI, "fd_renumber", |mut caller: Guest<'_>, from: i32, to: i32| {
        answer((|| {
            let files = &mut caller.data_mut().files;
            if from <= ROOT || to <= ROOT {
                // The libc inside relies on the standard descriptors and the preopen staying what they are.
                return Err(Errno::Notsup.into());
            }
            if let Some(Descriptor::File(file)) = files.table.renumber(from, to)? {
                files.forget(&file)?;
            }
            Ok(())
        })())
    })?;
    linker.func_wrap(WASI, "fd_fdstat_get", |mut caller: Guest<'_>, fd: i32, at: i32| {
        answer((|| {
            let mut view = view(&mut caller)?;
            let (kind, flags) = match view.state.files.table.get(fd)? {
                Descriptor::Stdin | Descriptor::Output(_) => (FILETYPE_UNKNOWN, 0),
                Descriptor::Root { .. } | Descriptor::Dir(_) => (FILETYPE_DIRECTORY, 0),
                Descriptor::File(file) => (FILETYPE_REGULAR, u8::from(file.append)),
            };
            let mut record = [0; 24];
            record[0] = kind;
            record[2] = flags;
            record[8..16].copy_from_slice(&RIGHTS_ALL.to_le_bytes());
            record[16..24].copy_from_slice(&RIGHTS_ALL.to_le_bytes());
            Ok(view.write(at, &record)?)
        })())
    })?;
    linker.func_wrap(
        WASI,
        "fd_fdstat_set_flags",
        |mut caller: Guest<'_>, fd: i32, flags: i32| {
            answer((|| match caller.data_mut().files.table.get_mut(fd)? {
                // Appending is a property of the open file here; changing it later is not offered.
                Descriptor::File(file) if file.append != (flags & FDFLAGS_APPEND != 0) => {
                    Err(Errno::Notsup.into())
                }
                _ => Ok(()),
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_fdstat_set_rights",
        |caller: Guest<'_>, fd: i32, _: i64, _: i64| {
            answer(caller.data().files.table.get(fd).map(|_| ()).map_err(Fault::from))
        },
    )?;
    linker.func_wrap(WASI, "fd_prestat_get", |mut caller: Guest<'_>, fd: i32, at: i32| {
        answer((|| {
            if fd != ROOT {
                return Err(Errno::Badf.into());
            }
            let mut view = view(&mut caller)?;
            view.write_u32(at, 0)?;
            Ok(view.write_u32(at.wrapping_add(4), 1)?)
        })())
    })?;
    linker.func_wrap(
        WASI,
        "fd_prestat_dir_name",
        |mut caller: Guest<'_>, fd: i32, at: i32, len: i32| {
            answer((|| {
                if fd != ROOT {
                    return Err(Errno::Badf.into());
                }
                if (len.cast_unsigned() as usize) < ROOT_NAME.len() {
                    return Err(Errno::Nametoolong.into());
                }
                Ok(view(&mut caller)?.write(at, ROOT_NAME)?)
            })())
        },
    )?;
    Ok(())
}

/// Reading, writing, seeking.
fn data(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "fd_write",
        |mut caller: Guest<'_>, (fd, iovecs, count, written_at): (i32, i32, i32, i32)| {
            Box::new(
                async move { answer(fd_write(&mut caller, fd, iovecs, count, written_at).await) },
            )
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_read",
        |mut caller: Guest<'_>, (fd, iovecs, count, read_at): (i32, i32, i32, i32)| {
            Box::new(async move { answer(fd_read(&mut caller, fd, iovecs, count, read_at).await) })
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_pread",
        |mut caller: Guest<'_>, fd: i32, iovecs: i32, count: i32, offset: i64, read_at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let read = read_file(&mut view, fd, iovecs, count, Some(offset.cast_unsigned()))?;
                Ok(view.write_u32(read_at, read)?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_pwrite",
        |mut caller: Guest<'_>, fd: i32, iovecs: i32, count: i32, offset: i64, written_at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let written =
                    write_file(&mut view, fd, iovecs, count, Some(offset.cast_unsigned()))?;
                Ok(view.write_u32(written_at, written)?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_seek",
        |mut caller: Guest<'_>, fd: i32, offset: i64, whence: i32, at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let mut file = &view.state.files.table.file(fd)?.file;
                let position = match whence {
                    0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
                    1 => SeekFrom::Current(offset),
                    2 => SeekFrom::End(offset),
                    _ => return Err(Errno::Inval.into()),
                };
                let position = file.seek(position)?;
                Ok(view.write_u64(at, position)?)
            })())
        },
    )?;
    linker.func_wrap(WASI, "fd_tell", |mut caller: Guest<'_>, fd: i32, at: i32| {
        answer((|| {
            let mut view = view(&mut caller)?;
            let position = (&view.state.files.table.file(fd)?.file).stream_position()?;
            Ok(view.write_u64(at, position)?)
        })())
    })?;
    // The folder does not outlive the execution, so there is nothing to make durable.
    for name in ["fd_sync", "fd_datasync"] {
        linker.func_wrap(WASI, name, |caller: Guest<'_>, fd: i32| {
            answer(caller.data().files.table.get(fd).map(|_| ()).map_err(Fault::from))
        })?;
    }
    linker.func_wrap(WASI, "fd_advise", |caller: Guest<'_>, fd: i32, _: i64, _: i64, _: i32| {
        answer(caller.data().files.table.file(fd).map(|_| ()).map_err(Fault::from))
    })?;
    linker.func_wrap(
        WASI,
        "fd_allocate",
        |mut caller: Guest<'_>, fd: i32, offset: i64, len: i64| {
            answer((|| {
                let end = offset
                    .checked_add(len)
                    .and_then(|end| u64::try_from(end).ok())
                    .ok_or(Errno::Inval)?;
                let files = &mut caller.data_mut().files;
                let size = files.table.file(fd)?.file.metadata()?.len();
                if end > size { files.resize(fd, end) } else { Ok(()) }
            })())
        },
    )?;
    Ok(())
}

/// Sizes, times, listings.
fn metadata(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "fd_filestat_get", |mut caller: Guest<'_>, fd: i32, at: i32| {
        answer((|| {
            let mut view = view(&mut caller)?;
            let record = match view.state.files.table.get(fd)? {
                Descriptor::Stdin | Descriptor::Output(_) => stream_filestat(),
                Descriptor::Root { .. } => {
                    let root = view.state.files.folder.make()?;
                    filestat(&root.dir_metadata()?)
                }
                Descriptor::Dir(open) => filestat(&open.dir.dir_metadata()?),
                Descriptor::File(open) => filestat(&open.file.metadata()?),
            };
            if record != stream_filestat() {
                view.state.told_what_varies();
            }
            Ok(view.write(at, &record)?)
        })())
    })?;
    linker.func_wrap(
        WASI,
        "fd_filestat_set_size",
        |mut caller: Guest<'_>, fd: i32, size: i64| {
            answer((|| {
                let size = u64::try_from(size).map_err(|_| Errno::Inval)?;
                caller.data_mut().files.resize(fd, size)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_filestat_set_times",
        |caller: Guest<'_>, fd: i32, accessed: i64, modified: i64, flags: i32| {
            answer((|| {
                let file = caller.data().files.table.file(fd)?.file.try_clone()?.into_std();
                Ok(file.set_times(times(accessed, modified, flags)?)?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "fd_readdir",
        |mut caller: Guest<'_>, fd: i32, at: i32, len: i32, cookie: i64, used_at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let entries = view.state.files.listing(fd, cookie == 0)?;
                // Their order and numbers are the host's.
                view.state.told_what_varies();
                let records = dirents(&entries, cookie, len.cast_unsigned() as usize);
                view.write(at, &records)?;
                Ok(view.write_u32(
                    used_at,
                    u32::try_from(records.len()).map_err(|_| Errno::Overflow)?,
                )?)
            })())
        },
    )?;
    Ok(())
}

/// Functions on paths.
fn paths(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        WASI,
        "path_open",
        |mut caller: Guest<'_>,
         fd: i32,
         _lookup: i32,
         path: i32,
         len: i32,
         oflags: i32,
         rights: i64,
         _inheriting: i64,
         fdflags: i32,
         opened_at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                let opened = view.state.files.open(fd, &path, oflags, rights, fdflags)?;
                Ok(view.write(opened_at, &opened.to_le_bytes())?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_filestat_get",
        |mut caller: Guest<'_>, fd: i32, lookup: i32, path: i32, len: i32, at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                let dir = view.state.files.look_up(fd, &path)?;
                let found = if lookup & LOOKUP_SYMLINK_FOLLOW == 0 {
                    dir.symlink_metadata(&path)?
                } else {
                    dir.metadata(&path)?
                };
                view.state.told_what_varies();
                Ok(view.write(at, &filestat(&found))?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_filestat_set_times",
        |mut caller: Guest<'_>,
         fd: i32,
         _lookup: i32,
         path: i32,
         len: i32,
         accessed: i64,
         modified: i64,
         flags: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                let dir = view.state.files.look_up(fd, &path)?;
                // Opened first, so that the path is resolved below the folder like any other.
                let mut options = OpenOptions::new();
                options.read(true).custom_flags(libc::O_NONBLOCK);
                let file = dir.open_with(&path, &options)?.into_std();
                Ok(file.set_times(times(accessed, modified, flags)?)?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_create_directory",
        |mut caller: Guest<'_>, fd: i32, path: i32, len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                view.state.files.create_entry(fd, |dir| dir.create_dir(&path))
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_symlink",
        |mut caller: Guest<'_>, target: i32, target_len: i32, fd: i32, path: i32, len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let target = view.text(target, target_len)?.to_owned();
                let path = named(&view, fd, path, len)?;
                // cap-std refuses absolute targets; relative ones are resolved below the folder when they are followed.
                view.state.files.create_entry(fd, |dir| dir.symlink(&target, &path))
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_link",
        |mut caller: Guest<'_>,
         from_fd: i32,
         _lookup: i32,
         from: i32,
         from_len: i32,
         fd: i32,
         path: i32,
         len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let from = named(&view, from_fd, from, from_len)?;
                let path = named(&view, fd, path, len)?;
                let source = view.state.files.look_up(from_fd, &from)?.try_clone()?;
                view.state.files.create_entry(fd, |dir| source.hard_link(&from, dir, &path))
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_readlink",
        |mut caller: Guest<'_>, fd: i32, path: i32, len: i32, at: i32, room: i32, used_at: i32| {
            answer((|| {
                let mut view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                let target = view.state.files.look_up(fd, &path)?.read_link(&path)?;
                let target = target.as_os_str().as_encoded_bytes();
                let fitting = target.get(..room.cast_unsigned() as usize).unwrap_or(target);
                view.write(at, fitting)?;
                Ok(view.write_u32(
                    used_at,
                    u32::try_from(fitting.len()).map_err(|_| Errno::Overflow)?,
                )?)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_unlink_file",
        |mut caller: Guest<'_>, fd: i32, path: i32, len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                view.state.files.unlink(fd, &path)
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_remove_directory",
        |mut caller: Guest<'_>, fd: i32, path: i32, len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let path = named(&view, fd, path, len)?;
                view.state.files.look_up(fd, &path)?.remove_dir(&path)?;
                view.state.files.folder.give_entry();
                Ok(())
            })())
        },
    )?;
    linker.func_wrap(
        WASI,
        "path_rename",
        |mut caller: Guest<'_>,
         from_fd: i32,
         from: i32,
         from_len: i32,
         fd: i32,
         path: i32,
         len: i32| {
            answer((|| {
                let view = view(&mut caller)?;
                let from = named(&view, from_fd, from, from_len)?;
                let path = named(&view, fd, path, len)?;
                view.state.files.rename(from_fd, &from, fd, &path)
            })())
        },
    )?;
    Ok(())
}

/// The path that a guest names, seen from the descriptor `fd`.
fn named(view: &View<'_>, fd: i32, at: i32, len: i32) -> Result<String, Errno> {
    let path = view.text(at, len)?;
    match path.strip_prefix(DATA) {
        Some(rest) if fd == ROOT && (rest.is_empty() || rest.starts_with('/')) => {
            Ok(format!("{SANDBOX}{rest}"))
        }
        _ => Ok(path.to_owned()),
    }
}

async fn fd_write(
    caller: &mut Guest<'_>,
    fd: i32,
    iovecs: i32,
    count: i32,
    written_at: i32,
) -> Result<(), Fault> {
    let mut view = view(caller)?;
    let Descriptor::Output(stream) = *view.state.files.table.get(fd)? else {
        let written = write_file(&mut view, fd, iovecs, count, None)?;
        return Ok(view.write_u32(written_at, written)?);
    };
    let (mut written, mut wait) = (0_usize, false);
    for n in 0..iovec_count(count)? {
        let bytes = view.iovec_bytes(view.iovec(iovecs, n)?);
        match view.state.output.write(stream, bytes) {
            Written::All => {}
            Written::AllButWait => wait = true,
            Written::LimitReached => return Err(GuestEnd::Limit(Resource::Output).into()),
        }
        written += bytes.len();
    }
    view.write_u32(written_at, u32::try_from(written).map_err(|_| Errno::Overflow)?)?;
    if wait {
        let output = caller.data().output();
        output.flush().await.map_err(GuestEnd::from)?;
    }
    Ok(())
}

async fn fd_read(
    caller: &mut Guest<'_>,
    fd: i32,
    iovecs: i32,
    count: i32,
    read_at: i32,
) -> Result<(), Fault> {
    if let Descriptor::Stdin = caller.data().files.table.get(fd)? {
        if caller.data().input.available() == 0 {
            // A prompt should be seen before its answer is waited for.
            let output = caller.data().output();
            output.flush().await.map_err(GuestEnd::from)?;
            caller.data_mut().input.ready().await;
        }
        let mut view = view(caller)?;
        let mut read = 0;
        for n in 0..iovec_count(count)? {
            let iovec = view.iovec(iovecs, n)?;
            let View { memory, state } = &mut view;
            read += state.input.read(iovec.of(memory));
        }
        return Ok(view.write_u32(read_at, u32::try_from(read).map_err(|_| Errno::Overflow)?)?);
    }
    let mut view = view(caller)?;
    let read = read_file(&mut view, fd, iovecs, count, None)?;
    Ok(view.write_u32(read_at, read)?)
}

/// Reads from the file `fd` into guest memory, at `offset` or where the descriptor stands.
fn read_file(
    view: &mut View<'_>,
    fd: i32,
    iovecs: i32,
    count: i32,
    offset: Option<u64>,
) -> Result<u32, Fault> {
    use cap_std::fs::FileExt as _;
    let mut total = 0_u64;
    for n in 0..iovec_count(count)? {
        let iovec = view.iovec(iovecs, n)?;
        let View { memory, state } = view;
        let mut file = &state.files.table.file(fd)?.file;
        let buffer = iovec.of(memory);
        let wanted = buffer.len();
        let read = match offset {
            Some(offset) => file.read_at(buffer, offset.saturating_add(total))?,
            None => file.read(buffer)?,
        };
        total += read as u64;
        if read < wanted {
            break;
        }
    }
    Ok(u32::try_from(total).map_err(|_| Errno::Overflow)?)
}

/// Writes guest memory to the file `fd`, at `offset` or where the descriptor stands, within the disk limit.
fn write_file(
    view: &mut View<'_>,
    fd: i32,
    iovecs: i32,
    count: i32,
    offset: Option<u64>,
) -> Result<u32, Fault> {
    use cap_std::fs::FileExt as _;
    let mut total = 0_u64;
    for n in 0..iovec_count(count)? {
        let iovec = view.iovec(iovecs, n)?;
        let View { memory, state } = view;
        let bytes = &*iovec.of(memory);
        if bytes.is_empty() {
            continue;
        }
        let Files { folder, table } = &mut state.files;
        let OpenFile { file, append, .. } = table.file(fd)?;
        let mut file = file;
        let size = file.metadata()?.len();
        let position = match offset {
            _ if *append => size,
            Some(offset) => offset.saturating_add(total),
            None => file.stream_position()?,
        };
        let grows = position.saturating_add(bytes.len() as u64).saturating_sub(size);
        if let Err(errno) = folder.take_bytes(grows) {
            // As on a full disk: what was written before counts, the rest is refused at the next call.
            return if total > 0 {
                Ok(u32::try_from(total).map_err(|_| Errno::Overflow)?)
            } else {
                Err(errno.into())
            };
        }
        let written = match offset {
            Some(offset) if !*append => file.write_all_at(bytes, offset.saturating_add(total)),
            _ => file.write_all(bytes),
        };
        if let Err(error) = written {
            // The file may have grown by a part of it.
            let grown = file.metadata()?.len().saturating_sub(size);
            folder.give_bytes(grows.saturating_sub(grown));
            return Err(error.into());
        }
        total += bytes.len() as u64;
    }
    Ok(u32::try_from(total).map_err(|_| Errno::Overflow)?)
}

impl Files {
    /// The directory behind `fd`, made if it is the root and was not yet.
    fn dir(&mut self, fd: i32) -> Result<&Dir, Fault> {
        match self.table.get(fd)? {
            Descriptor::Root { .. } => Ok(self.folder.make()?),
            Descriptor::Dir(open) => Ok(&open.dir),
            Descriptor::File(_) | Descriptor::Stdin | Descriptor::Output(_) => {
                Err(Errno::Notdir.into())
            }
        }
    }

    /// The directory behind `fd`, in which `path` is to be looked up. `ENOENT` at once when nothing can be there yet.
    fn look_up(&mut self, fd: i32, path: &str) -> Result<&Dir, Fault> {
        if path.starts_with('/') {
            return Err(Errno::Notcapable.into());
        }
        if matches!(self.table.get(fd)?, Descriptor::Root { .. }) && !self.folder.may_exist(path) {
            return Err(Errno::Noent.into());
        }
        self.dir(fd)
    }

    fn open(
        &mut self,
        fd: i32,
        path: &str,
        oflags: i32,
        rights: i64,
        fdflags: i32,
    ) -> Result<i32, Fault> {
        if !self.table.has_room() {
            return Err(Errno::Mfile.into());
        }
        let create = oflags & OFLAGS_CREAT != 0;
        let wants_dir = oflags & OFLAGS_DIRECTORY != 0;
        let write = rights & RIGHT_FD_WRITE != 0 || oflags & OFLAGS_TRUNC != 0 || create;
        let append = fdflags & FDFLAGS_APPEND != 0;
        if create {
            self.dir(fd)?;
        } else {
            self.look_up(fd, path)?;
        }
        let dir = self.dir(fd)?.try_clone()?;
        // What is there now decides what is opened and what is counted. The guest is alone in its folder, so nothing changes in between.
        let existing = dir.metadata(path).ok();
        if wants_dir || (!write && existing.as_ref().is_some_and(Metadata::is_dir)) {
            if create {
                return Err(Errno::Inval.into());
            }
            let dir = dir.open_dir(path)?;
            return Ok(self.table.insert(Descriptor::Dir(OpenDir { dir, listing: None }))?);
        }
        let mut options = OpenOptions::new();
        options
            .read(rights & RIGHT_FD_READ != 0 || !write)
            .write(write)
            .append(append && write)
            .create(create)
            .create_new(create && oflags & OFLAGS_EXCL != 0)
            .truncate(oflags & OFLAGS_TRUNC != 0)
            // No device can be in the folder, but opening must never block the host.
            .custom_flags(libc::O_NONBLOCK);
        let creates = create && existing.is_none();
        if creates {
            self.folder.take_entry()?;
        }
        let file = match dir.open_with(path, &options) {
            Ok(file) => file,
            Err(error) => {
                if creates {
                    self.folder.give_entry();
                }
                return Err(error.into());
            }
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.file_type().is_fifo() {
            return Err(Errno::Acces.into());
        }
        if oflags & OFLAGS_TRUNC != 0
            && let Some(old) = existing
        {
            self.folder.give_bytes(old.len());
        }
        let open = OpenFile { file, append: append && write, inode: metadata.ino() };
        Ok(self.table.insert(Descriptor::File(open))?)
    }

    fn close(&mut self, fd: i32) -> Result<(), Fault> {
        // Streams can be closed as on any system; the preopen must stay for the libc inside.
        if fd == ROOT {
            return Err(Errno::Notsup.into());
        }
        if let Descriptor::File(file) = self.table.remove(fd)? {
            self.forget(&file)?;
        }
        Ok(())
    }

    /// Gives back the bytes of a file that was unlinked while it was open, when its last descriptor is gone.
    fn forget(&mut self, file: &OpenFile) -> Result<(), Fault> {
        let metadata = file.file.metadata()?;
        if metadata.nlink() == 0 && !self.table.holds(file.inode) {
            self.folder.give_bytes(metadata.len());
        }
        Ok(())
    }

    /// Counts what disappears when the last name of `old` is removed or replaced.
    fn unlinked(&mut self, old: &Metadata) {
        self.folder.give_entry();
        // A file that is still open keeps its bytes until it is closed.
        if old.is_file() && old.nlink() == 1 && !self.table.holds(old.ino()) {
            self.folder.give_bytes(old.len());
        }
    }

    fn resize(&mut self, fd: i32, size: u64) -> Result<(), Fault> {
        let Self { folder, table } = self;
        let file = &table.file(fd)?.file;
        let old = file.metadata()?.len();
        folder.take_bytes(size.saturating_sub(old))?;
        if let Err(error) = file.set_len(size) {
            folder.give_bytes(size.saturating_sub(old));
            return Err(error.into());
        }
        folder.give_bytes(old.saturating_sub(size));
        Ok(())
    }

    fn create_entry(
        &mut self,
        fd: i32,
        create: impl FnOnce(&Dir) -> io::Result<()>,
    ) -> Result<(), Fault> {
        self.folder.take_entry()?;
        let created = match self.dir(fd) {
            Ok(dir) => create(dir).map_err(Fault::from),
            Err(fault) => Err(fault),
        };
        if created.is_err() {
            self.folder.give_entry();
        }
        created
    }

    fn unlink(&mut self, fd: i32, path: &str) -> Result<(), Fault> {
        let dir = self.look_up(fd, path)?;
        let old = dir.symlink_metadata(path)?;
        if old.is_dir() {
            return Err(Errno::Isdir.into());
        }
        dir.remove_file(path)?;
        self.unlinked(&old);
        Ok(())
    }

    fn rename(&mut self, from_fd: i32, from: &str, fd: i32, path: &str) -> Result<(), Fault> {
        let source = self.look_up(from_fd, from)?.try_clone()?;
        let target = self.dir(fd)?;
        let replaced = target.symlink_metadata(path).ok();
        let moved = source.symlink_metadata(from)?;
        source.rename(from, target, path)?;
        // Renaming a file to another name of itself does nothing.
        if let Some(replaced) = replaced
            && replaced.ino() != moved.ino()
        {
            self.unlinked(&replaced);
        }
        Ok(())
    }

    /// The entries of the directory `fd`, as they were when the listing began.
    fn listing(&mut self, fd: i32, restart: bool) -> Result<Vec<Entry>, Fault> {
        let (old, dir) = match self.table.get(fd)? {
            Descriptor::Root { listing } => (listing, None),
            Descriptor::Dir(open) => (&open.listing, Some(&open.dir)),
            Descriptor::File(_) | Descriptor::Stdin | Descriptor::Output(_) => {
                return Err(Errno::Notdir.into());
            }
        };
        if let Some(entries) = old
            && !restart
        {
            return Ok(entries.clone());
        }
        let fresh = match dir {
            Some(dir) => list(dir)?,
            None => list(self.folder.make()?)?,
        };
        if let Descriptor::Root { listing } | Descriptor::Dir(OpenDir { listing, .. }) =
            self.table.get_mut(fd)?
        {
            *listing = Some(fresh.clone());
        }
        Ok(fresh)
    }
}

fn list(dir: &Dir) -> io::Result<Vec<Entry>> {
    let own = dir.dir_metadata()?.ino();
    let dot = |name: &str| Entry { name: name.to_owned(), inode: own, kind: FILETYPE_DIRECTORY };
    let mut entries = vec![dot("."), dot("..")];
    for entry in dir.entries()? {
        let entry = entry?;
        // Names come from WASI calls, which take UTF-8 only.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type()?;
        let kind = match () {
            () if kind.is_dir() => FILETYPE_DIRECTORY,
            () if kind.is_symlink() => FILETYPE_SYMLINK,
            () => FILETYPE_REGULAR,
        };
        entries.push(Entry { name, inode: std::os::unix::fs::DirEntryExt::ino(&entry), kind });
    }
    // The same program sees the same order on every host file system.
    entries[2..].sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// `dirent` records from `cookie` on, cut at `room` bytes as preview 1 wants it.
fn dirents(entries: &[Entry], cookie: i64, room: usize) -> Vec<u8> {
    let from = usize::try_from(cookie).unwrap_or(usize::MAX);
    let mut records = Vec::new();
    for (n, entry) in entries.iter().enumerate().skip(from) {
        if records.len() >= room {
            break;
        }
        let mut header = [0; DIRENT_BYTES];
        header[0..8].copy_from_slice(&(n as u64 + 1).to_le_bytes());
        header[8..16].copy_from_slice(&entry.inode.to_le_bytes());
        // A name is at most 255 bytes long (`NAME_MAX`).
        header[16..20].copy_from_slice(&u32::try_from(entry.name.len()).unwrap_or(0).to_le_bytes());
        header[20] = entry.kind;
        records.extend_from_slice(&header);
        records.extend_from_slice(entry.name.as_bytes());
    }
    records.truncate(room);
    records
}

/// A `filestat` record.
fn filestat(metadata: &Metadata) -> [u8; 64] {
    let kind = match () {
        () if metadata.is_dir() => FILETYPE_DIRECTORY,
        () if metadata.is_symlink() => FILETYPE_SYMLINK,
        () => FILETYPE_REGULAR,
    };
    let nanos = |secs: i64, nanos: i64| {
        u64::try_from(secs)
            .unwrap_or(0)
            .saturating_mul(1_000_000_000)
            .saturating_add(u64::try_from(nanos).unwrap_or(0))
    };
    let mut record = [0; 64];
    record[0..8].copy_from_slice(&DEVICE.to_le_bytes());
    record[8..16].copy_from_slice(&metadata.ino().to_le_bytes());
    record[16] = kind;
    record[24..32].copy_from_slice(&metadata.nlink().to_le_bytes());
    record[32..40].copy_from_slice(&metadata.len().to_le_bytes());
    record[40..48].copy_from_slice(&nanos(metadata.atime(), metadata.atime_nsec()).to_le_bytes());
    record[48..56].copy_from_slice(&nanos(metadata.mtime(), metadata.mtime_nsec()).to_le_bytes());
    record[56..64].copy_from_slice(&nanos(metadata.ctime(), metadata.ctime_nsec()).to_le_bytes());
    record
}

/// The `filestat` record of a standard stream.
fn stream_filestat() -> [u8; 64] {
    let mut record = [0; 64];
    record[0..8].copy_from_slice(&DEVICE.to_le_bytes());
    record[16] = FILETYPE_UNKNOWN;
    record[24..32].copy_from_slice(&1_u64.to_le_bytes());
    record
}

/// The times that `flags` asks to set.
fn times(accessed: i64, modified: i64, flags: i32) -> Result<std::fs::FileTimes, Errno> {
    let time = |nanos: i64, set: i32, now: i32| match (flags & set != 0, flags & now != 0) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(Some(UNIX_EPOCH + Duration::from_nanos(nanos.cast_unsigned()))),
        (false, true) => Ok(Some(SystemTime::now())),
        (false, false) => Ok(None),
    };
    let mut times = std::fs::FileTimes::new();
    if let Some(time) = time(accessed, FST_ATIM, FST_ATIM_NOW)? {
        times = times.set_accessed(time);
    }
    if let Some(time) = time(modified, FST_MTIM, FST_MTIM_NOW)? {
        times = times.set_modified(time);
    }
    Ok(times)
}

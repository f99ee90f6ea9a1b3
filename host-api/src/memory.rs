//! Checked access to a guest's memory.
//!
//! Guest pointers are `i32`s to be read as `u32`s; anything out of bounds is the guest's mistake and answered with `EFAULT`.

use std::ops::Range;

use wasmtime::Caller;

use crate::{HostState, errno::Errno};

/// The guest's memory and the host's state, borrowed together for one call.
pub(crate) struct View<'a> {
    pub(crate) memory: &'a mut [u8],
    pub(crate) state: &'a mut HostState,
}

/// A contiguous piece of guest memory named by an I/O vector.
#[derive(Clone, Copy)]
pub(crate) struct IoVec {
    at: usize,
    len: usize,
}

impl IoVec {
    /// The piece itself; `memory` is the one that the vector was checked against.
    pub(crate) fn of(self, memory: &mut [u8]) -> &mut [u8] {
        memory.get_mut(self.at..self.at + self.len).unwrap_or_default()
    }
}

/// The most I/O vectors in one call: what Linux takes (`IOV_MAX`).
const IOVECS_MAX: i32 = 1024;

/// Borrows the guest's memory and the host's state.
pub(crate) fn view<'a>(caller: &'a mut Caller<'_, HostState>) -> Result<View<'a>, Errno> {
    let memory = caller.data().memory().ok_or(Errno::Fault)?;
    let (memory, state) = memory.data_and_store_mut(caller);
    Ok(View { memory, state })
}

pub(crate) fn range(at: i32, len: usize) -> Range<usize> {
    let at = at.cast_unsigned() as usize;
    at..at.saturating_add(len)
}

impl View<'_> {
    pub(crate) fn bytes(&self, at: i32, len: i32) -> Result<&[u8], Errno> {
        self.memory.get(range(at, len.cast_unsigned() as usize)).ok_or(Errno::Fault)
    }

    pub(crate) fn bytes_mut(&mut self, at: i32, len: usize) -> Result<&mut [u8], Errno> {
        self.memory.get_mut(range(at, len)).ok_or(Errno::Fault)
    }

    /// A path argument.
    pub(crate) fn text(&self, at: i32, len: i32) -> Result<&str, Errno> {
        let bytes = self.bytes(at, len)?;
        if bytes.contains(&0) {
            return Err(Errno::Inval);
        }
        // Host paths are UTF-8 here: WASI defines its paths so.
        std::str::from_utf8(bytes).map_err(|_| Errno::Inval)
    }

    pub(crate) fn write(&mut self, at: i32, bytes: &[u8]) -> Result<(), Errno> {
        self.bytes_mut(at, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn write_u32(&mut self, at: i32, value: u32) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    pub(crate) fn write_u64(&mut self, at: i32, value: u64) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    pub(crate) fn read_u32(&self, at: usize) -> Result<u32, Errno> {
        let bytes = self.memory.get(at..at.saturating_add(4)).ok_or(Errno::Fault)?;
        Ok(u32::from_le_bytes(bytes.try_into().map_err(|_| Errno::Fault)?))
    }

    pub(crate) fn read_u64(&self, at: usize) -> Result<u64, Errno> {
        let bytes = self.memory.get(at..at.saturating_add(8)).ok_or(Errno::Fault)?;
        Ok(u64::from_le_bytes(bytes.try_into().map_err(|_| Errno::Fault)?))
    }

    /// The `index`-th I/O vector of the array at `iovecs`, checked to lie in memory.
    pub(crate) fn iovec(&self, iovecs: i32, index: i32) -> Result<IoVec, Errno> {
        let entry =
            (iovecs.cast_unsigned() as usize).saturating_add(index.cast_unsigned() as usize * 8);
        let (at, len) = (self.read_u32(entry)? as usize, self.read_u32(entry + 4)? as usize);
        self.memory.get(at..at.saturating_add(len)).ok_or(Errno::Fault)?;
        Ok(IoVec { at, len })
    }

    pub(crate) fn iovec_bytes(&self, iovec: IoVec) -> &[u8] {
        self.memory.get(iovec.at..iovec.at + iovec.len).unwrap_or_default()
    }
}

/// Checks the length of an I/O vector array.
pub(crate) fn iovec_count(count: i32) -> Result<i32, Errno> {
    if (0..=IOVECS_MAX).contains(&count) { Ok(count) } else { Err(Errno::Inval) }
}

//! The open descriptors of one execution.

use cap_std::fs::{Dir, File};
use coderunner_executor::OutputStream;

use crate::errno::Errno;

/// Descriptors open at one time, the standard ones included.
const OPEN_MAX: usize = 64;
/// The descriptor of the preopened folder.
pub(crate) const ROOT: i32 = 3;

/// What a descriptor stands for.
#[derive(Debug)]
pub(crate) enum Descriptor {
    Stdin,
    Output(OutputStream),
    /// The preopened folder, whether or not it was made yet.
    Root {
        listing: Option<Vec<Entry>>,
    },
    File(OpenFile),
    Dir(OpenDir),
}

#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: File,
    pub(crate) append: bool,
    pub(crate) inode: u64,
}

#[derive(Debug)]
pub(crate) struct OpenDir {
    pub(crate) dir: Dir,
    pub(crate) listing: Option<Vec<Entry>>,
}

/// A directory entry as it was when the listing began.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) inode: u64,
    pub(crate) kind: u8,
}

/// Descriptors by number.
#[derive(Debug)]
pub(crate) struct Table(Vec<Option<Descriptor>>);

impl Default for Table {
    fn default() -> Self {
        Self(vec![
            Some(Descriptor::Stdin),
            Some(Descriptor::Output(OutputStream::Stdout)),
            Some(Descriptor::Output(OutputStream::Stderr)),
            Some(Descriptor::Root { listing: None }),
        ])
    }
}

impl Table {
    pub(crate) fn get(&self, fd: i32) -> Result<&Descriptor, Errno> {
        index(fd).and_then(|n| self.0.get(n)).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    pub(crate) fn get_mut(&mut self, fd: i32) -> Result<&mut Descriptor, Errno> {
        index(fd).and_then(|n| self.0.get_mut(n)).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    pub(crate) fn file(&self, fd: i32) -> Result<&OpenFile, Errno> {
        match self.get(fd)? {
            Descriptor::File(file) => Ok(file),
            Descriptor::Dir(_) | Descriptor::Root { .. } => Err(Errno::Isdir),
            Descriptor::Stdin | Descriptor::Output(_) => Err(Errno::Spipe),
        }
    }

    /// Whether another descriptor may be opened.
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < OPEN_MAX || self.0.iter().any(Option::is_none)
    }

    /// Gives `descriptor` the lowest free number.
    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<i32, Errno> {
        let slot = match self.0.iter().position(Option::is_none) {
            Some(free) => free,
            None if self.0.len() < OPEN_MAX => {
                self.0.push(None);
                self.0.len() - 1
            }
            None => return Err(Errno::Mfile),
        };
        self.0[slot] = Some(descriptor);
        i32::try_from(slot).map_err(|_| Errno::Mfile)
    }

    pub(crate) fn remove(&mut self, fd: i32) -> Result<Descriptor, Errno> {
        index(fd).and_then(|n| self.0.get_mut(n)).and_then(Option::take).ok_or(Errno::Badf)
    }

    /// Moves `from` to the number `to`, returning what was there. Both must be open.
    pub(crate) fn renumber(&mut self, from: i32, to: i32) -> Result<Option<Descriptor>, Errno> {
        self.get(to)?;
        self.get(from)?;
        if from == to {
            return Ok(None);
        }
        let moved = self.remove(from)?;
        Ok(Some(std::mem::replace(self.get_mut(to)?, moved)))
    }

    /// Whether some descriptor holds the file `inode` open.
    pub(crate) fn holds(&self, inode: u64) -> bool {
        self.0.iter().flatten().any(|d| matches!(d, Descriptor::File(f) if f.inode == inode))
    }
}

fn index(fd: i32) -> Option<usize> {
    usize::try_from(fd).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_reused_lowest_first_and_bounded() {
        let mut table = Table::default();
        while table.has_room() {
            table.insert(Descriptor::Stdin).unwrap();
        }
        assert_eq!(table.insert(Descriptor::Stdin), Err(Errno::Mfile));
        table.remove(9).unwrap();
        table.remove(7).unwrap();
        assert_eq!(table.insert(Descriptor::Stdin), Ok(7));
        assert_eq!(table.get(-1).err(), Some(Errno::Badf));
        assert_eq!(table.get(9).err(), Some(Errno::Badf));
    }
}

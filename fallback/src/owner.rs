//! Whose containers are whose: a label that tells which process made a container, so that what a crashed one left can be removed, and nothing
//! of a living one ever is.

use std::{fs, process};

use sha2::{Digest as _, Sha256};

/// The label that every container of ours has; its value is an [`Owner`].
pub(crate) const LABEL: &str = "coderunner.owner";

/// A process, told apart from any other that this machine or a neighbour on the same engine ever had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The machine, since its last start.
    boot: String,
    /// The pid namespace: a process number means nothing outside it.
    namespace: String,
    pid: u32,
    /// When it started, in the kernel's ticks: process numbers come again.
    started: String,
}

impl Owner {
    /// This process.
    pub(crate) fn this_process() -> Self {
        let pid = process::id();
        Self {
            boot: read("/proc/sys/kernel/random/boot_id"),
            namespace: fs::read_link("/proc/self/ns/pid")
                .map_or_else(|_| String::new(), |link| link.to_string_lossy().into_owned()),
            pid,
            started: started(pid).unwrap_or_default(),
        }
    }

    pub(crate) fn label(&self) -> String {
        format!("{} {} {} {}", self.boot, self.namespace, self.pid, self.started)
    }

    /// What the names of its containers start with: the same for no other process on the engine.
    pub(crate) fn names(&self) -> String {
        let digest = Sha256::digest(self.label());
        // Half a digest is enough to tell processes apart.
        let (half, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        format!("coderunner-{}-{:032x}", self.pid, u128::from_be_bytes(*half))
    }

    fn parse(label: &str) -> Option<Self> {
        let mut parts = label.split(' ').map(str::to_owned);
        let owner = Self {
            boot: parts.next()?,
            namespace: parts.next()?,
            pid: parts.next()?.parse().ok()?,
            started: parts.next()?,
        };
        parts.next().is_none().then_some(owner)
    }

    /// Whether the container with `label` belongs to a process of this machine that is no more. When in doubt, no: containers whose owner's
    /// stream is gone end by themselves.
    pub(crate) fn outlived(&self, label: &str) -> bool {
        let Some(other) = Self::parse(label) else { return false };
        if other.boot != self.boot {
            // Of this machine before it was started again, or of another machine that shares the engine: the former's containers ended then.
            return false;
        }
        other.namespace == self.namespace
            && started(other.pid).is_none_or(|started| started != other.started)
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The 22nd field of `/proc/PID/stat`; the second, in parentheses, may contain anything.
fn started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_containers_of_dead_processes_are_left_behind() {
        let this = Owner::this_process();
        assert!(!this.outlived(&this.label()), "we live");
        let dead = Owner { pid: u32::MAX - 1, ..this.clone() };
        assert!(this.outlived(&dead.label()));
        let reused = Owner { started: "1".to_owned(), ..this.clone() };
        assert!(this.outlived(&reused.label()), "another process has the number now");
        let elsewhere = Owner { namespace: "pid:[1]".to_owned(), ..dead.clone() };
        assert!(!this.outlived(&elsewhere.label()), "its number means nothing here");
        for unknown in ["", "a b c", "a b c d e"] {
            assert!(!this.outlived(unknown));
        }
    }
}

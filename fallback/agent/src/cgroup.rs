//! What the container's cgroup says of itself, version 1 or 2, whichever the machine has.
//!
//! Files that are missing (older kernels, controllers that are off) read as zero: the host then has less to go by, but nothing fails.

use std::{fs, fs::File, os::unix::fs::FileExt as _};

/// Every file read here is shorter than this.
const FILE_BYTES_MAX: usize = 4096;

/// A reading of the counters that only grow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) cpu_us: u64,
    pub(crate) oom_kills: u64,
    pub(crate) processes_refused: u64,
    pub(crate) memory_bytes_peak: u64,
}

/// The open files, read again and again.
#[derive(Debug)]
pub(crate) struct Cgroup {
    cpu: Option<Counter>,
    oom_kills: Option<Counter>,
    processes_refused: Option<Counter>,
    memory_peak: Option<Counter>,
    memory_now: Option<Counter>,
}

/// One number in one file.
#[derive(Debug)]
struct Counter {
    file: File,
    /// The word before the number; empty if the number stands alone.
    key: &'static str,
    /// What the file's number has to be divided by.
    divisor: u64,
}

impl Counter {
    fn open(path: &str, key: &'static str, divisor: u64) -> Option<Self> {
        let counter = Self { file: File::open(path).ok()?, key, divisor };
        counter.read().map(|_| counter)
    }

    fn read(&self) -> Option<u64> {
        let mut bytes = [0; FILE_BYTES_MAX];
        let length = self.file.read_at(&mut bytes, 0).ok()?;
        let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
        number(text, self.key).map(|value| value / self.divisor)
    }
}

/// The number after the word `key` at the start of a line, or the whole text.
fn number(text: &str, key: &str) -> Option<u64> {
    if key.is_empty() {
        return text.trim().parse().ok();
    }
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

impl Cgroup {
    pub(crate) fn open() -> Self {
        let v2 = fs::exists("/sys/fs/cgroup/cgroup.controllers").unwrap_or(false);
        if v2 {
            let file = |name: &str| format!("/sys/fs/cgroup/{name}");
            return Self {
                cpu: Counter::open(&file("cpu.stat"), "usage_usec", 1),
                oom_kills: Counter::open(&file("memory.events"), "oom_kill", 1),
                processes_refused: Counter::open(&file("pids.events"), "max", 1),
                memory_peak: Counter::open(&file("memory.peak"), "", 1),
                memory_now: Counter::open(&file("memory.current"), "", 1),
            };
        }
        Self {
            cpu: Counter::open("/sys/fs/cgroup/cpuacct/cpuacct.usage", "", 1000),
            oom_kills: Counter::open("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill", 1),
            processes_refused: Counter::open("/sys/fs/cgroup/pids/pids.events", "max", 1),
            memory_peak: Counter::open("/sys/fs/cgroup/memory/memory.max_usage_in_bytes", "", 1),
            memory_now: Counter::open("/sys/fs/cgroup/memory/memory.usage_in_bytes", "", 1),
        }
    }

    pub(crate) fn read(&self) -> Reading {
        let read =
            |counter: &Option<Counter>| counter.as_ref().and_then(Counter::read).unwrap_or(0);
        Reading {
            cpu_us: read(&self.cpu),
            oom_kills: read(&self.oom_kills),
            processes_refused: read(&self.processes_refused),
            // Kernels before 5.19 keep no peak in version 2.
            memory_bytes_peak: read(if self.memory_peak.is_some() {
                &self.memory_peak
            } else {
                &self.memory_now
            }),
        }
    }

    /// Processor time used so far; `None` if the cgroup does not tell.
    pub(crate) fn cpu_us(&self) -> Option<u64> {
        self.cpu.as_ref().and_then(Counter::read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_word() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        assert_eq!(number(text, "oom_kill"), Some(3));
        assert_eq!(number("usage_usec 12\nuser_usec 10\n", "usage_usec"), Some(12));
        assert_eq!(number(" 42\n", ""), Some(42));
        assert_eq!(number("max 1\n", "oom_kill"), None);
    }
}

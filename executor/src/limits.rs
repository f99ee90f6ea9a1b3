//! What an execution may use at most. There is no "unlimited".

use std::{fmt, time::Duration};

/// The bounds of one execution, its compilation apart: that is the language's affair, and has bounds of the backend's own. Reaching one ends it with [`Termination::LimitExceeded`](crate::Termination).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of the program to its end, sleeps and host calls included.
    pub wall: Duration,
    /// Processor time of the guest. WebAssembly guests are metered in fuel, which makes this limit deterministic;
    /// the runtime says how much fuel stands for a millisecond.
    pub cpu: Duration,
    /// The guest's memory in bytes, interpreter included.
    pub memory_bytes: u64,
    /// Standard output and standard error together, in bytes.
    pub output_bytes: u64,
    /// Everything the guest stores in its folders, in bytes; the job's own files count.
    pub disk_bytes: u64,
    /// Files and folders in the guest's folders; the job's own files count.
    pub files: u32,
    /// Processes and threads at one time. WebAssembly guests are always alone.
    pub processes: u32,
}

impl Default for Limits {
    /// What a snippet on a page needs, with room: 10 s of wall time, 5 s of CPU, 256 MiB of memory, 1 MiB of output,
    /// 64 MiB of files, 1,024 files, 64 processes.
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(5),
            memory_bytes: 256 << 20,
            output_bytes: 1 << 20,
            disk_bytes: 64 << 20,
            files: 1024,
            processes: 64,
        }
    }
}

impl Limits {
    /// The tighter of `self` and `ceiling` in each resource.
    #[must_use]
    pub fn clamp_to(self, ceiling: &Self) -> Self {
        Self {
            wall: self.wall.min(ceiling.wall),
            cpu: self.cpu.min(ceiling.cpu),
            memory_bytes: self.memory_bytes.min(ceiling.memory_bytes),
            output_bytes: self.output_bytes.min(ceiling.output_bytes),
            disk_bytes: self.disk_bytes.min(ceiling.disk_bytes),
            files: self.files.min(ceiling.files),
            processes: self.processes.min(ceiling.processes),
        }
    }
}

/// A resource whose limit can end an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// [`Limits::cpu`].
    CpuTime,
    /// [`Limits::wall`].
    WallTime,
    /// [`Limits::memory_bytes`].
    Memory,
    /// [`Limits::output_bytes`].
    Output,
    /// [`Limits::disk_bytes`].
    Disk,
    /// [`Limits::files`].
    Files,
    /// The call stack: its depth is fixed by the backend, not by the job.
    Stack,
    /// [`Limits::processes`].
    Processes,
}

impl Resource {
    /// Every resource, in the order in which they are documented.
    pub const ALL: [Self; 8] = [
        Self::CpuTime,
        Self::WallTime,
        Self::Memory,
        Self::Output,
        Self::Disk,
        Self::Files,
        Self::Stack,
        Self::Processes,
    ];

    /// The name in machine-readable output: `cpu_time`, `wall_time`, ….
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CpuTime => "cpu_time",
            Self::WallTime => "wall_time",
            Self::Memory => "memory",
            Self::Output => "output",
            Self::Disk => "disk",
            Self::Files => "files",
            Self::Stack => "stack",
            Self::Processes => "processes",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamping_takes_the_tighter_bound_of_each_resource() {
        let ceiling = Limits { wall: Duration::from_secs(1), files: 2, ..Limits::default() };
        let asked = Limits { wall: Duration::from_mins(1), files: 1, ..Limits::default() };
        let got = asked.clamp_to(&ceiling);
        assert_eq!((got.wall, got.files), (Duration::from_secs(1), 1));
        assert_eq!(got.memory_bytes, Limits::default().memory_bytes);
    }

    #[test]
    fn resource_names_are_distinct() {
        let mut names: Vec<_> = Resource::ALL.iter().map(|r| r.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Resource::ALL.len());
    }
}

//! What the container's cgroup says of itself, version 1 or 2, whichever the machine has.
//!
//! Files that are missing (older kernels, controllers that are off) read as zero: the host then has less to go by, but nothing fails.

use std::{fs::File, os::unix::fs::FileExt as _, path::Path};

/// Where a container finds its own.
const ROOT: &str = "/sys/fs/cgroup";
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
    fn open(path: &Path, key: &'static str, divisor: u64) -> Option<Self> {
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
        Self::at(Path::new(ROOT))
    }

    fn at(root: &Path) -> Self {
        let counter = |name: &str, key, divisor| Counter::open(&root.join(name), key, divisor);
        if root.join("cgroup.controllers").exists() {
            return Self {
                cpu: counter("cpu.stat", "usage_usec", 1),
                oom_kills: counter("memory.events", "oom_kill", 1),
                processes_refused: counter("pids.events", "max", 1),
                memory_peak: counter("memory.peak", "", 1),
                memory_now: counter("memory.current", "", 1),
            };
        }
        Self {
            cpu: counter("cpuacct/cpuacct.usage", "", 1000),
            oom_kills: counter("memory/memory.oom_control", "oom_kill", 1),
            processes_refused: counter("pids/pids.events", "max", 1),
            memory_peak: counter("memory/memory.max_usage_in_bytes", "", 1),
            memory_now: counter("memory/memory.usage_in_bytes", "", 1),
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
    use std::{
        fs,
        path::PathBuf,
        process::{Child, Command, Stdio},
        time::{Duration, Instant},
    };

    use super::*;

    #[test]
    fn numbers_are_found_by_their_word() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        assert_eq!(number(text, "oom_kill"), Some(3));
        assert_eq!(number("usage_usec 12\nuser_usec 10\n", "usage_usec"), Some(12));
        assert_eq!(number(" 42\n", ""), Some(42));
        assert_eq!(number("max 1\n", "oom_kill"), None);
    }

    /// A folder that is gone afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("coderunner-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).expect("temporary folders can be made");
            Self(folder)
        }

        fn write(&self, files: &[(&str, &str)]) {
            for (name, text) in files {
                let path = self.0.join(name);
                fs::create_dir_all(path.parent().expect("it lies in the folder"))
                    .expect("folders can be made");
                fs::write(path, text).expect("files can be written");
            }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn figures(cgroup: &Cgroup) -> [u64; 4] {
        let Reading { cpu_us, oom_kills, processes_refused, memory_bytes_peak } = cgroup.read();
        [cpu_us, oom_kills, processes_refused, memory_bytes_peak]
    }

    /// As Linux 6.12 shows a container.
    #[test]
    fn version_2_is_read() {
        let folder = Folder::new("cgroup-2");
        folder.write(&[
            ("cgroup.controllers", "cpuset cpu io memory pids\n"),
            ("cpu.stat", "usage_usec 41231\nuser_usec 20110\nsystem_usec 21121\nnr_periods 4\n"),
            ("memory.events", "low 0\nhigh 0\nmax 17\noom 1\noom_kill 2\noom_group_kill 0\n"),
            ("memory.current", "524288\n"),
            ("pids.events", "max 5\n"),
        ]);
        // No peak before Linux 5.19.
        let cgroup = Cgroup::at(&folder.0);
        assert_eq!(figures(&cgroup), [41_231, 2, 5, 524_288]);
        folder.write(&[
            ("memory.peak", "1048576\n"),
            ("memory.events", "low 0\nhigh 0\nmax 20\noom 2\noom_kill 3\noom_group_kill 0\n"),
        ]);
        assert_eq!(figures(&Cgroup::at(&folder.0)), [41_231, 3, 5, 1_048_576]);
        assert_eq!(figures(&cgroup)[1], 3, "the files stay open and are read again");
    }

    #[test]
    fn version_1_is_read() {
        let folder = Folder::new("cgroup-1");
        folder.write(&[
            ("cpuacct/cpuacct.usage", "41231987\n"),
            ("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            ("memory/memory.max_usage_in_bytes", "1048576\n"),
            ("memory/memory.usage_in_bytes", "524288\n"),
            ("pids/pids.events", "max 5\n"),
        ]);
        assert_eq!(figures(&Cgroup::at(&folder.0)), [41_231, 2, 5, 1_048_576]);
    }

    #[test]
    fn where_there_is_none_nothing_fails() {
        let folder = Folder::new("cgroup-0");
        assert_eq!(figures(&Cgroup::at(&folder.0)), [0; 4]);
    }

    /// A group of version 2 of this machine, mounted for the test where it is not.
    struct Mounted {
        group: PathBuf,
        mount: Option<Folder>,
        process: Child,
    }

    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = self.process.kill();
            let _ = self.process.wait();
            // Its last process may still be on its way out.
            let until = Instant::now() + Duration::from_secs(5);
            while fs::remove_dir(&self.group).is_err() && Instant::now() < until {
                std::thread::yield_now();
            }
            if let Some(mount) = self.mount.take() {
                let gone = Command::new("umount").arg(&mount.0).status();
                if !gone.is_ok_and(|status| status.success()) {
                    // Its groups are not ours to remove.
                    std::mem::forget(mount);
                }
            }
        }
    }

    /// The kernel's own files, as far as it lets version 2 have them: processor time always, the others where version 1 has not taken them.
    #[test]
    fn processor_time_of_version_2_is_the_kernels() {
        let process = Command::new("sh").args(["-c", "while :; do :; done"]).spawn();
        let mut process = process.expect("there is a shell");
        let (root, mount) = if Path::new(ROOT).join("cgroup.controllers").exists() {
            (PathBuf::from(ROOT), None)
        } else {
            let folder = Folder::new("cgroup-mount");
            let mounted = Command::new("mount")
                .args(["-t", "cgroup2", "none"])
                .arg(&folder.0)
                .stderr(Stdio::null())
                .status();
            if !mounted.is_ok_and(|status| status.success()) {
                eprintln!("SKIPPED, NOTHING WAS TESTED: cgroup version 2 cannot be mounted");
                let _ = process.kill();
                let _ = process.wait();
                return;
            }
            (folder.0.clone(), Some(folder))
        };
        let group = root.join(format!("coderunner-test-{}", std::process::id()));
        let made = fs::create_dir(&group);
        let mounted = Mounted { group, mount, process };
        if made.is_err() {
            eprintln!("SKIPPED, NOTHING WAS TESTED: no cgroup can be made");
            return;
        }
        fs::write(mounted.group.join("cgroup.procs"), mounted.process.id().to_string())
            .expect("a process of ours can be moved to a group of ours");
        let cgroup = Cgroup::at(&mounted.group);
        let before = cgroup.cpu_us().expect("processor time is always there");
        let until = Instant::now() + Duration::from_secs(30);
        while cgroup.cpu_us().is_some_and(|now| now < before + 1000) {
            assert!(Instant::now() < until, "no processor time is counted");
            std::thread::yield_now();
        }
    }
}

//! Thin, safe wrappers over the system calls that the standard library lacks. Nothing here knows what it is used for.

use std::{
    ffi::CString,
    fs::{self, File},
    io::{self, Read as _},
    os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd},
    path::Path,
    time::Duration,
};

/// Turns `-1` into the error it stands for.
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A pipe, both ends closed in programs that are started.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: the kernel fills the two descriptors.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    // SAFETY: both are fresh and owned by nobody else.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

/// A copy of `fd` with a number out of the way of standard streams, closed in programs that are started.
pub(crate) fn duplicate_high(fd: RawFd) -> io::Result<OwnedFd> {
    const LOWEST: libc::c_int = 10;
    // SAFETY: duplicates a descriptor, touches no memory.
    let copy = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, LOWEST) })?;
    // SAFETY: it is fresh.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// Makes `target` refer to what `source` refers to.
pub(crate) fn replace(source: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    // SAFETY: touches no memory; the caller says that `target` may be replaced.
    check(unsafe { libc::dup2(source.as_raw_fd(), target) }).map(|_| ())
}

/// Reads and writes on `fd` never wait from now on.
pub(crate) fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: flags of a descriptor, no memory.
    let flags = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) })?;
    // SAFETY: as above.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK) })
        .map(|_| ())
}

/// Makes other processes of the same user unable to trace this one, read its memory or open its descriptors.
pub(crate) fn hide_from_others() -> io::Result<()> {
    // SAFETY: a flag of this process.
    check(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) }).map(|_| ())
}

/// Neither this process nor its children can gain rights through a program that they start.
pub(crate) fn no_new_privileges() -> io::Result<()> {
    // SAFETY: a flag of this process.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }).map(|_| ())
}

/// Blocks `SIGCHLD`, and gives a descriptor that is readable when a child has ended.
pub(crate) fn child_ends() -> io::Result<OwnedFd> {
    // SAFETY: a signal set is plain data that sigemptyset fills.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set lives on this stack.
    unsafe {
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        check(libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()))?;
    }
    // SAFETY: the set lives on this stack.
    let fd = check(unsafe {
        libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    })?;
    // SAFETY: it is fresh.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Empties the descriptor of [`child_ends`].
pub(crate) fn acknowledge_child_ends(fd: &OwnedFd) {
    let mut sink = [0_u8; 1024];
    if let Ok(copy) = fd.try_clone() {
        let mut file = File::from(copy);
        while file.read(&mut sink).is_ok_and(|n| n > 0) {}
    }
}

/// A child that has ended.
#[derive(Clone, Copy)]
pub(crate) struct Reaped {
    pub(crate) pid: libc::pid_t,
    pub(crate) exit: ChildExit,
    /// The most memory that it or a child it waited for held.
    pub(crate) rss_bytes_max: u64,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChildExit {
    Code(u8),
    Signal(u8),
}

/// Whether [`reap`] waits for a child to end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    ForOne,
    No,
}

/// A child that has ended, if there is one; `None` also when there are no children.
pub(crate) fn reap(wait: Wait) -> Option<Reaped> {
    let flags = if wait == Wait::No { libc::WNOHANG } else { 0 };
    loop {
        let mut status = 0;
        // SAFETY: plain data that the kernel fills.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: both live on this stack.
        let pid = unsafe { libc::wait4(-1, &raw mut status, flags, &raw mut usage) };
        if pid == -1 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {
            continue;
        }
        if pid <= 0 {
            return None;
        }
        let exit = if libc::WIFSIGNALED(status) {
            ChildExit::Signal(u8::try_from(libc::WTERMSIG(status)).unwrap_or(u8::MAX))
        } else {
            ChildExit::Code(u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX))
        };
        let rss_bytes_max = u64::try_from(usage.ru_maxrss).unwrap_or(0) << 10;
        return Some(Reaped { pid, exit, rss_bytes_max });
    }
}

/// Kills every process of the container but this one.
pub(crate) fn kill_all() {
    // SAFETY: a signal to others.
    unsafe { libc::kill(-1, libc::SIGKILL) };
}

/// What [`poll`] waits for on a descriptor, and then whether it came.
#[derive(Clone, Copy)]
pub(crate) enum Interest {
    Read,
    Write,
}

/// Descriptors to wait for; those that are `None` are passed over.
pub(crate) struct Poll<const N: usize>([libc::pollfd; N]);

impl<const N: usize> Poll<N> {
    pub(crate) fn new(wanted: [Option<(RawFd, Interest)>; N]) -> Self {
        Self(wanted.map(|wanted| match wanted {
            // Negative descriptors are passed over by the kernel.
            None => libc::pollfd { fd: -1, events: 0, revents: 0 },
            Some((fd, Interest::Read)) => libc::pollfd { fd, events: libc::POLLIN, revents: 0 },
            Some((fd, Interest::Write)) => libc::pollfd { fd, events: libc::POLLOUT, revents: 0 },
        }))
    }

    /// Waits until one is ready or `timeout` has passed, and says of each whether it is.
    pub(crate) fn wait(mut self, timeout: Option<Duration>) -> io::Result<[bool; N]> {
        let timeout = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i32::MAX.into()),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the array and the time-out outlive the call.
        let result = unsafe {
            libc::ppoll(
                self.0.as_mut_ptr(),
                self.0.len() as libc::nfds_t,
                timeout,
                std::ptr::null(),
            )
        };
        match check(result) {
            Ok(_) => Ok(self.0.map(|fd| fd.revents != 0)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
            Err(error) => Err(error),
        }
    }
}

/// Removes what System V calls leave in this process's namespace: shared memory, semaphores and message queues outlive their makers.
pub(crate) fn remove_system_v_objects() -> io::Result<()> {
    let remove = |list: &str, remove: &dyn Fn(libc::c_int) -> libc::c_int| -> io::Result<()> {
        // A heading, then an object a line, its number in the second column.
        let text = match fs::read_to_string(list) {
            // A kernel without them.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            text => text?,
        };
        for number in text.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse().ok()) {
            check(remove(number))?;
        }
        Ok(())
    };
    let nothing = std::ptr::null_mut::<libc::shmid_ds>();
    // SAFETY: removing takes no pointer.
    remove("/proc/sysvipc/shm", &|id| unsafe { libc::shmctl(id, libc::IPC_RMID, nothing) })?;
    // SAFETY: as above.
    remove("/proc/sysvipc/msg", &|id| unsafe { libc::msgctl(id, libc::IPC_RMID, nothing.cast()) })?;
    // SAFETY: as above.
    remove("/proc/sysvipc/sem", &|id| unsafe { libc::semctl(id, 0, libc::IPC_RMID) })
}

/// The room of a file system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    pub(crate) bytes_used: u64,
    pub(crate) bytes_free: u64,
    pub(crate) files_used: u64,
    pub(crate) files_free: u64,
}

/// The room of the file system that holds `folder`.
pub(crate) fn room(folder: &Path) -> io::Result<Room> {
    let path = CString::new(folder.as_os_str().as_encoded_bytes())?;
    // SAFETY: plain data that the kernel fills.
    let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: path and structure outlive the call.
    check(unsafe { libc::statvfs(path.as_ptr(), &raw mut stat) })?;
    Ok(Room {
        bytes_used: stat.f_blocks.saturating_sub(stat.f_bfree).saturating_mul(stat.f_frsize),
        bytes_free: stat.f_bfree.saturating_mul(stat.f_frsize),
        files_used: stat.f_files.saturating_sub(stat.f_ffree),
        files_free: stat.f_ffree,
    })
}

/// A program about to be started: everything that the child needs between fork and exec, made before the fork.
pub(crate) struct Spawn<'a> {
    pub(crate) argv: &'a [CString],
    pub(crate) env: &'a [CString],
    pub(crate) folder: &'a CString,
    /// Becomes descriptors 0, 1, 2, … of the program; each must have a number above all of those.
    pub(crate) descriptors: &'a [RawFd],
    pub(crate) filter: &'a [libc::sock_filter],
}

impl Spawn<'_> {
    /// Starts the program in a session of its own.
    pub(crate) fn start(&self) -> io::Result<libc::pid_t> {
        let pointers = |texts: &[CString]| -> Vec<*const libc::c_char> {
            texts.iter().map(|t| t.as_ptr()).chain([std::ptr::null()]).collect()
        };
        let (argv, env) = (pointers(self.argv), pointers(self.env));
        let (report_in, report_out) = pipe()?;
        // SAFETY: this process has one thread, and the child only makes system calls until it execs or exits.
        let pid = check(unsafe { libc::fork() })?;
        if pid == 0 {
            // SAFETY: in the child of a fork; all pointers were made before it and nothing else runs here.
            let errno = unsafe { self.become_program(&argv, &env) };
            // SAFETY: writes four bytes of this stack and exits without running anything of the parent's.
            unsafe {
                libc::write(
                    report_out.as_raw_fd(),
                    (&raw const errno).cast(),
                    size_of::<libc::c_int>(),
                );
                libc::_exit(127);
            }
        }
        drop(report_out);
        let mut errno = [0; size_of::<libc::c_int>()];
        match File::from(report_in).read_exact(&mut errno) {
            // The pipe closes when exec succeeds.
            Err(_) => Ok(pid),
            Ok(()) => Err(io::Error::from_raw_os_error(libc::c_int::from_ne_bytes(errno))),
        }
    }

    /// # Safety
    /// Only in the child of a fork.
    unsafe fn become_program(
        &self,
        argv: &[*const libc::c_char],
        env: &[*const libc::c_char],
    ) -> libc::c_int {
        const OOM_FIRST: &[u8] = b"1000";
        let errno = || io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL);
        // SAFETY: system calls on values made before the fork; nothing allocates.
        unsafe {
            libc::setsid();
            for (target, source) in self.descriptors.iter().enumerate() {
                let Ok(target) = libc::c_int::try_from(target) else { return libc::EBADF };
                if libc::dup2(*source, target) == -1 {
                    return errno();
                }
            }
            // When memory runs out the kernel is to take the program, not the agent. Its own `/proc` files belong to this user only while it
            // is dumpable; what it could be robbed of here is a copy of the agent before any job's code runs.
            libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0);
            let oom =
                libc::open(c"/proc/self/oom_score_adj".as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
            if oom != -1 {
                libc::write(oom, OOM_FIRST.as_ptr().cast(), OOM_FIRST.len());
                libc::close(oom);
            }
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const set, std::ptr::null_mut());
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            libc::umask(0o022);
            if libc::chdir(self.folder.as_ptr()) == -1 {
                return errno();
            }
            let program = libc::sock_fprog {
                len: u16::try_from(self.filter.len()).unwrap_or(0),
                filter: self.filter.as_ptr().cast_mut(),
            };
            if libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
                == -1
            {
                return errno();
            }
            let Some(path) = argv.first() else { return libc::EINVAL };
            libc::execve(*path, argv.as_ptr(), env.as_ptr());
            errno()
        }
    }
}

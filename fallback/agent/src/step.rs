//! One step: a program run to its end under its limits, its output passed on as it comes, nothing left of it afterwards.

use std::{
    collections::VecDeque,
    ffi::CString,
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::{AsFd as _, AsRawFd, BorrowedFd, OwnedFd, RawFd},
    time::{Duration, Instant},
};

use coderunner_agent::protocol::{
    CHUNK_BYTES_MAX, Command, Ended, How, Report, STDIN_WINDOW_BYTES, Step, Stopped,
};

use crate::{
    cgroup::{Cgroup, Reading},
    files,
    link::{Link, LinkError},
    resident::{Ask, Control},
    sys::{self, ChildExit, Interest, Poll, Spawn, Wait},
};

/// How often the folders' fill is looked at while a step's limit is tighter than the folders themselves.
const FILL_EVERY: Duration = Duration::from_millis(20);
/// The processor time is looked at no more often than this, and no less often than [`CPU_EVERY_MAX`].
const CPU_EVERY_MIN: Duration = Duration::from_millis(1);
const CPU_EVERY_MAX: Duration = Duration::from_millis(250);

/// The three pipes of a program that is about to be started.
pub(crate) struct Streams {
    stdin: (OwnedFd, OwnedFd),
    stdout: (OwnedFd, OwnedFd),
    stderr: (OwnedFd, OwnedFd),
}

/// A program that was started.
pub(crate) struct Child {
    pid: libc::pid_t,
    stdin: Option<File>,
    stdout: Option<File>,
    stderr: Option<File>,
}

impl Streams {
    pub(crate) fn new() -> io::Result<Self> {
        let streams = Self { stdin: sys::pipe()?, stdout: sys::pipe()?, stderr: sys::pipe()? };
        for ours in [&streams.stdin.1, &streams.stdout.0, &streams.stderr.0] {
            sys::set_nonblocking(ours.as_fd())?;
        }
        Ok(streams)
    }

    /// Starts a program on them; it gets `more` as descriptors 3, 4, ….
    pub(crate) fn start(
        self,
        argv: &[CString],
        env: &[CString],
        filter: &[libc::sock_filter],
        more: &[BorrowedFd<'_>],
    ) -> io::Result<Child> {
        // Numbers above those that they become in the program.
        let sources = [&self.stdin.0, &self.stdout.1, &self.stderr.1].map(AsRawFd::as_raw_fd);
        let high: Vec<OwnedFd> = sources
            .into_iter()
            .chain(more.iter().map(AsRawFd::as_raw_fd))
            .map(sys::duplicate_high)
            .collect::<io::Result<_>>()?;
        let descriptors: Vec<RawFd> = high.iter().map(AsRawFd::as_raw_fd).collect();
        let folder = CString::new(files::SANDBOX)?;
        let pid =
            Spawn { argv, env, folder: &folder, descriptors: &descriptors, filter }.start()?;
        Ok(Child {
            pid,
            stdin: Some(self.stdin.1.into()),
            stdout: Some(self.stdout.0.into()),
            stderr: Some(self.stderr.0.into()),
        })
    }
}

/// A step that is running.
struct Running<'a> {
    step: &'a Step,
    link: &'a mut Link,
    cgroup: &'a Cgroup,
    child_ends: &'a OwnedFd,
    child: Child,
    control: Option<&'a mut Control>,
    started: Instant,
    before: Reading,
    stdin_waiting: VecDeque<u8>,
    stdin_ended: bool,
    output_bytes: u64,
    stopped: Option<Stopped>,
    exit: Option<ChildExit>,
    rss_bytes_max: u64,
    next_cpu_check: Instant,
    next_fill_check: Option<Instant>,
}

/// What a step needs besides what it is.
pub(crate) struct Context<'a> {
    pub(crate) link: &'a mut Link,
    pub(crate) cgroup: &'a Cgroup,
    pub(crate) child_ends: &'a OwnedFd,
}

/// Runs `child`, which was just started for `step` (or is the resident process, with `control`), to its end. The child comes back if it is the
/// resident process and stays.
pub(crate) fn run(
    step: &Step,
    child: Child,
    control: Option<&mut Control>,
    context: Context<'_>,
    started: Instant,
    before: Reading,
) -> Result<(Ended, Option<Child>), LinkError> {
    let Context { link, cgroup, child_ends } = context;
    let mut running = Running {
        step,
        link,
        cgroup,
        child_ends,
        child,
        control,
        started,
        before,
        stdin_waiting: VecDeque::new(),
        stdin_ended: !step.stdin,
        output_bytes: 0,
        stopped: None,
        exit: None,
        rss_bytes_max: 0,
        next_cpu_check: started + CPU_EVERY_MIN,
        next_fill_check: fill_is_watched(step).then_some(started),
    };
    if let Some(control) = &mut running.control {
        let ask = if step.keep { Ask::Answer } else { Ask::Finish };
        control.ask(ask, &step.argv, &step.env)?;
    }
    running.drive()
}

/// Whether the step may use less than the folders hold: then the agent has to watch them, else the kernel does.
fn fill_is_watched(step: &Step) -> bool {
    [files::SANDBOX, files::TEMPORARY].iter().any(|folder| {
        sys::room(folder.as_ref()).is_ok_and(|room| {
            room.bytes_used + room.bytes_free > step.disk_bytes
                || room.files_used + room.files_free > u64::from(step.files) + 1
        })
    })
}

impl Running<'_> {
    fn drive(mut self) -> Result<(Ended, Option<Child>), LinkError> {
        let kept = self.step.keep && self.control.is_some();
        // Input may have come together with the step.
        self.take_commands()?;
        self.close_stdin_if_done();
        let mut answered = None;
        while self.exit.is_none() && answered.is_none() {
            self.check_limits();
            if self.stopped.is_some() {
                self.end_everything();
                break;
            }
            let [command, sendable, out, err, feed, child, answer] = self.wait()?;
            if sendable {
                self.link.try_flush()?;
            }
            if command {
                self.link.receive()?;
                self.take_commands()?;
            }
            if out {
                self.pass_on(Stream::Out)?;
            }
            if err {
                self.pass_on(Stream::Err)?;
            }
            if feed {
                self.feed_stdin()?;
            }
            if child {
                sys::acknowledge_child_ends(self.child_ends);
                self.reap(Wait::No);
            }
            if answer && kept {
                answered = self.control.as_mut().and_then(|control| control.answer());
            }
        }
        let wall = self.started.elapsed();
        let stays = answered.is_some() && self.stopped.is_none();
        if !stays {
            // Whatever the program left running ends with it.
            self.end_everything();
        }
        self.drain()?;
        let ended = self.ended(wall, answered);
        Ok((ended, stays.then_some(self.child)))
    }

    /// Waits until something can be done or has to be looked at.
    fn wait(&self) -> io::Result<[bool; 7]> {
        let now = Instant::now();
        let deadline = self.started + Duration::from_micros(self.step.wall_us);
        let next = [Some(deadline), Some(self.next_cpu_check), self.next_fill_check]
            .into_iter()
            .flatten()
            .min();
        let timeout = next.map(|next| next.saturating_duration_since(now));
        let flushed = self.link.is_flushed();
        let read = |file: &Option<File>| {
            // Output is only read when what came before is on its way: the host's pace is the program's.
            file.as_ref().filter(|_| flushed).map(|file| (file.as_raw_fd(), Interest::Read))
        };
        let feed = self.child.stdin.as_ref().filter(|_| !self.stdin_waiting.is_empty());
        Poll::new([
            Some((self.link.input_fd(), Interest::Read)),
            (!flushed).then_some((self.link.output_fd(), Interest::Write)),
            read(&self.child.stdout),
            read(&self.child.stderr),
            feed.map(|file| (file.as_raw_fd(), Interest::Write)),
            Some((self.child_ends.as_raw_fd(), Interest::Read)),
            self.control.as_ref().map(|control| (control.answers.as_raw_fd(), Interest::Read)),
        ])
        .wait(timeout)
    }

    fn check_limits(&mut self) {
        let now = Instant::now();
        if self.stopped.is_some() {
            return;
        }
        if now.saturating_duration_since(self.started) >= Duration::from_micros(self.step.wall_us) {
            self.stopped = Some(Stopped::Wall);
            return;
        }
        if now >= self.next_cpu_check {
            let used = self.cgroup.cpu_us().unwrap_or(0).saturating_sub(self.before.cpu_us);
            if used >= self.step.cpu_us {
                self.stopped = Some(Stopped::Cpu);
                return;
            }
            // The earliest moment at which the rest can have been used, if it ran on one processor; the check is cheap enough for more.
            let left = Duration::from_micros(self.step.cpu_us - used);
            self.next_cpu_check = now + (left / 2).clamp(CPU_EVERY_MIN, CPU_EVERY_MAX);
        }
        if self.next_fill_check.is_some_and(|at| now >= at) {
            let fill = files::fill();
            if fill.bytes_used > self.step.disk_bytes {
                self.stopped = Some(Stopped::Disk);
            } else if fill.files_used > u64::from(self.step.files) {
                self.stopped = Some(Stopped::Files);
            }
            self.next_fill_check = Some(now + FILL_EVERY);
        }
    }

    /// Commands that are allowed while a step runs.
    fn take_commands(&mut self) -> Result<(), LinkError> {
        while let Some(command) = self.link.next_command()? {
            match command {
                Command::Stdin(bytes) => {
                    if self.stdin_waiting.len() + bytes.len() > STDIN_WINDOW_BYTES {
                        return Err(LinkError::Io(io::Error::other(
                            "more standard input than the window allows",
                        )));
                    }
                    self.stdin_waiting.extend(bytes);
                    self.feed_stdin()?;
                }
                Command::StdinEnd => {
                    self.stdin_ended = true;
                    self.close_stdin_if_done();
                }
                Command::FileStart { .. }
                | Command::FileData(_)
                | Command::Step(_)
                | Command::Hold { .. }
                | Command::Collect { .. }
                | Command::Reset => {
                    return Err(LinkError::Io(io::Error::other(
                        "a command that has to wait for the step's end",
                    )));
                }
            }
        }
        Ok(())
    }

    fn feed_stdin(&mut self) -> Result<(), LinkError> {
        let mut taken = 0;
        while let Some(file) = &mut self.child.stdin {
            let (head, _) = self.stdin_waiting.as_slices();
            if head.is_empty() {
                break;
            }
            match file.write(head) {
                Ok(length) => {
                    self.stdin_waiting.drain(..length);
                    taken += length;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The program has closed it.
                Err(_) => self.child.stdin = None,
            }
        }
        if self.child.stdin.is_none() {
            taken += self.stdin_waiting.len();
            self.stdin_waiting.clear();
        }
        if taken > 0 {
            self.link.send(&Report::StdinTaken(u32::try_from(taken).unwrap_or(u32::MAX)))?;
        }
        self.close_stdin_if_done();
        Ok(())
    }

    /// Gives the program its end of file. A resident process that stays keeps its input for the step that follows.
    fn close_stdin_if_done(&mut self) {
        let kept = self.step.keep && self.control.is_some();
        if self.stdin_ended && self.stdin_waiting.is_empty() && !kept {
            self.child.stdin = None;
        }
    }

    /// Passes on what a stream has, once. `false` when there is nothing now.
    fn pass_on(&mut self, stream: Stream) -> Result<bool, LinkError> {
        let file = match stream {
            Stream::Out => &mut self.child.stdout,
            Stream::Err => &mut self.child.stderr,
        };
        let Some(open) = file else { return Ok(false) };
        let mut buffer = vec![0; CHUNK_BYTES_MAX];
        let length = match open.read(&mut buffer) {
            Ok(0) => {
                *file = None;
                return Ok(false);
            }
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(_) => return Ok(false),
        };
        let room = self.step.output_bytes.saturating_sub(self.output_bytes);
        let allowed = usize::try_from(room).unwrap_or(usize::MAX).min(length);
        if allowed < length && self.stopped.is_none() {
            self.stopped = Some(Stopped::Output);
        }
        self.output_bytes += allowed as u64;
        buffer.truncate(allowed);
        if !buffer.is_empty() {
            let report = match stream {
                Stream::Out => Report::Stdout(buffer),
                Stream::Err => Report::Stderr(buffer),
            };
            self.link.send(&report)?;
        }
        Ok(true)
    }

    /// Passes on what is left in the pipes of a program that has ended. Pipes are short, and only the resident process can still write.
    fn drain(&mut self) -> Result<(), LinkError> {
        for stream in [Stream::Out, Stream::Err] {
            while self.stopped != Some(Stopped::Output) && self.pass_on(stream)? {
                self.link.flush()?;
            }
        }
        Ok(())
    }

    /// Kills everything and waits until it is gone.
    fn end_everything(&mut self) {
        sys::kill_all();
        self.reap(Wait::ForOne);
        sys::acknowledge_child_ends(self.child_ends);
    }

    fn reap(&mut self, wait: Wait) {
        while let Some(reaped) = sys::reap(wait) {
            self.rss_bytes_max = self.rss_bytes_max.max(reaped.rss_bytes_max);
            if reaped.pid == self.child.pid {
                self.exit = Some(reaped.exit);
            }
            if wait == Wait::ForOne {
                // What was being forked when the others were killed.
                sys::kill_all();
            }
        }
    }

    fn ended(&self, wall: Duration, answered: Option<u8>) -> Ended {
        let after = self.cgroup.read();
        let fill = files::fill();
        let count = |after: u64, before: u64| {
            u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX)
        };
        let how = match (answered, self.exit) {
            (Some(code), _) | (None, Some(ChildExit::Code(code))) => How::Exited(code),
            (None, Some(ChildExit::Signal(signal))) => How::Signalled(signal),
            // It was killed by us, and somebody else's wait has taken its status: impossible for PID 1, but not worth a panic.
            (None, None) => How::Signalled(libc::SIGKILL.to_le_bytes()[0]),
        };
        let grown = after.memory_bytes_peak > self.before.memory_bytes_peak;
        Ended {
            how,
            stopped: self.stopped,
            oom_kills: count(after.oom_kills, self.before.oom_kills),
            processes_refused: count(after.processes_refused, self.before.processes_refused),
            disk_full: fill.disk_full || fill.bytes_used >= self.step.disk_bytes,
            files_full: fill.files_full || fill.files_used >= u64::from(self.step.files),
            wall_us: u64::try_from(wall.as_micros()).unwrap_or(u64::MAX),
            cpu_us: after.cpu_us.saturating_sub(self.before.cpu_us),
            // The cgroup's peak covers the container's whole life: it is this step's only if this step raised it.
            memory_bytes_peak: if grown { after.memory_bytes_peak } else { self.rss_bytes_max },
            output_bytes: self.output_bytes,
        }
    }
}

#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

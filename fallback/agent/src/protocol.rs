//! The protocol between host and agent: frames over the container's attached stream.
//!
//! A frame is a kind (`u8`), a length (`u32`, little-endian) and that many bytes. [`Command`]s go to the agent, [`Report`]s come back.
//! Both sides decode what they are sent as hostile: every length is bounded before anything is allocated, every payload must be used up
//! exactly. Knows no I/O. `docs/agent-protocol.md` is this file for people.

use std::fmt;

/// The version that both sides must speak. A change of any frame is a new version; images are tagged by a digest that covers this file, so
/// that host and agent agree whenever the image was made by `cargo xtask images`.
pub const VERSION: u16 = 1;
/// The largest payload of a frame: room for the longest argument list that a job may have.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a file or of output in one frame.
pub const CHUNK_BYTES_MAX: usize = 64 << 10;
/// Standard input that may be on its way to the program: the host sends no more until [`Report::StdinTaken`] gives it back.
pub const STDIN_WINDOW_BYTES: usize = 256 << 10;
/// The longest path in a frame.
pub const PATH_BYTES_MAX: usize = 1024;
/// Bytes before a payload.
const HEADER_BYTES: usize = 5;

/// Why bytes are not the protocol. After one of these nothing that follows on the stream can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// A frame announces more than [`PAYLOAD_BYTES_MAX`].
    TooLong {
        /// What it announces.
        bytes: usize,
    },
    /// A kind that this version does not have.
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// A payload that ends too early, too late, or holds a value out of range.
    Malformed {
        /// The kind of the frame.
        kind: u8,
    },
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => {
                write!(f, "a frame of {bytes} bytes is longer than {PAYLOAD_BYTES_MAX}")
            }
            Self::UnknownKind { kind } => write!(f, "a frame of the unknown kind {kind}"),
            Self::Malformed { kind } => write!(f, "a malformed frame of kind {kind}"),
        }
    }
}

impl std::error::Error for ProtocolError {}

/// Which folder of the container a file lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/sandbox`, the program's working folder.
    Sandbox,
    /// `/program`, where compile steps put what they make.
    Program,
}

/// What the host tells the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The [`Command::FileData`] that follow are a new file.
    FileStart {
        /// The folder.
        place: Place,
        /// Whether it can be executed.
        executable: bool,
        /// Its path in the folder.
        path: String,
    },
    /// More of the file that was started last.
    FileData(Vec<u8>),
    /// Run a program to its end. Answered with [`Report::Ended`].
    Step(Step),
    /// Standard input for the running step. Ignored when none is running.
    Stdin(Vec<u8>),
    /// End of its standard input.
    StdinEnd,
    /// Remember what `/program` holds, out of reach of what runs later: for [`Command::Collect`] and [`Command::Reset`].
    Hold {
        /// More than this is not remembered.
        bytes_max: u64,
    },
    /// Send files back: from the sandbox what changed since the step with [`Step::mark`], from the program what is held. Answered with
    /// file frames and [`Report::Collected`].
    Collect {
        /// The folder.
        place: Place,
        /// At most this many bytes.
        bytes_max: u64,
        /// At most this many files.
        files_max: u32,
    },
    /// Empty the folders, end all processes, put what is held back into `/program`. Answered with [`Report::ResetDone`].
    Reset,
}

/// A program to run and what it may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a bit of the frame's flags")]
pub struct Step {
    /// Hand it to the resident process instead of starting one.
    pub resident: bool,
    /// The resident process stays for the next step and answers with a code instead of exiting.
    pub keep: bool,
    /// Standard input follows; otherwise it is at its end from the start.
    pub stdin: bool,
    /// Remember the state of the sandbox folder for [`Command::Collect`].
    pub mark: bool,
    /// Wall time in microseconds.
    pub wall_us: u64,
    /// Processor time of everything in the container, in microseconds.
    pub cpu_us: u64,
    /// Standard output and error together.
    pub output_bytes: u64,
    /// Bytes in the sandbox and temporary folders.
    pub disk_bytes: u64,
    /// Files and folders in them.
    pub files: u32,
    /// The program and its arguments. Never empty.
    pub argv: Vec<String>,
    /// Its whole environment, `NAME=value`.
    pub env: Vec<String>,
}

/// What the agent tells the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The first frame: the agent takes commands.
    Ready {
        /// Its [`VERSION`].
        version: u16,
    },
    /// The step wrote to standard output.
    Stdout(Vec<u8>),
    /// The step wrote to standard error.
    Stderr(Vec<u8>),
    /// So many bytes of standard input reached the program (or were dropped because it closed it).
    StdinTaken(u32),
    /// The step has ended; nothing that it started is alive.
    Ended(Ended),
    /// The [`Report::FileData`] that follow are a file.
    FileStart {
        /// Whether it can be executed.
        executable: bool,
        /// Its path in the folder asked for.
        path: String,
    },
    /// More of that file.
    FileData(Vec<u8>),
    /// All files asked for have been sent.
    Collected {
        /// Whether there were more than the bounds allow.
        truncated: bool,
    },
    /// [`Command::Reset`] is done.
    ResetDone,
    /// The agent cannot go on; nothing follows.
    Failed(String),
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Exit code or signal.
    pub how: How,
    /// The limit at which the agent stopped it.
    pub stopped: Option<Stopped>,
    /// Processes that the kernel killed for want of memory while it ran.
    pub oom_kills: u32,
    /// Times that the kernel refused a process or thread while it ran.
    pub processes_refused: u32,
    /// A folder was full at the end.
    pub disk_full: bool,
    /// A folder had no room for another file at the end.
    pub files_full: bool,
    /// Its wall time.
    pub wall_us: u64,
    /// Processor time of everything in the container while it ran.
    pub cpu_us: u64,
    /// The most memory it held, as well as the kernel tells.
    pub memory_bytes_peak: u64,
    /// What it wrote to standard output and error.
    pub output_bytes: u64,
}

/// The end of the step's own process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It exited.
    Exited(u8),
    /// A signal ended it.
    Signalled(u8),
    /// It could not be started; the `errno`.
    NotStarted(u8),
}

impl Default for How {
    fn default() -> Self {
        Self::Exited(0)
    }
}

/// Why the agent ended a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// [`Step::wall_us`].
    Wall,
    /// [`Step::cpu_us`].
    Cpu,
    /// [`Step::output_bytes`].
    Output,
    /// [`Step::disk_bytes`].
    Disk,
    /// [`Step::files`].
    Files,
}

const COMMAND_FILE_START: u8 = 1;
const COMMAND_FILE_DATA: u8 = 2;
const COMMAND_STEP: u8 = 3;
const COMMAND_STDIN: u8 = 4;
const COMMAND_STDIN_END: u8 = 5;
const COMMAND_HOLD: u8 = 6;
const COMMAND_COLLECT: u8 = 7;
const COMMAND_RESET: u8 = 8;

const REPORT_READY: u8 = 129;
const REPORT_STDOUT: u8 = 130;
const REPORT_STDERR: u8 = 131;
const REPORT_STDIN_TAKEN: u8 = 132;
const REPORT_ENDED: u8 = 133;
const REPORT_FILE_START: u8 = 134;
const REPORT_FILE_DATA: u8 = 135;
const REPORT_COLLECTED: u8 = 136;
const REPORT_RESET_DONE: u8 = 137;
const REPORT_FAILED: u8 = 138;

const STEP_RESIDENT: u8 = 1;
const STEP_KEEP: u8 = 2;
const STEP_STDIN: u8 = 4;
const STEP_MARK: u8 = 8;

/// Takes a stream apart into frames. Holds at most one frame and what came with its end.
#[derive(Debug, Default)]
pub struct FrameBuffer {
    bytes: Vec<u8>,
    start: usize,
}

impl FrameBuffer {
    /// Adds what arrived. The caller takes all frames out between two calls, which bounds the buffer.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start > PAYLOAD_BYTES_MAX {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame's kind and payload.
    ///
    /// # Errors
    /// It announces too much.
    pub fn next_frame(&mut self) -> Result<Option<(u8, &[u8])>, ProtocolError> {
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        let [kind, a, b, c, d, payload @ ..] = rest else { return Ok(None) };
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if length > PAYLOAD_BYTES_MAX {
            return Err(ProtocolError::TooLong { bytes: length });
        }
        let Some(payload) = payload.get(..length) else { return Ok(None) };
        self.start += HEADER_BYTES + length;
        Ok(Some((*kind, payload)))
    }

    /// The next command.
    ///
    /// # Errors
    /// What arrived is none.
    pub fn next_command(&mut self) -> Result<Option<Command>, ProtocolError> {
        self.next_frame()?.map(|(kind, payload)| Command::decode(kind, payload)).transpose()
    }

    /// The next report.
    ///
    /// # Errors
    /// What arrived is none.
    pub fn next_report(&mut self) -> Result<Option<Report>, ProtocolError> {
        self.next_frame()?.map(|(kind, payload)| Report::decode(kind, payload)).transpose()
    }
}

/// Writes one frame; the length is filled in at the end.
struct Frame<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Frame<'a> {
    fn new(out: &'a mut Vec<u8>, kind: u8) -> Self {
        let start = out.len();
        out.extend_from_slice(&[kind, 0, 0, 0, 0]);
        Self { out, start }
    }

    fn u8(self, value: u8) -> Self {
        self.out.push(value);
        self
    }

    fn u32(self, value: u32) -> Self {
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn u64(self, value: u64) -> Self {
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        self.out.extend_from_slice(bytes);
        self
    }

    fn texts(mut self, texts: &[String]) -> Self {
        self = self.u32(u32::try_from(texts.len()).unwrap_or(u32::MAX));
        for text in texts {
            self = self.u32(u32::try_from(text.len()).unwrap_or(u32::MAX)).bytes(text.as_bytes());
        }
        self
    }

    fn end(self) {
        let length = self.out.len() - self.start - HEADER_BYTES;
        // A frame that is too long is refused by its reader, so saturating is enough here.
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(at) = self.out.get_mut(self.start + 1..self.start + HEADER_BYTES) {
            at.copy_from_slice(&length);
        }
    }
}

/// Reads one payload; every reader fails at its end.
struct Payload<'a>(&'a [u8]);

impl<'a> Payload<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn path(&mut self) -> Option<String> {
        let text = std::str::from_utf8(self.rest()).ok()?;
        let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
        (text.len() <= PATH_BYTES_MAX && text.split('/').all(plain)).then(|| text.to_owned())
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.u32()? as usize;
        // Each text takes four bytes at least: a count beyond that is a lie, and must not become an allocation.
        if count > self.0.len() / 4 {
            return None;
        }
        (0..count)
            .map(|_| {
                let length = self.u32()? as usize;
                let text = std::str::from_utf8(self.bytes(length)?).ok()?;
                (!text.contains('\0')).then(|| text.to_owned())
            })
            .collect()
    }

    fn place(&mut self) -> Option<Place> {
        match self.u8()? {
            0 => Some(Place::Sandbox),
            1 => Some(Place::Program),
            _ => None,
        }
    }
}

impl Place {
    const fn code(self) -> u8 {
        match self {
            Self::Sandbox => 0,
            Self::Program => 1,
        }
    }
}

impl Command {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::FileStart { place, executable, path } => Frame::new(out, COMMAND_FILE_START)
                .u8(place.code())
                .u8(u8::from(*executable))
                .bytes(path.as_bytes())
                .end(),
            Self::FileData(bytes) => Frame::new(out, COMMAND_FILE_DATA).bytes(bytes).end(),
            Self::Step(step) => step.encode(out),
            Self::Stdin(bytes) => Frame::new(out, COMMAND_STDIN).bytes(bytes).end(),
            Self::StdinEnd => Frame::new(out, COMMAND_STDIN_END).end(),
            Self::Hold { bytes_max } => Frame::new(out, COMMAND_HOLD).u64(*bytes_max).end(),
            Self::Collect { place, bytes_max, files_max } => {
                Frame::new(out, COMMAND_COLLECT)
                    .u8(place.code())
                    .u64(*bytes_max)
                    .u32(*files_max)
                    .end();
            }
            Self::Reset => Frame::new(out, COMMAND_RESET).end(),
        }
    }

    /// Appends a whole file, in as many frames as it takes.
    pub fn encode_file(
        out: &mut Vec<u8>,
        place: Place,
        executable: bool,
        path: &str,
        contents: &[u8],
    ) {
        Self::FileStart { place, executable, path: path.to_owned() }.encode(out);
        for chunk in contents.chunks(CHUNK_BYTES_MAX) {
            Frame::new(out, COMMAND_FILE_DATA).bytes(chunk).end();
        }
    }

    fn decode(kind: u8, payload: &[u8]) -> Result<Self, ProtocolError> {
        let known = matches!(kind, COMMAND_FILE_START..=COMMAND_RESET);
        let mut payload = Payload(payload);
        let command = Self::read(kind, &mut payload);
        match command {
            Some(command) if payload.0.is_empty() => Ok(command),
            _ if known => Err(ProtocolError::Malformed { kind }),
            _ => Err(ProtocolError::UnknownKind { kind }),
        }
    }

    fn read(kind: u8, payload: &mut Payload<'_>) -> Option<Self> {
        Some(match kind {
            COMMAND_FILE_START => Self::FileStart {
                place: payload.place()?,
                executable: payload.flag()?,
                path: payload.path()?,
            },
            COMMAND_FILE_DATA => Self::FileData(payload.rest().to_vec()),
            COMMAND_STEP => Self::Step(Step::read(payload)?),
            COMMAND_STDIN => Self::Stdin(payload.rest().to_vec()),
            COMMAND_STDIN_END => Self::StdinEnd,
            COMMAND_HOLD => Self::Hold { bytes_max: payload.u64()? },
            COMMAND_COLLECT => Self::Collect {
                place: payload.place()?,
                bytes_max: payload.u64()?,
                files_max: payload.u32()?,
            },
            COMMAND_RESET => Self::Reset,
            _ => return None,
        })
    }
}

impl Step {
    fn encode(&self, out: &mut Vec<u8>) {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(self.resident, STEP_RESIDENT)
            | flag(self.keep, STEP_KEEP)
            | flag(self.stdin, STEP_STDIN)
            | flag(self.mark, STEP_MARK);
        Frame::new(out, COMMAND_STEP)
            .u8(flags)
            .u64(self.wall_us)
            .u64(self.cpu_us)
            .u64(self.output_bytes)
            .u64(self.disk_bytes)
            .u32(self.files)
            .texts(&self.argv)
            .texts(&self.env)
            .end();
    }

    fn read(payload: &mut Payload<'_>) -> Option<Self> {
        let flags = payload.u8()?;
        if flags & !(STEP_RESIDENT | STEP_KEEP | STEP_STDIN | STEP_MARK) != 0 {
            return None;
        }
        let step = Self {
            resident: flags & STEP_RESIDENT != 0,
            keep: flags & STEP_KEEP != 0,
            stdin: flags & STEP_STDIN != 0,
            mark: flags & STEP_MARK != 0,
            wall_us: payload.u64()?,
            cpu_us: payload.u64()?,
            output_bytes: payload.u64()?,
            disk_bytes: payload.u64()?,
            files: payload.u32()?,
            argv: payload.texts()?,
            env: payload.texts()?,
        };
        (!step.argv.is_empty()).then_some(step)
    }
}

impl Report {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ready { version } => {
                Frame::new(out, REPORT_READY).bytes(&version.to_le_bytes()).end();
            }
            Self::Stdout(bytes) => Frame::new(out, REPORT_STDOUT).bytes(bytes).end(),
            Self::Stderr(bytes) => Frame::new(out, REPORT_STDERR).bytes(bytes).end(),
            Self::StdinTaken(bytes) => Frame::new(out, REPORT_STDIN_TAKEN).u32(*bytes).end(),
            Self::Ended(ended) => ended.encode(out),
            Self::FileStart { executable, path } => {
                Frame::new(out, REPORT_FILE_START)
                    .u8(u8::from(*executable))
                    .bytes(path.as_bytes())
                    .end();
            }
            Self::FileData(bytes) => Frame::new(out, REPORT_FILE_DATA).bytes(bytes).end(),
            Self::Collected { truncated } => {
                Frame::new(out, REPORT_COLLECTED).u8(u8::from(*truncated)).end();
            }
            Self::ResetDone => Frame::new(out, REPORT_RESET_DONE).end(),
            Self::Failed(why) => Frame::new(out, REPORT_FAILED).bytes(why.as_bytes()).end(),
        }
    }

    fn decode(kind: u8, payload: &[u8]) -> Result<Self, ProtocolError> {
        let known = matches!(kind, REPORT_READY..=REPORT_FAILED);
        let mut payload = Payload(payload);
        let report = Self::read(kind, &mut payload);
        match report {
            Some(report) if payload.0.is_empty() => Ok(report),
            _ if known => Err(ProtocolError::Malformed { kind }),
            _ => Err(ProtocolError::UnknownKind { kind }),
        }
    }

    fn read(kind: u8, payload: &mut Payload<'_>) -> Option<Self> {
        Some(match kind {
            REPORT_READY => Self::Ready { version: payload.u16()? },
            REPORT_STDOUT => Self::Stdout(payload.rest().to_vec()),
            REPORT_STDERR => Self::Stderr(payload.rest().to_vec()),
            REPORT_STDIN_TAKEN => Self::StdinTaken(payload.u32()?),
            REPORT_ENDED => Self::Ended(Ended::read(payload)?),
            REPORT_FILE_START => {
                Self::FileStart { executable: payload.flag()?, path: payload.path()? }
            }
            REPORT_FILE_DATA => Self::FileData(payload.rest().to_vec()),
            REPORT_COLLECTED => Self::Collected { truncated: payload.flag()? },
            REPORT_RESET_DONE => Self::ResetDone,
            REPORT_FAILED => Self::Failed(String::from_utf8_lossy(payload.rest()).into_owned()),
            _ => return None,
        })
    }
}

impl Ended {
    fn encode(&self, out: &mut Vec<u8>) {
        let (how, code) = match self.how {
            How::Exited(code) => (0, code),
            How::Signalled(signal) => (1, signal),
            How::NotStarted(errno) => (2, errno),
        };
        let stopped = match self.stopped {
            None => 0,
            Some(Stopped::Wall) => 1,
            Some(Stopped::Cpu) => 2,
            Some(Stopped::Output) => 3,
            Some(Stopped::Disk) => 4,
            Some(Stopped::Files) => 5,
        };
        Frame::new(out, REPORT_ENDED)
            .u8(how)
            .u8(code)
            .u8(stopped)
            .u8(u8::from(self.disk_full))
            .u8(u8::from(self.files_full))
            .u32(self.oom_kills)
            .u32(self.processes_refused)
            .u64(self.wall_us)
            .u64(self.cpu_us)
            .u64(self.memory_bytes_peak)
            .u64(self.output_bytes)
            .end();
    }

    fn read(payload: &mut Payload<'_>) -> Option<Self> {
        let how = payload.u8()?;
        let code = payload.u8()?;
        Some(Self {
            how: match how {
                0 => How::Exited(code),
                1 => How::Signalled(code),
                2 => How::NotStarted(code),
                _ => return None,
            },
            stopped: match payload.u8()? {
                0 => None,
                1 => Some(Stopped::Wall),
                2 => Some(Stopped::Cpu),
                3 => Some(Stopped::Output),
                4 => Some(Stopped::Disk),
                5 => Some(Stopped::Files),
                _ => return None,
            },
            disk_full: payload.flag()?,
            files_full: payload.flag()?,
            oom_kills: payload.u32()?,
            processes_refused: payload.u32()?,
            wall_us: payload.u64()?,
            cpu_us: payload.u64()?,
            memory_bytes_peak: payload.u64()?,
            output_bytes: payload.u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands() -> Vec<Command> {
        vec![
            Command::FileStart {
                place: Place::Program,
                executable: true,
                path: "a/ä.txt".to_owned(),
            },
            Command::FileData(vec![0, 1, 255]),
            Command::Step(Step {
                resident: true,
                keep: true,
                stdin: true,
                mark: true,
                wall_us: 1,
                cpu_us: u64::MAX,
                output_bytes: 3,
                disk_bytes: 4,
                files: 5,
                argv: vec!["cc".to_owned(), String::new()],
                env: vec!["A=b".to_owned()],
            }),
            Command::Stdin(b"line\n".to_vec()),
            Command::StdinEnd,
            Command::Hold { bytes_max: 7 },
            Command::Collect { place: Place::Sandbox, bytes_max: 8, files_max: 9 },
            Command::Reset,
        ]
    }

    fn reports() -> Vec<Report> {
        vec![
            Report::Ready { version: VERSION },
            Report::Stdout(vec![b'x'; CHUNK_BYTES_MAX]),
            Report::Stderr(Vec::new()),
            Report::StdinTaken(4),
            Report::Ended(Ended {
                how: How::Signalled(11),
                stopped: Some(Stopped::Files),
                oom_kills: 1,
                processes_refused: 2,
                disk_full: true,
                files_full: false,
                wall_us: 3,
                cpu_us: 4,
                memory_bytes_peak: 5,
                output_bytes: 6,
            }),
            Report::FileStart { executable: false, path: "out".to_owned() },
            Report::FileData(b"data".to_vec()),
            Report::Collected { truncated: true },
            Report::ResetDone,
            Report::Failed("no room".to_owned()),
        ]
    }

    #[test]
    fn every_frame_comes_back_as_it_was_in_any_split() {
        let mut stream = Vec::new();
        for command in commands() {
            command.encode(&mut stream);
        }
        for step in [1, 2, 3, 7, 1000, stream.len()] {
            let mut buffer = FrameBuffer::default();
            let mut got = Vec::new();
            for piece in stream.chunks(step) {
                buffer.push(piece);
                while let Some(command) = buffer.next_command().expect("a command") {
                    got.push(command);
                }
            }
            assert_eq!(got, commands());
        }
        let mut stream = Vec::new();
        for report in reports() {
            report.encode(&mut stream);
        }
        let mut buffer = FrameBuffer::default();
        buffer.push(&stream);
        for report in reports() {
            assert_eq!(buffer.next_report(), Ok(Some(report)));
        }
        assert_eq!(buffer.next_report(), Ok(None));
    }

    #[test]
    fn a_frame_that_announces_too_much_is_refused_before_it_arrives() {
        let mut buffer = FrameBuffer::default();
        buffer.push(&[REPORT_STDOUT, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(buffer.next_report(), Err(ProtocolError::TooLong { bytes: u32::MAX as usize }));
    }

    #[test]
    fn payloads_are_used_up_exactly() {
        for (kind, payload) in [
            (REPORT_READY, &[1][..]),
            (REPORT_READY, &[1, 0, 0]),
            (REPORT_ENDED, &[0; 10]),
            (REPORT_ENDED, &[9; 45]),
            (REPORT_COLLECTED, &[2]),
            (REPORT_FILE_START, b"\0/etc/passwd"),
            (REPORT_FILE_START, b"\0a/../b"),
            (REPORT_FILE_START, b"\0a\0b"),
            (REPORT_FILE_START, b"\0\xff"),
        ] {
            assert_eq!(
                Report::decode(kind, payload),
                Err(ProtocolError::Malformed { kind }),
                "{payload:?}"
            );
        }
        assert_eq!(Report::decode(1, &[]), Err(ProtocolError::UnknownKind { kind: 1 }));
        assert_eq!(Command::decode(200, &[]), Err(ProtocolError::UnknownKind { kind: 200 }));
    }

    #[test]
    fn a_count_that_lies_allocates_nothing() {
        let mut payload = vec![0; 1 + 4 * 8 + 4];
        payload.extend_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(
            Command::decode(COMMAND_STEP, &payload),
            Err(ProtocolError::Malformed { kind: COMMAND_STEP })
        );
    }

    #[test]
    fn damaged_streams_end_in_an_error_or_in_waiting_never_in_a_panic() {
        let mut stream = Vec::new();
        for command in commands() {
            command.encode(&mut stream);
        }
        let reports_from = stream.len();
        reports()
            .iter()
            .filter(|r| !matches!(r, Report::Stdout(_)))
            .for_each(|r| r.encode(&mut stream));
        // Every byte of both streams, replaced by a few values that matter.
        for at in 0..stream.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = stream.clone();
                damaged[at] = value;
                let mut buffer = FrameBuffer::default();
                buffer.push(&damaged[..reports_from]);
                while let Ok(Some(_)) = buffer.next_command() {}
                let mut buffer = FrameBuffer::default();
                buffer.push(&damaged[reports_from..]);
                while let Ok(Some(_)) = buffer.next_report() {}
            }
        }
    }
}

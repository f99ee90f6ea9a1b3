//! PID 1 of a container: takes a job's files and steps over the attached stream, runs the steps, reports how they ended.
//!
//! One thread, one job after the other, nothing kept between jobs but what [`Command::Hold`] asks for. It decides nothing about languages:
//! which programs are started, and with which limits, is what the host says. `docs/agent-protocol.md` describes the stream.
//!
//! Usage: `coderunner-agent [RESIDENT [ARGUMENT…]]`; a resident program is started at once, with the agent's own environment.

mod cgroup;
mod files;
mod link;
mod resident;
mod seccomp;
mod step;
mod sys;

use std::{
    env,
    ffi::CString,
    fs::File,
    io::{self, Write as _},
    os::{
        fd::{AsFd as _, AsRawFd as _, OwnedFd},
        unix::ffi::OsStringExt as _,
    },
    path::Path,
    process::ExitCode,
    time::Instant,
};

use coderunner_agent::protocol::{
    CHUNK_BYTES_MAX, Command, Ended, How, Place, Report, Step, VERSION,
};

use crate::{
    cgroup::Cgroup,
    files::{Bounds, Files, Found, Mark},
    link::{Link, LinkError},
    resident::Control,
    step::{Child, Streams},
    sys::{Interest, Poll, Wait},
};

/// Descriptors of the attached stream.
const STDIN: i32 = 0;
const STDOUT: i32 = 1;

fn main() -> ExitCode {
    match start() {
        // The attached stream is gone or worthless by now; what remains is the exit code, which `docker inspect` shows.
        Ok(()) | Err(LinkError::Closed) => ExitCode::SUCCESS,
        Err(LinkError::Protocol(_)) => ExitCode::from(2),
        Err(LinkError::Io(_)) => ExitCode::from(1),
    }
}

fn start() -> Result<(), LinkError> {
    sys::hide_from_others()?;
    sys::no_new_privileges()?;
    let (input, output) = (sys::duplicate_high(STDIN)?, sys::duplicate_high(STDOUT)?);
    let null = File::options().read(true).write(true).open("/dev/null")?;
    sys::replace(null.as_fd(), STDIN)?;
    sys::replace(null.as_fd(), STDOUT)?;
    let mut link = Link::new(input, output)?;
    let result = Agent::new().map_err(LinkError::from).and_then(|mut agent| agent.serve(&mut link));
    if let Err(LinkError::Io(error)) = &result {
        link.send(&Report::Failed(error.to_string()))?;
        link.flush()?;
    }
    if let Err(LinkError::Protocol(error)) = &result {
        link.send(&Report::Failed(error.to_string()))?;
        link.flush()?;
    }
    result
}

/// All that the agent knows.
struct Agent {
    cgroup: Cgroup,
    child_ends: OwnedFd,
    filter: Vec<libc::sock_filter>,
    resident: Option<(Child, Control)>,
    /// The file that is being received.
    receiving: Option<File>,
    mark: Mark,
    held: Files,
}

impl Agent {
    fn new() -> io::Result<Self> {
        let child_ends = sys::child_ends()?;
        let filter = seccomp::filter();
        let argv: Vec<CString> = env::args_os()
            .skip(1)
            .map(|arg| CString::new(arg.into_vec()))
            .collect::<Result<_, _>>()?;
        let resident = if argv.is_empty() {
            None
        } else {
            let env: Vec<CString> = env::vars_os()
                .map(|(name, value)| CString::new([name.into_vec(), value.into_vec()].join(&b'=')))
                .collect::<Result<_, _>>()?;
            Some(Control::start(&argv, &env, &filter)?)
        };
        Ok(Self {
            cgroup: Cgroup::open(),
            child_ends,
            filter,
            resident,
            receiving: None,
            mark: Mark::default(),
            held: Files::new(),
        })
    }

    fn serve(&mut self, link: &mut Link) -> Result<(), LinkError> {
        link.send(&Report::Ready { version: VERSION })?;
        loop {
            while let Some(command) = link.next_command()? {
                self.obey(command, link)?;
            }
            link.flush()?;
            let children = (self.child_ends.as_raw_fd(), Interest::Read);
            let [_, child_ended] =
                Poll::new([Some((link.input_fd(), Interest::Read)), Some(children)]).wait(None)?;
            if child_ended {
                sys::acknowledge_child_ends(&self.child_ends);
                while sys::reap(Wait::No).is_some() {}
                if self.resident.is_some() {
                    return Err(LinkError::Io(io::Error::other("the resident process has ended")));
                }
            }
            link.receive()?;
        }
    }

    fn obey(&mut self, command: Command, link: &mut Link) -> Result<(), LinkError> {
        match command {
            Command::FileStart { place, executable, path } => {
                self.receiving = Some(files::create(files::folder(place), &path, executable)?);
            }
            Command::FileData(bytes) => match &mut self.receiving {
                Some(file) => file.write_all(&bytes)?,
                None => return Err(LinkError::Io(io::Error::other("file data without a file"))),
            },
            Command::Step(step) => {
                self.receiving = None;
                let ended = self.run(&step, link)?;
                link.send(&Report::Ended(ended))?;
            }
            // The end of a step and its input can cross on the way.
            Command::Stdin(_) | Command::StdinEnd => {}
            Command::Hold { bytes_max } => {
                let found = files::all(
                    Path::new(files::PROGRAM),
                    Bounds { bytes_max, files_max: u32::MAX },
                );
                self.held = if found.truncated { Files::new() } else { found.files };
            }
            Command::Collect { place, bytes_max, files_max } => {
                let bounds = Bounds { bytes_max, files_max };
                let found = match place {
                    Place::Sandbox => files::changed(&self.mark, bounds),
                    Place::Program => Found { files: self.held.clone(), truncated: false },
                };
                send_files(found, link)?;
            }
            Command::Reset => {
                self.end_resident();
                for folder in [files::SANDBOX, files::TEMPORARY, files::PROGRAM] {
                    files::empty(Path::new(folder))?;
                }
                if Path::new(files::QUEUES).exists() {
                    files::empty(Path::new(files::QUEUES))?;
                }
                sys::remove_system_v_objects()?;
                files::restore(Path::new(files::PROGRAM), &self.held)?;
                link.send(&Report::ResetDone)?;
            }
        }
        Ok(())
    }

    fn run(&mut self, step: &Step, link: &mut Link) -> Result<Ended, LinkError> {
        if step.mark {
            self.mark = files::mark();
        }
        let started = Instant::now();
        let before = self.cgroup.read();
        let (child, mut control) = match self.resident.take() {
            Some((child, control)) if step.resident => (child, Some(control)),
            resident => {
                drop(resident);
                self.end_resident();
                let (argv, env) = (texts(&step.argv)?, texts(&step.env)?);
                match Streams::new()?.start(&argv, &env, &self.filter, &[]) {
                    Ok(child) => (child, None),
                    Err(error) => return Ok(not_started(&error)),
                }
            }
        };
        let context = step::Context { link, cgroup: &self.cgroup, child_ends: &self.child_ends };
        let (ended, child) = step::run(step, child, control.as_mut(), context, started, before)?;
        self.resident = child.zip(control);
        Ok(ended)
    }

    /// Ends the resident process, and anything else.
    fn end_resident(&mut self) {
        self.resident = None;
        sys::kill_all();
        while sys::reap(Wait::ForOne).is_some() {}
        sys::acknowledge_child_ends(&self.child_ends);
    }
}

fn texts(texts: &[String]) -> io::Result<Vec<CString>> {
    texts.iter().map(|text| CString::new(text.as_str()).map_err(io::Error::from)).collect()
}

fn not_started(error: &io::Error) -> Ended {
    let errno = error.raw_os_error().and_then(|errno| u8::try_from(errno).ok()).unwrap_or(u8::MAX);
    Ended { how: How::NotStarted(errno), ..Ended::default() }
}

fn send_files(found: Found, link: &mut Link) -> Result<(), LinkError> {
    for (path, (executable, contents)) in found.files {
        link.send(&Report::FileStart { executable, path })?;
        for chunk in contents.chunks(CHUNK_BYTES_MAX) {
            link.send(&Report::FileData(chunk.to_vec()))?;
            link.flush()?;
        }
    }
    link.send(&Report::Collected { truncated: found.truncated })
}

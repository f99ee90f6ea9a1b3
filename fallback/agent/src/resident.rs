//! A process that the agent starts before it says that it is ready, so that what takes long (a JVM, its compiler) has been done when a job
//! comes. It serves one job.
//!
//! It is told what to do through its descriptor 3 and answers through 4, in the big-endian framing that Java reads without help: `u32` length,
//! then `u8` what (1: answer with a code and stay; 2: this is the last, exit with the code), then two lists, the arguments and the environment
//! (`NAME=value`): each a `u32` count, and as many `u32` length and bytes.
//! Its first answer, [`READY`], says that it is warm. Its standard streams are the program's.

use std::{
    ffi::CString,
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::AsFd as _,
};

use crate::{
    step::{Child, Streams},
    sys,
};

/// The first byte a resident process writes.
const READY: u8 = b'R';

/// What a command asks of the resident process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Answer = 1,
    Finish = 2,
}

/// The two pipes to a resident process, apart from its standard streams.
pub(crate) struct Control {
    commands: File,
    pub(crate) answers: File,
}

impl Control {
    /// Starts the resident process and waits until it is warm. The host's own time-out bounds the wait.
    pub(crate) fn start(
        argv: &[CString],
        env: &[CString],
        filter: &[libc::sock_filter],
    ) -> io::Result<(Child, Self)> {
        let (commands_in, commands_out) = sys::pipe()?;
        let (answers_in, answers_out) = sys::pipe()?;
        let streams = Streams::new()?;
        let child =
            streams.start(argv, env, filter, &[commands_in.as_fd(), answers_out.as_fd()])?;
        drop((commands_in, answers_out));
        let mut answers = File::from(answers_in);
        let mut ready = [0];
        answers.read_exact(&mut ready)?;
        if ready != [READY] {
            return Err(io::Error::other("the resident process did not say that it is ready"));
        }
        sys::set_nonblocking(answers.as_fd())?;
        Ok((child, Self { commands: commands_out.into(), answers }))
    }

    /// Tells the process what to do.
    pub(crate) fn ask(&mut self, ask: Ask, argv: &[String], env: &[String]) -> io::Result<()> {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
        let mut body = vec![ask as u8];
        for list in [argv, env] {
            body.extend_from_slice(&number(list.len()));
            for text in list {
                body.extend_from_slice(&number(text.len()));
                body.extend_from_slice(text.as_bytes());
            }
        }
        let mut frame = number(body.len()).to_vec();
        frame.append(&mut body);
        self.commands.write_all(&frame)
    }

    /// The code it answered with, if it has.
    pub(crate) fn answer(&mut self) -> Option<u8> {
        let mut code = [0];
        self.answers.read(&mut code).is_ok_and(|length| length == 1).then_some(code[0])
    }
}

//! The agent's end of the attached stream: commands in, reports out, neither ever waited for while a step runs.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::{AsFd as _, AsRawFd as _, OwnedFd, RawFd},
};

use coderunner_agent::protocol::{CHUNK_BYTES_MAX, Command, FrameBuffer, ProtocolError, Report};

use crate::sys::{self, Interest, Poll};

/// Both directions of the stream.
pub(crate) struct Link {
    input: File,
    output: File,
    incoming: FrameBuffer,
    /// Reports that the stream has not taken yet. New output is read only when this is empty, which bounds it.
    outgoing: Vec<u8>,
}

/// Why the agent cannot go on.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// The host is gone.
    Closed,
    /// The host does not speak the protocol.
    Protocol(ProtocolError),
    /// The stream failed.
    Io(io::Error),
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl From<ProtocolError> for LinkError {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

impl Link {
    pub(crate) fn new(input: OwnedFd, output: OwnedFd) -> io::Result<Self> {
        sys::set_nonblocking(input.as_fd())?;
        sys::set_nonblocking(output.as_fd())?;
        Ok(Self {
            input: input.into(),
            output: output.into(),
            incoming: FrameBuffer::default(),
            outgoing: Vec::new(),
        })
    }

    pub(crate) fn input_fd(&self) -> RawFd {
        self.input.as_raw_fd()
    }

    pub(crate) fn output_fd(&self) -> RawFd {
        self.output.as_raw_fd()
    }

    /// A command that has arrived.
    pub(crate) fn next_command(&mut self) -> Result<Option<Command>, LinkError> {
        Ok(self.incoming.next_command()?)
    }

    /// Reads what has arrived.
    pub(crate) fn receive(&mut self) -> Result<(), LinkError> {
        let mut buffer = vec![0; CHUNK_BYTES_MAX];
        match self.input.read(&mut buffer) {
            Ok(0) => Err(LinkError::Closed),
            Ok(length) => {
                self.incoming.push(buffer.get(..length).unwrap_or_default());
                Ok(())
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether nothing waits to be sent.
    pub(crate) fn is_flushed(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// Queues `report` and sends what the stream takes now.
    pub(crate) fn send(&mut self, report: &Report) -> Result<(), LinkError> {
        report.encode(&mut self.outgoing);
        self.try_flush()
    }

    /// Sends what the stream takes now.
    pub(crate) fn try_flush(&mut self) -> Result<(), LinkError> {
        while !self.outgoing.is_empty() {
            match self.output.write(&self.outgoing) {
                Ok(0) => return Err(LinkError::Closed),
                Ok(length) => {
                    self.outgoing.drain(..length);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Sends everything, waiting for the stream. Only while no program runs: its deadline would not be watched.
    pub(crate) fn flush(&mut self) -> Result<(), LinkError> {
        loop {
            self.try_flush()?;
            if self.is_flushed() {
                return Ok(());
            }
            Poll::new([Some((self.output_fd(), Interest::Write))]).wait(None)?;
        }
    }
}

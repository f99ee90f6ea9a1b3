//! The way of a program's output from the guest to whoever asked for it.
//!
//! A bounded channel of chunks: a reader that does not keep up slows the guest down, and memory never grows.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{ExecuteError, Executor, Job, Outcome};

/// The largest chunk an executor sends, in bytes.
pub const CHUNK_BYTES_MAX: usize = 64 << 10;
/// Chunks that may wait between guest and reader: with [`CHUNK_BYTES_MAX`], at most 1 MiB for each execution.
const CHUNKS_QUEUED_MAX: usize = 16;

/// Which of the two output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A piece of output, in the order in which the program wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputChunk {
    /// The stream it was written to.
    pub stream: OutputStream,
    /// What was written; may end within a UTF-8 sequence.
    pub bytes: Bytes,
}

/// The reader of an execution's output is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader of the program's output is gone")]
pub struct OutputClosed;

/// Where an executor sends what a program writes.
#[derive(Debug)]
pub struct OutputSink(mpsc::Sender<OutputChunk>);

impl OutputSink {
    /// A sink and the reader of what is sent to it.
    #[must_use]
    pub fn bounded() -> (Self, OutputReader) {
        let (sender, receiver) = mpsc::channel(CHUNKS_QUEUED_MAX);
        (Self(sender), OutputReader(receiver))
    }

    /// Sends a chunk, waiting while the reader is behind.
    ///
    /// # Errors
    /// The reader is gone; there is no point in going on.
    pub async fn send(&self, chunk: OutputChunk) -> Result<(), OutputClosed> {
        self.0.send(chunk).await.map_err(|_| OutputClosed)
    }

    /// Waits for room for one chunk. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// The reader is gone; there is no point in going on.
    pub async fn reserve(&self) -> Result<OutputPermit<'_>, OutputClosed> {
        self.0.reserve().await.map(OutputPermit).map_err(|_| OutputClosed)
    }

    /// Sends a chunk if there is room now; gives it back if there is not.
    ///
    /// # Errors
    /// The reader is gone; there is no point in going on.
    pub fn try_send(&self, chunk: OutputChunk) -> Result<Option<OutputChunk>, OutputClosed> {
        match self.0.try_send(chunk) {
            Ok(()) => Ok(None),
            Err(mpsc::error::TrySendError::Full(chunk)) => Ok(Some(chunk)),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(OutputClosed),
        }
    }
}

/// Room for one chunk.
#[derive(Debug)]
pub struct OutputPermit<'a>(mpsc::Permit<'a, OutputChunk>);

impl OutputPermit<'_> {
    /// Sends the chunk.
    pub fn send(self, chunk: OutputChunk) {
        self.0.send(chunk);
    }
}

/// Where the output of an execution arrives.
#[derive(Debug)]
pub struct OutputReader(mpsc::Receiver<OutputChunk>);

impl OutputReader {
    /// The next chunk; `None` once the execution has ended and all is read.
    pub async fn recv(&mut self) -> Option<OutputChunk> {
        self.0.recv().await
    }
}

/// What a program left behind when it was run to its end with [`run_to_end`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// All of its standard error.
    pub stderr: Vec<u8>,
}

/// Runs `job` and gathers its output, which the job's own output limit bounds.
///
/// # Errors
/// As [`Executor::execute`].
pub async fn run_to_end<E: Executor + ?Sized>(
    executor: &E,
    job: Job,
) -> Result<Finished, ExecuteError> {
    let (sink, reader) = OutputSink::bounded();
    let (outcome, stdout, stderr) = gather(executor.execute(job, sink), reader).await?;
    Ok(Finished { outcome, stdout, stderr })
}

/// Waits for `execution` while gathering what it sends to `reader`: its result, standard output and standard error. The execution holds the
/// only sink.
///
/// # Errors
/// The execution's.
pub async fn gather<T, E>(
    execution: impl Future<Output = Result<T, E>>,
    mut reader: OutputReader,
) -> Result<(T, Vec<u8>, Vec<u8>), E> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut take = |chunk: OutputChunk| match chunk.stream {
        OutputStream::Stdout => stdout.extend_from_slice(&chunk.bytes),
        OutputStream::Stderr => stderr.extend_from_slice(&chunk.bytes),
    };
    let result = {
        let mut execution = std::pin::pin!(execution);
        loop {
            tokio::select! {
                biased;
                result = &mut execution => break result?,
                Some(chunk) = reader.recv() => take(chunk),
            }
        }
    };
    while let Some(chunk) = reader.recv().await {
        take(chunk);
    }
    Ok((result, stdout, stderr))
}

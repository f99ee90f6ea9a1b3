//! Standard input of a job: nothing, given bytes, or a stream that somebody is typing into.

use bytes::Bytes;
use tokio::sync::mpsc;

/// Where a program's standard input comes from.
#[derive(Debug, Default)]
pub enum Stdin {
    /// At end of file from the start.
    #[default]
    Empty,
    /// These bytes, then end of file.
    Bytes(Bytes),
    /// Whatever a [`StdinSender`] sends, until it is dropped.
    Stream(StdinReader),
}

/// Chunks that may wait between the sender and the guest; the sender waits when there are more.
const CHUNKS_QUEUED_MAX: usize = 16;

impl Stdin {
    /// A live input and the end to feed it from.
    #[must_use]
    pub fn stream() -> (StdinSender, Self) {
        let (sender, receiver) = mpsc::channel(CHUNKS_QUEUED_MAX);
        (StdinSender(sender), Self::Stream(StdinReader(receiver)))
    }
}

/// Feeds a live standard input. Dropping it is end of file.
#[derive(Clone, Debug)]
pub struct StdinSender(mpsc::Sender<Bytes>);

impl StdinSender {
    /// Sends `bytes`, waiting while the guest is slow to read. `false` when the guest is gone.
    pub async fn send(&self, bytes: Bytes) -> bool {
        // An empty chunk would read as end of file.
        bytes.is_empty() || self.0.send(bytes).await.is_ok()
    }

    /// The same from a thread that may block.
    #[must_use]
    pub fn blocking_send(&self, bytes: Bytes) -> bool {
        bytes.is_empty() || self.0.blocking_send(bytes).is_ok()
    }
}

/// The guest's end of a live standard input.
#[derive(Debug)]
pub struct StdinReader(mpsc::Receiver<Bytes>);

impl StdinReader {
    /// The next chunk, never empty; `None` at end of file.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.0.recv().await
    }
}

//! Standard output and standard error on their way to the sink.
//!
//! Guests write line by line; sending each line on its own would cost more than printing it. So output is gathered here and
//! flushed when the guest pauses (it is suspended at least every few milliseconds), when it fills up, and at the end.
//! The buffer is shared between the host functions, which fill it, and the driver of the execution, which drains it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use coderunner_executor::{CHUNK_BYTES_MAX, OutputChunk, OutputClosed, OutputSink, OutputStream};

/// Bytes that may wait before a writing guest has to wait too.
const HIGH_WATER_BYTES: usize = CHUNK_BYTES_MAX;
/// Alternations between the two streams that may wait, likewise.
const HIGH_WATER_CHUNKS: usize = 64;

/// The output of one execution.
#[derive(Debug)]
pub struct OutputBuffer {
    sink: OutputSink,
    pending: Mutex<Pending>,
}

#[derive(Debug)]
struct Pending {
    chunks: std::collections::VecDeque<(OutputStream, BytesMut)>,
    bytes: usize,
    bytes_left: u64,
    bytes_written: u64,
}

/// What came of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it was taken.
    All,
    /// All of it was taken; the guest should wait until some is drained.
    AllButWait,
    /// What fitted was taken; the limit is reached.
    LimitReached,
}

impl OutputBuffer {
    /// A buffer in front of `sink` that takes `bytes_max` bytes in all.
    #[must_use]
    pub fn new(sink: OutputSink, bytes_max: u64) -> Self {
        let pending = Pending {
            chunks: std::collections::VecDeque::new(),
            bytes: 0,
            bytes_left: bytes_max,
            bytes_written: 0,
        };
        Self { sink, pending: Mutex::new(pending) }
    }

    /// Bytes taken so far.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.pending().bytes_written
    }

    pub(crate) fn write(&self, stream: OutputStream, bytes: &[u8]) -> Written {
        let pending = &mut *self.pending();
        let room = usize::try_from(pending.bytes_left).unwrap_or(usize::MAX);
        let taken = bytes.get(..room).unwrap_or(bytes);
        if !taken.is_empty() {
            match pending.chunks.back_mut() {
                Some((last, chunk)) if *last == stream => chunk.extend_from_slice(taken),
                _ => pending.chunks.push_back((stream, BytesMut::from(taken))),
            }
            pending.bytes += taken.len();
            pending.bytes_left -= taken.len() as u64;
            pending.bytes_written += taken.len() as u64;
        }
        if taken.len() < bytes.len() {
            Written::LimitReached
        } else if pending.bytes >= HIGH_WATER_BYTES || pending.chunks.len() >= HIGH_WATER_CHUNKS {
            Written::AllButWait
        } else {
            Written::All
        }
    }

    /// Sends what is waiting as far as the sink has room. `true` when nothing is left.
    ///
    /// # Errors
    /// The reader is gone.
    pub fn try_flush(&self) -> Result<bool, OutputClosed> {
        let pending = &mut *self.pending();
        while let Some(chunk) = pending.next() {
            if let Some(refused) = self.sink.try_send(chunk)? {
                pending.put_back(&refused);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends all that is waiting, waiting for the reader.
    ///
    /// # Errors
    /// The reader is gone.
    pub async fn flush(&self) -> Result<(), OutputClosed> {
        // Room first, then the chunk: the guest and its driver may both be waiting here, and a chunk taken while there is no room would be
        // overtaken by the next.
        while !self.pending().chunks.is_empty() {
            let permit = self.sink.reserve().await?;
            let pending = &mut *self.pending();
            if let Some(chunk) = pending.next() {
                permit.send(chunk);
            }
        }
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        // Nothing panics while it holds the lock; were it so, the bytes are still what the guest wrote.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    /// Takes the next chunk, at most [`CHUNK_BYTES_MAX`] long.
    fn next(&mut self) -> Option<OutputChunk> {
        let (stream, waiting) = self.chunks.front_mut()?;
        let stream = *stream;
        let bytes = waiting.split_to(waiting.len().min(CHUNK_BYTES_MAX));
        if waiting.is_empty() {
            self.chunks.pop_front();
        }
        self.bytes -= bytes.len();
        Some(OutputChunk { stream, bytes: bytes.freeze() })
    }

    fn put_back(&mut self, chunk: &OutputChunk) {
        self.bytes += chunk.bytes.len();
        // The rest of the same write may still be in front: keep the order.
        if let Some((stream, waiting)) = self.chunks.front_mut()
            && *stream == chunk.stream
        {
            let mut joined = BytesMut::with_capacity(chunk.bytes.len() + waiting.len());
            joined.extend_from_slice(&chunk.bytes);
            joined.extend_from_slice(waiting);
            *waiting = joined;
        } else {
            self.chunks.push_front((chunk.stream, BytesMut::from(&chunk.bytes[..])));
        }
    }
}

#[cfg(test)]
mod tests {
    use coderunner_executor::OutputReader;

    use super::*;
    use OutputStream::{Stderr, Stdout};

    async fn drain(buffer: OutputBuffer, mut reader: OutputReader) -> Vec<(OutputStream, Vec<u8>)> {
        let writer = tokio::spawn(async move { buffer.flush().await });
        let mut got: Vec<(OutputStream, Vec<u8>)> = Vec::new();
        while let Some(chunk) = reader.recv().await {
            match got.last_mut() {
                Some((stream, bytes)) if *stream == chunk.stream => bytes.extend(&chunk.bytes),
                _ => got.push((chunk.stream, chunk.bytes.to_vec())),
            }
        }
        writer.await.unwrap().unwrap();
        got
    }

    #[tokio::test]
    async fn order_between_the_streams_is_kept_even_when_the_reader_is_slow() {
        let (sink, reader) = OutputSink::bounded();
        let buffer = OutputBuffer::new(sink, 1 << 20);
        let mut expected = Vec::new();
        for n in 0..100_u8 {
            let stream = if n % 2 == 0 { Stdout } else { Stderr };
            buffer.write(stream, &[n]);
            expected.push((stream, vec![n]));
            // Fills the sink and puts chunks back many times over.
            buffer.try_flush().unwrap();
        }
        assert_eq!(drain(buffer, reader).await, expected);
    }

    #[tokio::test]
    async fn order_is_kept_when_two_wait_for_the_reader_and_one_gives_up() {
        let (sink, mut reader) = OutputSink::bounded();
        let buffer = OutputBuffer::new(sink, 1 << 20);
        let mut expected = Vec::new();
        for n in 0..60_u8 {
            buffer.write(if n % 2 == 0 { Stdout } else { Stderr }, &[n]);
            expected.push(n);
        }
        let mut got = Vec::new();
        {
            let mut waits =
                [Box::pin(buffer.flush()), Box::pin(buffer.flush()), Box::pin(buffer.flush())];
            let mut poll = |n: usize| {
                let waker = std::task::Waker::noop();
                let _ = waits[n].as_mut().poll(&mut std::task::Context::from_waker(waker));
            };
            for turn in 0..20 {
                poll(turn % 3);
                poll(0);
                got.push(reader.recv().await.unwrap().bytes[0]);
            }
        }
        got.extend(drain(buffer, reader).await.into_iter().flat_map(|(_, bytes)| bytes));
        assert_eq!(got, expected);
    }

    #[tokio::test]
    async fn output_beyond_the_limit_is_cut_and_said_so() {
        let (sink, reader) = OutputSink::bounded();
        let buffer = OutputBuffer::new(sink, 5);
        assert_eq!(buffer.write(Stdout, b"abc"), Written::All);
        assert_eq!(buffer.write(Stderr, b"defg"), Written::LimitReached);
        assert_eq!(buffer.write(Stdout, b"h"), Written::LimitReached);
        assert_eq!(buffer.bytes_written(), 5);
        assert_eq!(
            drain(buffer, reader).await,
            [(Stdout, b"abc".to_vec()), (Stderr, b"de".to_vec())]
        );
    }

    #[test]
    fn a_writer_is_told_to_wait_when_much_is_pending() {
        let (sink, _reader) = OutputSink::bounded();
        let buffer = OutputBuffer::new(sink, u64::MAX);
        assert_eq!(buffer.write(Stdout, &vec![0; HIGH_WATER_BYTES]), Written::AllButWait);
    }
}

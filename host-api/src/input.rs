//! Standard input as a guest reads it.

use bytes::{Buf, Bytes};
use coderunner_executor::{Stdin, StdinReader};

/// Standard input and what of it was received but not yet read.
#[derive(Debug)]
pub(crate) struct Input {
    received: Bytes,
    more: Option<StdinReader>,
}

impl Input {
    pub(crate) fn new(stdin: Stdin) -> Self {
        match stdin {
            Stdin::Empty => Self { received: Bytes::new(), more: None },
            Stdin::Bytes(bytes) => Self { received: bytes, more: None },
            Stdin::Stream(reader) => Self { received: Bytes::new(), more: Some(reader) },
        }
    }

    /// Waits until there is something to read or the end is reached.
    pub(crate) async fn ready(&mut self) {
        while self.received.is_empty() {
            let Some(reader) = &mut self.more else { return };
            match reader.recv().await {
                Some(bytes) => self.received = bytes,
                None => self.more = None,
            }
        }
    }

    /// Bytes that can be read without waiting.
    pub(crate) fn available(&self) -> usize {
        self.received.len()
    }

    /// Moves what is available into `buffer`; 0 at the end of input (or when [`Self::ready`] was not awaited).
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let len = buffer.len().min(self.received.len());
        self.received.copy_to_slice(&mut buffer[..len]);
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_live_input_is_read_in_pieces_until_its_sender_is_gone() {
        let (sender, stdin) = Stdin::stream();
        let mut input = Input::new(stdin);
        assert!(sender.send(Bytes::from_static(b"hello")).await);
        drop(sender);
        let mut buffer = [0; 3];
        input.ready().await;
        assert_eq!((input.read(&mut buffer), &buffer), (3, b"hel"));
        input.ready().await;
        assert_eq!((input.read(&mut buffer), &buffer[..2]), (2, &b"lo"[..]));
        input.ready().await;
        assert_eq!(input.read(&mut buffer), 0);
    }
}

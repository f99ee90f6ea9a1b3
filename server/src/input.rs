//! What somebody types while a program runs, on its way from a connection to the program.

use std::collections::VecDeque;

use bytes::Bytes;
use coderunner_executor::{Stdin, StdinSender};

/// Input that waits for the program to read it; nothing more is received until it does.
const QUEUED_BYTES_MAX: usize = 1 << 20;

/// Input that the program has not read yet.
#[derive(Debug, Default)]
pub(crate) struct Input {
    sender: Option<StdinSender>,
    queue: VecDeque<Bytes>,
    bytes: usize,
    closed: bool,
}

impl Input {
    /// A live input, and the program's end of it.
    pub(crate) fn live() -> (Self, Stdin) {
        let (sender, stdin) = Stdin::stream();
        (Self { sender: Some(sender), ..Self::default() }, stdin)
    }

    /// Whether more may be received.
    pub(crate) fn has_room(&self) -> bool {
        self.bytes < QUEUED_BYTES_MAX
    }

    /// Takes what was typed. Nobody reads it when the input is closed.
    pub(crate) fn push(&mut self, text: Bytes) {
        if !self.closed && self.sender.is_some() && !text.is_empty() {
            self.bytes += text.len();
            self.queue.push_back(text);
        }
    }

    /// Nothing more will be typed.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        if self.queue.is_empty() {
            self.sender = None;
        }
    }

    /// Passes one piece on; never resolves when there is none. May be dropped and called again: nothing is lost or passed on twice.
    pub(crate) async fn pass_on(&mut self) {
        let (Some(sender), Some(text)) = (&self.sender, self.queue.front()) else {
            return std::future::pending().await;
        };
        let bytes = text.len();
        let taken = sender.send(text.clone()).await;
        self.queue.pop_front();
        self.bytes -= bytes;
        if !taken {
            self.queue.clear();
            self.bytes = 0;
        }
        if !taken || (self.closed && self.queue.is_empty()) {
            self.sender = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_that_was_typed_arrives_before_the_end() {
        let (mut input, stdin) = Input::live();
        for text in ["a", "", "b"] {
            input.push(Bytes::from_static(text.as_bytes()));
        }
        input.close();
        input.push(Bytes::from_static(b"too late"));
        let Stdin::Stream(mut reader) = stdin else { panic!("it is live") };
        input.pass_on().await;
        input.pass_on().await;
        assert_eq!(reader.recv().await.as_deref(), Some(b"a".as_slice()));
        assert_eq!(reader.recv().await.as_deref(), Some(b"b".as_slice()));
        assert_eq!(reader.recv().await, None);
    }

    #[tokio::test]
    async fn a_program_that_is_gone_frees_what_waited_for_it() {
        let (mut input, stdin) = Input::live();
        input.push(Bytes::from(vec![0; QUEUED_BYTES_MAX]));
        assert!(!input.has_room());
        drop(stdin);
        input.pass_on().await;
        assert!(input.has_room());
    }
}

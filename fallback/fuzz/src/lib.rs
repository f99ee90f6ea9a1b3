//! What both readers of the protocol must hold: whatever bytes come, in whatever pieces, they neither panic nor take more than they should, and what
//! they take for a frame means the same when it is written and read again.

use std::fmt::Debug;

use coderunner_agent::protocol::{FrameBuffer, PAYLOAD_BYTES_MAX, ProtocolError};

/// Kind and length of a frame, and some room.
const HEADER_BYTES_MAX: usize = 8;

/// Takes a reader's next frame.
pub type Next<F> = fn(&mut FrameBuffer) -> Result<Option<F>, ProtocolError>;

/// Feeds `bytes` to a reader in pieces of `piece` and one bytes.
pub fn read<F: Debug + PartialEq>(piece: u8, bytes: &[u8], next: Next<F>, write: fn(&F, &mut Vec<u8>)) {
    let mut frames = FrameBuffer::default();
    let mut again = FrameBuffer::default();
    for piece in bytes.chunks(usize::from(piece) + 1) {
        frames.push(piece);
        loop {
            match next(&mut frames) {
                Ok(Some(frame)) => {
                    let mut written = Vec::new();
                    write(&frame, &mut written);
                    assert!(written.len() <= PAYLOAD_BYTES_MAX + HEADER_BYTES_MAX);
                    again.push(&written);
                    assert_eq!(next(&mut again), Ok(Some(frame)));
                    assert_eq!(next(&mut again), Ok(None));
                }
                Ok(None) => break,
                // Nothing that follows can be trusted: the other side is given up.
                Err(_) => return,
            }
        }
    }
}

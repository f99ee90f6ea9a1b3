//! What the host reads: whatever bytes come, in whatever pieces, it neither panics nor takes more than it should, and what it takes for a frame means
//! the same when it is written and read again.

#![no_main]

use coderunner_agent::protocol::{FrameBuffer, PAYLOAD_BYTES_MAX};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let mut frames = FrameBuffer::default();
    let mut again = FrameBuffer::default();
    for piece in bytes.chunks(usize::from(piece) + 1) {
        frames.push(piece);
        loop {
            match frames.next_report() {
                Ok(Some(frame)) => {
                    let mut written = Vec::new();
                    frame.encode(&mut written);
                    assert!(written.len() <= PAYLOAD_BYTES_MAX + 8);
                    again.push(&written);
                    assert_eq!(again.next_report(), Ok(Some(frame)));
                    assert_eq!(again.next_report(), Ok(None));
                }
                Ok(None) => break,
                // Nothing that follows can be trusted: the agent is given up.
                Err(_) => return,
            }
        }
    }
});

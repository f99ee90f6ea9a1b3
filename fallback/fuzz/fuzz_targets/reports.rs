//! What the host reads.

#![no_main]

use coderunner_agent::protocol::{FrameBuffer, Report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    coderunner_fallback_fuzz::read(input.0, input.1, FrameBuffer::next_report, Report::encode);
});

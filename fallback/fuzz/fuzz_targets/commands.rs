//! What the agent reads.

#![no_main]

use coderunner_agent::protocol::{Command, FrameBuffer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    coderunner_fallback_fuzz::read(input.0, input.1, FrameBuffer::next_command, Command::encode);
});

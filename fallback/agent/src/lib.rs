//! What the agent and the host share: the protocol between them.
//!
//! The agent itself is the program of this crate (`main.rs`); `docs/agent-protocol.md` describes the protocol for people.

pub mod protocol;

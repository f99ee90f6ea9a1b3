//! The integration tests: one binary, a module for each subject.
//!
//! - `backends`: the executors under test, set up the same way everywhere
//! - `cases`: programs as folders of data (`tests/cases/`), run by every executor that has their language
//! - `node`: JavaScript prints what Node.js prints; `typescript`: TypeScript what `tsc` and Node.js make of it
//! - `recorded`: other languages print what their usual interpreters print
//! - `conformance`: a sample of the languages' own tests, and of programs that others wrote
//! - `isolation`: nothing of one run is left for the next; `layers`: nor anything of what is imported ahead
//! - `cancellation`: whoever loses interest gets everything back
//! - `cli`, `faults`: the real binary, on good days and on bad ones
//! - `served`, `serve`: a server under test; its HTTP interface; `grpc`, `websocket`: the others
//! - `web`: the embed and the playground in a real browser
//! - `surfaces`: the interfaces of other systems, with their published clients
//! - `deploy`: dashboard, rules and unit, with the programs that read them
//! - `cached`: answers of earlier runs; `described`: what the server says of itself, checked by others' tools
//! - `access`, `bad_input`, `bad_frames`: who is let in, and what nobody should send
//! - `architecture`, `tidy`: the rules of the source tree itself
//!
//! Unit tests lie in the file that they test. No test sleeps to wait for something or asserts how long something took.

mod access;
mod architecture;
mod backends;
mod bad_frames;
mod bad_input;
mod cached;
mod cancellation;
mod cases;
mod cli;
mod conformance;
mod deploy;
mod described;
mod faults;
mod grpc;
mod isolation;
mod layers;
mod node;
mod recorded;
mod serve;
mod served;
mod surfaces;
mod tidy;
mod typescript;
mod web;
mod websocket;

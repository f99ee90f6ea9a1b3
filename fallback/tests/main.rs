//! The container tests without the rest of the workspace: quick to build while working on this crate.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests say what they skip and what they counted"
)]

#[path = "../../tests/container_engine.rs"]
mod container_engine;
#[path = "../../tests/container_failures.rs"]
mod container_failures;
#[path = "../../tests/container_languages.rs"]
mod container_languages;
#[path = "../../tests/container_limits.rs"]
mod container_limits;
#[path = "../../tests/container_support.rs"]
mod container_support;

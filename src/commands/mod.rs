//! One file for each subcommand.

pub(crate) mod bench;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod languages;
pub(crate) mod mcp;
pub(crate) mod run;
pub(crate) mod serve;

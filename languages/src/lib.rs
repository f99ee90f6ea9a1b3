//! The languages that this build knows: what each `languages/<id>/` folder says, checked and indexed.
//!
//! A language is data: its manifest (`language.toml`), a hello program, and either a guest or an image recipe. This crate
//! runs nothing; the backends look up what they need here.

mod container;
#[cfg(test)]
#[path = "../digest.rs"]
mod digest;
mod layer;
mod manifest;
mod registry;

pub use container::{Build, Container, IMAGES, OptionError, Program, version_label};
pub use layer::{Layer, Layers};
pub use manifest::{Backend, Guest, Language, ManifestError, Package};
pub use registry::{Registry, UnknownLanguage};

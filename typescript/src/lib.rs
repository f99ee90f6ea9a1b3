//! TypeScript, TSX and JSX to JavaScript.
//!
//! [`compile`] turns the files of a program into JavaScript, [`TypeScript`] is the layer over an executor that does so before it passes a job on.
//! Types are removed, not checked. Every token stays on its line, so that errors are reported where the user made them.

mod error;
mod executor;
mod exports;
mod helpers;
mod layout;
mod lowering;
mod nesting;
mod options;
mod program;
mod speculation;
mod transform;

pub use error::{CompileError, Report};
pub use executor::{Compiled, TypeScript};
pub use program::{SOURCE_BYTES_MAX, compile};

//! The wire contract: what goes over the network, and how it maps to what executors know.
//!
//! - `error`: every error with its stable code, and the table of them
//! - `request`: what callers send; `report`: what they get back; `languages`: what can be run
//! - [`proto`]: the same as protocol buffers, for gRPC
//! - `text`: a program's bytes as text, whole or as they come
//!
//! Here are types and conversions only; `server` has the protocols that carry them.

mod error;
mod languages;
pub mod proto;
mod report;
mod request;
mod text;

pub use error::{ApiError, Detail, ErrorBody, ErrorCode, codes};
pub use languages::{LanguageReport, LayerReport, LimitsReport, PackageReport};
pub use report::{Encoding, FileReport, RunReport, TerminationReport, UsageReport};
pub use request::{
    RequestCache, RequestFile, RequestLimits, RequestPriority, RunRequest, parse, parse_value,
};
pub use text::{TextStream, text};

//! On whose behalf a request runs. An extractor: whoever has a `Caller` has passed the checks.

use std::net::SocketAddr;

use coderunner_executor::Caller as Party;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{reply::Failure, service::Service};

/// Who sent a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Where it came from.
    pub(crate) address: Option<SocketAddr>,
    /// What fairness is between.
    pub(crate) party: Party,
}

impl Caller {
    /// Whoever started this process.
    pub(crate) fn local() -> Self {
        Self { address: None, party: Party::default() }
    }
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Failure> {
        Ok(Self { address: parts.extensions.get::<SocketAddr>().copied(), party: Party::default() })
    }
}

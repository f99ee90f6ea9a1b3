//! On whose behalf a request runs. An extractor: whoever has a `Caller` has passed the checks.

use std::{convert::Infallible, net::SocketAddr};

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::service::Service;

/// Who sent a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Where it came from.
    pub(crate) address: Option<SocketAddr>,
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Infallible> {
        Ok(Self { address: parts.extensions.get::<SocketAddr>().copied() })
    }
}

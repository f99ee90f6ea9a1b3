//! On whose behalf a request runs. An extractor: whoever has a `Caller` has passed the checks of `access`.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts, uri::Authority},
};

use coderunner_executor::Caller as Party;

use crate::{
    access::{Admitted, Credentials},
    reply::Failure,
    service::Service,
};

/// Headers that carry a key as it stands: ours, and Judge0's.
const KEY_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-api-key"), HeaderName::from_static("x-auth-token")];

/// Who sent a request, and what it may do.
pub(crate) type Caller = Admitted;

impl Caller {
    /// Whoever started this process.
    pub(crate) fn local() -> Self {
        Self {
            name: Arc::from("local"),
            tenant: None,
            party: Party::default(),
            ceiling: None,
            run: true,
            metrics: false,
        }
    }
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let credentials = Credentials {
            address: parts.extensions.get::<SocketAddr>().map(SocketAddr::ip),
            forwarded_for: text(HeaderName::from_static("x-forwarded-for")),
            key: key(&parts.headers),
            origin: text(header::ORIGIN),
            host: text(header::HOST).or_else(|| parts.uri.authority().map(Authority::as_str)),
        };
        Ok(service.gatekeeper().admit(credentials)?)
    }
}

fn key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim());
    bearer.or_else(|| KEY_HEADERS.iter().find_map(|name| headers.get(name)?.to_str().ok()))
}

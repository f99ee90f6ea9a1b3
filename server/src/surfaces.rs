//! Interfaces of other systems, so that their clients work unchanged. One thin adapter each; see the crate's documentation.

use axum::Router;

use crate::service::Service;

/// The addresses of all surfaces.
pub(crate) fn routes() -> Router<Service> {
    Router::new()
}

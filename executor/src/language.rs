//! The name by which a job asks for a language: the `id` of its folder in `languages/`.
//!
//! Aliases are resolved before a job is made (see the `languages` crate), so executors compare identifiers only.

use std::{borrow::Borrow, fmt, sync::Arc};

/// A canonical language identifier such as `python` or `cpp`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageId(Arc<str>);

impl LanguageId {
    /// An identifier as it stands; whether anything supports it is up to the executor.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for LanguageId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LanguageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LanguageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

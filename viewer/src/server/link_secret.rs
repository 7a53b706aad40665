//! The secret in the links to the page.

use std::fmt;

/// A secret of programs and their readers that links contain, as [`Options::link_secret`](crate::Options::link_secret).
/// `Debug` does not show it.
#[derive(Clone)]
pub struct LinkSecret(String);

impl LinkSecret {
    /// Takes the secret as it is.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// As a part of the fragment of a link.
    pub(crate) fn part(&self) -> String {
        format!("secret={}", self.0)
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

//! Random numbers that nobody can guess.

use rustls::crypto::ring;

use crate::error::{Error, Result};

/// `N` bytes of the operating system's generator; the children of a fork share no state of that.
///
/// # Errors
/// The system has no random numbers for `purpose`.
pub(crate) fn bytes<const N: usize>(purpose: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let random = ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Error::internal(purpose, "the system gives no random numbers"))?;
    Ok(bytes)
}

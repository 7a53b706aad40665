//! What is wrong with the options of a program that logs or reads.

use thiserror::Error;

use super::address::UrlVariableError;
use super::secret::SecretError;

/// The exit status is 2 then.
#[derive(Debug, Error)]
pub(super) enum UsageError {
    #[error(transparent)]
    Url(#[from] UrlVariableError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An option that the core does not take.
    #[error(transparent)]
    Core(#[from] logrtc::Error),
}

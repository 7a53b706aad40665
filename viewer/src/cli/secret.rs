//! The secret of programs and their readers: of a file, of a link, or of the environment.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use thiserror::Error;

use super::environment::variable;
use crate::consumer::{InvalidSecret, Secret};

/// The variable that holds it.
const VARIABLE: &str = "LOGRTC_SECRET";

/// What is wrong with a secret, or with its file. The text never contains the secret.
#[derive(Debug, Error)]
pub(super) enum SecretError {
    #[error("--secret-file {}: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("--secret-file {}: {error}", .path.display())]
    File { path: PathBuf, error: InvalidSecret },
    #[error("the secret of the link: {0}")]
    Link(InvalidSecret),
    #[error("{VARIABLE}: {0}")]
    Variable(InvalidSecret),
}

#[derive(Debug, Args)]
pub(super) struct SecretArgs {
    /// A file with the secret that programs and their readers share, and the server does not know: 32 or more random hexadecimal
    /// digits.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl SecretArgs {
    /// The secret of the file, or else the one that is `linked`, or else that of the environment. Its text, which is checked.
    ///
    /// # Errors
    /// What is wrong with it, or with the file.
    pub(super) fn read(&self, linked: Option<&str>) -> Result<Option<String>, SecretError> {
        match (&self.secret_file, linked) {
            (Some(path), _) => of_file(path).map(Some),
            (None, Some(text)) => checked(text).map(Some).map_err(SecretError::Link),
            (None, None) => of_environment().map_err(SecretError::Variable),
        }
    }
}

/// The text of the secret in the environment, which is checked.
///
/// # Errors
/// What is wrong with it.
pub(super) fn of_environment() -> Result<Option<String>, InvalidSecret> {
    variable(VARIABLE).map(|text| checked(&text)).transpose()
}

fn of_file(path: &Path) -> Result<String, SecretError> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| SecretError::Unreadable { path: path.to_owned(), error })?;
    checked(text.trim()).map_err(|error| SecretError::File { path: path.to_owned(), error })
}

fn checked(text: &str) -> Result<String, InvalidSecret> {
    Secret::parse(text).map(|_| text.to_owned())
}

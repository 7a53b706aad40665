//! The secret of programs and their readers: of a file, of a link, or of the environment.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::environment::variable;
use crate::consumer::Secret;

/// The variable that holds it.
const VARIABLE: &str = "LOGRTC_SECRET";

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
    /// What is wrong with it, or with the file; never the text.
    pub(super) fn read(&self, linked: Option<&str>) -> Result<Option<String>, String> {
        if let Some(path) = &self.secret_file {
            let name = path.display();
            let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            return checked(&name, text.trim()).map(Some);
        }
        match linked {
            Some(text) => checked(&"the secret of the link", text).map(Some),
            None => of_environment(),
        }
    }
}

/// The text of the secret in the environment, which is checked.
///
/// # Errors
/// What is wrong with it; never the text.
pub(super) fn of_environment() -> Result<Option<String>, String> {
    variable(VARIABLE).map(|text| checked(&VARIABLE, &text)).transpose()
}

fn checked(whose: &dyn fmt::Display, text: &str) -> Result<String, String> {
    Secret::parse(text).map(|_| text.to_owned()).map_err(|problem| format!("{whose}: {problem}"))
}

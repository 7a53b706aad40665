//! Files of tokens, as options name them.

use std::io;
use std::path::Path;

use crate::setting_file::SettingFile;

pub(super) fn token_file<'a>(option: &'static str, path: &'a Path) -> SettingFile<'a> {
    SettingFile { option, path, right: "a file of tokens, one a line" }
}

/// The first token of a file, as `logrtc serve` reads it.
///
/// # Errors
/// The file cannot be read, or has no token.
pub(super) fn first_token(option: &'static str, path: &Path) -> io::Result<String> {
    let file = token_file(option, path);
    let text = file.read_text()?;
    let token = text.lines().map(str::trim).find(|line| !line.is_empty());
    token.map(str::to_owned).ok_or_else(|| file.invalid(&"has no token"))
}

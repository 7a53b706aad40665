//! A file that an option of `logrtc` names. What is wrong with it is reported with the option, the file, and what is right.

use std::fmt::Display;
use std::io;
use std::path::Path;

/// An option and the file that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettingFile<'a> {
    pub(crate) option: &'static str,
    pub(crate) path: &'a Path,
    /// What it must be.
    pub(crate) right: &'static str,
}

impl SettingFile<'_> {
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.path).map_err(|error| self.error(&error))
    }

    /// # Errors
    /// The file cannot be read, or is not UTF-8.
    pub(crate) fn read_text(&self) -> io::Result<String> {
        String::from_utf8(self.read()?).map_err(|_| self.invalid(&"is not text"))
    }

    /// An error of reading it.
    pub(crate) fn error(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), self.text(error))
    }

    /// An error about its content.
    pub(crate) fn invalid(&self, problem: &dyn Display) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self.text(problem))
    }

    fn text(&self, problem: &dyn Display) -> String {
        format!("{} {}: {problem}; it must be {}", self.option, self.path.display(), self.right)
    }
}

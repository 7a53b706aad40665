//! A line in whichever form it has.

use super::line::Line;
use super::{json, logfmt, text};

impl Line {
    /// Reads a line, without its line feed, in the first form that it has.
    pub(crate) fn read(line: &str) -> Self {
        let trimmed = line.trim();
        json::read(trimmed).or_else(|| logfmt::read(trimmed)).unwrap_or_else(|| text::read(line))
    }
}

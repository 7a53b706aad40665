//! Which entries a producer is asked for. No I/O.

use serde::Serialize;
use thiserror::Error;

/// The longest filter that a producer takes, in bytes.
const MAX_FILTER_BYTES: usize = 1024;

/// The most directives that a producer takes in a filter.
const MAX_DIRECTIVES: usize = 64;

/// The longest name of a level, in bytes, whatever it means.
const MAX_LEVEL_BYTES: usize = 16;

/// Which entries are wanted of a producer. It applies this at the source: what it leaves out costs no network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Selection {
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
}

impl Selection {
    /// Entries of `level` and above that the directives of `filter` want, as in `info,app::db=debug`; each selects all
    /// entries if it is `None`. An entry has to pass both.
    ///
    /// # Errors
    /// What a producer would not take: a filter of more than 1 KiB or 64 directives. The producer alone checks what the
    /// names mean.
    pub fn new(level: Option<&str>, filter: Option<&str>) -> Result<Self, InvalidSelection> {
        if level.is_some_and(|level| level.is_empty() || level.len() > MAX_LEVEL_BYTES || has_control(level)) {
            return Err(InvalidSelection::Level);
        }
        if let Some(filter) = filter {
            if filter.len() > MAX_FILTER_BYTES || filter.split(',').count() > MAX_DIRECTIVES {
                return Err(InvalidSelection::FilterTooLong);
            }
            if has_control(filter) {
                return Err(InvalidSelection::FilterCharacters);
            }
        }
        Ok(Self { level: level.map(str::to_owned), filter: filter.map(str::to_owned) })
    }
}

/// What of a selection no producer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSelection {
    /// The level is no name of one.
    #[error("level: must be DEBUG, INFO, WARN or ERROR")]
    Level,
    /// The filter is too long.
    #[error("filter: must have at most {} bytes and {} directives", MAX_FILTER_BYTES, MAX_DIRECTIVES)]
    FilterTooLong,
    /// The filter has control characters.
    #[error("filter: must not contain control characters")]
    FilterCharacters,
}

/// Each would take six bytes as JSON, and a message has at most 4 KiB.
fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_producer_takes_is_refused() {
        assert!(Selection::new(None, None).is_ok());
        assert!(Selection::new(Some("INFO"), Some(&"x".repeat(MAX_FILTER_BYTES))).is_ok());
        assert!(Selection::new(None, Some(&"a,".repeat(63))).is_ok());
        for (level, filter, problem) in [
            (Some(""), None, "level: "),
            (Some("INFO\n"), None, "level: "),
            (None, Some("x".repeat(MAX_FILTER_BYTES + 1)), "filter: must have"),
            (None, Some("a,".repeat(64)), "filter: must have"),
            (None, Some("a\u{0}".to_owned()), "filter: must not"),
        ] {
            assert!(
                Selection::new(level, filter.as_deref()).unwrap_err().to_string().starts_with(problem),
                "{problem}"
            );
        }
    }
}

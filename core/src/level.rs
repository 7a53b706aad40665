//! The four levels of the protocol, and the names that richer systems use for them.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// How severe an entry is. `Debug < Info < Warn < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// For the person who debugs the program.
    Debug = 0,
    /// What happens in normal operation.
    Info = 1,
    /// What may need attention.
    Warn = 2,
    /// What went wrong.
    Error = 3,
}

/// Names that mean a level of the protocol, as written elsewhere. Nothing is lost by taking them.
const SYNONYMS: [(&str, Level); 6] = [
    ("DEBUG", Level::Debug),
    ("INFO", Level::Info),
    ("WARN", Level::Warn),
    ("WARNING", Level::Warn),
    ("ERROR", Level::Error),
    ("ERR", Level::Error),
];

/// The names that an error message lists.
pub(crate) const LEVEL_NAMES: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"];

/// Names of richer systems. The name itself is kept in `fields.level_name` (docs/protocol.md §5).
const RICHER: [(&str, Level); 17] = [
    ("TRACE", Level::Debug),
    ("VERBOSE", Level::Debug),
    ("SILLY", Level::Debug),
    ("FINE", Level::Debug),
    ("FINER", Level::Debug),
    ("FINEST", Level::Debug),
    ("HTTP", Level::Info),
    ("NOTICE", Level::Info),
    ("SUCCESS", Level::Info),
    ("FATAL", Level::Error),
    ("CRITICAL", Level::Error),
    ("CRIT", Level::Error),
    ("SEVERE", Level::Error),
    ("ALERT", Level::Error),
    ("EMERGENCY", Level::Error),
    ("EMERG", Level::Error),
    ("PANIC", Level::Error),
];

impl Level {
    /// The name on the wire: `DEBUG`, `INFO`, `WARN` or `ERROR`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// The level that `name` means, in any case, and the name to keep if the level is less precise.
    ///
    /// `warning` is [`Level::Warn`] and nothing more; `TRACE` is [`Level::Debug`] and `Some("TRACE")`.
    pub fn from_name(name: &str) -> Option<(Self, Option<&'static str>)> {
        let matches = |(known, _): &&(&'static str, Self)| known.eq_ignore_ascii_case(name);
        SYNONYMS
            .iter()
            .find(matches)
            .map(|(_, level)| (*level, None))
            .or_else(|| RICHER.iter().find(matches).map(|(known, level)| (*level, Some(*known))))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::from_name(name).map(|(level, _)| level).ok_or_else(|| unknown_level("level", name))
    }
}

/// The level that a number means to pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; and its own
/// name if the level is less precise. A number between two of them counts as the lower one.
pub fn level_of_pino(number: f64) -> (Level, Option<&'static str>) {
    match number {
        ..20.0 => (Level::Debug, Some("TRACE")),
        20.0..30.0 => (Level::Debug, None),
        30.0..40.0 => (Level::Info, None),
        40.0..50.0 => (Level::Warn, None),
        50.0..60.0 => (Level::Error, None),
        _ => (Level::Error, Some("FATAL")),
    }
}

pub(crate) fn unknown_level(key: &str, name: &str) -> Error {
    let shown: String = name.chars().take(32).collect();
    Error::invalid(key, format_args!("{shown:?} is not a level; use DEBUG, INFO, WARN or ERROR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_protocol_keep_no_original() {
        for name in ["DEBUG", "info", "Warn", "WARNING", "error"] {
            assert!(matches!(Level::from_name(name), Some((_, None))), "{name}");
        }
    }

    #[test]
    fn richer_names_keep_the_original() {
        assert_eq!(Level::from_name("trace"), Some((Level::Debug, Some("TRACE"))));
        assert_eq!(Level::from_name("CRITICAL"), Some((Level::Error, Some("CRITICAL"))));
        assert_eq!(Level::from_name("loud"), None);
    }

    #[test]
    fn numbers_of_pino_are_levels() {
        for (number, level, name) in [
            (10.0, Level::Debug, Some("TRACE")),
            (20.0, Level::Debug, None),
            (35.0, Level::Info, None),
            (50.0, Level::Error, None),
            (60.0, Level::Error, Some("FATAL")),
        ] {
            assert_eq!(level_of_pino(number), (level, name), "{number}");
        }
    }

    #[test]
    fn an_unknown_level_is_named() {
        let error = "loud".parse::<Level>().unwrap_err();
        assert_eq!(error.to_string(), "level: \"loud\" is not a level; use DEBUG, INFO, WARN or ERROR");
    }
}

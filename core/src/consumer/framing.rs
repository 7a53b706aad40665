//! What goes into the channel's messages. No I/O.
//!
//! A consumer of part 1 gets one entry a message, and learns of lost entries by an entry (docs/protocol.md, "The extension").

use chrono::{DateTime, Utc};

use crate::entry::Entry;
use crate::level::Level;

/// Why entries are missing where a gap is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapReason {
    Overflow,
    Oversize,
}

impl GapReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::Oversize => "oversize",
        }
    }
}

/// The entry that tells a consumer of part 1 that `dropped` entries are missing here.
pub(crate) fn gap(now: DateTime<Utc>, dropped: u64, reason: GapReason) -> String {
    Entry::new(Level::Warn, "logrtc", format!("{dropped} entries dropped"))
        .field("dropped", dropped)
        .field("reason", reason.as_str())
        .to_json_at(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_an_ordinary_entry() {
        let json = gap(DateTime::from_timestamp_millis(0).unwrap(), 12, GapReason::Overflow);
        assert_eq!(
            json,
            concat!(
                r#"{"timestamp":"1970-01-01T00:00:00.000Z","level":"WARN","target":"logrtc","#,
                r#""message":"12 entries dropped","fields":{"dropped":12,"reason":"overflow"}}"#
            )
        );
    }
}

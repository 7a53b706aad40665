//! What a consumer of the base protocol gets beside the entries: it learns of lost entries by an entry. No I/O.

use chrono::{DateTime, Utc};

use crate::entry::Entry;
use crate::journal::GapReason;
use crate::level::Level;

/// The entry that tells a consumer of the base protocol that `dropped` entries are missing here.
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

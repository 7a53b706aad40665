//! The time of an entry, as it travels.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, Timelike, Utc};

/// A time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp {
    /// Since 1970.
    second: i64,
    millisecond: u32,
}

/// What an entry begins with, up to the milliseconds.
type Head = [u8; 34];

impl Timestamp {
    /// The present time. Without the detour over a date, which costs as much as the clock itself.
    pub(crate) fn now() -> Self {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => {
                Self { second: since.as_secs().try_into().unwrap_or(i64::MAX), millisecond: since.subsec_millis() }
            }
            Err(_) => Utc::now().into(),
        }
    }

    /// Appends `{"timestamp":"2024-01-01T12:00:00.000`.
    pub(super) fn push(self, out: &mut Vec<u8>) {
        thread_local! {
            /// The second that was written last: entries come close together.
            static LAST: Cell<(i64, Head)> = const { Cell::new((i64::MIN, [0; 34])) };
        }
        let (known, mut head) = LAST.get();
        if known != self.second {
            head = head_of(self.second);
            LAST.set((self.second, head));
        }
        out.extend_from_slice(&head);
        let milliseconds = self.millisecond;
        out.extend_from_slice(&[digit(milliseconds / 100), digit(milliseconds / 10), digit(milliseconds)]);
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        // A leap second is counted beyond the 1000th millisecond; the protocol has no spelling for it.
        Self { second: time.timestamp(), millisecond: time.timestamp_subsec_millis().min(999) }
    }
}

/// ISO 8601 has the years 0 to 9999 without agreement, and they take 4 digits.
#[cold]
fn head_of(second: i64) -> Head {
    let time = DateTime::from_timestamp(second, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let year = time.year().clamp(0, 9999).unsigned_abs();
    let mut head = *b"{\"timestamp\":\"YYYY-MM-DDThh:mm:ss.";
    for (place, number) in [
        (14, year / 100),
        (16, year),
        (19, time.month()),
        (22, time.day()),
        (25, time.hour()),
        (28, time.minute()),
        (31, time.second()),
    ] {
        [head[place], head[place + 1]] = [digit(number / 10), digit(number)];
    }
    head
}

/// The last digit of `number`.
fn digit(number: u32) -> u8 {
    b'0' + u8::try_from(number % 10).expect("a digit")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pushed(timestamp: Timestamp) -> String {
        let mut out = Vec::new();
        timestamp.push(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn the_text_is_chrono_s(milliseconds in -62_167_219_200_000_i64..253_402_300_799_999) {
            let time = DateTime::from_timestamp_millis(milliseconds).unwrap();
            let expected = time.format("{\"timestamp\":\"%Y-%m-%dT%H:%M:%S%.3f").to_string();
            prop_assert_eq!(pushed(time.into()), expected.clone());
            prop_assert_eq!(pushed(time.into()), expected);
        }
    }

    #[test]
    fn what_has_no_spelling_takes_the_nearest() {
        assert!(pushed(DateTime::<Utc>::MAX_UTC.into()).contains("\"9999-"));
        assert!(pushed(DateTime::<Utc>::MIN_UTC.into()).contains("\"0000-"));
        let leap = DateTime::from_timestamp(1_483_228_799, 1_500_000_000).unwrap();
        assert!(pushed(leap.into()).ends_with("2016-12-31T23:59:59.999"));
    }
}

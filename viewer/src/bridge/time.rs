//! Times as programs write them.

use chrono::{DateTime, Local, NaiveDateTime, TimeZone, Utc};

/// Dates and times without a zone: those of this machine.
const LOCAL_FORMS: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"];

/// With a zone, and not as RFC 3339 has it.
const ZONED_FORMS: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %H:%M:%S%.f%z"];

/// The time that a text is. Python writes a comma before the milliseconds.
pub(super) fn of_text(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().replace(',', ".");
    if let Ok(time) = DateTime::parse_from_rfc3339(&text) {
        return Some(time.to_utc());
    }
    if let Some(time) = ZONED_FORMS.iter().find_map(|form| DateTime::parse_from_str(&text, form).ok()) {
        return Some(time.to_utc());
    }
    let naive = LOCAL_FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())?;
    Local.from_local_datetime(&naive).earliest().map(|time| time.to_utc())
}

/// The time that a number is: since 1970, in seconds, milliseconds, microseconds or nanoseconds, by its size. Only times from
/// 2001 on, because smaller numbers are something else.
pub(super) fn of_number(digits: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let (decimals, nanos_each) = match whole {
        1_000_000_000..=99_999_999_999 => (9, 1_000_000_000),
        1_000_000_000_000..=99_999_999_999_999 => (6, 1_000_000),
        1_000_000_000_000_000..=99_999_999_999_999_999 => (3, 1_000),
        1_000_000_000_000_000_000.. => (0, 1),
        _ => return None,
    };
    // As many digits of the fraction as a nanosecond has.
    let nanos: String = fraction.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    let nanos = nanos.parse().unwrap_or(0);
    Some(DateTime::from_timestamp_nanos(whole.checked_mul(nanos_each)?.checked_add(nanos)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_a_zone_are_utc() {
        for text in [
            "2026-11-27T12:00:00.250Z",
            "2026-11-27T13:00:00.250+01:00",
            "2026-11-27 12:00:00,250 +0000",
            "2026-11-27T12:00:00.250+0000",
        ] {
            assert_eq!(of_text(text).unwrap().to_rfc3339(), "2026-11-27T12:00:00.250+00:00", "{text}");
        }
        assert_eq!(of_text("yesterday"), None);
    }

    #[test]
    fn a_time_without_a_zone_is_of_this_machine() {
        let expected = Local.with_ymd_and_hms(2026, 11, 27, 12, 0, 0).unwrap().to_utc();
        for text in ["2026-11-27 12:00:00", "2026-11-27T12:00:00", "2026/11/27 12:00:00"] {
            assert_eq!(of_text(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn numbers_are_times_by_their_size() {
        for digits in ["1795000000", "1795000000000", "1795000000000000", "1795000000000000000", "1795000000.0"] {
            assert_eq!(of_number(digits).unwrap().timestamp(), 1_795_000_000, "{digits}");
        }
        assert_eq!(of_number("1795000000.25").unwrap().timestamp_subsec_millis(), 250);
        for digits in ["0", "12.5", "-1795000000", "1e30", "NaN"] {
            assert_eq!(of_number(digits), None, "{digits}");
        }
    }
}

//! Timestamps to milliseconds since 1970.

const MS_PER_DAY: i64 = 86_400_000;

/// Reads the full forms of ISO 8601 as `new Date()` does: `2024-01-01T12:00:00Z`, with a fraction of up to nine digits,
/// cut to milliseconds; with an offset as `+05:30` or `+0530` in place of `Z`; with a space in place of `T`. Returns `NaN`
/// for everything else.
pub(crate) fn parse(text: &[u8]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "four digits of years are below 2^53 milliseconds")]
    parse_ms(text).map_or(f64::NAN, |ms| ms as f64)
}

fn parse_ms(text: &[u8]) -> Option<i64> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    if [head[4], head[7], head[13], head[16]] != *b"--::" || !matches!(head[10], b'T' | b' ') {
        return None;
    }
    let pair = |at: usize| digits(&head[at..at + 2]);
    let (year, month, day) = (pair(0)? * 100 + pair(2)?, pair(5)?, pair(8)?);
    let (hour, minute, second) = (pair(11)?, pair(14)?, pair(17)?);
    let (fraction, zone) = fraction(rest)?;
    let is_midnight = hour == 24 && minute == 0 && second == 0 && fraction.is_zero;
    if day < 1 || day > days_of(year, month)? || minute > 59 || second > 59 || (hour > 23 && !is_midnight) {
        return None;
    }
    let of_day = ((hour * 60 + minute - offset_minutes(zone)?) * 60 + second) * 1_000 + fraction.ms;
    Some(days_since_1970(year, month, day) * MS_PER_DAY + of_day)
}

struct Fraction {
    ms: i64,
    is_zero: bool,
}

/// The fraction of a second that `text` begins with, if it does, and what follows.
fn fraction(text: &[u8]) -> Option<(Fraction, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else { return Some((Fraction { ms: 0, is_zero: true }, text)) };
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&length) {
        return None;
    }
    let (fraction, rest) = text.split_at(length);
    let ms = (0..3).fold(0, |ms, at| ms * 10 + fraction.get(at).map_or(0, |digit| i64::from(digit - b'0')));
    Some((Fraction { ms, is_zero: fraction.iter().all(|&digit| digit == b'0') }, rest))
}

fn offset_minutes(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *zone {
        [b'Z'] => return Some(0),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, digits(&[h1, h2])?, digits(&[m1, m2])?),
        _ => return None,
    };
    let offset = hours * 60 + minutes;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(offset),
        b'-' => Some(-offset),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value, &digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
}

fn days_of(year: i64, month: i64) -> Option<i64> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => Some(29),
        2 => Some(28),
        _ => None,
    }
}

/// By a calendar whose years begin in March, so that the leap day is the last of a year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_forms() {
        assert_eq!(parse(b"1970-01-01T00:00:00Z"), 0.0);
        assert_eq!(parse(b"1970-01-01T00:00:00.1239Z"), 123.0);
        assert_eq!(parse(b"1969-12-31T23:59:59.999999999Z"), -1.0);
        assert_eq!(parse(b"2024-02-29T12:00:00.5+05:30"), 1_709_188_200_500.0);
        assert_eq!(parse(b"2024-02-29 12:00:00-0030"), 1_709_209_800_000.0);
        assert_eq!(parse(b"2024-01-01T24:00:00.000Z"), parse(b"2024-01-02T00:00:00Z"));
        assert_eq!(parse(b"0000-01-01T00:00:00Z"), -62_167_219_200_000.0);
        assert_eq!(parse(b"9999-12-31T23:59:59.999Z"), 253_402_300_799_999.0);
    }

    #[test]
    fn no_others() {
        for text in [
            "",
            "2024",
            "2024-01-01",
            "2024-01-01T12:00:00",
            "2024-01-01T12:00Z",
            "2024-1-01T12:00:00Z",
            "2023-02-29T12:00:00Z",
            "2024-13-01T12:00:00Z",
            "2024-00-01T12:00:00Z",
            "2024-01-00T12:00:00Z",
            "2024-01-01T24:00:01Z",
            "2024-01-01T24:00:00.0001Z",
            "2024-01-01T12:00:60Z",
            "2024-01-01T12:00:00.Z",
            "2024-01-01T12:00:00.1234567890Z",
            "2024-01-01T12:00:00Zx",
            "2024-01-01T12:00:00+24:00",
            "2024-01-01T12:00:00*01:00",
            "２024-01-01T12:00:00Z",
        ] {
            assert!(parse(text.as_bytes()).is_nan(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[0-9T:Z.+ -]{0,40}", bytes: Vec<u8>) {
            parse(text.as_bytes());
            parse(&bytes);
        }
    }
}

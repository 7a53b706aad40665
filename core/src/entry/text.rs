//! Pieces of JSON text: strings, numbers, and values in their one spelling.

use crate::error::{Error, Result};

/// How deep a value may be nested; as `serde_json` has it.
const MAX_DEPTH: usize = 128;

/// Appends `text` as a JSON string.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str) {
    // Without a branch for each byte, so that many are looked at together.
    let needs_escapes =
        text.bytes().fold(false, |found, byte| found | (byte < 0x20) | (byte == b'"') | (byte == b'\\'));
    if needs_escapes {
        return serde_json::to_writer(out, text).expect("a string is JSON, and a Vec takes every byte");
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends `number`; what JSON has no number for becomes the string `NaN`, `Infinity` or `-Infinity`.
pub(super) fn push_f64(out: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        serde_json::to_writer(out, &number).expect("a finite number is JSON, and a Vec takes every byte");
    } else if number.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if number > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

/// How many bytes `text` takes as a JSON string, without its quotes.
pub(super) fn escaped_len(text: &str) -> usize {
    text.bytes().map(escaped_byte_len).sum()
}

/// The longest beginning of `text`, cut on a character, that takes at most `limit` bytes as a JSON string.
pub(super) fn cut_to_escaped(text: &str, limit: usize) -> &str {
    let mut taken = 0;
    for (index, character) in text.char_indices() {
        let mut utf8 = [0; 4];
        taken += escaped_len(character.encode_utf8(&mut utf8));
        if taken > limit {
            return &text[..index];
        }
    }
    text
}

fn escaped_byte_len(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | 0x08 | b'\t' | b'\n' | 0x0c | b'\r' => 2,
        0..=0x1f => 6,
        _ => 1,
    }
}

/// Appends `value`, one JSON value that a parser has accepted, in its one spelling: no white space, strings with no
/// escape that they do not need, numbers digit for digit.
///
/// # Errors
/// Where `value` is nested deeper than 128, holds half of a surrogate pair, or a number beyond the range of a double.
pub(super) fn push_normalised(out: &mut Vec<u8>, value: &str, name: &str) -> Result<()> {
    let bytes = value.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'"' => at = push_string_token(out, value, at, name)?,
            b'-' | b'0'..=b'9' => at = push_number_token(out, value, at, name)?,
            byte => {
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                if depth > MAX_DEPTH {
                    return Err(Error::invalid(name, format_args!("is nested deeper than {MAX_DEPTH}")));
                }
                out.push(byte);
                at += 1;
            }
        }
    }
    Ok(())
}

fn push_string_token(out: &mut Vec<u8>, value: &str, start: usize, name: &str) -> Result<usize> {
    let bytes = value.as_bytes();
    let mut at = start + 1;
    let mut escapes = false;
    while bytes[at] != b'"' {
        if bytes[at] == b'\\' {
            escapes = true;
            at += 1;
        }
        at += 1;
    }
    let token = &value[start..=at];
    if escapes {
        let text: String = serde_json::from_str(token)
            .map_err(|error| Error::invalid(name, format_args!("holds a wrong string: {error}")).caused_by(error))?;
        push_string(out, &text);
    } else {
        out.extend_from_slice(token.as_bytes());
    }
    Ok(at + 1)
}

fn push_number_token(out: &mut Vec<u8>, value: &str, start: usize, name: &str) -> Result<usize> {
    let end = value[start..]
        .find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9'))
        .map_or(value.len(), |length| start + length);
    let token = &value[start..end];
    if !token.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err(Error::invalid(name, format_args!("{token} is beyond the range of a double")));
    }
    out.extend_from_slice(token.as_bytes());
    Ok(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalised(value: &str) -> Result<String> {
        let mut out = Vec::new();
        push_normalised(&mut out, value, "fields").map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn white_space_goes_and_digits_stay() {
        assert_eq!(
            normalised("{ \"a\" : [ 1.50 ,\n-2e3, 123456789012345678901234567890 ], \"b c\": null }").unwrap(),
            "{\"a\":[1.50,-2e3,123456789012345678901234567890],\"b c\":null}"
        );
    }

    #[test]
    fn strings_have_one_spelling() {
        assert_eq!(normalised(r#""\u00e9\u0041\/\n""#).unwrap(), "\"éA/\\n\"");
    }

    #[test]
    fn what_a_reader_could_not_hold_is_refused() {
        assert!(normalised("1e999").unwrap_err().to_string().contains("1e999"));
        assert!(normalised(r#""\ud800""#).is_err());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(normalised(&deep).unwrap_err().to_string(), "fields: is nested deeper than 128");
    }

    #[test]
    fn numbers_that_json_lacks_are_strings() {
        for (number, text) in [(f64::NAN, "\"NaN\""), (f64::INFINITY, "\"Infinity\""), (-1.5, "-1.5")] {
            let mut out = Vec::new();
            push_f64(&mut out, number);
            assert_eq!(out, text.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn the_length_is_the_encoders(text in any::<String>()) {
            let mut out = Vec::new();
            push_string(&mut out, &text);
            prop_assert_eq!(escaped_len(&text) + 2, out.len());
        }

        #[test]
        fn a_cut_fits_and_is_a_beginning(text in any::<String>(), limit in 0_usize..64) {
            let cut = cut_to_escaped(&text, limit);
            prop_assert!(escaped_len(cut) <= limit);
            prop_assert!(text.starts_with(cut));
        }
    }
}

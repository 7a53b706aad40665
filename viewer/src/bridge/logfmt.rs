//! A line of logfmt: `key=value` pairs and nothing else.

use super::line::Line;
use super::raw;
use super::roles::{self, Members};

/// Reads a line that consists of at least two pairs, a level or a message among them.
pub(super) fn read(line: &str) -> Option<Line> {
    let members = pairs(line)?;
    if members.len() < 2 { None } else { roles::assign(members) }
}

fn pairs(mut rest: &str) -> Option<Members> {
    let mut members = Members::new();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=')?;
        if key.is_empty() || !key.chars().all(is_of_key) {
            return None;
        }
        let (value, behind) = if behind.starts_with('"') { quoted(behind)? } else { bare(behind)? };
        members.push((key.to_owned(), value));
        rest = behind.trim_start();
    }
    Some(members)
}

fn is_of_key(character: char) -> bool {
    character.is_alphanumeric() || "_.-@/".contains(character)
}

/// A quoted value has the escapes of JSON, as every writer of logfmt makes them.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let value = values.next()?.ok()?;
    let behind = &text[values.byte_offset()..];
    (behind.is_empty() || behind.starts_with(' ')).then(|| (raw::string(&value), behind))
}

fn bare(text: &str) -> Option<(String, &str)> {
    let (value, behind) = text.split_at(text.find(' ').unwrap_or(text.len()));
    if value.contains('"') {
        return None;
    }
    let is_number_or_bool = serde_json::from_str::<serde_json::Value>(value)
        .is_ok_and(|value| !value.is_object() && !value.is_array() && !value.is_null());
    Some((if is_number_or_bool { value.to_owned() } else { raw::string(value) }, behind))
}

#[cfg(test)]
mod tests {
    use logrtc::Level;

    use super::*;

    #[test]
    fn pairs_are_read_with_their_types() {
        let line = read(
            r#"time=2026-11-27T12:00:00Z level=warn msg="slow \"query\"" duration_ms=812 ok=true path=/a?b=c empty="#,
        )
        .unwrap();
        assert_eq!((line.level, &*line.message), (Some(Level::Warn), r#"slow "query""#));
        assert!(line.time.is_some());
        assert_eq!(line.fields_json(), r#"{"duration_ms":812,"ok":true,"path":"/a?b=c","empty":""}"#);
    }

    #[test]
    fn text_with_an_equals_sign_is_text() {
        for text in
            ["a=b", "x = 5 level=info", "level=info and more", "set a=1 b=2", "a=1 b=2", r#"level=info msg="open"#, ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! A whole entry from JSON, checked key by key.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::value::RawValue;

use super::compact::compact_members;
use super::members::{RawMember, RawMembers, has_member, raw_string};
use super::text::push_normalised;
use super::{EncodedFields, Entry, Fields, Parts, Span};
use crate::error::{Error, Result};
use crate::level::{Level, unknown_level};

/// A checked entry, as far as possible still in the text that it was read from.
pub(crate) struct ParsedEntry<'a> {
    pub(crate) timestamp: DateTime<Utc>,
    pub(crate) level: Level,
    pub(crate) target: Cow<'a, str>,
    pub(crate) message: Cow<'a, str>,
    pub(crate) fields: Fields,
    pub(crate) span: Option<Span>,
}

impl ParsedEntry<'_> {
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts {
            timestamp: self.timestamp.into(),
            level: self.level,
            target: &self.target,
            message: &self.message,
            fields: self.fields.members(),
            span: self.span.as_ref(),
        }
    }

    pub(crate) fn into_entry(self) -> Entry {
        Entry {
            timestamp: Some(self.timestamp),
            level: self.level,
            target: self.target.into_owned(),
            message: self.message.into_owned(),
            fields: self.fields,
            span: self.span,
        }
    }
}

const ENTRY_KEYS: [&str; 6] = ["timestamp", "level", "target", "message", "fields", "span"];
const SPAN_KEYS: [&str; 3] = ["id", "trace_id", "parent_id"];

/// Reads one entry: docs/protocol.md §2, strictly. `null` stands for an absent `fields` or `span`.
pub(crate) fn parse(json: &str) -> Result<ParsedEntry<'_>> {
    let members = members(json, "entry")?;
    let [timestamp, level, target, message, fields, span] = pick(&members, ENTRY_KEYS, "")?;

    let timestamp = required(timestamp, "timestamp")?;
    let timestamp = parse_timestamp(&string(timestamp, "timestamp")?)?;
    let name = string(required(level, "level")?, "level")?;
    let (level, level_name) = Level::from_name(&name).ok_or_else(|| unknown_level("level", &name))?;
    let target = string(required(target, "target")?, "target")?;
    let message = string(required(message, "message")?, "message")?;

    let has_level_name = level_name.is_some() && fields.is_some_and(|fields| has_member(fields.get(), "level_name"));
    let mut fields = fields.map(parse_fields).transpose()?.unwrap_or_default();
    if let Some(level_name) = level_name.filter(|_| !has_level_name) {
        // A field of this name that the program has set wins.
        fields.push("level_name", level_name);
    }
    let span = span.map(parse_span).transpose()?;
    Ok(ParsedEntry { timestamp, level, target, message, fields, span })
}

impl Fields {
    /// Reads fields from a JSON object.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `json` is no JSON object, is nested deeper than 128,
    /// or holds what a reader could not: half of a surrogate pair, a number beyond the range of a double.
    pub fn from_json(json: &str) -> Result<Self> {
        parse_members(json).map(EncodedFields::into_fields)
    }
}

/// Reads the fields of an entry: one JSON object.
pub(crate) fn parse_members(json: &str) -> Result<EncodedFields<'_>> {
    match compact_members(json) {
        Some(Cow::Borrowed(members)) => Ok(EncodedFields::Text(members)),
        Some(Cow::Owned(members)) => Ok(EncodedFields::Own(Fields::from_members(members))),
        None => parse_fields_at_length(json).map(EncodedFields::Own),
    }
}

/// Whatever JSON may hold, and what is wrong with it.
pub(super) fn parse_fields_at_length(json: &str) -> Result<Fields> {
    let raw: &RawValue = serde_json::from_str(json).map_err(|error| Error::malformed_json("fields", error))?;
    parse_fields(raw)
}

fn parse_fields(raw: &RawValue) -> Result<Fields> {
    let json = object(raw, "fields")?;
    let mut out = Vec::with_capacity(json.len());
    push_normalised(&mut out, json, "fields")?;
    out.pop();
    out.remove(0);
    Ok(Fields::from_members(out))
}

fn parse_span(raw: &RawValue) -> Result<Span> {
    let members = members(object(raw, "span")?, "span")?;
    let [id, trace_id, parent_id] = pick(&members, SPAN_KEYS, "span.")?;
    let text = |raw: Option<&RawValue>, name| raw.map(|raw| string(raw, name).map(Cow::into_owned)).transpose();
    Ok(Span {
        id: text(id, "span.id")?,
        trace_id: text(trace_id, "span.trace_id")?,
        parent_id: text(parent_id, "span.parent_id")?,
    })
}

/// The forms of ISO 8601 that programs write; without an offset it is UTC.
fn parse_timestamp(text: &str) -> Result<DateTime<Utc>> {
    if let Ok(timestamp) = DateTime::parse_from_rfc3339(text) {
        return Ok(timestamp.to_utc());
    }
    let point = text.replacen(',', ".", 1);
    let (bare, is_utc) = point.strip_suffix(['Z', 'z']).map_or((point.as_str(), false), |bare| (bare, true));
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y%m%dT%H%M%S%.f", "%Y%m%dT%H%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(bare, format).ok());
    let with_offset = || {
        let parse = |format: &&str| DateTime::parse_from_str(bare, &format!("{format}%z")).ok();
        formats.iter().find_map(parse).filter(|_| !is_utc)
    };
    local.map(|timestamp| timestamp.and_utc()).or_else(|| with_offset().map(|timestamp| timestamp.to_utc())).ok_or_else(
        || {
            let shown: String = text.chars().take(40).collect();
            Error::invalid("timestamp", format_args!("{shown:?} is not ISO 8601, as in 2024-01-01T12:00:00.000Z"))
        },
    )
}

/// Puts each value at the place of its key. `null` counts as absent, so that only an optional key may hold it.
fn pick<'a, const N: usize>(
    members: &[RawMember<'a>],
    keys: [&'static str; N],
    prefix: &str,
) -> Result<[Option<&'a RawValue>; N]> {
    let mut seen = [false; N];
    let mut values = [None; N];
    for (key, value) in members {
        let Some(place) = keys.iter().position(|known| known == key) else {
            let shown: String = key.chars().take(64).collect();
            let known = keys.join(", ");
            return Err(Error::invalid(&format!("{prefix}{shown}"), format_args!("is not a key here; use {known}")));
        };
        if std::mem::replace(&mut seen[place], true) {
            return Err(Error::invalid(&format!("{prefix}{key}"), "is there twice"));
        }
        values[place] = (value.get() != "null").then_some(*value);
    }
    Ok(values)
}

fn required<'a>(value: Option<&'a RawValue>, key: &str) -> Result<&'a RawValue> {
    value.ok_or_else(|| Error::invalid(key, "is missing"))
}

fn string<'a>(raw: &'a RawValue, key: &str) -> Result<Cow<'a, str>> {
    let text = raw_string(raw)
        .ok_or_else(|| Error::invalid(key, format_args!("must be a string, not {}", kind(raw.get()))))?;
    text.map_err(|error| Error::invalid(key, format_args!("is a wrong string: {error}")).caused_by(error))
}

fn object<'a>(raw: &'a RawValue, key: &str) -> Result<&'a str> {
    let json = raw.get();
    if json.starts_with('{') {
        Ok(json)
    } else {
        Err(Error::invalid(key, format_args!("must be an object, not {}", kind(json))))
    }
}

fn kind(json: &str) -> &'static str {
    match json.as_bytes()[0] {
        b'"' => "a string",
        b'{' => "an object",
        b'[' => "an array",
        b't' | b'f' => "a boolean",
        b'n' => "null",
        _ => "a number",
    }
}

/// The members of the object `json`, in order, their values unread.
fn members<'a>(json: &'a str, name: &str) -> Result<Vec<RawMember<'a>>> {
    serde_json::from_str(json).map(|RawMembers(members)| members).map_err(|error| Error::malformed_json(name, error))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    fn refused(json: &str) -> String {
        let error = Entry::from_json(json).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        error.to_string()
    }

    const WHOLE: &str = concat!(
        r#"{"timestamp":"2024-01-01T12:00:00.000Z","level":"INFO","target":"a","message":"b","#,
        r#""fields":{"n":1.0,"o":{}},"span":{"id":"s","trace_id":"t","parent_id":"p"}}"#
    );

    #[test]
    fn a_whole_entry_comes_back_as_it_was() {
        assert_eq!(Entry::from_json(WHOLE).unwrap().to_json(), WHOLE);
    }

    #[test]
    fn spelling_does_not_matter() {
        let spaced = WHOLE.replace(':', " : ").replace("12 : 00 : 00", "12:00:00").replace(',', "\n,\t");
        assert_eq!(Entry::from_json(&spaced).unwrap().to_json(), WHOLE);
        let escaped = WHOLE.replace("\"message\":\"b\"", r#""mess\u0061ge":"\u0062""#);
        assert_eq!(Entry::from_json(&escaped).unwrap().to_json(), WHOLE);
    }

    #[test]
    fn a_missing_key_is_named() {
        for key in ["timestamp", "level", "target", "message"] {
            let mut value: serde_json::Value = serde_json::from_str(WHOLE).unwrap();
            value.as_object_mut().unwrap().remove(key);
            assert_eq!(refused(&value.to_string()), format!("{key}: is missing"));
        }
    }

    #[test]
    fn a_mistyped_key_is_named() {
        for (key, expected) in [
            ("timestamp", "a string"),
            ("level", "a string"),
            ("target", "a string"),
            ("message", "a string"),
            ("fields", "an object"),
            ("span", "an object"),
        ] {
            let mut value: serde_json::Value = serde_json::from_str(WHOLE).unwrap();
            value[key] = 5.into();
            assert_eq!(refused(&value.to_string()), format!("{key}: must be {expected}, not a number"));
        }
        let wrong = WHOLE.replace("\"trace_id\":\"t\"", "\"trace_id\":[]");
        assert_eq!(refused(&wrong), "span.trace_id: must be a string, not an array");
    }

    #[test]
    fn unknown_and_repeated_keys_are_named() {
        let unknown = WHOLE.replace("{\"timestamp\"", "{\"extra\":1,\"timestamp\"");
        assert_eq!(refused(&unknown), "extra: is not a key here; use timestamp, level, target, message, fields, span");
        let twice = WHOLE.replace("{\"timestamp\"", "{\"level\":\"INFO\",\"timestamp\"");
        assert_eq!(refused(&twice), "level: is there twice");
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for json in ["", "[]", "null", "{", "{}x", "5", "\u{0}", "{\"level\":NaN}"] {
            assert!(refused(json).starts_with("entry: ") || json == "{}x", "{json:?}");
        }
    }

    #[test]
    fn levels_of_richer_systems_keep_their_name() {
        let entry = Entry::from_json(&WHOLE.replace("INFO", "critical")).unwrap();
        assert_eq!(entry.level, Level::Error);
        assert!(entry.to_json().contains(r#""level":"ERROR""#));
        assert!(entry.to_json().contains(r#""o":{},"level_name":"CRITICAL"}"#));
        let own = WHOLE.replace("INFO", "critical").replace(r#""o":{}"#, r#""level_name":"mine""#);
        let json = Entry::from_json(&own).unwrap().to_json();
        assert!(json.contains(r#""level_name":"mine"}"#) && json.matches("level_name").count() == 1, "{json}");
        assert!(refused(&WHOLE.replace("INFO", "LOUD")).starts_with("level: \"LOUD\" is not a level"));
    }

    #[test]
    fn timestamps_are_read_in_many_forms_and_written_in_one() {
        for (text, written) in [
            ("2024-01-01T12:00:00Z", "2024-01-01T12:00:00.000Z"),
            ("2024-01-01T12:00:00.123456+02:00", "2024-01-01T10:00:00.123Z"),
            ("2024-01-01T12:00:00.5", "2024-01-01T12:00:00.500Z"),
            ("2024-01-01 12:00:00", "2024-01-01T12:00:00.000Z"),
            ("2024-01-01T12:00:00+0200", "2024-01-01T10:00:00.000Z"),
            ("2024-01-01T12:00:00,123Z", "2024-01-01T12:00:00.123Z"),
            ("2024-01-01T12:00Z", "2024-01-01T12:00:00.000Z"),
            ("2024-01-01T12:00+02:00", "2024-01-01T10:00:00.000Z"),
            ("20240101T120000Z", "2024-01-01T12:00:00.000Z"),
        ] {
            let entry = Entry::from_json(&WHOLE.replace("2024-01-01T12:00:00.000Z", text)).unwrap();
            assert!(entry.to_json().contains(written), "{text}");
        }
        assert!(refused(&WHOLE.replace("2024-01-01T12", "yesterday")).starts_with("timestamp: "));
    }

    #[test]
    fn null_stands_for_an_absent_optional_key_alone() {
        let json = r#"{"timestamp":"2024-01-01T12:00:00Z","level":"INFO","target":"a","message":"b","span":null}"#;
        assert!(!Entry::from_json(json).unwrap().to_json().contains("span"));
        assert_eq!(refused(&json.replace("\"b\"", "null")), "message: is missing");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(json in any::<String>()) {
            let _ = Entry::from_json(&json);
        }

        #[test]
        fn no_change_of_a_byte_makes_it_panic(place in 0..WHOLE.len(), byte in 0_u8..128) {
            let mut json = WHOLE.as_bytes().to_vec();
            json[place] = byte;
            let _ = Entry::from_json(std::str::from_utf8(&json).unwrap());
        }

        #[test]
        fn what_was_encoded_is_read_back(target in any::<String>(), message in any::<String>(), key in any::<String>()) {
            let entry = Entry::new(Level::Warn, target, message)
                .timestamp(DateTime::from_timestamp_millis(1_700_000_000_123).unwrap())
                .field(&key, key.as_str())
                .span(Span::new(key.clone()));
            prop_assert_eq!(Entry::from_json(&entry.to_json()).unwrap(), entry);
        }
    }
}

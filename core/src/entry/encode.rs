//! An entry to its bytes.

use super::Span;
use super::text::{cut_to_escaped, escaped_len, push_string};
use super::timestamp::Timestamp;
use crate::level::Level;

/// What an entry is made of, borrowed from wherever it stands.
pub(crate) struct Parts<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) level: Level,
    pub(crate) target: &'a str,
    pub(crate) message: &'a str,
    /// The members of the object `fields`, encoded, without braces.
    pub(crate) fields: &'a [u8],
    pub(crate) span: Option<&'a Span>,
}

/// The member that marks an entry that was cut to size.
const TRUNCATED: &[u8] = b"\"truncated\":true";

/// What the names, the quotes, the braces and the timestamp take, at the most.
const FRAME_BYTES: usize = 192;

/// How many bytes each name of an entry may keep where even an entry without its fields is too long.
const SHORT_NAME_BYTES: usize = 256;

/// Appends the JSON of docs/protocol.md, "The entry": no white space, keys in the order of the table, absent keys left out.
///
/// An entry of more than `max_bytes` loses the end of its message, cut on a character; where that is not enough,
/// its fields; and then the ends of its names. It is marked by `fields.truncated`.
pub(crate) fn encode(out: &mut Vec<u8>, parts: &Parts<'_>, max_bytes: usize) {
    // An escaped byte takes six at the most: where even that fits, nothing needs to be measured.
    let plain = FRAME_BYTES + parts.fields.len() + names(parts).map(str::len).sum::<usize>();
    if plain.saturating_add(5 * (plain - parts.fields.len())).saturating_add(6 * parts.message.len()) <= max_bytes {
        return write(out, parts, parts.message, false);
    }
    let around = FRAME_BYTES + parts.fields.len() + names(parts).map(escaped_len).sum::<usize>();
    if around + escaped_len(parts.message) <= max_bytes {
        return write(out, parts, parts.message, false);
    }
    let around = around + TRUNCATED.len() + 1;
    if let Some(room) = max_bytes.checked_sub(around) {
        return write(out, parts, cut_to_escaped(parts.message, room), true);
    }
    let span = parts.span.map(shorten);
    let bare =
        Parts { fields: &[], target: cut_to_escaped(parts.target, SHORT_NAME_BYTES), span: span.as_ref(), ..*parts };
    let around = FRAME_BYTES + TRUNCATED.len() + names(&bare).map(escaped_len).sum::<usize>();
    write(out, &bare, cut_to_escaped(parts.message, max_bytes.saturating_sub(around)), true);
}

fn names<'a>(parts: &Parts<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let span = parts.span.into_iter().flat_map(|span| [&span.id, &span.trace_id, &span.parent_id]);
    std::iter::once(parts.target).chain(span.filter_map(|id| id.as_deref()))
}

fn shorten(span: &Span) -> Span {
    let short = |id: &Option<String>| id.as_deref().map(|id| cut_to_escaped(id, SHORT_NAME_BYTES).to_owned());
    Span { id: short(&span.id), trace_id: short(&span.trace_id), parent_id: short(&span.parent_id) }
}

fn write(out: &mut Vec<u8>, parts: &Parts<'_>, message: &str, truncated: bool) {
    parts.timestamp.push(out);
    out.extend_from_slice(match parts.level {
        Level::Debug => b"Z\",\"level\":\"DEBUG\",\"target\":",
        Level::Info => b"Z\",\"level\":\"INFO\",\"target\":",
        Level::Warn => b"Z\",\"level\":\"WARN\",\"target\":",
        Level::Error => b"Z\",\"level\":\"ERROR\",\"target\":",
    });
    push_string(out, parts.target);
    out.extend_from_slice(b",\"message\":");
    push_string(out, message);
    if truncated || !parts.fields.is_empty() {
        out.extend_from_slice(b",\"fields\":{");
        out.extend_from_slice(parts.fields);
        if truncated {
            if !parts.fields.is_empty() {
                out.push(b',');
            }
            out.extend_from_slice(TRUNCATED);
        }
        out.push(b'}');
    }
    if let Some(span) = parts.span {
        push_span(out, span);
    }
    out.push(b'}');
}

fn push_span(out: &mut Vec<u8>, span: &Span) {
    let ids = [("id", &span.id), ("trace_id", &span.trace_id), ("parent_id", &span.parent_id)];
    let mut open = false;
    for (key, id) in ids {
        let Some(id) = id else { continue };
        out.extend_from_slice(if open { b"," } else { b",\"span\":{" });
        open = true;
        push_string(out, key);
        out.push(b':');
        push_string(out, id);
    }
    if open {
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeZone, Utc};
    use proptest::prelude::*;

    use super::super::{Entry, Fields};
    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2024, 1, 1, 12, 0, 0).unwrap()
    }

    #[test]
    fn the_example_of_the_protocol() {
        let entry = Entry::new(Level::Info, "module_name", "what happened")
            .timestamp(noon())
            .field("user_id", "12345")
            .field("request_id", "req_abc123")
            .span(Span::new("span_123").trace_id("trace_456").parent_id("span_789"));
        assert_eq!(
            entry.to_json(),
            concat!(
                r#"{"timestamp":"2024-01-01T12:00:00.000Z","level":"INFO","target":"module_name","#,
                r#""message":"what happened","fields":{"user_id":"12345","request_id":"req_abc123"},"#,
                r#""span":{"id":"span_123","trace_id":"trace_456","parent_id":"span_789"}}"#
            )
        );
    }

    #[test]
    fn absent_keys_are_left_out() {
        let json = Entry::new(Level::Debug, "t", "m").timestamp(noon()).span(Span::default()).to_json();
        assert_eq!(json, r#"{"timestamp":"2024-01-01T12:00:00.000Z","level":"DEBUG","target":"t","message":"m"}"#);
    }

    proptest! {
        #[test]
        fn an_entry_fits_and_is_json(
            target in any::<String>(),
            message in "(\\PC|[\"\n\u{1}])*",
            field in any::<String>(),
            repeat in 1_usize..200,
            max_bytes in 2048_usize..8192,
        ) {
            let mut fields = Fields::new();
            fields.push("field", field.repeat(repeat));
            let message = message.repeat(repeat);
            let span = Span::new(target.clone());
            let parts = Parts {
                timestamp: noon().into(),
                level: Level::Warn,
                target: &target,
                message: &message,
                fields: fields.members(),
                span: Some(&span),
            };
            let mut json = Vec::new();
            encode(&mut json, &parts, max_bytes);
            prop_assert!(json.len() <= max_bytes);
            let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
            let kept = value["message"].as_str().unwrap();
            prop_assert!(message.starts_with(kept));
            prop_assert_eq!(kept.len() < message.len() || value["fields"]["field"].is_null(),
                value["fields"]["truncated"] == true);
            let mut whole = Vec::new();
            write(&mut whole, &parts, &message, false);
            if whole.len() + FRAME_BYTES <= max_bytes {
                prop_assert_eq!(kept, message.as_str());
            }
        }
    }
}

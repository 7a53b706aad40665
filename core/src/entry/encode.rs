//! An entry to its bytes.

use super::Span;
use super::parts::{FRAME_BYTES, Parts};
use super::text::{escaped_len, push_string};
use super::truncate::{Truncated, truncate};
use crate::level::Level;

/// Appends the JSON of docs/protocol.md §2: no white space, keys in the order of the table, absent keys left out.
/// An entry of more than `max_bytes` is [truncated](truncate()).
pub(crate) fn encode(out: &mut Vec<u8>, parts: &Parts<'_>, max_bytes: usize) {
    // An escaped byte takes at most six. If even that fits, nothing needs to be measured.
    let plain = FRAME_BYTES + parts.fields.len() + names(parts).map(str::len).sum::<usize>();
    if plain.saturating_add(5 * (plain - parts.fields.len())).saturating_add(6 * parts.message.len()) <= max_bytes {
        return write(out, parts);
    }
    let around = FRAME_BYTES + parts.fields.len() + names(parts).map(escaped_len).sum::<usize>();
    if around + escaped_len(parts.message) <= max_bytes {
        return write(out, parts);
    }
    let Truncated { target, message, fields, span } = truncate(parts, max_bytes);
    write(out, &Parts { target, message, fields: &fields, span: span.as_deref(), ..*parts });
}

fn names<'a>(parts: &Parts<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let span = parts.span.into_iter().flat_map(|span| [&span.id, &span.trace_id, &span.parent_id]);
    std::iter::once(parts.target).chain(span.filter_map(|id| id.as_deref()))
}

fn write(out: &mut Vec<u8>, parts: &Parts<'_>) {
    parts.timestamp.push(out);
    out.extend_from_slice(match parts.level {
        Level::Debug => b"Z\",\"level\":\"DEBUG\",\"target\":",
        Level::Info => b"Z\",\"level\":\"INFO\",\"target\":",
        Level::Warn => b"Z\",\"level\":\"WARN\",\"target\":",
        Level::Error => b"Z\",\"level\":\"ERROR\",\"target\":",
    });
    push_string(out, parts.target);
    out.extend_from_slice(b",\"message\":");
    push_string(out, parts.message);
    if !parts.fields.is_empty() {
        out.extend_from_slice(b",\"fields\":{");
        out.extend_from_slice(parts.fields);
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
    use super::super::Entry;
    use super::*;
    use chrono::{DateTime, TimeZone, Utc};

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
}

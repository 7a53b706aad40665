//! A log record as an entry.

use std::borrow::Cow;

use logrtc::{Entry, FieldValue, Level};

use super::super::message::{AnyValue, LogRecord, Value};
use super::super::value::{text_of, with_attributes};
use super::{at, counted, place, time, within};
use crate::bridge::level;

/// Fields that are not the record's attributes.
const OWN: [&str; 5] = ["body", "event.name", "level_name", "resource", "severity_number"];
/// Where a body that is a map has its text.
const MESSAGE_KEYS: [&str; 2] = ["message", "msg"];
/// The most characters of a message that is made of a structure.
const MAX_MESSAGE_CHARS: usize = 256;

pub(super) fn entry(record: &LogRecord, target: &str) -> Entry {
    let (level, level_name) = severity(record.severity_number, &record.severity_text);
    let (message, body) = message(record);
    let mut entry = with_attributes(Entry::new(level, target, message), &record.attributes, &OWN);
    if let Some(body) = body {
        entry = entry.field("body", FieldValue::serialize(body));
    }
    if !record.event_name.is_empty() {
        entry = entry.field("event.name", &record.event_name);
    }
    if record.severity_number != 0 {
        entry = entry.field("severity_number", record.severity_number);
    }
    if let Some(level_name) = level_name {
        entry = entry.field("level_name", level_name);
    }
    entry = counted(entry, "otel.dropped_attributes_count", record.dropped_attributes_count);
    entry = at(entry, time(record.time_unix_nano).or_else(|| time(record.observed_time_unix_nano)));
    within(entry, place(&record.trace_id, &record.span_id, &[]))
}

/// The level by the number, or by the text if there is none; and a name, if it says more than the level.
fn severity(number: i32, text: &str) -> (Level, Option<String>) {
    let named = level::named(text);
    let by_text = match &named {
        Some((_, name)) => name.clone(),
        None => Some(text.to_owned()).filter(|text| !text.is_empty()),
    };
    let (level, by_number) = match number {
        1..=4 => (Level::Debug, Some("TRACE")),
        5..=8 => (Level::Debug, None),
        9..=12 => (Level::Info, None),
        13..=16 => (Level::Warn, None),
        17..=20 => (Level::Error, None),
        21..=24 => (Level::Error, Some("FATAL")),
        _ => (named.map_or(Level::Info, |(level, _)| level), None),
    };
    (level, by_text.or_else(|| by_number.map(str::to_owned)))
}

/// The text, and the body if it has more structure than that.
fn message(record: &LogRecord) -> (Cow<'_, str>, Option<&AnyValue>) {
    let Some((body, value)) = record.body.as_ref().and_then(|body| Some((body, body.value.as_ref()?))) else {
        return (Cow::Borrowed(&record.event_name), None);
    };
    match value {
        Value::Text(text) => (Cow::Borrowed(text), None),
        Value::Map(map) => {
            let event_name = Some(record.event_name.as_str()).filter(|name| !name.is_empty());
            let text = MESSAGE_KEYS.iter().find_map(|key| text_of(&map.values, key));
            let own = text.or(event_name).map(Cow::Borrowed);
            (own.unwrap_or_else(|| shortened(body)), Some(body))
        }
        Value::Array(_) => (shortened(body), Some(body)),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Bytes(_) => (shortened(body), None),
    }
}

/// The beginning of its JSON.
fn shortened(body: &AnyValue) -> Cow<'static, str> {
    let json = serde_json::to_string(body).unwrap_or_default();
    match json.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => Cow::Owned(format!("{}…", &json[..end])),
        None => Cow::Owned(json),
    }
}

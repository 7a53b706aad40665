//! Which key holds the time, the level, the target, the message and the span, in JSON and in logfmt.

use serde_json::value::RawValue;

use super::line::{Line, SpanIds};
use super::{level, raw, time};

/// Keys by role; the first of them that holds such a value has the role. Ours, and those of pino, bunyan, ECS, logstash, zap,
/// slog, tracing-subscriber, structlog, logrus and zerolog.
const TIME: [&str; 7] = ["timestamp", "@timestamp", "time", "ts", "datetime", "t", "asctime"];
const LEVEL: [&str; 8] =
    ["level", "log.level", "severity", "severity_text", "levelname", "lvl", "loglevel", "log_level"];
const TARGET: [&str; 6] = ["target", "log.logger", "logger", "logger_name", "name", "module"];
const MESSAGE: [&str; 5] = ["message", "msg", "fields.message", "event", "body"];
const TRACE_ID: [&str; 5] = ["trace_id", "span.trace_id", "trace.id", "traceId", "traceID"];
const SPAN_ID: [&str; 4] = ["span_id", "span.id", "spanId", "spanID"];
const PARENT_ID: [&str; 3] = ["parent_id", "span.parent_id", "parent_span_id"];

/// The keys of a line, and their values as JSON.
pub(super) type Members = Vec<(String, String)>;

/// Gives each value its role. `None` if neither a level nor a message is among them: then this is data, and no log entry.
pub(super) fn assign(mut members: Members) -> Option<Line> {
    let mut line = Line { time: take(&mut members, &TIME, as_time), ..Line::default() };
    let level = take(&mut members, &LEVEL, as_level);
    let message = take(&mut members, &MESSAGE, as_text);
    if level.is_none() && message.is_none() {
        return None;
    }
    line.message = message.unwrap_or_default();
    line.target = take(&mut members, &TARGET, as_text).filter(|target| !target.is_empty());
    let trace_id = take(&mut members, &TRACE_ID, as_text);
    let span_id = take(&mut members, &SPAN_ID, as_text);
    match (span_id, trace_id) {
        (Some(id), trace_id) => {
            line.span = Some(SpanIds { id, trace_id, parent_id: take(&mut members, &PARENT_ID, as_text) });
        }
        // A trace alone names no place in it.
        (None, Some(trace_id)) => members.push(("trace_id".to_owned(), raw::string(&trace_id))),
        (None, None) => {}
    }
    if let Some((level, original)) = level {
        line.level = Some(level);
        if let Some(original) = original {
            members.push(("level_name".to_owned(), raw::string(&original)));
        }
    }
    line.fields = members.into_iter().map(|(key, value)| (field_name(key), value)).collect();
    Some(line)
}

/// A member of our own `fields`, and of those of tracing-subscriber, is a field by its own name.
fn field_name(key: String) -> String {
    key.strip_prefix("fields.").map(str::to_owned).unwrap_or(key)
}

/// Takes out the first of `keys` whose value `read` reads.
fn take<T>(members: &mut Members, keys: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    keys.iter().find_map(|key| {
        let place = members.iter().position(|(name, _)| name == key)?;
        let value = read(&members[place].1)?;
        members.remove(place);
        Some(value)
    })
}

fn as_text(value: &str) -> Option<String> {
    serde_json::from_str(value).ok()
}

fn as_time(value: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    match as_text(value) {
        Some(text) => time::of_text(&text).or_else(|| time::of_number(&text)),
        None => time::of_number(value),
    }
}

fn as_level(value: &str) -> Option<level::Named> {
    match as_text(value) {
        Some(name) => level::named(&name),
        None => level::numbered(value.parse().ok()?),
    }
}

/// The members of an object in an object stand beside its own, their keys joined by a dot.
pub(super) fn flatten(key: &str, value: &RawValue) -> Option<Members> {
    let members = raw::members(value.get())?;
    Some(members.into_iter().map(|(inner, value)| (format!("{key}.{inner}"), value.get().to_owned())).collect())
}

//! Log records and spans as entries.

mod log_record;
mod span;

use chrono::{DateTime, Utc};
use logrtc::{Entry, Span};

use super::request::{Found, Record};

/// The entries of a record: of a span, those of its events, and then its own. None of a record that was not read.
pub(super) fn of(found: &Found<'_>) -> Vec<Entry> {
    // A scope without a name is the program's own.
    let target = if found.scope.is_empty() { &found.source.service } else { found.scope };
    let entries = match &found.record {
        Record::Log(record) => vec![log_record::entry(record, target)],
        Record::Span(record) => span::entries(record, target),
        Record::TooLong => Vec::new(),
    };
    let with_resource = |entry: Entry| match &found.source.resource {
        Some(resource) => entry.field("resource", resource.clone()),
        None => entry,
    };
    entries.into_iter().map(with_resource).collect()
}

/// How many entries there will be.
pub(super) fn count(record: &Record) -> usize {
    match record {
        Record::Log(_) => 1,
        Record::Span(span) => 1 + span.events.len().min(span::MAX_EVENTS),
        Record::TooLong => 0,
    }
}

/// The place in a trace, of ids that are as long as they must be, and not zero.
fn place(trace_id: &[u8], span_id: &[u8], parent_id: &[u8]) -> Option<Span> {
    let (trace_id, span_id) = (id::<16>(trace_id), id::<8>(span_id));
    if trace_id.is_none() && span_id.is_none() {
        return None;
    }
    let mut span = span_id.map_or_else(Span::default, Span::new);
    if let Some(trace_id) = trace_id {
        span = span.trace_id(trace_id);
    }
    if let Some(parent_id) = id::<8>(parent_id) {
        span = span.parent_id(parent_id);
    }
    Some(span)
}

/// In hexadecimal.
fn id<const LENGTH: usize>(bytes: &[u8]) -> Option<String> {
    let is_valid = bytes.len() == LENGTH && bytes.iter().any(|byte| *byte != 0);
    is_valid.then(|| bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Zero says that it is not known.
fn time(unix_nano: u64) -> Option<DateTime<Utc>> {
    let unix_nano = i64::try_from(unix_nano).ok().filter(|unix_nano| *unix_nano != 0)?;
    Some(DateTime::from_timestamp_nanos(unix_nano))
}

/// Sets the time, or leaves that to the call.
fn at(entry: Entry, time: Option<DateTime<Utc>>) -> Entry {
    match time {
        Some(time) => entry.timestamp(time),
        None => entry,
    }
}

/// Sets the place in a trace, if there is one.
fn within(entry: Entry, place: Option<Span>) -> Entry {
    match place {
        Some(place) => entry.span(place),
        None => entry,
    }
}

/// Adds a count that is not zero.
fn counted(entry: Entry, name: &str, count: u32) -> Entry {
    if count == 0 { entry } else { entry.field(name, count) }
}

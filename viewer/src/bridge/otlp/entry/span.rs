//! A span as entries: one for each of its events, and one for the whole at its end.

use logrtc::{Entry, FieldValue, Level};
use serde::Serialize;

use super::super::message::{Event, Link, Span, Status};
use super::super::value::{Attributes, text_of, with_attributes};
use super::{at, counted, id, place, time, within};

/// Fields that are not the span's attributes. The others begin with `otel.`, which is OpenTelemetry's own.
const OWN: [&str; 3] = ["duration_ms", "resource", "span.kind"];
/// Those of an event.
const EVENT_OWN: [&str; 2] = ["event.name", "resource"];
/// Events of one span that become entries; an SDK keeps 128 by default.
pub(super) const MAX_EVENTS: usize = 1024;
/// By their numbers; the first of them is not told.
const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];
const STATUSES: [&str; 3] = ["", "OK", "ERROR"];
const ERROR: i32 = 2;
/// The name of the event that an exception is.
const EXCEPTION: &str = "exception";

pub(super) fn entries(span: &Span, target: &str) -> Vec<Entry> {
    let events = span.events.iter().take(MAX_EVENTS).map(|event| event_entry(event, span, target));
    events.chain([span_entry(span, target)]).collect()
}

fn span_entry(span: &Span, target: &str) -> Entry {
    let status = span.status.as_ref().map_or(0, |status| status.code);
    let level = if status == ERROR { Level::Error } else { Level::Info };
    let mut entry = with_attributes(Entry::new(level, target, &span.name), &span.attributes, &OWN);
    if let Some(duration) = span.end_time_unix_nano.checked_sub(span.start_time_unix_nano) {
        entry = entry.field("duration_ms", milliseconds(duration));
    }
    entry = named(entry, "span.kind", &KINDS, span.kind);
    entry = named(entry, "otel.status_code", &STATUSES, status);
    if let Some(Status { message, .. }) = span.status.as_ref().filter(|status| !status.message.is_empty()) {
        entry = entry.field("otel.status_description", message);
    }
    if !span.links.is_empty() {
        let links: Vec<_> = span.links.iter().map(LinkJson::of).collect();
        entry = entry.field("otel.links", FieldValue::serialize(&links));
    }
    entry = counted(entry, "otel.dropped_attributes_count", span.dropped_attributes_count);
    let left_out = u32::try_from(span.events.len().saturating_sub(MAX_EVENTS)).unwrap_or(u32::MAX);
    entry = counted(entry, "otel.dropped_events_count", span.dropped_events_count.saturating_add(left_out));
    entry = counted(entry, "otel.dropped_links_count", span.dropped_links_count);
    within(at(entry, time(span.end_time_unix_nano)), place(&span.trace_id, &span.span_id, &span.parent_span_id))
}

fn event_entry(event: &Event, span: &Span, target: &str) -> Entry {
    let exception = (event.name == EXCEPTION).then(|| exception(event)).flatten();
    let level = if event.name == EXCEPTION { Level::Error } else { Level::Info };
    let message = exception.as_deref().unwrap_or(&event.name);
    let mut entry = with_attributes(Entry::new(level, target, message), &event.attributes, &EVENT_OWN);
    entry = entry.field("event.name", &event.name);
    entry = counted(entry, "otel.dropped_attributes_count", event.dropped_attributes_count);
    within(at(entry, time(event.time_unix_nano)), place(&span.trace_id, &span.span_id, &span.parent_span_id))
}

/// `ValueError: no money`.
fn exception(event: &Event) -> Option<String> {
    let text = |key| text_of(&event.attributes, key);
    match (text("exception.type"), text("exception.message")) {
        (Some(name), Some(message)) => Some(format!("{name}: {message}")),
        (name, message) => message.or(name).map(str::to_owned),
    }
}

fn named(entry: Entry, field: &str, names: &[&str], number: i32) -> Entry {
    match usize::try_from(number).ok().and_then(|number| names.get(number)) {
        Some(name) if !name.is_empty() => entry.field(field, *name),
        _ => entry,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a double has a microsecond of a century")]
fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

#[derive(Serialize)]
struct LinkJson<'a> {
    trace_id: Option<String>,
    span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Attributes<'a>>,
}

impl<'a> LinkJson<'a> {
    fn of(link: &'a Link) -> Self {
        Self {
            trace_id: id::<16>(&link.trace_id),
            span_id: id::<8>(&link.span_id),
            attributes: (!link.attributes.is_empty()).then(|| Attributes::new(&link.attributes)),
        }
    }
}

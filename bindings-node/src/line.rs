//! A line that pino writes, as an entry.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use chrono::{DateTime, Utc};
use logrtc::binding::{ProducerExt as _, RawMember, RawMembers, level_of_pino, raw_string};
use logrtc::{Level, Producer, Span};
use serde_json::value::RawValue;

use crate::fields::with_fields;

/// Below this a `time` is in seconds, as `pino.stdTimeFunctions.unixTime` has it; in milliseconds it would be 1973.
const LEAST_MILLISECONDS: f64 = 1e11;

/// What stands where in a line.
pub(crate) struct LineFormat {
    /// The key of the message; `msg` by default.
    pub(crate) message_key: String,
    /// The key of the level; `level` by default.
    pub(crate) level_key: String,
    /// The names of levels, by their numbers in digits; those of pino need none.
    pub(crate) labels: HashMap<String, String>,
    /// The target of a line whose logger has none.
    pub(crate) target: String,
}

/// Logs a line. A line that is no JSON object is the message of an entry at INFO: nothing that was written is lost.
///
/// pino writes its own level and time first, then the bindings of the logger, then what the program logs, and the message
/// last; any key may come again. So the first level and the first time are the logger's, the last message is the entry's, and all
/// others stay in the fields. `bindings` is their text in this line. Without it, a `module` or `name` may be of the logger or of
/// what is logged: it is the target, and stays in the fields as well.
pub(crate) fn log_line(producer: &Producer, line: &str, bindings: Option<&str>, format: &LineFormat) {
    let Ok(RawMembers(members)) = serde_json::from_str(line) else {
        producer.info(&format.target, line);
        return;
    };
    let parts = Parts::of(line, bindings);
    let first = |key: &str| members.iter().position(|(known, value)| known == key && parts.may_be_own(value));
    let last = |key: &str| members.iter().rposition(|(known, _)| known == key);
    let text_at = |place: usize| string(members[place].1);

    let level =
        first(&format.level_key).and_then(|place| level(members[place].1, &format.labels).map(|level| (place, level)));
    let time = first("time").and_then(|place| timestamp(members[place].1).map(|time| (place, time)));
    let message = last(&format.message_key);
    let target = target(&members, &parts);
    let id_at = |key| last(key).and_then(|place| Some((place, text_at(place).filter(|text| !text.is_empty())?)));
    let (span_id, trace_id) = (id_at("span_id"), id_at("trace_id"));

    let (level_place, (level, level_name)) = level.map_or((None, (Level::Info, None)), |(at, level)| (Some(at), level));
    let message_text = message
        .map_or(Cow::Borrowed(""), |place| text_at(place).unwrap_or_else(|| Cow::Borrowed(members[place].1.get())));
    let target_text = target.and_then(text_at).unwrap_or(Cow::Borrowed(&format.target));
    if !producer.enabled(level, &target_text) {
        // Counted, and nothing is made of it.
        producer.count_filtered();
        return;
    }
    let place_of = |found: &Option<(usize, Cow<'_, str>)>| found.as_ref().map(|(place, _)| *place);
    let taken = [level_place, time.map(|(place, _)| place), message, place_of(&span_id), place_of(&trace_id)];
    let target_key = target.map(|place| &*members[place].0);
    let is_taken = |place: usize| {
        let (key, value) = &members[place];
        taken.contains(&Some(place)) || (target_key == Some(key) && parts.is_binding(value))
    };
    let fields = fields(&members, is_taken);
    let (target, message): (&str, &str) = (&target_text, &message_text);
    let mut record = with_fields(|| producer.log(level, target, message), &fields);
    if let Some(level_name) = level_name.filter(|_| last("level_name").is_none()) {
        // Where the program has such a field, it is the program's.
        record = record.field("level_name", &*level_name);
    }
    if let Some((_, time)) = time {
        record = record.timestamp(time);
    }
    if span_id.is_some() || trace_id.is_some() {
        let mut span = span_id.map_or_else(Span::default, |(_, id)| Span::new(id));
        if let Some((_, trace_id)) = trace_id {
            span = span.trace_id(trace_id);
        }
        record = record.span(span);
    }
    record.send();
}

/// Where the bindings of a logger are in one of its lines.
struct Parts {
    /// The address of the line: the values of its members are pieces of it.
    line: usize,
    /// From where to where; `None` if that is not known.
    bindings: Option<Range<usize>>,
}

impl Parts {
    fn of(line: &str, bindings: Option<&str>) -> Self {
        // A logger without bindings has written no text that could be found: what it logs begins behind its own members.
        let bindings = bindings.and_then(|bindings| line.find(bindings).map(|start| start..start + bindings.len()));
        Self { line: line.as_ptr().addr(), bindings }
    }

    fn offset(&self, value: &RawValue) -> usize {
        value.get().as_ptr().addr() - self.line
    }

    /// Whether the logger itself may have written the value, as it writes the level and the time.
    fn may_be_own(&self, value: &RawValue) -> bool {
        self.bindings.as_ref().is_none_or(|bindings| bindings.is_empty() || self.offset(value) < bindings.start)
    }

    /// Whether the value is certain to be one of the bindings.
    fn is_binding(&self, value: &RawValue) -> bool {
        self.bindings.as_ref().is_some_and(|bindings| bindings.contains(&self.offset(value)))
    }
}

/// The place of the target: of the bindings if they are known. Of several `module` the last counts, for a child's comes after its
/// parent's. `name` is an option of the first logger.
fn target(members: &[RawMember<'_>], parts: &Parts) -> Option<usize> {
    let is = |place: &usize, name: &str| {
        let (key, value) = &members[*place];
        key == name && value.get().starts_with('"') && (parts.bindings.is_none() || parts.is_binding(value))
    };
    let mut places = 0..members.len();
    places.clone().rfind(|place| is(place, "module")).or_else(|| places.find(|place| is(place, "name")))
}

/// The members that are not taken, as a JSON object; empty if there are none. Of a key that comes again, the last counts.
fn fields(members: &[RawMember<'_>], is_taken: impl Fn(usize) -> bool) -> String {
    let mut keys = HashSet::new();
    let places = (0..members.len()).rev().filter(|place| !is_taken(*place) && keys.insert(&*members[*place].0));
    let mut places: Vec<usize> = places.collect();
    places.reverse();
    let mut json = String::new();
    for (key, value) in places.into_iter().map(|place| &members[place]) {
        json.push(if json.is_empty() { '{' } else { ',' });
        json.push_str(&serde_json::to_string(key).unwrap_or_default());
        json.push(':');
        json.push_str(value.get());
    }
    if !json.is_empty() {
        json.push('}');
    }
    json
}

fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    raw_string(raw)?.ok()
}

/// pino's numbers, and the names that `formatters.level` may write instead; with the name to keep.
fn level<'a>(raw: &'a RawValue, labels: &'a HashMap<String, String>) -> Option<(Level, Option<Cow<'a, str>>)> {
    if let Some(name) = string(raw) {
        return Some(match Level::from_name(&name) {
            Some((level, level_name)) => (level, level_name.map(Cow::Borrowed)),
            None => (Level::Info, Some(name)),
        });
    }
    let number: f64 = raw.get().parse().ok()?;
    let (level, level_name) = level_of_pino(number);
    let named = |label: &'a str| match Level::from_name(label) {
        Some((meant, level_name)) if meant == level => level_name,
        _ => Some(label),
    };
    let level_name = match raw.get() {
        number if labels.contains_key(number) => named(&labels[number]),
        "10" | "20" | "30" | "40" | "50" | "60" => level_name,
        // A level of the program's own.
        other => Some(other),
    };
    Some((level, level_name.map(Cow::Borrowed)))
}

/// Milliseconds or seconds since 1970, or ISO 8601.
fn timestamp(raw: &RawValue) -> Option<DateTime<Utc>> {
    if let Some(text) = string(raw) {
        return DateTime::parse_from_rfc3339(&text).ok().map(|time| time.to_utc());
    }
    let number: f64 = raw.get().parse().ok()?;
    let milliseconds = if number.abs() < LEAST_MILLISECONDS { number * 1e3 } else { number };
    #[allow(clippy::cast_possible_truncation, reason = "it saturates, and what is beyond the calendar is no time")]
    DateTime::from_timestamp_millis(milliseconds as i64)
}

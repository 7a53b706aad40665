//! A line that pino writes, as an entry.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use logrtc::binding::ProducerExt as _;
use logrtc::{Level, Producer};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::calls::with_fields;

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
    /// The target of a line that names none.
    pub(crate) target: String,
}

/// Logs a line. What is no JSON object is the message of an entry at INFO: nothing that was written is lost.
pub(crate) fn log_line(producer: &Producer, line: &str, format: &LineFormat) {
    let Ok(Members(members)) = serde_json::from_str(line) else {
        producer.info(&format.target, line);
        return;
    };
    // Of a key that is there twice, the last counts: a child's binding, and what was logged over that.
    let find = |key: &str| members.iter().rposition(|(known, _)| known == key);
    let text = |place: Option<usize>| place.and_then(|place| string(members[place].1));
    let level =
        find(&format.level_key).and_then(|place| level(members[place].1, &format.labels).map(|level| (place, level)));
    let time = find("time").and_then(|place| timestamp(members[place].1).map(|time| (place, time)));
    let message = find(&format.message_key);
    let target = ["module", "name"].into_iter().map(find).find(|place| text(*place).is_some()).flatten();

    let (level_place, (level, level_name)) = level.map_or((None, (Level::Info, None)), |(at, level)| (Some(at), level));
    let taken = [level_place, time.map(|(place, _)| place), message, target];
    let message = message.map_or(Cow::Borrowed(""), |place| {
        string(members[place].1).unwrap_or_else(|| Cow::Borrowed(members[place].1.get()))
    });
    let target = text(target).unwrap_or(Cow::Borrowed(&format.target));
    if !producer.enabled(level, &target) {
        // Counted, and nothing is made of it.
        producer.count_filtered();
        return;
    }
    let fields = fields(&members, &taken);
    let mut record = with_fields(|| producer.log(level, &*target, &*message), &fields);
    if let Some(level_name) = level_name.filter(|_| find("level_name").is_none()) {
        // Where the program has such a field, it is the program's.
        record = record.field("level_name", &*level_name);
    }
    if let Some((_, time)) = time {
        record = record.timestamp(time);
    }
    record.send();
}

/// Whether it is an object that has the member.
pub(crate) fn has_member(json: &str, key: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|Members(members)| members.iter().any(|(known, _)| known == key))
}

/// All members but those at the `taken` places, of which each stands for every member of its name, as a JSON object; empty
/// where there are none.
fn fields(members: &[(Cow<'_, str>, &RawValue)], taken: &[Option<usize>]) -> String {
    let is_taken = |key: &str| taken.iter().flatten().any(|place| members[*place].0 == key);
    let mut json = String::new();
    for (index, (key, value)) in members.iter().enumerate() {
        let comes_again = || members[index + 1..].iter().any(|(later, _)| later == key);
        if is_taken(key) || comes_again() {
            continue;
        }
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
    let json = raw.get();
    if !json.starts_with('"') {
        return None;
    }
    if json.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(&json[1..json.len() - 1]))
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
    let level = match number {
        ..30.0 => Level::Debug,
        30.0..40.0 => Level::Info,
        40.0..50.0 => Level::Warn,
        _ => Level::Error,
    };
    let named = |label: &'a str| match Level::from_name(label) {
        Some((meant, level_name)) if meant == level => level_name,
        _ => Some(label),
    };
    let level_name = match raw.get() {
        number if labels.contains_key(number) => named(&labels[number]),
        "10" => Some("TRACE"),
        "60" => Some("FATAL"),
        "20" | "30" | "40" | "50" => None,
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

/// The members of an object in order, their values unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    members.push((key.0, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key that is borrowed where it has no escapes; a bare `Cow` is always owned by serde's rules.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

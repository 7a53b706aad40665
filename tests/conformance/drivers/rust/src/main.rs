//! Logs the cases of `tests/conformance`, one JSON object a line, with Rust's own API.

#![forbid(unsafe_code)]

mod members;

use std::error::Error;
use std::io::BufRead;
use std::time::Duration;

use logrtc::{Config, FieldValue, Level, Outcome, Producer, Span};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use members::Members;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Case<'a> {
    /// A whole entry; where it is not there, a log call.
    #[serde(borrow)]
    send: Option<&'a RawValue>,
    #[serde(default)]
    level: String,
    #[serde(default)]
    target: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    fields: Members,
    span: Option<Ids>,
}

#[derive(Deserialize)]
struct Ids {
    id: Option<String>,
    trace_id: Option<String>,
    parent_id: Option<String>,
}

fn main() -> Result<()> {
    let max_entry_bytes = std::env::var("MAX_ENTRY_BYTES")?.parse()?;
    let config = Config::builder("conformance").max_entry_bytes(max_entry_bytes).ice_servers([]).build()?;
    let producer = Producer::connect(config)?;
    let mut logged = 0;
    let mut lines = std::io::stdin().lock().lines();
    for line in lines.by_ref() {
        let line = line?;
        if line == "end" {
            break;
        }
        let outcome = log(&producer, &serde_json::from_str(&line)?)?;
        if outcome != Outcome::Accepted {
            return Err(format!("{outcome:?}: {line}").into());
        }
        logged += 1;
    }
    println!("logged {logged}");
    lines.for_each(drop);
    producer.close(Duration::from_secs(5))?;
    Ok(())
}

fn log(producer: &Producer, case: &Case<'_>) -> Result<Outcome> {
    if let Some(entry) = case.send {
        return Ok(producer.send_json(entry.get())?);
    }
    let level: Level = case.level.parse()?;
    let mut record = producer.log(level, &case.target, &case.message);
    for (key, value) in &case.fields.0 {
        record = record.field(key, field_value(value)?);
    }
    if let Some(ids) = &case.span {
        record = record.span(span(ids));
    }
    Ok(record.send())
}

/// The value as a Rust program has it.
fn field_value(value: &Value) -> Result<FieldValue<'_>> {
    Ok(match value {
        Value::Null => FieldValue::Null,
        Value::Bool(value) => (*value).into(),
        Value::String(value) => value.into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => integer.into(),
            (None, Some(float)) => float.into(),
            (None, None) => return Err(format!("{number}: is no number").into()),
        },
        Value::Array(_) => value.into(),
        Value::Object(members) => match (members.get("$integer"), members.get("$float")) {
            (Some(Value::String(digits)), _) if digits.starts_with('-') => digits.parse::<i128>()?.into(),
            (Some(Value::String(digits)), _) => digits.parse::<u128>()?.into(),
            (_, Some(Value::String(digits))) => digits.parse::<f64>()?.into(),
            _ => value.into(),
        },
    })
}

fn span(ids: &Ids) -> Span {
    let mut span = ids.id.as_ref().map_or_else(Span::default, Span::new);
    if let Some(trace_id) = &ids.trace_id {
        span = span.trace_id(trace_id);
    }
    if let Some(parent_id) = &ids.parent_id {
        span = span.parent_id(parent_id);
    }
    span
}

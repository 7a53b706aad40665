//! The values of OTLP as JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logrtc::{Entry, FieldValue};
use serde::{Serialize, Serializer};

use super::message::{AnyValue, KeyValue, Value};

impl Serialize for AnyValue {
    /// Bytes are in base64, and what is no number in JSON is the text that the core writes for it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            None => serializer.serialize_unit(),
            Some(Value::Text(text)) => serializer.serialize_str(text),
            Some(Value::Bool(value)) => serializer.serialize_bool(*value),
            Some(Value::Int(number)) => serializer.serialize_i64(*number),
            Some(Value::Double(number)) if number.is_finite() => serializer.serialize_f64(*number),
            Some(Value::Double(number)) if number.is_nan() => serializer.serialize_str("NaN"),
            Some(Value::Double(number)) => {
                serializer.serialize_str(if *number > 0.0 { "Infinity" } else { "-Infinity" })
            }
            Some(Value::Array(array)) => serializer.collect_seq(&array.values),
            Some(Value::Map(map)) => Attributes::new(&map.values).serialize(serializer),
            Some(Value::Bytes(bytes)) => serializer.serialize_str(&STANDARD.encode(bytes)),
        }
    }
}

/// Attributes as an object, in their order.
pub(super) struct Attributes<'a>(Vec<&'a KeyValue>);

impl<'a> Attributes<'a> {
    pub(super) fn new(attributes: impl IntoIterator<Item = &'a KeyValue>) -> Self {
        Self(attributes.into_iter().collect())
    }

    /// How many bytes its JSON has.
    pub(super) fn encoded_len(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |json| json.len())
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|attribute| (&attribute.key, &attribute.value)))
    }
}

/// Adds attributes as fields. One whose name is among `own`, which the caller adds, gets a name apart from it.
pub(super) fn with_attributes(entry: Entry, attributes: &[KeyValue], own: &[&str]) -> Entry {
    attributes.iter().fold(entry, |entry, KeyValue { key, value }| {
        let value = value.as_ref().and_then(|value| value.value.as_ref()).map_or(FieldValue::Null, field_value);
        if own.contains(&key.as_str()) {
            entry.field(format!("attributes.{key}"), value)
        } else {
            entry.field(key, value)
        }
    })
}

/// The text of an attribute.
pub(super) fn text_of<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn field_value(value: &Value) -> FieldValue<'_> {
    match value {
        Value::Text(text) => text.into(),
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => (*number).into(),
        Value::Double(number) => (*number).into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Value::Array(array) => FieldValue::serialize(&array.values),
        Value::Map(map) => FieldValue::serialize(&Attributes::new(&map.values)),
    }
}

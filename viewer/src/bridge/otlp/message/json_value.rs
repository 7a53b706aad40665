//! A value in JSON, and as the message that it is in protobuf.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::super::json;
use super::{AnyValue, ArrayValue, KeyValueList, Value};

/// A value, under the name of its type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct JsonValue {
    #[serde(alias = "string_value")]
    string_value: Option<String>,
    #[serde(alias = "bool_value")]
    bool_value: Option<bool>,
    #[serde(alias = "int_value")]
    int_value: Option<Int>,
    #[serde(alias = "double_value")]
    double_value: Option<Double>,
    #[serde(alias = "array_value")]
    array_value: Option<ArrayValue>,
    #[serde(alias = "kvlist_value")]
    kvlist_value: Option<KeyValueList>,
    #[serde(alias = "bytes_value")]
    bytes_value: Option<Bytes>,
}

impl From<JsonValue> for AnyValue {
    fn from(json: JsonValue) -> Self {
        let value = (json.string_value.map(Value::Text))
            .or(json.bool_value.map(Value::Bool))
            .or(json.int_value.map(|Int(number)| Value::Int(number)))
            .or(json.double_value.map(|Double(number)| Value::Double(number)))
            .or(json.array_value.map(Value::Array))
            .or(json.kvlist_value.map(Value::Map))
            .or(json.bytes_value.map(|Bytes(bytes)| Value::Bytes(bytes)));
        Self { value }
    }
}

#[derive(Deserialize)]
struct Int(#[serde(deserialize_with = "json::integer")] i64);

/// A number; `NaN`, `Infinity` and `-Infinity` are strings.
struct Double(f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => text.parse().map(Self).map_err(Error::custom),
        }
    }
}

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map(Self).map_err(Error::custom)
    }
}

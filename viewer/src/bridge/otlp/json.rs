//! What OTLP's JSON writes in its own way: 64-bit integers as strings, ids in hexadecimal, and `null` for a default.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::message::{self, ArrayValue, KeyValueList, Value};

/// `null` is the default, as in all JSON of Protocol Buffers.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// An integer, as a number or as its digits in a string.
pub(super) fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128> + Default,
{
    struct Integer<T>(PhantomData<T>);
    impl<T: TryFrom<i128> + Default> Visitor<'_> for Integer<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an integer, or a string of its digits")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
            T::try_from(number.into()).map_err(|_| E::custom(format_args!("{number} is out of range")))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
            T::try_from(number.into()).map_err(|_| E::custom(format_args!("{number} is out of range")))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            let number = text.parse::<i128>().ok().and_then(|number| T::try_from(number).ok());
            number.ok_or_else(|| E::custom(format_args!("{text:?} is not an integer in range")))
        }

        fn visit_unit<E: Error>(self) -> Result<T, E> {
            Ok(T::default())
        }
    }
    deserializer.deserialize_any(Integer(PhantomData))
}

/// The bytes of an id.
pub(super) fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text: String = or_default(deserializer)?;
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    digits
        .filter(|digits| digits.len() % 2 == 0)
        .map(|digits| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        .ok_or_else(|| D::Error::custom("an id must be in hexadecimal"))
}

/// A value, under the name of its type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AnyValue {
    string_value: Option<String>,
    bool_value: Option<bool>,
    int_value: Option<Int>,
    double_value: Option<Double>,
    array_value: Option<ArrayValue>,
    kvlist_value: Option<KeyValueList>,
    bytes_value: Option<Bytes>,
}

impl From<AnyValue> for message::AnyValue {
    fn from(json: AnyValue) -> Self {
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
struct Int(#[serde(deserialize_with = "integer")] i64);

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
            Written::Text(text) => text.parse().map(Self).map_err(D::Error::custom),
        }
    }
}

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

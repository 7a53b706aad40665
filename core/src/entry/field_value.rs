//! The value of one field, and its encoding.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::text::{push_f64, push_normalised, push_string};
use crate::error::text_with_causes;

/// The value of a field. `From` makes it of `bool`, the integers and floats, `char`, `&str`, `String`, `Cow<str>`, `Duration`
/// (seconds), `&dyn Error` (with its causes), `&serde_json::Value`, and `Option` of these; [`serialize`](Self::serialize)
/// of anything else.
///
/// ```
/// # fn read() -> Result<(), std::io::Error> { Err(std::io::Error::other("no disk")) }
/// let mut fields = logrtc::Fields::new();
/// if let Err(error) = read() {
///     fields.push("error", &error as &dyn std::error::Error);
/// }
/// fields.push("took", std::time::Duration::from_millis(1500));
/// assert_eq!(fields.to_json(), r#"{"error":"no disk","took":1.5}"#);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// JSON `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    Signed(i128),
    /// An unsigned integer.
    Unsigned(u128),
    /// An integer of any size, in decimal digits with or without a `-`. What is no such number, or is beyond the range of
    /// a double, becomes a string.
    Digits(&'a str),
    /// A floating-point number; NaN and the infinities become strings.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// A text that the value owns.
    OwnedText(String),
    /// Any JSON value, such as a nested one.
    Json(&'a Value),
    /// A JSON value that is encoded already: what [`serialize`](Self::serialize) makes.
    #[doc(hidden)]
    Encoded(Encoded),
}

/// One JSON value without white space.
#[derive(Clone, Debug)]
pub struct Encoded(Vec<u8>);

impl FieldValue<'_> {
    /// The JSON of any value that implements `Serialize`: a struct becomes an object. A value that cannot be JSON, such as a
    /// map whose keys are no strings, becomes the text of the error. NaN and the infinities are `null`, as in `serde_json`.
    ///
    /// ```
    /// #[derive(serde::Serialize)]
    /// struct User { id: u32, roles: Vec<&'static str> }
    ///
    /// let mut fields = logrtc::Fields::new();
    /// fields.push("user", logrtc::FieldValue::serialize(&User { id: 7, roles: vec!["admin"] }));
    /// assert_eq!(fields.to_json(), r#"{"user":{"id":7,"roles":["admin"]}}"#);
    /// ```
    pub fn serialize(value: &(impl Serialize + ?Sized)) -> Self {
        // What is JSON already, as a `RawValue` is, may have white space, or hold what no reader takes.
        let encoded = serde_json::to_string(value).map_err(|error| error.to_string()).and_then(|json| {
            let mut encoded = Vec::with_capacity(json.len());
            push_normalised(&mut encoded, &json, "value").map_err(|error| error.problem().to_owned())?;
            Ok(encoded)
        });
        match encoded {
            Ok(json) => Self::Encoded(Encoded(json)),
            Err(error) => Self::OwnedText(format!("cannot be written as JSON: {error}")),
        }
    }
}

macro_rules! field_value_from {
    ($variant:ident as $wide:ty: $($narrow:ty)*) => {$(
        impl From<$narrow> for FieldValue<'_> {
            fn from(value: $narrow) -> Self {
                Self::$variant(<$wide>::from(value))
            }
        }
    )*};
}

field_value_from!(Bool as bool: bool);
field_value_from!(Signed as i128: i8 i16 i32 i64 i128);
field_value_from!(Unsigned as u128: u8 u16 u32 u64 u128);
field_value_from!(Float as f64: f32 f64);
field_value_from!(OwnedText as String: String char);

impl From<isize> for FieldValue<'_> {
    fn from(value: isize) -> Self {
        Self::Signed(value as i128)
    }
}

impl From<usize> for FieldValue<'_> {
    fn from(value: usize) -> Self {
        Self::Unsigned(value as u128)
    }
}

impl<'a> From<&'a str> for FieldValue<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for FieldValue<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a Value> for FieldValue<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Json(value)
    }
}

impl<'a> From<Cow<'a, str>> for FieldValue<'a> {
    fn from(value: Cow<'a, str>) -> Self {
        match value {
            Cow::Borrowed(text) => Self::Text(text),
            Cow::Owned(text) => Self::OwnedText(text),
        }
    }
}

/// Its text and that of its causes: `query failed: connection refused`.
impl<'a> From<&'a (dyn Error + 'static)> for FieldValue<'_> {
    fn from(error: &'a (dyn Error + 'static)) -> Self {
        Self::OwnedText(text_with_causes(error))
    }
}

/// The same as of `&dyn Error`.
impl<'a> From<&'a (dyn Error + Send + Sync + 'static)> for FieldValue<'_> {
    fn from(error: &'a (dyn Error + Send + Sync + 'static)) -> Self {
        Self::OwnedText(text_with_causes(error))
    }
}

/// Seconds, as a number.
impl From<Duration> for FieldValue<'_> {
    fn from(duration: Duration) -> Self {
        Self::Float(duration.as_secs_f64())
    }
}

impl<'a, T: Into<FieldValue<'a>>> From<Option<T>> for FieldValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

pub(super) fn push_value(out: &mut Vec<u8>, value: FieldValue<'_>) {
    match value {
        FieldValue::Null => out.extend_from_slice(b"null"),
        FieldValue::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        FieldValue::Signed(value) => push_integer(out, value),
        FieldValue::Unsigned(value) => push_integer(out, value),
        FieldValue::Digits(value) => push_digits(out, value),
        FieldValue::Float(value) => push_f64(out, value),
        FieldValue::Text(value) => push_string(out, value),
        FieldValue::OwnedText(value) => push_string(out, &value),
        FieldValue::Json(value) => {
            serde_json::to_writer(out, value).expect("a Value is JSON, and a Vec takes every byte");
        }
        FieldValue::Encoded(Encoded(json)) => out.extend_from_slice(&json),
    }
}

fn push_digits(out: &mut Vec<u8>, digits: &str) {
    let bare = digits.strip_prefix('-').unwrap_or(digits);
    let is_integer =
        !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) && (bare == "0" || !bare.starts_with('0'));
    if is_integer && digits.parse::<f64>().is_ok_and(f64::is_finite) {
        out.extend_from_slice(digits.as_bytes());
    } else {
        push_string(out, digits);
    }
}

fn push_integer(out: &mut Vec<u8>, integer: impl serde::Serialize) {
    serde_json::to_writer(out, &integer).expect("an integer is JSON, and a Vec takes every byte");
}

#[cfg(test)]
mod tests {
    use super::super::Fields;
    use super::*;

    #[test]
    fn digits_are_an_integer_where_a_reader_can_hold_it() {
        let long = "9".repeat(400);
        for (digits, json) in [
            ("0", "0"),
            ("-12", "-12"),
            ("340282366920938463463374607431768211456", "340282366920938463463374607431768211456"),
            ("", "\"\""),
            ("-", "\"-\""),
            ("+1", "\"+1\""),
            ("007", "\"007\""),
            ("1e5", "\"1e5\""),
            (&long, &format!("\"{long}\"")),
        ] {
            let mut fields = Fields::new();
            fields.push("n", FieldValue::Digits(digits));
            assert_eq!(fields.to_json(), format!("{{\"n\":{json}}}"));
        }
    }

    #[test]
    fn every_kind_of_value_is_encoded() {
        let nested = serde_json::json!({"b": [1, null]});
        let mut fields = Fields::new();
        fields.push("text", "a\"b");
        fields.push("int", -1);
        fields.push("big", u128::MAX);
        fields.push("float", 1.5_f32);
        fields.push("nan", f64::NAN);
        fields.push("yes", true);
        fields.push("none", None::<u8>);
        fields.push("nested", &nested);
        let expected = concat!(
            r#""text":"a\"b","int":-1,"big":340282366920938463463374607431768211455,"#,
            r#""float":1.5,"nan":"NaN","yes":true,"none":null,"nested":{"b":[1,null]}"#
        );
        assert_eq!(fields.members(), expected.as_bytes());
    }
}

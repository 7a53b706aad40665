//! The structured fields of an entry, encoded as they are added.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::parse::parse_members;
use super::text::{push_f64, push_string};
use super::value::ValueWriter;
use crate::error::{Result, text_with_causes};

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
    /// Any JSON value, for what is nested.
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
        match serde_json::to_vec(value) {
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

/// The room that the first field gets: a few short fields need no more.
const FIRST_CAPACITY_BYTES: usize = 128;

/// Fields in their encoded form: `"a":1,"b":"two"`, the members of a JSON object without its braces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<u8>);

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// No fields, and room for so many bytes of them.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Reads fields from a JSON object.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where `json` is no JSON object, is nested deeper than 128,
    /// or holds what a reader could not: half of a surrogate pair, a number beyond the range of a double.
    pub fn from_json(json: &str) -> Result<Self> {
        parse_members(json).map(EncodedFields::into_fields)
    }

    /// Adds one field. A key that is there already is added again; readers of JSON take the last.
    pub fn push<'v>(&mut self, key: impl AsRef<str>, value: impl Into<FieldValue<'v>>) {
        push_value(self.begin_member(key.as_ref()), value.into());
    }

    pub(crate) fn member(&mut self, key: &str) -> ValueWriter<'_> {
        ValueWriter::new(self.begin_member(key))
    }

    /// The fields as a JSON object.
    pub fn to_json(&self) -> String {
        let mut json = Vec::with_capacity(self.0.len() + 2);
        json.push(b'{');
        json.extend_from_slice(&self.0);
        json.push(b'}');
        String::from_utf8(json).expect("fields are encoded from strings")
    }

    /// Writes the key, and hands out the place where exactly one JSON value has to follow.
    pub(super) fn begin_member(&mut self, key: &str) -> &mut Vec<u8> {
        if !self.0.is_empty() {
            self.0.push(b',');
        } else if self.0.capacity() == 0 {
            self.0.reserve(FIRST_CAPACITY_BYTES);
        }
        push_string(&mut self.0, key);
        self.0.push(b':');
        &mut self.0
    }

    /// Adds all of `other`, behind what is there.
    pub fn append(&mut self, other: &Self) {
        if !self.0.is_empty() && !other.0.is_empty() {
            self.0.push(b',');
        }
        self.0.extend_from_slice(&other.0);
    }

    pub(super) fn from_members(members: Vec<u8>) -> Self {
        Self(members)
    }

    pub(crate) fn members(&self) -> &[u8] {
        &self.0
    }
}

/// Fields that are being made, or that stand encoded in a text of the caller's.
#[derive(Clone, Debug)]
pub(crate) enum EncodedFields<'a> {
    Own(Fields),
    Text(&'a [u8]),
}

impl<'a> EncodedFields<'a> {
    pub(crate) fn encoded(&self) -> &[u8] {
        match self {
            Self::Own(fields) => fields.members(),
            Self::Text(members) => members,
        }
    }

    /// The fields, to add to.
    pub(crate) fn own(&mut self) -> &mut Fields {
        if let Self::Text(members) = self {
            *self = Self::Own(Fields::from_members(members.to_vec()));
        }
        match self {
            Self::Own(fields) => fields,
            Self::Text(_) => unreachable!("it was copied just now"),
        }
    }

    fn into_fields(mut self) -> Fields {
        std::mem::take(self.own())
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

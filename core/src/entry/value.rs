//! Nested values, written straight into the fields of an entry: no tree in between.

use serde_json::value::RawValue;

use super::field_value::{FieldValue, push_value};
use super::text::{push_normalised, push_string};
use crate::error::{Error, Result};

/// The place of one JSON value in [`Fields`](super::Fields). If nothing is written there, it is `null`.
///
/// ```
/// use logrtc::binding::FieldsExt as _;
///
/// let mut fields = logrtc::Fields::new();
/// let mut user = fields.member("user").object();
/// user.member("id").value(7);
/// let mut roles = user.member("roles").array();
/// roles.element().value("admin");
/// drop(roles);
/// drop(user);
/// assert_eq!(fields.to_json(), r#"{"user":{"id":7,"roles":["admin"]}}"#);
/// ```
#[derive(Debug)]
pub struct ValueWriter<'a>(Option<&'a mut Vec<u8>>);

impl<'a> ValueWriter<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self(Some(out))
    }

    fn take(&mut self) -> &'a mut Vec<u8> {
        self.0.take().expect("it is taken by the call that consumes it, and by nothing before")
    }

    /// Writes a value that is not nested.
    #[inline]
    pub fn value<'v>(mut self, value: impl Into<FieldValue<'v>>) {
        push_value(self.take(), value.into());
    }

    /// Writes a value that is JSON already, its numbers digit for digit.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `json` is not one JSON value. It is written as a string then.
    pub fn json(mut self, json: &str) -> Result<()> {
        let out = self.take();
        let start = out.len();
        let written = serde_json::from_str::<&RawValue>(json)
            .map_err(|error| Error::malformed_json("json", error))
            .and_then(|value| push_normalised(out, value.get(), "json"));
        if written.is_err() {
            out.truncate(start);
            push_string(out, json);
        }
        written
    }

    /// Begins an array, which ends when the writer is dropped.
    pub fn array(mut self) -> ArrayWriter<'a> {
        let out = self.take();
        out.push(b'[');
        ArrayWriter { out, is_empty: true }
    }

    /// Begins an object, which ends when the writer is dropped.
    pub fn object(mut self) -> ObjectWriter<'a> {
        let out = self.take();
        out.push(b'{');
        ObjectWriter { out, is_empty: true }
    }
}

impl Drop for ValueWriter<'_> {
    fn drop(&mut self) {
        if let Some(out) = self.0.take() {
            out.extend_from_slice(b"null");
        }
    }
}

/// An array in the making; its end is the drop.
#[derive(Debug)]
pub struct ArrayWriter<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl ArrayWriter<'_> {
    /// The place of the next element.
    pub fn element(&mut self) -> ValueWriter<'_> {
        separate(self.out, &mut self.is_empty);
        ValueWriter::new(self.out)
    }
}

impl Drop for ArrayWriter<'_> {
    fn drop(&mut self) {
        self.out.push(b']');
    }
}

/// An object in the making; its end is the drop.
#[derive(Debug)]
pub struct ObjectWriter<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl ObjectWriter<'_> {
    /// The place of the value of `key`. A key that is there already is added again; readers of JSON take the last.
    pub fn member(&mut self, key: &str) -> ValueWriter<'_> {
        separate(self.out, &mut self.is_empty);
        push_string(self.out, key);
        self.out.push(b':');
        ValueWriter::new(self.out)
    }
}

impl Drop for ObjectWriter<'_> {
    fn drop(&mut self) {
        self.out.push(b'}');
    }
}

fn separate(out: &mut Vec<u8>, is_empty: &mut bool) {
    if !std::mem::replace(is_empty, false) {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::Fields;
    use super::*;

    fn write(place: ValueWriter<'_>, value: &Value) {
        match value {
            Value::Array(elements) => {
                let mut array = place.array();
                elements.iter().for_each(|element| write(array.element(), element));
            }
            Value::Object(members) => {
                let mut object = place.object();
                members.iter().for_each(|(key, value)| write(object.member(key), value));
            }
            scalar => place.value(scalar),
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_the_tree_s_json(value in any_value()) {
            let mut written = Fields::new();
            write(written.member("k"), &value);
            let mut pushed = Fields::new();
            pushed.push("k", &value);
            prop_assert_eq!(written, pushed);
        }
    }

    #[test]
    fn json_is_written_as_it_is_and_other_text_as_a_string() {
        let mut fields = Fields::new();
        assert!(fields.member("a").json(" [1.0, 18446744073709551616, \"\\u0041\"] ").is_ok());
        for wrong in ["", "[1", "1,2", "NaN", "\"\\ud800\""] {
            assert_eq!(
                fields.member("b").json(wrong).unwrap_err().kind(),
                crate::ErrorKind::InvalidArgument,
                "{wrong}"
            );
        }
        let expected = r#"{"a":[1.0,18446744073709551616,"A"],"b":"","b":"[1","b":"1,2","b":"NaN","b":"\"\\ud800\""}"#;
        assert_eq!(fields.to_json(), expected);
    }

    #[test]
    fn a_place_that_is_left_alone_is_null() {
        let mut fields = Fields::new();
        drop(fields.member("a"));
        let mut array = fields.member("b").array();
        drop(array.element());
        drop(array);
        assert_eq!(fields.to_json(), r#"{"a":null,"b":[null]}"#);
    }
}

//! The structured fields of an entry, encoded as they are added.

use super::field_value::{FieldValue, push_value};
use super::text::push_string;
use super::value::ValueWriter;

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

    /// Puts `one`, a single field, in the place of the field at `range`.
    #[cfg(feature = "tracing")]
    pub(crate) fn replace(&mut self, range: std::ops::Range<usize>, one: &Self) {
        self.0.splice(range, one.0.iter().copied());
    }

    #[cfg(all(test, feature = "tracing"))]
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// The fields at `range`.
    #[cfg(feature = "tracing")]
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Self {
        Self(self.0[range].to_vec())
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

    pub(super) fn into_fields(mut self) -> Fields {
        std::mem::take(self.own())
    }
}

//! A log entry, and its one encoding: the JSON of docs/protocol.md §2, written straight into bytes.

mod compact;
mod encode;
mod field_value;
mod fields;
mod members;
mod parse;
mod parts;
mod text;
mod timestamp;
mod tokens;
mod truncate;
mod value;

use chrono::{DateTime, Utc};

pub(crate) use encode::encode;
pub use field_value::FieldValue;
pub(crate) use fields::EncodedFields;
pub use fields::Fields;
pub use members::{RawMember, RawMembers, has_member, raw_string};
pub(crate) use parse::{ParsedEntry, parse, parse_members};
pub(crate) use parts::Parts;
pub(crate) use timestamp::Timestamp;
pub use value::{ArrayWriter, ObjectWriter, ValueWriter};

use crate::error::Result;
use crate::level::Level;

/// The most bytes that one entry may take when encoded, by default.
pub(crate) const DEFAULT_MAX_ENTRY_BYTES: usize = 64 * 1024;

/// Where an entry stands in a distributed trace (docs/protocol.md §2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub(crate) id: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) parent_id: Option<String>,
}

impl Span {
    /// A span with its own id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// Sets the id of the trace that the span belongs to.
    #[must_use]
    pub fn trace_id(mut self, trace_id: impl Into<String>) -> Self {
        self.trace_id = Some(trace_id.into());
        self
    }

    /// Sets the id of the span that this one is part of.
    #[must_use]
    pub fn parent_id(mut self, parent_id: impl Into<String>) -> Self {
        self.parent_id = Some(parent_id.into());
        self
    }
}

/// A whole log entry, apart from any producer.
///
/// Without a timestamp, the entry gets the time at which it is sent.
/// Timestamps are written in UTC, with milliseconds and `Z`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub(crate) timestamp: Option<DateTime<Utc>>,
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) message: String,
    pub(crate) fields: Fields,
    pub(crate) span: Option<Span>,
}

impl Entry {
    /// An entry without fields and without a span.
    pub fn new(level: Level, target: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            timestamp: None,
            level,
            target: target.into(),
            message: message.into(),
            fields: Fields::new(),
            span: None,
        }
    }

    /// Reads a whole entry from JSON, strictly: docs/protocol.md §2.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the key: one that is missing, of another
    /// type, twice there, or not part of an entry; a level that has no meaning; a timestamp that is not ISO 8601.
    pub fn from_json(json: &str) -> Result<Self> {
        parse(json).map(ParsedEntry::into_entry)
    }

    /// The entry as it is sent, with the present time if it has no timestamp.
    pub fn to_json(&self) -> String {
        self.to_json_at(Utc::now())
    }

    pub(crate) fn to_json_at(&self, now: DateTime<Utc>) -> String {
        let mut json = Vec::new();
        encode(&mut json, &self.parts(now), usize::MAX);
        String::from_utf8(json).expect("an entry is encoded from strings")
    }

    /// Sets the time of the entry.
    #[must_use]
    pub fn timestamp(mut self, timestamp: DateTime<Utc>) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// Adds a structured field. [`FieldValue`] lists the types that a value may have.
    #[must_use]
    pub fn field<'v>(mut self, key: impl AsRef<str>, value: impl Into<FieldValue<'v>>) -> Self {
        self.fields.push(key, value);
        self
    }

    /// Sets the span that the entry belongs to.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    pub(crate) fn parts(&self, now: DateTime<Utc>) -> Parts<'_> {
        Parts {
            timestamp: self.timestamp.unwrap_or(now).into(),
            level: self.level,
            target: &self.target,
            message: &self.message,
            fields: self.fields.members(),
            span: self.span.as_ref(),
        }
    }
}

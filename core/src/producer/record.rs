//! An entry in the making.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{Outcome, Producer};
use crate::entry::{EncodedFields, FieldValue, Fields, Parts, Span, Timestamp, parse_members};
use crate::error::Result;
use crate::level::Level;

/// An entry that gets its fields and its span, and is logged by [`send`](Self::send).
///
/// If the filter leaves the entry out, everything but `send` does nothing.
#[derive(Debug)]
#[must_use = "an entry is logged by `send`"]
pub struct Record<'a> {
    producer: &'a Producer,
    wanted: bool,
    timestamp: Option<Timestamp>,
    level: Level,
    target: Cow<'a, str>,
    message: Cow<'a, str>,
    fields: EncodedFields<'a>,
    span: Option<Span>,
}

impl<'a> Record<'a> {
    pub(super) fn new(producer: &'a Producer, level: Level, target: Cow<'a, str>, message: Cow<'a, str>) -> Self {
        let wanted = producer.enabled(level, &target);
        Self { producer, wanted, timestamp: None, level, target, message, fields: EncodedFields::Text(&[]), span: None }
    }

    /// Whether the filter lets the entry through. If not, its fields need not be computed.
    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Adds a structured field. [`FieldValue`] lists the types that a value may have.
    pub fn field<'v>(mut self, key: impl AsRef<str>, value: impl Into<FieldValue<'v>>) -> Self {
        if self.wanted {
            self.fields.own().push(key, value);
        }
        self
    }

    /// Sets the span that the entry belongs to.
    pub fn span(mut self, span: Span) -> Self {
        if self.wanted {
            self.span = Some(span);
        }
        self
    }

    /// Sets the time of the entry, for what was logged elsewhere before; where it is not set, it is the time of `send`.
    pub fn timestamp(mut self, timestamp: DateTime<Utc>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets all fields at once.
    pub fn fields(mut self, fields: Fields) -> Self {
        self.fields = EncodedFields::Own(fields);
        self
    }

    /// Sets all fields at once, from a JSON object, as [`Fields::from_json`] reads it; where nothing has to be changed in
    /// it, it is not copied.
    ///
    /// # Errors
    /// Those of [`Fields::from_json`].
    pub fn fields_json(mut self, json: &'a str) -> Result<Self> {
        if self.wanted {
            self.fields = parse_members(json)?;
        }
        Ok(self)
    }

    /// Logs the entry. The outcome may be ignored, because it is counted.
    pub fn send(self) -> Outcome {
        if !self.wanted {
            return self.producer.count_filtered();
        }
        self.producer.submit(&Parts {
            timestamp: self.timestamp.unwrap_or_else(Timestamp::now),
            level: self.level,
            target: &self.target,
            message: &self.message,
            fields: self.fields.encoded(),
            span: self.span.as_ref(),
        })
    }
}

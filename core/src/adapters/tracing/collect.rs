//! Fields as `tracing` hands them out, to fields of an entry.

use std::error::Error;
use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};

use super::spans::SpanFields;
use crate::entry::{FieldValue, Fields};
use crate::error::text_of;

/// Where fields go.
pub(super) trait Sink {
    fn push(&mut self, name: &'static str, value: FieldValue<'_>);
}

impl Sink for Fields {
    fn push(&mut self, name: &'static str, value: FieldValue<'_>) {
        Self::push(self, name, value);
    }
}

impl Sink for SpanFields {
    fn push(&mut self, name: &'static str, value: FieldValue<'_>) {
        self.set(name, value);
    }
}

/// Takes fields as they come, and the field `message` for itself if there is a place for it.
pub(super) struct Collect<'a, T> {
    fields: &'a mut T,
    message: Option<&'a mut String>,
    /// Whether it is a record of the `log` crate, whose target and place are in fields of their own.
    is_log: bool,
}

impl<'a, T: Sink> Collect<'a, T> {
    pub(super) fn new(fields: &'a mut T) -> Self {
        Self { fields, message: None, is_log: false }
    }

    pub(super) fn event(fields: &'a mut T, message: &'a mut String, is_log: bool) -> Self {
        Self { fields, message: Some(message), is_log }
    }

    fn push<'v>(&mut self, field: &Field, value: impl Into<FieldValue<'v>>) {
        if !(self.is_log && matches!(field.name(), "log.target" | "log.module_path" | "log.file" | "log.line")) {
            self.fields.push(field.name(), value.into());
        }
    }
}

impl<T: Sink> Visit for Collect<'_, T> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match &mut self.message {
            Some(message) if field.name() == "message" => {
                message.clear();
                // It fails only if the value does; then its beginning is the message.
                let _ = write!(message, "{value:?}");
            }
            _ => self.push(field, text_of(&format_args!("{value:?}"))),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match &mut self.message {
            Some(message) if field.name() == "message" => value.clone_into(message),
            _ => self.push(field, value),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.push(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.push(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.push(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value);
    }
}

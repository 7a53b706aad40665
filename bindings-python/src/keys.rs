//! The keys of the fields that logrtc adds, of which a program may have its own.

use logrtc::{FieldValue, Fields};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::text;

/// The keys of [`OURS`] that a program has given itself, as bits.
#[derive(Clone, Copy, Default)]
pub(crate) struct Keys(u8);

/// The keys that are added to those of the program.
const OURS: [&str; 8] = [
    "level_name",
    "exception.type",
    "exception.message",
    "exception.stacktrace",
    "code.stacktrace",
    "code.file.path",
    "code.function.name",
    "code.line.number",
];

impl Keys {
    /// Notes a key of the program's; false, for it is a field all the same.
    pub(crate) fn note(&mut self, key: &Bound<'_, PyAny>) -> bool {
        if let Some(place) = key
            .cast::<PyString>()
            .ok()
            .filter(|key| !text::is_long(key))
            .and_then(|key| key.to_str().ok())
            .and_then(|key| OURS.iter().position(|ours| *ours == key))
        {
            self.0 |= 1 << place;
        }
        false
    }

    /// Adds a field, unless the program has one of that name.
    pub(crate) fn push<'v>(self, fields: &mut Fields, key: &str, value: impl Into<FieldValue<'v>>) {
        if OURS.iter().position(|ours| *ours == key).is_none_or(|place| self.0 & (1 << place) == 0) {
            fields.push(key, value);
        }
    }
}

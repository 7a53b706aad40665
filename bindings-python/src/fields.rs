//! The fields of an entry from a dict.

use logrtc::binding::FieldsExt as _;
use logrtc::{FieldValue, Fields};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::convert::{Converter, MAX_BYTES, Room, key_text, plain};
use crate::errors::{Refusal, unless_exception};
use crate::members::{Cursor, Member, Members, Owned, for_each_unchanged};

/// The fields that a dict makes; `is_taken` is asked for every member, as in [`add`].
pub(crate) fn from_dict<'py>(
    dict: &Bound<'py, PyDict>,
    is_taken: impl FnMut(&Member<'_, 'py>) -> bool,
) -> PyResult<Fields> {
    let mut fields = room();
    add(&mut fields, dict, is_taken)?;
    Ok(fields)
}

/// The members of what a caller passes as fields; `None` if it is no mapping, or fails.
pub(crate) fn members_of<'py>(argument: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
    if let Ok(dict) = argument.cast::<PyDict>() {
        return Ok(Some(dict.clone()));
    }
    if argument.cast::<PyMapping>().is_err() {
        return Ok(None);
    }
    let read = || {
        let dict = PyDict::new(argument.py());
        let members = argument.call_method0(intern!(argument.py(), "items"))?;
        for member in members.try_iter()?.take(MAX_BYTES / MIN_MEMBER_BYTES) {
            let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = member?.extract()?;
            dict.set_item(key, value)?;
        }
        Ok(dict)
    };
    unless_exception(argument.py(), read())
}

/// A whole entry that a caller gives, as the members of its object. Each has room of its own: whatever one of them holds, the
/// others are there.
pub(crate) fn of_entry(entry: &Bound<'_, PyAny>) -> Result<Fields, Refusal> {
    let Some(entry) = members_of(entry)? else {
        return Err(Refusal::invalid("entry", format_args!("must be a mapping, not {}", entry.get_type().name()?)));
    };
    let mut members = room();
    let mut converter = Converter::new(entry.py())?;
    // An entry has less than so many, and the core names one that is not of them.
    for Owned { key, value, .. } in Members::new(&entry).take(MAX_ENTRY_MEMBERS) {
        let key = key_text(&key)?;
        match value.cast::<PyDict>() {
            Ok(fields) if key == "fields" => converter.write_fields(members.member(&key), fields)?,
            _ => converter.write_within(MAX_BYTES, members.member(&key), &value)?,
        }
    }
    Ok(members)
}

/// Room for the fields that an entry usually has.
pub(crate) fn room() -> Fields {
    Fields::with_capacity(256)
}

/// Adds the members of `dict` but for those whose key `is_taken` takes, for itself or for good, and for those that are beyond
/// what an entry may have. `is_taken` must not run code of Python.
pub(crate) fn add<'py>(
    fields: &mut Fields,
    dict: &Bound<'py, PyDict>,
    mut is_taken: impl FnMut(&Member<'_, 'py>) -> bool,
) -> PyResult<()> {
    let length = dict.len();
    let mut cursor = Cursor::default();
    let mut room = Room::of_entry();
    for_each_unchanged(dict, &mut cursor, |member| {
        if is_taken(&member) {
            return true;
        }
        let Some((key, value)) = member.key_text().zip(plain(member.value)) else { return false };
        let value_bytes = if let FieldValue::Text(text) = value { text.len() + 2 } else { 1 };
        if value_bytes > room.of_field() {
            return false;
        }
        room.spend(key.len() + 3 + value_bytes);
        fields.push(key, value);
        true
    });
    // From here on code of Python may run, and change the original: what that adds is none of it.
    let mut converter = None;
    for Owned { index, key, value } in Members::from(dict, cursor, length) {
        if room.is_full() {
            break;
        }
        if is_taken(&Member { index, key: &key, value: &value }) {
            continue;
        }
        let converter = match &mut converter {
            Some(converter) => converter,
            None => converter.insert(Converter::new(dict.py())?),
        };
        let key = key_text(&key)?;
        converter.write_field(&mut room, fields.member(&key), &key, &value)?;
    }
    Ok(())
}

/// How many members of a whole entry are looked at.
const MAX_ENTRY_MEMBERS: usize = 256;

/// No member takes less.
const MIN_MEMBER_BYTES: usize = 5;

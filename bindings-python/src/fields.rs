//! The fields of an entry from a dict.

use std::borrow::Cow;
use std::ffi::c_int;
use std::ptr;

use logrtc::binding::FieldsExt as _;
use logrtc::{FieldValue, Fields};
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyDict, PyMapping, PyString};
use pyo3::{Borrowed, ffi, intern};

use crate::convert::{Converter, MAX_BYTES, key_text, plain};
use crate::errors::Refusal;
use crate::text;

/// The fields that a caller gives: a mapping.
pub(crate) fn from_argument(fields: &Bound<'_, PyAny>) -> Result<Fields, Refusal> {
    Ok(from_dict(&*dict_of("fields", fields)?)?)
}

/// The same of an event of another library; `note` is told every key, and must not run code of Python.
pub(crate) fn of_event<'py>(
    fields: &Bound<'py, PyAny>,
    mut note: impl FnMut(&Bound<'py, PyAny>) -> bool,
) -> Result<Fields, Refusal> {
    let mut made = room();
    add(&mut made, &*dict_of("fields", fields)?, |member| note(member.key))?;
    Ok(made)
}

/// A whole entry that a caller gives, as the members of its object. Each has room of its own: whatever one of them holds, the
/// others are there.
pub(crate) fn of_entry(entry: &Bound<'_, PyAny>) -> Result<Fields, Refusal> {
    let entry = dict_of("entry", entry)?;
    let mut members = room();
    // An entry has less than so many, and the core names one that is not of them.
    for Owned { key, value, .. } in next_members(&entry, &mut Cursor::default()) {
        Converter::new(entry.py(), MAX_BYTES)?.write(members.member(&key_text(&key)?), &value)?;
    }
    Ok(members)
}

/// An argument as a dict: itself, or as much of a mapping as an entry may have.
fn dict_of<'a, 'py>(name: &str, argument: &'a Bound<'py, PyAny>) -> Result<Cow<'a, Bound<'py, PyDict>>, Refusal> {
    if let Ok(dict) = argument.cast::<PyDict>() {
        return Ok(Cow::Borrowed(dict));
    }
    if argument.cast::<PyMapping>().is_err() {
        return Err(Refusal::invalid(name, format_args!("must be a mapping, not {}", argument.get_type().name()?)));
    }
    let dict = PyDict::new(argument.py());
    let members = argument.call_method0(intern!(argument.py(), "items"))?;
    for member in members.try_iter()?.take(MAX_BYTES / MIN_MEMBER_BYTES) {
        let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = member?.extract()?;
        dict.set_item(key, value)?;
    }
    Ok(Cow::Owned(dict))
}

/// Room for the fields that an entry usually has.
pub(crate) fn room() -> Fields {
    Fields::with_capacity(256)
}

fn from_dict(dict: &Bound<'_, PyDict>) -> PyResult<Fields> {
    let mut fields = room();
    add(&mut fields, dict, |_| false)?;
    Ok(fields)
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
    let mut bytes_left = MAX_BYTES;
    for_each_unchanged(dict, &mut cursor, |member| {
        if is_taken(&member) {
            return true;
        }
        let Some((key, value)) = member.key_text().zip(plain(member.value)).filter(|_| bytes_left > 0) else {
            return false;
        };
        let value_bytes = if let FieldValue::Text(text) = value { text.len() + 2 } else { 1 };
        bytes_left = bytes_left.saturating_sub(key.len() + 3 + value_bytes);
        fields.push(key, value);
        true
    });
    // From here on code of Python may run, and change the original: what that adds is none of it.
    let mut converter = None;
    while bytes_left > 0 && cursor.index < length {
        let members = next_members(dict, &mut cursor);
        if members.is_empty() {
            break;
        }
        let converter = match &mut converter {
            Some(converter) => converter,
            None => converter.insert(Converter::new(dict.py(), bytes_left)?),
        };
        for Owned { index, key, value } in members.into_iter().take_while(|member| member.index < length) {
            if converter.is_full() {
                return Ok(());
            }
            if !is_taken(&Member { index, key: &key, value: &value }) {
                converter.write_field(fields, &key, &value)?;
            }
        }
    }
    Ok(())
}

/// No member takes less.
const MIN_MEMBER_BYTES: usize = 5;

/// How many members are looked at in one go where code of Python may run in between.
const CHUNK: usize = 256;

/// A place in a dict.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cursor {
    position: ffi::Py_ssize_t,
    /// How many members come before it.
    pub(crate) index: usize,
}

/// A member of a dict, and its place there.
pub(crate) struct Member<'a, 'py> {
    pub(crate) index: usize,
    pub(crate) key: &'a Bound<'py, PyAny>,
    pub(crate) value: &'a Bound<'py, PyAny>,
}

impl<'a> Member<'a, '_> {
    fn key_text(&self) -> Option<&'a str> {
        let key = self.key.cast_exact::<PyString>().ok()?;
        if text::is_long(key) { None } else { key.to_str().ok() }
    }
}

/// A member that is held, whatever becomes of its dict.
pub(crate) struct Owned<'py> {
    pub(crate) index: usize,
    pub(crate) key: Bound<'py, PyAny>,
    pub(crate) value: Bound<'py, PyAny>,
}

/// The next members from a place on, and moves it behind them; none at the end. A dict that has changed since the last call
/// may show a member twice or not at all.
pub(crate) fn next_members<'py>(dict: &Bound<'py, PyDict>, cursor: &mut Cursor) -> Vec<Owned<'py>> {
    let mut members = Vec::with_capacity(dict.len().min(CHUNK));
    for_each_unchanged(dict, cursor, |Member { index, key, value }| {
        let has_room = members.len() < CHUNK;
        if has_room {
            members.push(Owned { index, key: key.clone(), value: value.clone() });
        }
        has_room
    });
    members
}

/// Calls `act` with each member from a place on, until it answers false, and moves the place to the member for which it did.
/// `act` must not run code of Python: so the dict stays as it is.
fn for_each_unchanged<'py>(
    dict: &Bound<'py, PyDict>,
    cursor: &mut Cursor,
    mut act: impl FnMut(Member<'_, 'py>) -> bool,
) {
    with_critical_section(dict, || {
        loop {
            let mut position = cursor.position;
            let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
            // SAFETY: it is a dict, and nothing changes it meanwhile: no code of Python runs, and other threads are kept
            // out by the GIL or by the critical section. A place of before a change is within it, or none.
            let found: c_int =
                unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value) };
            if found == 0 {
                return;
            }
            // SAFETY: both are there, and the dict holds them as long as it does not change.
            let (key, value) = unsafe { (Borrowed::from_ptr(dict.py(), key), Borrowed::from_ptr(dict.py(), value)) };
            if !act(Member { index: cursor.index, key: &key, value: &value }) {
                return;
            }
            *cursor = Cursor { position, index: cursor.index + 1 };
        }
    });
}

//! The fields of an entry from a dict.

use std::ffi::c_int;
use std::ptr;

use logrtc::Fields;
use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyDict, PyMapping, PyString};

use crate::convert::{Converter, MAX_BYTES, key_text, plain};
use crate::errors::Refusal;

/// The fields that a caller gives: a mapping.
pub(crate) fn from_argument(fields: &Bound<'_, PyAny>) -> Result<Fields, Refusal> {
    if let Ok(dict) = fields.cast::<PyDict>() {
        return Ok(from_dict(dict)?);
    }
    if fields.cast::<PyMapping>().is_err() {
        return Err(Refusal::invalid("fields", format_args!("must be a mapping, not {}", fields.get_type().name()?)));
    }
    let dict = PyDict::new(fields.py());
    dict.update(fields.cast::<PyMapping>().map_err(PyErr::from)?)?;
    Ok(from_dict(&dict)?)
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

/// Adds the members of `dict` but for those whose key `is_taken` takes, for itself or for good. It must not run code of
/// Python.
pub(crate) fn add<'py>(
    fields: &mut Fields,
    dict: &Bound<'py, PyDict>,
    mut is_taken: impl FnMut(&Member<'_, 'py>) -> bool,
) -> PyResult<()> {
    let mut count = 0;
    let all = for_each_unchanged(dict, |member| {
        // None takes less than five bytes; so all else is beyond what an entry may have.
        if count > MAX_BYTES / 5 {
            return true;
        }
        if !is_taken(&member) {
            let Some((key, value)) = member.key_text().zip(plain(member.value)) else { return false };
            fields.push(key, value);
        }
        count += 1;
        true
    });
    if all {
        return Ok(());
    }
    // From here on code of Python may run, and change the original.
    let mut converter = Converter::new(dict.py())?;
    for (index, item) in dict.items().iter().enumerate().skip(count) {
        if converter.is_full() {
            break;
        }
        let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.extract()?;
        if !is_taken(&Member { index, key: &key, value: &value }) {
            converter.write(fields.member(&key_text(&key)?), &value)?;
        }
    }
    Ok(())
}

/// A member of a dict, and its place there.
pub(crate) struct Member<'a, 'py> {
    pub(crate) index: usize,
    pub(crate) key: &'a Bound<'py, PyAny>,
    pub(crate) value: &'a Bound<'py, PyAny>,
}

impl<'a> Member<'a, '_> {
    fn key_text(&self) -> Option<&'a str> {
        self.key.cast_exact::<PyString>().ok()?.to_str().ok()
    }
}

/// Calls `act` with each member, until it answers false, and answers whether it never did. `act` must not run code of
/// Python: so the dict stays as it is.
fn for_each_unchanged<'py>(dict: &Bound<'py, PyDict>, mut act: impl FnMut(Member<'_, 'py>) -> bool) -> bool {
    with_critical_section(dict, || {
        let mut position: ffi::Py_ssize_t = 0;
        let mut index = 0;
        loop {
            let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
            // SAFETY: it is a dict, and nothing changes it meanwhile: no code of Python runs, and other threads are kept
            // out by the GIL or by the critical section.
            let found: c_int =
                unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value) };
            if found == 0 {
                return true;
            }
            // SAFETY: both are there, and the dict holds them as long as it does not change.
            let (key, value) = unsafe { (Borrowed::from_ptr(dict.py(), key), Borrowed::from_ptr(dict.py(), value)) };
            if !act(Member { index, key: &key, value: &value }) {
                return false;
            }
            index += 1;
        }
    })
}

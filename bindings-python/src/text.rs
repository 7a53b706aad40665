//! Python's strings as Rust's.

use std::borrow::Cow;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::errors::unless_exception;

/// An entry holds no more: so no text needs to be longer, however long it is.
const MAX_CHARACTERS: usize = 64 * 1024;

/// Whether a string is longer than any entry. Finding out costs nothing, whatever it holds.
pub(crate) fn is_long(text: &Bound<'_, PyString>) -> bool {
    // SAFETY: it is a string, for which the call neither fails nor runs code.
    let length = unsafe { ffi::PyUnicode_GetLength(text.as_ptr()) };
    usize::try_from(length).is_ok_and(|length| length > MAX_CHARACTERS)
}

/// The text of a string; the beginning of one that is longer than any entry, and still longer than one, so that the core cuts
/// and marks it. Half of a surrogate pair, which UTF-8 has no place for, becomes U+FFFD.
pub(crate) fn of_str<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    if is_long(text) {
        return start_of(text).map(Cow::Owned);
    }
    match text.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => lossy(text).map(Cow::Owned),
    }
}

#[cold]
fn start_of(text: &Bound<'_, PyString>) -> PyResult<String> {
    let end = ffi::Py_ssize_t::try_from(MAX_CHARACTERS).unwrap_or(ffi::Py_ssize_t::MAX);
    // SAFETY: it is a string, and longer than that; the answer is a new one, or an error is set.
    let start = unsafe { Bound::from_owned_ptr_or_err(text.py(), ffi::PyUnicode_Substring(text.as_ptr(), 0, end)) }?;
    let start = start.cast_into::<PyString>()?;
    match start.to_str() {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => lossy(&start),
    }
}

#[cold]
fn lossy(text: &Bound<'_, PyString>) -> PyResult<String> {
    let encoded = text.call_method1("encode", ("utf-16-le", "surrogatepass"))?.cast_into::<PyBytes>()?;
    let units: Vec<u16> =
        encoded.as_bytes().chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Ok(String::from_utf16_lossy(&units))
}

/// The text of any object: its `str()`, or what it is where that fails.
pub(crate) fn of_any(object: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = object.py();
    let text = object.str().and_then(|text| of_str(&text).map(Cow::into_owned));
    if let Some(text) = unless_exception(py, text)? {
        return Ok(text);
    }
    let class = unless_exception(py, object.get_type().qualname().and_then(|name| of_str(&name).map(Cow::into_owned)))?;
    Ok(format!("<unprintable {} object>", class.as_deref().unwrap_or("?")))
}

/// The text of a message or name: a string as it is, anything else by [`of_any`].
pub(crate) fn of_message<'a>(message: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    match message.cast::<PyString>() {
        Ok(text) => of_str(text),
        Err(_) => of_any(message).map(Cow::Owned),
    }
}

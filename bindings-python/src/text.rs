//! Python's strings as Rust's.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::errors::unless_exception;

/// The text of a string. Half of a surrogate pair, which UTF-8 has no place for, becomes U+FFFD.
pub(crate) fn of_str<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match text.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => lossy(text).map(Cow::Owned),
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

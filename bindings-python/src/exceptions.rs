//! What an entry says of an exception.

use logrtc::Fields;
use pyo3::exceptions::PyBaseException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::errors::unless_exception;
use crate::keys::Keys;
use crate::text;

/// What a formatter of the program has made of an exception. What it has left out is not to be seen.
pub(crate) struct Shown<'a> {
    /// Everything that it shows.
    pub(crate) text: &'a str,
    /// The part of it that is the traceback.
    pub(crate) trace: Option<&'a str>,
}

/// Adds the fields of an exception: its own traceback and message, or what a formatter shows of them.
pub(crate) fn push(
    fields: &mut Fields,
    own: Keys,
    exception: &Bound<'_, PyAny>,
    shown: Option<&Shown<'_>>,
) -> PyResult<()> {
    let py = exception.py();
    let Ok(exception) = exception.cast::<PyBaseException>() else { return Ok(()) };
    let (class, message) = describe(exception)?;
    own.push(fields, "exception.type", &*class);
    if shown.is_none_or(|shown| shown.text.contains(&message)) {
        own.push(fields, "exception.message", &*message);
    }
    match shown {
        Some(shown) => {
            if let Some(trace) = shown.trace {
                own.push(fields, "exception.stacktrace", trace);
            }
        }
        None => {
            let text = py.import(intern!(py, "logrtc._traceback"))?.call_method1(intern!(py, "text_of"), (exception,));
            if let Some(text) = unless_exception(py, text)? {
                own.push(fields, "exception.stacktrace", &*text::of_message(&text)?);
            }
        }
    }
    Ok(())
}

/// The exception of an `exc_info`, which `logging` and others have in several forms.
pub(crate) fn of_info<'py>(info: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let is_exception = |found: &Bound<'_, PyAny>| found.is_instance_of::<PyBaseException>();
    if is_exception(info) {
        return Ok(Some(info.clone()));
    }
    if let Ok(tuple) = info.cast::<PyTuple>() {
        return Ok(tuple.get_item(1).ok().filter(is_exception));
    }
    let is_asked_for = unless_exception(info.py(), info.is_truthy())?.unwrap_or(false);
    if is_asked_for { handled(info.py()) } else { Ok(None) }
}

/// The exception that is being handled.
pub(crate) fn handled(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let info = py.import(intern!(py, "sys"))?.call_method0(intern!(py, "exc_info"))?;
    Ok(Some(info.get_item(1)?).filter(|exception| !exception.is_none()))
}

/// The name of its class, as OpenTelemetry has it, and its message.
pub(crate) fn describe(exception: &Bound<'_, PyBaseException>) -> PyResult<(String, String)> {
    let class = exception.get_type();
    let name = unless_exception(exception.py(), name_of(&class))?;
    Ok((name.unwrap_or_else(|| "?".to_owned()), text::of_any(exception.as_any())?))
}

fn name_of(class: &Bound<'_, PyType>) -> PyResult<String> {
    let name = class.qualname()?;
    let name = text::of_str(&name)?;
    let module = class.module()?;
    let module = text::of_str(&module)?;
    Ok(if module == "builtins" { name.into_owned() } else { format!("{module}.{name}") })
}

//! What an entry says of an exception.

use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::unless_exception;
use crate::text;

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

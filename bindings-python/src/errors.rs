//! Errors of the core as exceptions of `logrtc._errors`.

use std::error::Error as _;
use std::io;

use logrtc::{Error, ErrorKind};
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// What a call is refused with.
pub(crate) enum Refusal {
    Core(Error),
    /// `value: what is wrong, what is right`.
    Invalid(String),
    Python(PyErr),
}

impl Refusal {
    pub(crate) fn invalid(name: &str, problem: impl std::fmt::Display) -> Self {
        Self::Invalid(format!("{name}: {problem}"))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<PyErr> for Refusal {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Refusal> for PyErr {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Python(error) => error,
            Refusal::Invalid(message) => raise("InvalidArgumentError", message, None),
            Refusal::Core(error) => {
                let message = error.to_string();
                let raised = match error.kind() {
                    ErrorKind::InvalidArgument => raise("InvalidArgumentError", message, None),
                    ErrorKind::Closed => raise("ClosedError", message, None),
                    ErrorKind::Timeout => raise("FlushTimeoutError", message, Some(error.pending())),
                    // A log call counts what the journal refuses, and no other call fails so.
                    ErrorKind::Dropped | ErrorKind::Internal => raise("InternalError", message, None),
                };
                if let Some(source) = error.source() {
                    Python::attach(|py| raised.set_cause(py, Some(cause(py, source))));
                }
                raised
            }
        }
    }
}

/// The `__cause__` of an exception, with its own.
fn cause(py: Python<'_>, error: &(dyn std::error::Error + 'static)) -> PyErr {
    let raised = match error.downcast_ref::<io::Error>() {
        Some(error) => os_error(py, error).unwrap_or_else(|_| PyOSError::new_err(error.to_string())),
        None => PyValueError::new_err(error.to_string()),
    };
    raised.set_cause(py, error.source().map(|source| cause(py, source)));
    raised
}

/// Of the class that Python has for the number of the error, such as `FileNotFoundError`.
fn os_error(py: Python<'_>, error: &io::Error) -> PyResult<PyErr> {
    let Some(number) = error.raw_os_error() else { return Ok(PyOSError::new_err(error.to_string())) };
    let text: String = py.import("os")?.call_method1("strerror", (number,))?.extract()?;
    Ok(PyOSError::new_err((number, text)))
}

fn raise(class: &str, message: String, pending: Option<u64>) -> PyErr {
    Python::attach(|py| {
        let made = py.import("logrtc._errors").and_then(|module| module.getattr(class)).and_then(|class| {
            let class = class.cast_into::<PyType>()?;
            match pending {
                Some(pending) => class.call1((message, pending)),
                None => class.call1((message,)),
            }
        });
        made.map_or_else(|error| error, PyErr::from_value)
    })
}

/// What failed is passed on only where it is no `Exception`, such as KeyboardInterrupt: logging has no other way to fail.
pub(crate) fn unless_exception<T>(py: Python<'_>, result: PyResult<T>) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

//! The values of options and arguments, checked.

use std::time::Duration;

use pyo3::prelude::*;

use crate::errors::Refusal;

/// What stands for all that is longer.
const MAX_SECONDS: f64 = 1e9;

/// A value of the type that is wanted; `what` names it in the error.
pub(crate) fn typed<'py, T: FromPyObjectOwned<'py>>(
    key: &str,
    value: &Bound<'py, PyAny>,
    what: &str,
) -> Result<T, Refusal> {
    match value.extract::<T>() {
        Ok(value) => Ok(value),
        Err(_) => Err(Refusal::invalid(key, format_args!("must be {what}, not {}", shown(value)))),
    }
}

/// A value in a message; never one that may be a secret, for those are strings already.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "another object".to_owned(), |name| name.to_string())
}

/// A duration in seconds.
pub(crate) fn seconds(key: &str, value: &Bound<'_, PyAny>) -> Result<Duration, Refusal> {
    let seconds: f64 = typed(key, value, "a number of seconds")?;
    // More than any option may be, and within what a clock can hold; what is no number stays so.
    Duration::try_from_secs_f64(if seconds > MAX_SECONDS { MAX_SECONDS } else { seconds })
        .map_err(|_| Refusal::invalid(key, format_args!("{seconds} is not a number of seconds")))
}

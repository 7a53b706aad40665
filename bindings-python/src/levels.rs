//! Levels of Python: the numbers of `logging`, and names.

use std::borrow::Cow;

use logrtc::Level;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::errors::Refusal;
use crate::text;

/// The level that a number of `logging` means.
pub(crate) fn level_of_number(number: i64) -> Level {
    match number {
        40.. => Level::Error,
        30.. => Level::Warn,
        20.. => Level::Info,
        _ => Level::Debug,
    }
}

/// The level of an event of another library: INFO where nobody knows it; and the name where it says more.
pub(crate) fn level_or_info<'a>(level: &'a Bound<'_, PyAny>) -> PyResult<(Level, Option<Cow<'a, str>>)> {
    if let Ok(known) = level_of(level) {
        return Ok(known);
    }
    Ok((Level::Info, Some(text::of_message(level)?)))
}

/// A number of `logging`, or a name of a level: the level, and the name where it says more.
pub(crate) fn level_of<'a>(level: &'a Bound<'_, PyAny>) -> Result<(Level, Option<Cow<'a, str>>), Refusal> {
    if let Ok(number) = level.cast::<PyInt>() {
        let number = number.extract::<i64>().unwrap_or(i64::MAX);
        return Ok((level_of_number(number), None));
    }
    let Ok(name) = level.cast::<PyString>() else {
        let class = level.get_type().name()?;
        return Err(Refusal::invalid("level", format_args!("must be a name or a number, not {class}")));
    };
    let name = text::of_str(name)?;
    match Level::from_name(&name) {
        Some((level, more)) => Ok((level, more.map(Cow::Borrowed))),
        // The core says what is right.
        None => Ok((name.parse()?, None)),
    }
}

/// Whether a level's name is one of the protocol's, or another word for it.
pub(crate) fn says_no_more(name: &Bound<'_, PyAny>) -> bool {
    name.cast::<PyString>()
        .is_ok_and(|name| name.to_str().is_ok_and(|name| matches!(Level::from_name(name), Some((_, None)))))
}

//! The span that an entry belongs to.

use std::borrow::Cow;

use logrtc::Span;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyString};

use crate::errors::unless_exception;
use crate::{fields, text};

/// A span that a caller gives: a dict with the keys `id`, `trace_id` and `parent_id`, or the text of an id; and whether that
/// was all of it.
pub(crate) fn from_argument(span: &Bound<'_, PyAny>) -> PyResult<(Option<Span>, bool)> {
    if span.is_instance_of::<PyString>() || span.is_instance_of::<PyInt>() {
        return Ok((Some(Span::new(text::of_message(span)?)), true));
    }
    let Some(members) = fields::members_of(span)? else { return Ok((None, false)) };
    let id = |key| -> PyResult<Option<String>> {
        let id = members.get_item(key)?.filter(|id| !id.is_none());
        id.map(|id| text::of_message(&id).map(Cow::into_owned)).transpose()
    };
    let (own, trace, parent) = (id("id")?, id("trace_id")?, id("parent_id")?);
    let mut known = 0;
    for key in KEYS {
        known += usize::from(members.contains(key)?);
    }
    let mut made = own.map_or_else(Span::default, Span::new);
    if let Some(trace) = trace {
        made = made.trace_id(trace);
    }
    if let Some(parent) = parent {
        made = made.parent_id(parent);
    }
    Ok((Some(made).filter(|_| known > 0), members.len() == known))
}

const KEYS: [&str; 3] = ["id", "trace_id", "parent_id"];

/// The current span of OpenTelemetry, where the program has loaded that.
pub(crate) fn of_opentelemetry(py: Python<'_>) -> PyResult<Option<Span>> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let modules = MODULES
        .get_or_try_init(py, || PyResult::Ok(py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?.unbind()))?;
    let Some(module) = modules.bind(py).get_item(intern!(py, "opentelemetry.trace"))? else { return Ok(None) };
    Ok(unless_exception(py, current_span(&module))?.flatten())
}

fn current_span(module: &Bound<'_, PyAny>) -> PyResult<Option<Span>> {
    let py = module.py();
    let span = module.call_method0(intern!(py, "get_current_span"))?;
    let context = span.call_method0(intern!(py, "get_span_context"))?;
    if !context.getattr(intern!(py, "is_valid"))?.extract::<bool>()? {
        return Ok(None);
    }
    let id = |context: &Bound<'_, PyAny>| context.getattr(intern!(py, "span_id"))?.extract::<u64>();
    let trace_id: u128 = context.getattr(intern!(py, "trace_id"))?.extract()?;
    let made = Span::new(format!("{:016x}", id(&context)?)).trace_id(format!("{trace_id:032x}"));
    // Only a span that is recorded knows its parent.
    let parent = span.getattr_opt(intern!(py, "parent"))?.filter(|parent| !parent.is_none());
    Ok(Some(match parent {
        Some(parent) => made.parent_id(format!("{:016x}", id(&parent)?)),
        None => made,
    }))
}

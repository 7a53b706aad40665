//! The span that an entry belongs to.

use logrtc::Span;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};

use crate::errors::{Refusal, unless_exception};
use crate::text;

/// A span that a caller gives: a dict with the keys `id`, `trace_id` and `parent_id`.
pub(crate) fn from_argument(span: &Bound<'_, PyAny>) -> Result<Span, Refusal> {
    let Ok(span) = span.cast::<PyDict>() else {
        return Err(Refusal::invalid("span", format_args!("must be a dict, not {}", span.get_type().name()?)));
    };
    let (mut own, mut trace, mut parent) = (None, None, None);
    for item in span.items() {
        let (key, id): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let key = text::of_message(&key)?;
        let place = match &*key {
            "id" => &mut own,
            "trace_id" => &mut trace,
            "parent_id" => &mut parent,
            _ => {
                return Err(Refusal::invalid(&format!("span.{key}"), "is not a key here; use id, trace_id, parent_id"));
            }
        };
        if id.is_none() {
            continue;
        }
        let Ok(id) = id.cast::<PyString>() else {
            let class = id.get_type().name()?;
            return Err(Refusal::invalid(&format!("span.{key}"), format_args!("must be a string, not {class}")));
        };
        *place = Some(text::of_str(id)?.into_owned());
    }
    let mut made = own.map_or_else(Span::default, Span::new);
    if let Some(trace) = trace {
        made = made.trace_id(trace);
    }
    if let Some(parent) = parent {
        made = made.parent_id(parent);
    }
    Ok(made)
}

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

//! A record of Python's `logging` as an entry.

mod names;

use chrono::DateTime;
use logrtc::binding::ProducerExt as _;
use logrtc::{Fields, Record};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::convert::plain;
use crate::exceptions::{self, Shown};
use crate::keys::Keys;
use crate::levels::{level_of_number, says_no_more};
use crate::{fields, spans, text};
use names::{Attribute, Attributes};

/// What an entry says of where and how it came about, beside what the program gives: OpenTelemetry's names for it.
pub(crate) struct Circumstances<'a, 'py> {
    /// The name of the level, where the level says less.
    pub(crate) level_name: Option<&'a Bound<'py, PyAny>>,
    /// The same, where it is text already.
    pub(crate) name: Option<&'a str>,
    pub(crate) exception: Option<&'a Bound<'py, PyAny>>,
    /// What a formatter shows of the exception, or the text of one that is not there itself.
    pub(crate) shown: Option<Shown<'a>>,
    pub(crate) stack: Option<&'a Bound<'py, PyAny>>,
    pub(crate) path: Option<&'a Bound<'py, PyAny>>,
    pub(crate) function: Option<&'a Bound<'py, PyAny>>,
    pub(crate) line: Option<&'a Bound<'py, PyAny>>,
    /// Seconds since 1970.
    pub(crate) created: Option<&'a Bound<'py, PyAny>>,
}

impl<'py> Circumstances<'_, 'py> {
    /// Completes `record`, whose fields of the program's own are `fields`, and their keys `own`: what the program says wins.
    pub(crate) fn complete<'a>(
        self,
        py: Python<'py>,
        mut record: Record<'a>,
        mut fields: Fields,
        own: Keys,
    ) -> PyResult<Record<'a>> {
        if let Some(name) = self.name {
            own.push(&mut fields, "level_name", name);
        } else if let Some(name) = self.level_name.filter(|name| !says_no_more(name)) {
            own.push(&mut fields, "level_name", &*text::of_message(name)?);
        }
        if let Some(exception) = self.exception.filter(|exception| !exception.is_none()) {
            exceptions::push(&mut fields, own, exception, self.shown.as_ref())?;
        } else if let Some(trace) = self.shown.and_then(|shown| shown.trace) {
            own.push(&mut fields, "exception.stacktrace", trace);
        }
        for (key, value) in [
            ("code.stacktrace", self.stack),
            ("code.file.path", self.path),
            ("code.function.name", self.function),
            ("code.line.number", self.line),
        ] {
            let Some(value) = value.filter(|value| !value.is_none()) else { continue };
            match plain(value) {
                Some(value) => own.push(&mut fields, key, value),
                None => own.push(&mut fields, key, &*text::of_message(value)?),
            }
        }
        if let Some(created) = self.created.and_then(|created| created.extract::<f64>().ok()) {
            #[allow(clippy::cast_possible_truncation, reason = "what is out of range has no date, either")]
            let milliseconds = (created * 1e3).floor() as i64;
            if let Some(time) = DateTime::from_timestamp_millis(milliseconds) {
                record = record.timestamp(time);
            }
        }
        if let Some(span) = spans::of_opentelemetry(py)? {
            record = record.span(span);
        }
        Ok(record.fields(fields))
    }
}

/// What a formatter makes of a record: the message, all that it shows, and the part of that which is the traceback.
type Formatted<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

/// Logs a `logging.LogRecord`. `make_message`, which is given if a formatter is set, returns [`Formatted`]; `may_block` says
/// whether the journal may make the call wait.
pub(crate) fn log<'py>(
    producer: &logrtc::Producer,
    may_block: bool,
    record: &Bound<'py, PyAny>,
    make_message: Option<&Bound<'py, PyAny>>,
) -> PyResult<()> {
    let py = record.py();
    let attributes = record.getattr(intern!(py, "__dict__"))?.cast_into::<PyDict>()?;
    let number = attributes.get_item(intern!(py, "levelno"))?.and_then(|number| number.extract::<i64>().ok());
    let level = level_of_number(number.unwrap_or(20));
    if !producer.enabled_for_any_target(level) {
        producer.count_filtered();
        return Ok(());
    }
    // First, for it may change the record.
    let formatted = make_message.map(|make| make.call1((record,))?.extract::<Formatted<'_>>()).transpose()?;
    let mut known = Attributes::new(py)?;
    let mut extra = fields::room();
    let mut own = Keys::default();
    fields::add(&mut extra, &attributes, |member| known.take(member) || own.note(member.key))?;

    let target = known.text(Attribute::Name)?;
    if !producer.enabled(level, &target) {
        producer.count_filtered();
        return Ok(());
    }
    let exception = known.get(Attribute::ExcInfo).map_or(Ok(None), exceptions::of_info)?;
    let (message, shown, trace) = match &formatted {
        Some((message, shown, trace)) => (message.clone(), Some(text::of_message(shown)?), trace.as_ref()),
        None => (message_of(record, &known)?, None, known.get(Attribute::ExcText).filter(|_| exception.is_none())),
    };
    let message = text::of_message(&message)?;
    let trace = trace.filter(|trace| !trace.is_none()).map(text::of_message).transpose()?;
    let shown = if shown.is_none() && trace.is_none() {
        None
    } else {
        Some(Shown { text: shown.as_deref().unwrap_or(""), trace: trace.as_deref() })
    };
    let circumstances = Circumstances {
        level_name: known.get(Attribute::LevelName),
        name: None,
        exception: exception.as_ref(),
        shown,
        // A formatter has shown it.
        stack: known.get(Attribute::StackInfo).filter(|_| formatted.is_none()),
        path: known.get(Attribute::PathName),
        function: known.get(Attribute::FuncName),
        line: known.get(Attribute::LineNo),
        created: known.get(Attribute::Created),
    };
    let record = circumstances.complete(py, producer.log(level, &*target, &*message), extra, own)?;
    if may_block {
        py.detach(|| record.send())
    } else {
        record.send()
    };
    Ok(())
}

/// What `getMessage` answers, or the message that it would make text of; itself where a class of its own makes records.
fn message_of<'py>(record: &Bound<'py, PyAny>, known: &Attributes<'py>) -> PyResult<Bound<'py, PyAny>> {
    let py = record.py();
    if !known.is_of_logging(record) {
        return record.call_method0(intern!(py, "getMessage"));
    }
    let message = known.get(Attribute::Msg).cloned().unwrap_or_else(|| intern!(py, "").clone().into_any());
    let Some(arguments) = known.get(Attribute::Args) else { return Ok(message) };
    let has_arguments = match arguments.cast_exact::<PyTuple>() {
        Ok(tuple) => !tuple.is_empty(),
        Err(_) => arguments.is_truthy()?,
    };
    // As `str(msg)` has it, which may be another text where it is of a class of its own.
    let is_plain = message.cast_exact::<PyString>().is_ok();
    match (has_arguments, is_plain) {
        (false, false) if message.is_instance_of::<PyString>() => Ok(message.str()?.into_any()),
        (false, _) => Ok(message),
        (true, true) => message.rem(arguments),
        (true, false) => message.str()?.as_any().rem(arguments),
    }
}

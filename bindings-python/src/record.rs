//! A record of Python's `logging` as an entry.

mod names;

use std::borrow::Cow;

use chrono::DateTime;
use logrtc::{Fields, Level, Record};
use pyo3::exceptions::PyBaseException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString, PyTuple, PyType};

use crate::convert::plain;
use crate::errors::unless_exception;
use crate::{fields, spans, text};
use names::{Attribute, Attributes};

/// The level that a number of `logging` means.
pub(crate) fn level_of_number(number: i64) -> Level {
    match number {
        40.. => Level::Error,
        30.. => Level::Warn,
        20.. => Level::Info,
        _ => Level::Debug,
    }
}

/// What an entry says of where and how it came about, beside what the program gives: OpenTelemetry's names for it.
#[derive(Default)]
pub(crate) struct Circumstances<'a, 'py> {
    /// The name of the level, where the level says less.
    pub(crate) level_name: Option<&'a Bound<'py, PyAny>>,
    pub(crate) exception: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stack: Option<&'a Bound<'py, PyAny>>,
    pub(crate) path: Option<&'a Bound<'py, PyAny>>,
    pub(crate) function: Option<&'a Bound<'py, PyAny>>,
    pub(crate) line: Option<&'a Bound<'py, PyAny>>,
    /// Seconds since 1970.
    pub(crate) created: Option<&'a Bound<'py, PyAny>>,
}

impl<'py> Circumstances<'_, 'py> {
    /// Completes `record`, whose fields of the program's own are `fields`.
    pub(crate) fn complete<'a>(
        self,
        py: Python<'py>,
        mut record: Record<'a>,
        mut fields: Fields,
    ) -> PyResult<Record<'a>> {
        if let Some(name) = self.level_name.filter(|name| !says_no_more(name)) {
            fields.push("level_name", &*text::of_message(name)?);
        }
        if let Some(exception) = self.exception.filter(|exception| !exception.is_none()) {
            push_exception(&mut fields, exception)?;
        }
        for (key, value) in [
            ("code.stacktrace", self.stack),
            ("code.file.path", self.path),
            ("code.function.name", self.function),
            ("code.line.number", self.line),
        ] {
            let Some(value) = value.filter(|value| !value.is_none()) else { continue };
            match plain(value) {
                Some(value) => fields.push(key, value),
                None => fields.push(key, &*text::of_message(value)?),
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

/// Whether a level's name is one of the protocol's, or another word for it.
fn says_no_more(name: &Bound<'_, PyAny>) -> bool {
    name.cast::<PyString>()
        .is_ok_and(|name| name.to_str().is_ok_and(|name| matches!(Level::from_name(name), Some((_, None)))))
}

/// Logs a `logging.LogRecord`. `make_message` makes its message, where a formatter is set; `may_block` says whether the
/// journal may make the call wait.
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
    let formatted = make_message.map(|make| make.call1((record,))).transpose()?;
    let mut known = Attributes::new(py)?;
    let mut extra = fields::room();
    fields::add(&mut extra, &attributes, |member| known.take(member))?;

    let target = known.text(Attribute::Name)?;
    if !producer.enabled(level, &target) {
        producer.count_filtered();
        return Ok(());
    }
    let message = formatted.map_or_else(|| message_of(record, &known), Ok)?;
    let message = text::of_message(&message)?;
    let exception = known.get(Attribute::ExcInfo).and_then(|info| exception_of(info));
    let circumstances = Circumstances {
        level_name: known.get(Attribute::LevelName),
        exception: exception.as_ref(),
        stack: known.get(Attribute::StackInfo),
        path: known.get(Attribute::PathName),
        function: known.get(Attribute::FuncName),
        line: known.get(Attribute::LineNo),
        created: known.get(Attribute::Created),
    };
    let record = circumstances.complete(py, producer.log(level, &target, &message), extra)?;
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
    if !has_arguments {
        return Ok(message);
    }
    match message.cast::<PyString>() {
        Ok(message) => message.as_any().rem(arguments),
        Err(_) => message.str()?.as_any().rem(arguments),
    }
}

/// The exception of an `exc_info`.
fn exception_of<'py>(info: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    match info.cast::<PyTuple>() {
        Ok(tuple) => tuple.get_item(1).ok(),
        Err(_) => Some(info.clone()),
    }
}

fn push_exception(fields: &mut Fields, exception: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = exception.py();
    let Ok(exception) = exception.cast::<PyBaseException>() else { return Ok(()) };
    let (class, message) = describe_exception(exception)?;
    fields.push("exception.type", &*class);
    fields.push("exception.message", &*message);
    let lines = py.import(intern!(py, "traceback"))?.call_method1(intern!(py, "format_exception"), (exception,));
    if let Some(lines) = unless_exception(py, lines.and_then(|lines| lines.extract::<Vec<String>>()))? {
        fields.push("exception.stacktrace", &*lines.concat());
    }
    Ok(())
}

/// The name of its class, as OpenTelemetry has it, and its message.
pub(crate) fn describe_exception(exception: &Bound<'_, PyBaseException>) -> PyResult<(String, String)> {
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

/// A number of `logging`, or a name of a level: the level, and the name where it says more.
pub(crate) fn level_of<'a>(
    level: &'a Bound<'_, PyAny>,
) -> Result<(Level, Option<Cow<'a, str>>), crate::errors::Refusal> {
    if let Ok(number) = level.cast::<PyInt>() {
        let number = number.extract::<i64>().unwrap_or(i64::MAX);
        return Ok((level_of_number(number), None));
    }
    let Ok(name) = level.cast::<PyString>() else {
        let class = level.get_type().name()?;
        return Err(crate::errors::Refusal::invalid("level", format_args!("must be a name or a number, not {class}")));
    };
    let name = text::of_str(name)?;
    match Level::from_name(&name) {
        Some((level, more)) => Ok((level, more.map(Cow::Borrowed))),
        // The core says what is right.
        None => Ok((name.parse()?, None)),
    }
}

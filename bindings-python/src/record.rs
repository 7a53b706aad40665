//! A record of Python's `logging` as an entry.

mod names;

use std::borrow::Cow;

use chrono::DateTime;
use logrtc::binding::ProducerExt as _;
use logrtc::{FieldValue, Fields, Level, Record};
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

/// The level of an event of another library: INFO where nobody knows it; and the name where it says more.
pub(crate) fn level_or_info<'a>(level: &'a Bound<'_, PyAny>) -> PyResult<(Level, Option<Cow<'a, str>>)> {
    if let Ok(known) = level_of(level) {
        return Ok(known);
    }
    Ok((Level::Info, Some(text::of_message(level)?)))
}

/// What an entry says of where and how it came about, beside what the program gives: OpenTelemetry's names for it.
#[derive(Default)]
pub(crate) struct Circumstances<'a, 'py> {
    /// The name of the level, where the level says less.
    pub(crate) level_name: Option<&'a Bound<'py, PyAny>>,
    /// The same, where it is text already.
    pub(crate) name: Option<&'a str>,
    pub(crate) exception: Option<&'a Bound<'py, PyAny>>,
    /// The text of an exception that is not there itself.
    pub(crate) exception_text: Option<&'a Bound<'py, PyAny>>,
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
            push_exception(&mut fields, own, exception)?;
        } else if let Some(text) = self.exception_text.filter(|text| !text.is_none()) {
            own.push(&mut fields, "exception.stacktrace", &*text::of_message(text)?);
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
    let mut own = Keys::default();
    fields::add(&mut extra, &attributes, |member| known.take(member) || own.note(member.key))?;

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
        name: None,
        exception: exception.as_ref(),
        exception_text: known.get(Attribute::ExcText),
        stack: known.get(Attribute::StackInfo),
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

/// The exception of an `exc_info`.
fn exception_of<'py>(info: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    match info.cast::<PyTuple>() {
        Ok(tuple) => tuple.get_item(1).ok(),
        Err(_) => Some(info.clone()),
    }
}

fn push_exception(fields: &mut Fields, own: Keys, exception: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = exception.py();
    let Ok(exception) = exception.cast::<PyBaseException>() else { return Ok(()) };
    let (class, message) = describe_exception(exception)?;
    own.push(fields, "exception.type", &*class);
    own.push(fields, "exception.message", &*message);
    let text = py.import(intern!(py, "logrtc._traceback"))?.call_method1(intern!(py, "text_of"), (exception,));
    if let Some(text) = unless_exception(py, text)? {
        own.push(fields, "exception.stacktrace", &*text::of_message(&text)?);
    }
    Ok(())
}

/// The keys of [`OURS`] that a program has given itself, as bits.
#[derive(Clone, Copy, Default)]
pub(crate) struct Keys(u8);

/// The keys that are added to those of the program.
const OURS: [&str; 8] = [
    "level_name",
    "exception.type",
    "exception.message",
    "exception.stacktrace",
    "code.stacktrace",
    "code.file.path",
    "code.function.name",
    "code.line.number",
];

impl Keys {
    /// Notes a key of the program's; false, for it is a field all the same.
    pub(crate) fn note(&mut self, key: &Bound<'_, PyAny>) -> bool {
        if let Some(place) = key
            .cast::<PyString>()
            .ok()
            .filter(|key| !text::is_long(key))
            .and_then(|key| key.to_str().ok())
            .and_then(|key| OURS.iter().position(|ours| *ours == key))
        {
            self.0 |= 1 << place;
        }
        false
    }

    fn push<'v>(self, fields: &mut Fields, key: &str, value: impl Into<FieldValue<'v>>) {
        if OURS.iter().position(|ours| *ours == key).is_none_or(|place| self.0 & (1 << place) == 0) {
            fields.push(key, value);
        }
    }
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

//! The attributes that every record of `logging` has; all others are the program's own.

use std::borrow::Cow;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use crate::members::Member;
use crate::text;

/// In the order in which `LogRecord` sets them, which is the order in which they are found.
const NAMES: [&str; 23] = [
    "name",
    "msg",
    "args",
    "levelname",
    "levelno",
    "pathname",
    "filename",
    "module",
    "exc_info",
    "exc_text",
    "stack_info",
    "lineno",
    "funcName",
    "created",
    "msecs",
    "relativeCreated",
    "thread",
    "threadName",
    "processName",
    "process",
    "taskName",
    // What formatters leave behind.
    "message",
    "asctime",
];

/// The place in [`NAMES`] of an attribute that an entry is made of.
#[derive(Clone, Copy)]
pub(super) enum Attribute {
    Name = 0,
    Msg = 1,
    Args = 2,
    LevelName = 3,
    PathName = 5,
    ExcInfo = 8,
    ExcText = 9,
    StackInfo = 10,
    LineNo = 11,
    FuncName = 12,
    Created = 13,
}

/// The places of all of them, as bits.
const IS_KEPT: u32 = {
    use Attribute::{Args, Created, ExcInfo, ExcText, FuncName, LevelName, LineNo, Msg, Name, PathName, StackInfo};
    let kept = [Name, Msg, Args, LevelName, PathName, ExcInfo, ExcText, StackInfo, LineNo, FuncName, Created];
    let (mut bits, mut at) = (0, 0);
    while at < kept.len() {
        bits |= 1 << kept[at] as usize;
        at += 1;
    }
    bits
};

/// Room for the last of them.
const KEPT: usize = Attribute::Created as usize + 1;

struct Known {
    names: [Py<PyString>; NAMES.len()],
    record: Py<PyType>,
}

fn known(py: Python<'_>) -> PyResult<&Known> {
    static KNOWN: PyOnceLock<Known> = PyOnceLock::new();
    KNOWN.get_or_try_init(py, || {
        let record = py.import("logging")?.getattr("LogRecord")?.cast_into::<PyType>()?.unbind();
        // The names of attributes are interned, so that nearly always their addresses are compared and not their text.
        Ok(Known { names: NAMES.map(|name| PyString::intern(py, name).unbind()), record })
    })
}

/// What one record holds of them.
pub(super) struct Attributes<'py> {
    known: &'py Known,
    values: [Option<Bound<'py, PyAny>>; KEPT],
}

impl<'py> Attributes<'py> {
    pub(super) fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Self { known: known(py)?, values: [const { None }; KEPT] })
    }

    /// Keeps the value of a known attribute, and says whether it is one.
    pub(super) fn take(&mut self, member: &Member<'_, 'py>) -> bool {
        let Some(place) = self.place(member) else { return false };
        if IS_KEPT & (1 << place) != 0 {
            self.values[place] = Some(member.value.clone());
        }
        true
    }

    fn place(&self, member: &Member<'_, 'py>) -> Option<usize> {
        let key: *mut ffi::PyObject = member.key.as_ptr();
        let names = &self.known.names;
        if names.get(member.index).is_some_and(|name| name.as_ptr() == key) {
            return Some(member.index);
        }
        names.iter().position(|name| name.as_ptr() == key).or_else(|| {
            let key = member.key.cast_exact::<PyString>().ok()?.to_str().ok()?;
            NAMES.iter().position(|name| *name == key)
        })
    }

    pub(super) fn get(&self, attribute: Attribute) -> Option<&Bound<'py, PyAny>> {
        self.values[attribute as usize].as_ref()
    }

    /// The text of an attribute; empty where it is not there.
    pub(super) fn text(&self, attribute: Attribute) -> PyResult<Cow<'_, str>> {
        self.values[attribute as usize].as_ref().map_or(Ok(Cow::Borrowed("")), text::of_message)
    }

    /// Whether `record` is of the class of `logging` itself.
    pub(super) fn is_of_logging(&self, record: &Bound<'py, PyAny>) -> bool {
        record.get_type().as_ptr() == self.known.record.as_ptr()
    }
}

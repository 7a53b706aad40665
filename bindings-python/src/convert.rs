//! Values of Python, written straight into an entry.

use std::borrow::Cow;
use std::ffi::c_int;
use std::fmt::Write;

use logrtc::binding::{FieldsExt as _, ObjectWriter, ValueWriter};
use logrtc::{FieldValue, Fields};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMemoryView, PySet, PySlice,
};
use pyo3::types::{PyString, PyTuple, PyType};
use pyo3::{ffi, intern};

use crate::errors::unless_exception;
use crate::fields::{Cursor, Owned, next_members};
use crate::{record, text};

/// How deep a value may be nested; what lies deeper, and what holds itself, becomes `...`.
const MAX_DEPTH: usize = 32;

/// An entry has at most so many bytes, so no more need to be written: the core leaves out fields that are longer.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// What stands for what is left out.
const ELLIPSIS: &str = "...";

/// A value that is not nested and not too long, where no code of Python needs to run to find it out: so nothing can change
/// meanwhile.
#[inline]
pub(crate) fn plain<'a>(value: &'a Bound<'_, PyAny>) -> Option<FieldValue<'a>> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        if text::is_long(text) {
            return None;
        }
        text.to_str().ok().filter(|text| text.len() <= MAX_BYTES).map(FieldValue::Text)
    } else if let Ok(integer) = value.cast_exact::<PyInt>() {
        small_integer(integer).map(|integer| FieldValue::Signed(integer.into()))
    } else if value.is_none() {
        Some(FieldValue::Null)
    } else if let Ok(float) = value.cast_exact::<PyFloat>() {
        Some(FieldValue::Float(float.value()))
    } else if let Ok(boolean) = value.cast_exact::<PyBool>() {
        Some(FieldValue::Bool(boolean.is_true()))
    } else {
        None
    }
}

#[inline]
fn small_integer(integer: &Bound<'_, PyInt>) -> Option<i64> {
    let mut overflow: c_int = 0;
    // SAFETY: it is an int, so the call runs no code and sets no error.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(integer.as_ptr(), &raw mut overflow) };
    (overflow == 0).then_some(value)
}

/// Writes values of any kind, at most so many and so deep.
pub(crate) struct Converter<'py> {
    /// The containers that are being written, by their address.
    open: Vec<*mut ffi::PyObject>,
    bytes_left: usize,
    types: &'py Types,
}

/// The types that have to be asked for, for the C API has no check for them.
struct Types {
    enumeration: Py<PyType>,
    date: Py<PyType>,
    time: Py<PyType>,
}

impl Types {
    fn of(py: Python<'_>) -> PyResult<&Self> {
        static TYPES: PyOnceLock<Types> = PyOnceLock::new();
        TYPES.get_or_try_init(py, || {
            let datetime = py.import("datetime")?;
            Ok(Self {
                enumeration: py.import("enum")?.getattr("Enum")?.cast_into::<PyType>()?.unbind(),
                date: datetime.getattr("date")?.cast_into::<PyType>()?.unbind(),
                time: datetime.getattr("time")?.cast_into::<PyType>()?.unbind(),
            })
        })
    }
}

impl<'py> Converter<'py> {
    pub(crate) fn new(py: Python<'py>, bytes_left: usize) -> PyResult<Self> {
        Ok(Self { open: Vec::new(), bytes_left, types: Types::of(py)? })
    }

    /// Whether as much is written as may be.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes_left == 0
    }

    /// Writes one value. Fails only as code of Python does that is not to be stopped: KeyboardInterrupt, SystemExit.
    pub(crate) fn write(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        if self.is_full() {
            place.value(ELLIPSIS);
            return Ok(());
        }
        match plain(value) {
            Some(FieldValue::Text(text)) => self.write_text(place, text),
            Some(plain) => {
                self.spend(1);
                place.value(plain);
            }
            None => self.write_other(place, value)?,
        }
        Ok(())
    }

    /// Writes one field.
    pub(crate) fn write_field(
        &mut self,
        fields: &mut Fields,
        key: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let key = key_text(key)?;
        self.spend(key.len() + 3);
        self.write(fields.member(&key), value)
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }

    fn write_text(&mut self, place: ValueWriter<'_>, text: &str) {
        let mut end = text.len().min(self.bytes_left);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        self.spend(end + 2);
        place.value(&text[..end]);
    }

    fn write_other(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = value.py();
        if let Ok(dict) = value.cast::<PyDict>() {
            return self.nested(place, value, |converter, place| converter.write_dict(place, dict));
        }
        if value.is_instance_of::<PyList>()
            || value.is_instance_of::<PyTuple>()
            || value.is_instance_of::<PySet>()
            || value.is_instance_of::<PyFrozenSet>()
        {
            return self.nested(place, value, |converter, place| converter.write_elements(place, value));
        }
        if is_kind_of(value, &self.types.enumeration)? {
            let inner = unless_exception(py, value.getattr(intern!(py, "value")))?;
            return match inner {
                Some(inner) => self.nested(place, value, |converter, place| converter.write(place, &inner)),
                None => self.write_str(place, value),
            };
        }
        if let Ok(text) = value.cast::<PyString>() {
            let text = text::of_str(text)?;
            self.write_text(place, &text);
            return Ok(());
        }
        if let Ok(integer) = value.cast::<PyInt>() {
            return self.write_integer(place, integer);
        }
        if let Ok(float) = value.cast::<PyFloat>() {
            self.spend(1);
            place.value(float.value());
            return Ok(());
        }
        if is_kind_of(value, &self.types.date)? || is_kind_of(value, &self.types.time)? {
            let written = value.call_method0(intern!(py, "isoformat"));
            return match unless_exception(py, written)? {
                Some(written) => self.write_str(place, &written),
                None => self.write_str(place, value),
            };
        }
        if value.is_instance_of::<PyBytes>()
            || value.is_instance_of::<PyByteArray>()
            || value.is_instance_of::<PyMemoryView>()
        {
            return self.write_bytes(place, value);
        }
        if let Ok(exception) = value.cast::<PyBaseException>() {
            return self.nested(place, value, |converter, place| converter.write_exception(place, exception));
        }
        if !value.is_instance_of::<PyType>()
            && unless_exception(py, value.get_type().hasattr(intern!(py, "__dataclass_fields__")))? == Some(true)
        {
            return self.nested(place, value, |converter, place| converter.write_dataclass(place, value));
        }
        self.write_str(place, value)
    }

    /// Anything at all, by its `str()`.
    fn write_str(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let text = text::of_message(value)?;
        self.write_text(place, &text);
        Ok(())
    }

    /// Writes what has parts, unless it is part of itself, or too deep.
    fn nested(
        &mut self,
        place: ValueWriter<'_>,
        container: &Bound<'py, PyAny>,
        write: impl FnOnce(&mut Self, ValueWriter<'_>) -> PyResult<()>,
    ) -> PyResult<()> {
        if self.open.len() == MAX_DEPTH || self.open.contains(&container.as_ptr()) {
            self.spend(ELLIPSIS.len());
            place.value(ELLIPSIS);
            return Ok(());
        }
        self.spend(2);
        self.open.push(container.as_ptr());
        let written = write(self, place);
        self.open.pop();
        written
    }

    fn write_dict(&mut self, place: ValueWriter<'_>, dict: &Bound<'py, PyDict>) -> PyResult<()> {
        let mut object = place.object();
        let length = dict.len();
        let mut cursor = Cursor::default();
        // What is written may run code that changes the original: what that adds is none of it.
        while !self.is_full() && cursor.index < length {
            let members = next_members(dict, &mut cursor);
            if members.is_empty() {
                break;
            }
            for Owned { key, value, .. } in members.into_iter().take_while(|member| member.index < length) {
                if self.is_full() {
                    break;
                }
                self.write_member(&mut object, &key, &value)?;
            }
        }
        Ok(())
    }

    fn write_member(
        &mut self,
        object: &mut ObjectWriter<'_>,
        key: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let key = key_text(key)?;
        self.spend(key.len() + 3);
        self.write(object.member(&key), value)
    }

    fn write_elements(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let mut array = place.array();
        // A list is read as it grows or shrinks; a set that changes ends its iterator with an exception.
        let Some(elements) = unless_exception(value.py(), value.try_iter())? else { return Ok(()) };
        for element in elements {
            if self.is_full() {
                break;
            }
            let Some(element) = unless_exception(value.py(), element)? else { break };
            self.write(array.element(), &element)?;
        }
        Ok(())
    }

    fn write_integer(&mut self, place: ValueWriter<'_>, integer: &Bound<'py, PyInt>) -> PyResult<()> {
        if let Some(small) = small_integer(integer) {
            self.spend(1);
            place.value(small);
            return Ok(());
        }
        let py = integer.py();
        // Python writes no more than some thousand digits, but any number of hexadecimal ones.
        let digits = unless_exception(py, py.get_type::<PyInt>().call_method1("__repr__", (integer,)))?;
        let digits = match digits {
            Some(digits) => text::of_any(&digits)?,
            None => text::of_any(&py.import("builtins")?.call_method1("hex", (integer,))?)?,
        };
        if digits.len() > self.bytes_left {
            self.write_text(place, &digits);
        } else {
            self.spend(digits.len());
            place.value(FieldValue::Digits(&digits));
        }
        Ok(())
    }

    fn write_bytes(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = value.py();
        if let Ok(bytes) = value.cast::<PyBytes>() {
            self.write_text(place, &text_of_bytes(bytes.as_bytes(), self.bytes_left));
            return Ok(());
        }
        // No byte becomes less than one of text.
        let end = self.bytes_left.try_into().unwrap_or(isize::MAX);
        let start = value.get_item(PySlice::new(py, 0, end, 1));
        let bytes = start
            .and_then(|start| py.get_type::<PyBytes>().call1((start,)))
            .and_then(|bytes| bytes.cast_into::<PyBytes>().map_err(PyErr::from));
        match unless_exception(py, bytes)? {
            Some(bytes) => self.write_text(place, &text_of_bytes(bytes.as_bytes(), self.bytes_left)),
            None => self.write_str(place, value)?,
        }
        Ok(())
    }

    fn write_exception(&mut self, place: ValueWriter<'_>, exception: &Bound<'py, PyBaseException>) -> PyResult<()> {
        let mut object = place.object();
        let (class, message) = record::describe_exception(exception)?;
        self.spend("type".len() + "message".len() + 6);
        self.write_text(object.member("type"), &class);
        self.write_text(object.member("message"), &message);
        Ok(())
    }

    fn write_dataclass(&mut self, place: ValueWriter<'_>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = value.py();
        let mut object = place.object();
        let members = py.import(intern!(py, "dataclasses"))?.call_method1(intern!(py, "fields"), (value,));
        let members =
            unless_exception(py, members.and_then(|members| members.cast_into::<PyTuple>().map_err(Into::into)))?;
        for member in members.into_iter().flatten() {
            if self.is_full() {
                break;
            }
            let name = member.getattr(intern!(py, "name"))?.cast_into::<PyString>()?;
            // A field may have no value yet.
            if let Some(member) = unless_exception(py, value.getattr(&name))? {
                self.write_member(&mut object, &name, &member)?;
            }
        }
        Ok(())
    }
}

/// Bytes as Python's `backslashreplace` has them, up to so many bytes of text and a few more.
fn text_of_bytes(bytes: &[u8], max_bytes: usize) -> String {
    let mut text = String::new();
    for chunk in bytes[..bytes.len().min(max_bytes)].utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // It cannot fail: it is a string that is written to.
            let _ = write!(text, "\\x{byte:02x}");
        }
        if text.len() > max_bytes {
            break;
        }
    }
    text
}

/// By its type, and not by what it says of its class: that may be any code.
fn is_kind_of(value: &Bound<'_, PyAny>, class: &Py<PyType>) -> PyResult<bool> {
    value.get_type().is_subclass(class.bind(value.py()))
}

/// A key as JSON has it: `json` writes `None`, `True` and `False` in its own words, too.
pub(crate) fn key_text<'a>(key: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = key.cast::<PyString>() {
        return text::of_str(text);
    }
    if key.is_none() {
        return Ok(Cow::Borrowed("null"));
    }
    if let Ok(boolean) = key.cast::<PyBool>() {
        return Ok(Cow::Borrowed(if boolean.is_true() { "true" } else { "false" }));
    }
    text::of_any(key).map(Cow::Owned)
}

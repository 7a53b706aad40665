//! The arguments of a log call. Nothing that is passed makes it fail: what has no place of its own becomes a field.

use logrtc::{Fields, Span};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::keys::Keys;
use crate::{exceptions, fields, spans, text};

/// The most that has a place of its own: target, message, fields, span.
const PLACES: usize = 4;

/// `(target, message, fields=None, span=None, *, exc_info=None, **more)`, or `(message, **more)`.
pub(crate) struct Arguments<'a, 'py> {
    positional: &'a Bound<'py, PyTuple>,
    named: Option<&'a Bound<'py, PyDict>>,
    /// The fields that a `bind` has given to all calls.
    bound: Option<&'a Bound<'py, PyDict>>,
    pub(crate) target: Option<Bound<'py, PyAny>>,
    pub(crate) message: Option<Bound<'py, PyAny>>,
}

/// What an entry has beside its target and message.
pub(crate) struct Details {
    pub(crate) fields: Fields,
    pub(crate) span: Option<Span>,
}

impl<'a, 'py> Arguments<'a, 'py> {
    /// Reads the target and the message, whose names are fields if both are given by their place.
    pub(crate) fn read(
        positional: &'a Bound<'py, PyTuple>,
        named: Option<&'a Bound<'py, PyDict>>,
        bound: Option<&'a Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let at = |place: usize| positional.get_item(place).ok();
        let mut read = Self { positional, named, bound, target: None, message: None };
        (read.target, read.message) = match positional.len() {
            0 => (read.named("target")?, read.named("message")?),
            1 => match read.named("message")? {
                Some(message) => (at(0), Some(message)),
                None => (read.named("target")?, at(0)),
            },
            _ => (at(0), at(1)),
        };
        Ok(read)
    }

    fn named(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.named.map_or(Ok(None), |named| named.get_item(name))
    }

    /// The fields and the span. `level_name` is a field, unless the caller has one of that name; `is_handling` says whether
    /// the exception that is being handled belongs to the entry, if the caller does not say.
    pub(crate) fn details(&self, level_name: Option<&str>, is_handling: bool) -> PyResult<Details> {
        let py = self.positional.py();
        let given = self.positional.len();
        let place = |place: usize| self.positional.get_item(place).ok().filter(|value| !value.is_none());
        let no_names = self.named.is_none_or(PyDictMethods::is_empty) && self.bound.is_none_or(PyDictMethods::is_empty);
        let message = self.message.as_ref().filter(|message| message.is_instance_of::<PyBaseException>());

        // Nearly always.
        if no_names && given <= 3 && level_name.is_none() && !is_handling && message.is_none() {
            match place(2) {
                None => return Ok(Details { fields: Fields::new(), span: None }),
                Some(value) => {
                    if let Ok(dict) = value.cast_exact::<PyDict>() {
                        return Ok(Details { fields: fields::from_dict(dict, |_| false)?, span: None });
                    }
                }
            }
        }

        let all = self.bound.map_or_else(|| Ok(PyDict::new(py)), PyDictMethods::copy)?;
        let mut odd = Vec::new();
        let mut exception = None;
        let mut says_exception = false;
        let mut take_fields = |value: Bound<'py, PyAny>| -> PyResult<()> {
            if let Some(members) = fields::members_of(&value)? {
                return all.update(members.as_mapping());
            }
            if value.is_instance_of::<PyBaseException>() {
                exception.get_or_insert(value);
            } else {
                odd.push(("fields", value));
            }
            Ok(())
        };
        place(2).map_or(Ok(()), &mut take_fields)?;
        let mut span = place(3);
        let mut info = None;
        let mut more = Vec::new();
        for (key, value) in self.named.into_iter().flat_map(PyDictMethods::iter) {
            let name = text::of_message(&key)?.into_owned();
            match &*name {
                "target" | "message" if self.is_taken_by_name(&name) => {}
                "fields" if given < 3 => {
                    if !value.is_none() {
                        take_fields(value)?;
                    }
                }
                "span" if given < PLACES => span = Some(value).filter(|value| !value.is_none()),
                "exc_info" => {
                    says_exception = true;
                    info = exceptions::of_info(&value)?;
                }
                _ => more.push((key, value)),
            }
        }
        for (key, value) in more {
            all.set_item(key, value)?;
        }
        if given > PLACES {
            odd.push(("args", self.positional.get_slice(PLACES, given).into_any()));
        }
        let made_span = match &span {
            Some(span) => match spans::from_argument(span)? {
                (made, true) => made,
                (made, false) => {
                    odd.push(("span", span.clone()));
                    made
                }
            },
            None => None,
        };
        for (key, value) in odd {
            if !all.contains(key)? {
                all.set_item(key, value)?;
            }
        }
        if info.is_none() && !says_exception {
            info = exception.or_else(|| message.cloned());
            if info.is_none() && is_handling {
                info = exceptions::handled(py)?;
            }
        }
        let mut own = Keys::default();
        let mut fields = fields::from_dict(&all, |member| own.note(member.key))?;
        if let Some(name) = level_name {
            own.push(&mut fields, "level_name", name);
        }
        if let Some(info) = info {
            exceptions::push(&mut fields, own, &info, None)?;
        }
        Ok(Details { fields, span: made_span })
    }

    /// Whether a target or message that is given by name is the entry's.
    fn is_taken_by_name(&self, name: &str) -> bool {
        match self.positional.len() {
            0 => true,
            1 => {
                let names_message = self.named.is_some_and(|named| named.contains("message").unwrap_or(false));
                names_message == (name == "message")
            }
            _ => false,
        }
    }
}

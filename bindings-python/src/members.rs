//! The members of a dict, in its order, while code of Python may change it.

use std::ffi::c_int;
use std::ptr;

use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyDict, PyString};
use pyo3::{Borrowed, ffi};

use crate::text;

/// How many members are looked at in one go where code of Python may run in between.
const CHUNK: usize = 256;

/// A place in a dict.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cursor {
    position: ffi::Py_ssize_t,
    /// How many members come before it.
    pub(crate) index: usize,
}

/// A member of a dict, and its place there.
pub(crate) struct Member<'a, 'py> {
    pub(crate) index: usize,
    pub(crate) key: &'a Bound<'py, PyAny>,
    pub(crate) value: &'a Bound<'py, PyAny>,
}

impl<'a> Member<'a, '_> {
    /// The text of a key that is an ordinary, short string.
    pub(crate) fn key_text(&self) -> Option<&'a str> {
        let key = self.key.cast_exact::<PyString>().ok()?;
        if text::is_long(key) { None } else { key.to_str().ok() }
    }
}

/// A member that is held, whatever becomes of its dict.
pub(crate) struct Owned<'py> {
    pub(crate) index: usize,
    pub(crate) key: Bound<'py, PyAny>,
    pub(crate) value: Bound<'py, PyAny>,
}

/// The members from a place on that were there when it was made. A dict that changes meanwhile may show a member twice or not
/// at all, but never one that is beyond its length of before.
pub(crate) struct Members<'a, 'py> {
    dict: &'a Bound<'py, PyDict>,
    cursor: Cursor,
    length: usize,
    next: std::vec::IntoIter<Owned<'py>>,
}

impl<'a, 'py> Members<'a, 'py> {
    pub(crate) fn new(dict: &'a Bound<'py, PyDict>) -> Self {
        Self::from(dict, Cursor::default(), dict.len())
    }

    /// From a place on, of a dict that had so many members before.
    pub(crate) fn from(dict: &'a Bound<'py, PyDict>, cursor: Cursor, length: usize) -> Self {
        Self { dict, cursor, length, next: Vec::new().into_iter() }
    }
}

impl<'py> Iterator for Members<'_, 'py> {
    type Item = Owned<'py>;

    fn next(&mut self) -> Option<Owned<'py>> {
        if self.next.as_slice().is_empty() && self.cursor.index < self.length {
            self.next = next_members(self.dict, &mut self.cursor).into_iter();
        }
        self.next.next().filter(|member| member.index < self.length)
    }
}

/// The next members from a place on, and moves it behind them; none at the end. A dict that has changed since the last call
/// may show a member twice or not at all.
fn next_members<'py>(dict: &Bound<'py, PyDict>, cursor: &mut Cursor) -> Vec<Owned<'py>> {
    let mut members = Vec::with_capacity(dict.len().min(CHUNK));
    for_each_unchanged(dict, cursor, |Member { index, key, value }| {
        let has_room = members.len() < CHUNK;
        if has_room {
            members.push(Owned { index, key: key.clone(), value: value.clone() });
        }
        has_room
    });
    members
}

/// Calls `act` with each member from a place on, until it answers false, and moves the place to the member for which it did.
/// `act` must not run code of Python: so the dict stays as it is.
pub(crate) fn for_each_unchanged<'py>(
    dict: &Bound<'py, PyDict>,
    cursor: &mut Cursor,
    mut act: impl FnMut(Member<'_, 'py>) -> bool,
) {
    with_critical_section(dict, || {
        loop {
            let mut position = cursor.position;
            let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
            // SAFETY: it is a dict, and nothing changes it meanwhile: no code of Python runs, and other threads are kept
            // out by the GIL or by the critical section. A place of before a change is within it, or none.
            let found: c_int =
                unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value) };
            if found == 0 {
                return;
            }
            // SAFETY: both are there, and the dict holds them as long as it does not change.
            let (key, value) = unsafe { (Borrowed::from_ptr(dict.py(), key), Borrowed::from_ptr(dict.py(), value)) };
            if !act(Member { index: cursor.index, key: &key, value: &value }) {
                return;
            }
            *cursor = Cursor { position, index: cursor.index + 1 };
        }
    });
}

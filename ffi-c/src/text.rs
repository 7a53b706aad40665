//! Strings of C, read for the length of a call.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use crate::status::Refusal;

/// A NUL-terminated string. What is not UTF-8 in it becomes U+FFFD: nothing is refused for its spelling.
///
/// # Safety
/// `text` is NULL, or points to a NUL-terminated string that stays as it is for `'a`.
pub(crate) unsafe fn terminated<'a>(text: *const c_char, name: &str) -> Result<Cow<'a, str>, Refusal> {
    if text.is_null() {
        return Err(Refusal::null(name));
    }
    // SAFETY: it is not NULL, and the caller promises the rest.
    let text = unsafe { CStr::from_ptr(text) };
    Ok(lossy(text.to_bytes()))
}

/// The same, where NULL stands for nothing.
///
/// # Safety
/// As for [`terminated`].
pub(crate) unsafe fn optional<'a>(text: *const c_char, name: &str) -> Result<Option<Cow<'a, str>>, Refusal> {
    // SAFETY: the caller's promise is passed on.
    if text.is_null() { Ok(None) } else { unsafe { terminated(text, name) }.map(Some) }
}

/// A string of `len` bytes, which may hold NULs. NULL is right where `len` is 0.
///
/// # Safety
/// `text` is NULL, or points to `len` bytes that stay as they are for `'a`.
pub(crate) unsafe fn counted<'a>(text: *const c_char, len: usize, name: &str) -> Result<Cow<'a, str>, Refusal> {
    if len == 0 {
        return Ok(Cow::Borrowed(""));
    }
    if text.is_null() {
        return Err(Refusal::null(name));
    }
    if isize::try_from(len).is_err() {
        return Err(Refusal::invalid(format!("{name}: {len} is not the length of a string")));
    }
    // SAFETY: it is not NULL, no object is longer, and the caller promises the rest.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) };
    Ok(lossy(bytes))
}

/// The same as `String::from_utf8_lossy`, and faster where nothing is wrong.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

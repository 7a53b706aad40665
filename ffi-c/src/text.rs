//! Strings of C, read for the length of a call.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use crate::status::Refusal;

/// A NUL-terminated string. What is not UTF-8 in it becomes U+FFFD: nothing is refused for its
/// spelling.
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

/// The same, `None` for NULL.
///
/// # Safety
/// As for [`terminated`].
pub(crate) unsafe fn optional<'a>(text: *const c_char) -> Option<Cow<'a, str>> {
    // SAFETY: the caller's promise is passed on.
    unsafe { terminated(text, "") }.ok()
}

/// A string of `len` bytes, which may contain NULs. NULL is valid if `len` is 0.
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

/// The same, `None` for NULL.
///
/// # Safety
/// As for [`counted`].
pub(crate) unsafe fn optional_counted<'a>(
    text: *const c_char,
    len: usize,
    name: &str,
) -> Result<Option<Cow<'a, str>>, Refusal> {
    // SAFETY: the caller's promise is passed on.
    if text.is_null() { Ok(None) } else { unsafe { counted(text, len, name) }.map(Some) }
}

/// Writes a string and a NUL, cut to what fits. Characters stay whole.
///
/// # Safety
/// `buffer` has `size` bytes that can be written; it may be NULL if `size` is 0.
pub(crate) unsafe fn write(text: &str, buffer: *mut c_char, size: usize) {
    let Some(room) = size.checked_sub(1) else { return };
    let mut fits = text.len().min(room);
    while !text.is_char_boundary(fits) {
        fits -= 1;
    }
    // SAFETY: these are less than `size` bytes, and the caller promises the rest.
    unsafe {
        buffer.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), fits);
        buffer.add(fits).write(0);
    }
}

/// The same as `String::from_utf8_lossy`, and faster where nothing is wrong.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        for (size, expected) in [(1, ""), (2, "a"), (3, "a"), (4, "a\u{e9}"), (5, "a\u{e9}b"), (9, "a\u{e9}b")] {
            let mut buffer = [0x7f_u8; 16];
            // SAFETY: the buffer is longer than `size`.
            unsafe { write("a\u{e9}b", buffer.as_mut_ptr().cast(), size) };
            assert_eq!(CStr::from_bytes_until_nul(&buffer).expect("a NUL").to_str(), Ok(expected), "{size}");
            assert!(buffer[size..].iter().all(|byte| *byte == 0x7f), "{size}");
        }
    }
}

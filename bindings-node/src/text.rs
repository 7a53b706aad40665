//! Strings of JavaScript, read once, into memory that is used again: that is most of what a log call costs.

use std::cell::Cell;

use napi::{Result, Status, sys};

/// How much room a string is given before its length is asked for.
const USUAL_BYTES: usize = 1024;

/// More than this is not kept for the next call.
const KEPT_BYTES: usize = 256 * 1024;

/// What a character and the final NUL take, at the most: with so much room left, a string was not cut.
const MARGIN_BYTES: usize = 5;

thread_local! {
    /// Initialised all through, so that it need not be again.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Calls `act` with the texts, in which half of a surrogate pair is U+FFFD. It must not call JavaScript.
///
/// # Errors
/// Where one of them is no string.
///
/// # Safety
/// `env` is the environment of the calling thread, and the values are alive: arguments of the call that is under way.
pub unsafe fn with_texts<const N: usize, R>(
    env: sys::napi_env,
    values: [sys::napi_value; N],
    act: impl FnOnce([&str; N]) -> R,
) -> Result<R> {
    // At the very end of a thread that memory is gone.
    let mut scratch = SCRATCH.try_with(Cell::take).unwrap_or_default();
    let mut ends = [0; N];
    let mut end = 0;
    for (value, its_end) in values.into_iter().zip(&mut ends) {
        // SAFETY: the caller's promise is passed on.
        end = unsafe { read(env, value, &mut scratch, end)? };
        *its_end = end;
    }
    let mut start = 0;
    let texts = ends.map(|end| {
        let bytes = &scratch[start..end];
        start = end;
        std::str::from_utf8(bytes).expect("Node writes UTF-8")
    });
    let result = act(texts);
    if scratch.len() <= KEPT_BYTES {
        let _ = SCRATCH.try_with(|place| place.set(scratch));
    }
    Ok(result)
}

/// Writes the string into `scratch` from `start` on, and returns where it ends.
///
/// # Safety
/// As for `with_texts`.
unsafe fn read(env: sys::napi_env, value: sys::napi_value, scratch: &mut Vec<u8>, start: usize) -> Result<usize> {
    let mut needed = USUAL_BYTES;
    loop {
        if scratch.len() < start + needed {
            scratch.resize(start + needed, 0);
        }
        let place = &mut scratch[start..];
        let mut written = 0;
        // SAFETY: the caller promises `env` and `value`, and the place is as long as is said.
        let status = unsafe {
            sys::napi_get_value_string_utf8(env, value, place.as_mut_ptr().cast(), place.len(), &raw mut written)
        };
        check(status)?;
        if written + MARGIN_BYTES <= place.len() {
            return Ok(start + written);
        }
        // SAFETY: the same; without a place to write to, only the length is asked for.
        let status = unsafe { sys::napi_get_value_string_utf8(env, value, std::ptr::null_mut(), 0, &raw mut needed) };
        check(status)?;
        needed += MARGIN_BYTES;
    }
}

fn check(status: sys::napi_status) -> Result<()> {
    match status {
        sys::Status::napi_ok => Ok(()),
        other => Err(napi::Error::new(Status::from(other), "must be a string")),
    }
}

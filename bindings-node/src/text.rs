//! Strings of JavaScript.

use std::cell::RefCell;

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, sys};

/// A string that is still JavaScript's, for the length of a call.
///
/// Reading it is most of what a log call costs, so it is read once, into memory that is used again.
#[derive(Clone, Copy)]
pub struct JsText {
    env: sys::napi_env,
    value: sys::napi_value,
}

impl TypeName for JsText {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for JsText {}

impl FromNapiValue for JsText {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        Ok(Self { env, value })
    }
}

/// How much room a string is given before its length is asked for.
const USUAL_BYTES: usize = 1024;

/// More than this is not kept for the next call.
const KEPT_BYTES: usize = 256 * 1024;

impl JsText {
    /// Appends the text, in UTF-8; what is half of a surrogate pair becomes U+FFFD.
    fn append_to(&self, out: &mut Vec<u8>) -> napi::Result<()> {
        let start = out.len();
        let mut room = USUAL_BYTES;
        loop {
            out.resize(start + room, 0);
            let mut written = 0;
            // SAFETY: `value` is alive for the length of the call that it is an argument of, and `room` bytes are there.
            let status = unsafe {
                let place = out[start..].as_mut_ptr().cast();
                sys::napi_get_value_string_utf8(self.env, self.value, place, room, &raw mut written)
            };
            if status != sys::Status::napi_ok {
                out.truncate(start);
                return Err(napi::Error::new(Status::from(status), "a string is expected"));
            }
            // With room for one more character and the final NUL, it was not cut.
            if written + 5 <= room {
                out.truncate(start + written);
                return Ok(());
            }
            let mut length = 0;
            // SAFETY: the same; without a place to write to, only the length is asked for.
            let status = unsafe {
                sys::napi_get_value_string_utf8(self.env, self.value, std::ptr::null_mut(), 0, &raw mut length)
            };
            if status != sys::Status::napi_ok {
                out.truncate(start);
                return Err(napi::Error::new(Status::from(status), "a string is expected"));
            }
            room = length + 5;
        }
    }
}

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Calls `act` with the texts.
///
/// # Errors
/// Where one of them is no string.
pub fn with_texts<const N: usize, R>(texts: [JsText; N], act: impl FnOnce([&str; N]) -> R) -> napi::Result<R> {
    // At the very end of a thread that memory is gone; and nothing that is called from here calls back.
    let mut scratch = SCRATCH.try_with(RefCell::take).unwrap_or_default();
    scratch.clear();
    let mut ends = [0; N];
    for (text, end) in texts.into_iter().zip(&mut ends) {
        text.append_to(&mut scratch)?;
        *end = scratch.len();
    }
    let mut start = 0;
    let read = ends.map(|end| {
        let bytes = &scratch[start..end];
        start = end;
        std::str::from_utf8(bytes).expect("Node writes UTF-8")
    });
    let result = act(read);
    if scratch.capacity() <= KEPT_BYTES {
        let _ = SCRATCH.try_with(|place| place.replace(scratch));
    }
    Ok(result)
}

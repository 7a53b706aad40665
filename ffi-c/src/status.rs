//! Statuses, the text of the last error, and the wall that no panic passes.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use logrtc_core::{Error, ErrorKind};

/// The result of a call: LOGRTC_OK, or the reason why it failed. A number never changes its
/// meaning; new ones may be added.
pub type logrtc_status = i32;

/// The call succeeded.
pub const LOGRTC_OK: logrtc_status = 0;
/// An argument is invalid; logrtc_last_error() names it and says what is valid.
pub const LOGRTC_INVALID_ARGUMENT: logrtc_status = 1;
/// The producer is closed.
pub const LOGRTC_CLOSED: logrtc_status = 2;
/// The operation timed out.
pub const LOGRTC_TIMEOUT: logrtc_status = 3;
/// The journal is full and its overflow policy refused the entry, which is counted.
pub const LOGRTC_DROPPED: logrtc_status = 4;
/// A system call failed, or logrtc has a bug.
pub const LOGRTC_INTERNAL: logrtc_status = 5;
/// The entry was logged, but an argument was invalid and was replaced; logrtc_last_error() names
/// it. Only log calls return it.
pub const LOGRTC_REPAIRED: logrtc_status = 6;

/// Why a call is refused.
pub(crate) struct Refusal {
    status: logrtc_status,
    message: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: LOGRTC_INVALID_ARGUMENT, message: message.into() }
    }

    pub(crate) fn null(name: &str) -> Self {
        Self::invalid(format!("{name}: must not be NULL"))
    }

    pub(crate) fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: LOGRTC_INTERNAL, message: message.into() }
    }

    pub(crate) fn repaired(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: LOGRTC_REPAIRED, message: message.into() }
    }

    pub(crate) fn closed() -> Self {
        Self { status: LOGRTC_CLOSED, message: Cow::Borrowed("the producer is closed") }
    }

    pub(crate) fn no_consumer() -> Self {
        Self { status: LOGRTC_TIMEOUT, message: Cow::Borrowed("no consumer is connected") }
    }

    pub(crate) fn dropped() -> Self {
        Self { status: LOGRTC_DROPPED, message: Cow::Borrowed("the journal is full, and refuses the entry") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::InvalidArgument => LOGRTC_INVALID_ARGUMENT,
            ErrorKind::Closed => LOGRTC_CLOSED,
            ErrorKind::Timeout => LOGRTC_TIMEOUT,
            ErrorKind::Dropped => LOGRTC_DROPPED,
            ErrorKind::Internal => LOGRTC_INTERNAL,
        };
        Self { status, message: error.to_string().into() }
    }
}

thread_local! {
    /// The text, with its NUL; or nothing. Its memory is used again, so that a refusal costs
    /// little.
    static LAST_ERROR: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Runs the body of a call. A refusal, and a panic, become a status and the thread's last error.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Refusal>) -> logrtc_status {
    let refusal = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return LOGRTC_OK,
        Ok(Err(refusal)) => refusal,
        Err(panic) => Refusal::internal(format!("logrtc is at fault: {}", panic_text(&*panic))),
    };
    remember(&refusal.message);
    refusal.status
}

#[cold]
fn remember(message: &str) {
    // At the very end of a thread there is no place for the text any more; the status stands.
    let _ = LAST_ERROR.try_with(|last| {
        let mut last = last.borrow_mut();
        last.clear();
        last.extend(message.bytes().map(|byte| if byte == 0 { b' ' } else { byte }));
        last.push(0);
    });
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

/// Returns the error text of the last call on the calling thread that did not return LOGRTC_OK, in
/// UTF-8. It names the invalid value and says what is valid. Never NULL; empty if no call of this
/// thread has failed. Valid until the next call of this thread that fails; a call that succeeds
/// does not change it. For errors of the signaling server, see logrtc_get_server_error().
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_last_error() -> *const c_char {
    let text = |last: &RefCell<Vec<u8>>| {
        let last = last.borrow();
        if last.is_empty() { c"".as_ptr() } else { last.as_ptr().cast() }
    };
    LAST_ERROR.try_with(text).unwrap_or(c"".as_ptr())
}

/// Returns the name of a status, such as "invalid argument". Static; never NULL. "unknown status"
/// if the number is not a status.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_status_string(status: logrtc_status) -> *const c_char {
    let name: &CStr = match status {
        LOGRTC_OK => c"ok",
        LOGRTC_INVALID_ARGUMENT => c"invalid argument",
        LOGRTC_CLOSED => c"closed",
        LOGRTC_TIMEOUT => c"timeout",
        LOGRTC_DROPPED => c"dropped",
        LOGRTC_INTERNAL => c"internal error",
        LOGRTC_REPAIRED => c"repaired",
        _ => c"unknown status",
    };
    name.as_ptr()
}

/// Panics inside, for the test that it stays there. Only in builds with the feature `test-panic`.
#[cfg(feature = "test-panic")]
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_test_panic() -> logrtc_status {
    guard(|| panic!("as the test wants"))
}

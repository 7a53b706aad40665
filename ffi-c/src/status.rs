//! Statuses, the text of the last error, and the wall that no panic passes.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use logrtc_core::{Error, ErrorKind};

/// What a call answers: LOGRTC_OK, or why not. The numbers never change their meaning; more may come.
pub type logrtc_status = i32;

/// The call did what it says.
pub const LOGRTC_OK: logrtc_status = 0;
/// A value that was passed is wrong; logrtc_last_error() names it and says what is right.
pub const LOGRTC_INVALID_ARGUMENT: logrtc_status = 1;
/// The producer is closed.
pub const LOGRTC_CLOSED: logrtc_status = 2;
/// The time was over before the work was done.
pub const LOGRTC_TIMEOUT: logrtc_status = 3;
/// The journal is full, and its overflow policy refused the entry. It is counted.
pub const LOGRTC_DROPPED: logrtc_status = 4;
/// The system refused something that logrtc needs, or logrtc is at fault.
pub const LOGRTC_INTERNAL: logrtc_status = 5;

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
    /// The text, with its NUL; or nothing. Its memory is used again, so that a refusal costs little.
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

/// The text of the last call of the calling thread that failed, in UTF-8: which value was wrong, and what is right. Never
/// NULL; empty if no call of this thread has failed. Valid until the next call of the same thread that fails; a call that
/// succeeds does not change it. logrtc_get_server_error() has the trouble with the signaling server.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_last_error() -> *const c_char {
    let text = |last: &RefCell<Vec<u8>>| {
        let last = last.borrow();
        if last.is_empty() { c"".as_ptr() } else { last.as_ptr().cast() }
    };
    LAST_ERROR.try_with(text).unwrap_or(c"".as_ptr())
}

/// The name of a status, such as "invalid argument". Static; never NULL, whatever the number.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_status_string(status: logrtc_status) -> *const c_char {
    let name: &CStr = match status {
        LOGRTC_OK => c"ok",
        LOGRTC_INVALID_ARGUMENT => c"invalid argument",
        LOGRTC_CLOSED => c"closed",
        LOGRTC_TIMEOUT => c"timeout",
        LOGRTC_DROPPED => c"dropped",
        LOGRTC_INTERNAL => c"internal error",
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

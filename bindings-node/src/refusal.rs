//! Errors with the `code` that the program decides on, and their causes.

use std::error::Error;
use std::io;

use logrtc::ErrorKind;
use serde_json::json;

/// What `err.code` says. The texts never change their meaning.
#[derive(Clone, Copy, Debug)]
pub enum Code {
    /// A value that was passed is wrong.
    InvalidArgument,
    /// The producer is closed.
    Closed,
    /// The time was over before the work was done.
    Timeout,
    /// The system refused something, or logrtc is at fault.
    Internal,
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        match self {
            Self::InvalidArgument => "LOGRTC_INVALID_ARGUMENT",
            Self::Closed => "LOGRTC_CLOSED",
            Self::Timeout => "LOGRTC_TIMEOUT",
            Self::Internal => "LOGRTC_INTERNAL",
        }
    }
}

impl From<ErrorKind> for Code {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidArgument => Self::InvalidArgument,
            ErrorKind::Closed => Self::Closed,
            ErrorKind::Timeout => Self::Timeout,
            // No call of this package tells that an entry was dropped: it is counted.
            ErrorKind::Dropped | ErrorKind::Internal => Self::Internal,
        }
    }
}

/// Why a call is refused; thrown as it is.
pub type Refusal = napi::Error<Code>;

/// The result of a call that can be refused.
pub type Result<T> = std::result::Result<T, Refusal>;

/// The core's error, as JavaScript gets it.
#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
pub fn refused(error: logrtc::Error) -> Refusal {
    refused_as(&error, error.to_string())
}

/// The core's error with another text.
pub fn refused_as(error: &logrtc::Error, text: String) -> Refusal {
    let mut refusal = Refusal::new(error.kind().into(), text);
    refusal.cause = error.source().map(|source| Box::new(cause(source)));
    refusal
}

/// The cause of another error. `lib/errors.js` reads its reason, because it has no other place for the number of an error of the
/// system.
fn cause(error: &(dyn Error + 'static)) -> napi::Error {
    let os_error = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error).filter(|_| cfg!(unix));
    let mut cause = napi::Error::from_reason(json!({ "message": error.to_string(), "osError": os_error }).to_string());
    cause.cause = error.source().map(|source| Box::new(self::cause(source)));
    cause
}

/// `value: what is wrong, what is right`.
pub fn invalid(name: &str, problem: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::InvalidArgument, format!("{name}: {problem}"))
}

/// logrtc is at fault, or an environment that ends refuses something.
pub fn internal(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::Internal, error.to_string())
}

/// The system refuses something: `operation: error`.
pub fn refused_by_system(operation: impl std::fmt::Display, error: &io::Error) -> Refusal {
    let mut refusal = internal(format_args!("{operation}: {error}"));
    refusal.cause = Some(Box::new(cause(error)));
    refusal
}

/// The system has no thread left.
pub fn no_thread(error: &io::Error) -> Refusal {
    refused_by_system("cannot start a thread", error)
}

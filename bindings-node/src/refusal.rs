//! Errors with the `code` that the program decides on.

use logrtc::ErrorKind;

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
    Refusal::new(error.kind().into(), error.to_string())
}

/// `value: what is wrong, what is right`.
pub fn invalid(name: &str, problem: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::InvalidArgument, format!("{name}: {problem}"))
}

/// The system refuses something, or logrtc is at fault.
pub fn internal(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::Internal, error.to_string())
}

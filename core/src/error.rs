//! What can go wrong, in one enum with fixed numbers that every face maps arm by arm.

use std::fmt;

/// The result of a call that can be refused.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of an [`Error`]. The numbers are the ones of the C ABI, and are never used again for another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ErrorKind {
    /// A value that was passed is wrong; the message names it and says what is right.
    InvalidArgument = 1,
    /// The producer is closed.
    Closed = 2,
    /// The time was over before the work was done.
    Timeout = 3,
    /// The journal was full, and its overflow policy refused the entry.
    Dropped = 4,
    /// The operating system refused something that logrtc needs, or logrtc is at fault.
    Internal = 5,
}

/// An error: its kind, and a message that names the value and what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    pending: u64,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), pending: 0 }
    }

    /// `value: what is wrong, what is right`.
    pub(crate) fn invalid(name: &str, problem: impl fmt::Display) -> Self {
        Self::new(ErrorKind::InvalidArgument, format!("{name}: {problem}"))
    }

    pub(crate) fn internal(operation: &str, cause: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, format!("{operation}: {cause}"))
    }

    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the producer is closed")
    }

    pub(crate) fn closing() -> Self {
        Self::new(ErrorKind::Timeout, "another thread is still closing the producer")
    }

    pub(crate) fn undelivered(pending: u64) -> Self {
        let mut error = Self::new(ErrorKind::Timeout, format!("{pending} entries are not yet delivered"));
        error.pending = pending;
        error
    }

    /// The kind, for a program to decide on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// How many entries the slowest consumer still waits for, where the kind is [`ErrorKind::Timeout`]; else 0.
    pub fn pending(&self) -> u64 {
        self.pending
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

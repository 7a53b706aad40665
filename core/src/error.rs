//! What can go wrong, in one enum with fixed numbers that every face maps arm by arm.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The result of a call that can be refused.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of an [`Error`]. The numbers are the ones of the C ABI, and are never used again for another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ErrorKind {
    /// A value that was passed is wrong; the message names it and states what is right.
    InvalidArgument = 1,
    /// The producer is closed.
    Closed = 2,
    /// The operation timed out.
    Timeout = 3,
    /// The journal was full, and its overflow policy refused the entry.
    Dropped = 4,
    /// The operating system refused something that logrtc needs, or logrtc has a bug.
    Internal = 5,
}

/// An error: its kind, and one line of text that names the wrong value and states what is right.
///
/// `Debug` writes the text alone, so that a `main` that returns it prints what a person can read.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    argument: Option<Box<str>>,
    problem: Cow<'static, str>,
    pending: u64,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, argument: None, problem: problem.into(), pending: 0, source: None }
    }

    /// `argument: what is wrong; what is right`.
    pub(crate) fn invalid(argument: &str, problem: impl fmt::Display) -> Self {
        let mut error = Self::new(ErrorKind::InvalidArgument, problem.to_string());
        error.argument = Some(argument.into());
        error
    }

    /// `argument: cause`.
    pub(crate) fn malformed_json(argument: &str, cause: serde_json::Error) -> Self {
        Self::invalid(argument, &cause).caused_by(cause)
    }

    /// `operation: cause`.
    pub(crate) fn internal(
        operation: &str,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        let cause = cause.into();
        Self::new(ErrorKind::Internal, format!("{operation}: {cause}")).caused_by(cause)
    }

    pub(crate) fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>) -> Self {
        self.source = Some(Arc::from(cause.into()));
        self
    }

    /// The same about another argument.
    pub(crate) fn about(mut self, argument: &str) -> Self {
        self.argument = Some(argument.into());
        self
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

    /// The name of what is wrong if the kind is [`ErrorKind::InvalidArgument`]: an option (`client_id`), a key of an entry
    /// (`span.id`), or an environment variable (`LOGRTC_LEVEL`).
    pub fn argument(&self) -> Option<&str> {
        self.argument.as_deref()
    }

    /// The text without the name of the argument.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The number of entries that the slowest consumer has not acknowledged if the kind is [`ErrorKind::Timeout`], else 0.
    pub fn pending(&self) -> u64 {
        self.pending
    }
}

/// What a person reads is compared, and not the cause, which may be of any type.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let parts = |error: &Self| (error.kind, error.argument.clone(), error.problem.clone(), error.pending);
        parts(self) == parts(other)
    }
}

impl Eq for Error {}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(argument) = &self.argument {
            write!(formatter, "{argument}: ")?;
        }
        formatter.write_str(&self.problem)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// The text of a value; its beginning if its `Display` fails half-way, at which `to_string` panics.
pub(crate) fn text_of(value: &(impl fmt::Display + ?Sized)) -> String {
    let mut text = String::new();
    let _ = write!(text, "{value}");
    text
}

/// The text of `error`, and of each cause that the text before does not end with: `query failed: connection refused`.
pub(crate) fn text_with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = text_of(error);
    let mut source = error.source();
    while let Some(cause) = source {
        let said = text_of(cause);
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::*;

    #[test]
    fn a_value_that_cannot_be_written_is_its_beginning() {
        struct Fails;
        impl fmt::Display for Fails {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("begins")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(text_of(&Fails), "begins");
    }

    #[test]
    fn main_prints_the_text() {
        let error = Error::invalid("client_id", "must not be empty");
        assert_eq!(format!("{error:?}"), "client_id: must not be empty");
        assert_eq!((error.argument(), error.problem()), (Some("client_id"), "must not be empty"));
        assert_eq!(error.about("LOGRTC_CLIENT_ID").to_string(), "LOGRTC_CLIENT_ID: must not be empty");
    }

    #[test]
    fn the_cause_is_its_source_and_is_said_once() {
        let error = Error::internal("cannot start", io::Error::other("no threads"));
        assert_eq!(error.source().unwrap().to_string(), "no threads");
        assert_eq!(text_with_causes(&error), "cannot start: no threads");
        let outer = io::Error::other(Error::new(ErrorKind::Internal, "b").caused_by(io::Error::other("c")));
        assert_eq!(text_with_causes(&outer), "b: c");
    }
}

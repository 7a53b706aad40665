//! The parts of an entry before it is encoded.

use super::Span;
use super::timestamp::Timestamp;
use crate::level::Level;

/// What an entry is made of, borrowed from wherever it stands.
pub(crate) struct Parts<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) level: Level,
    pub(crate) target: &'a str,
    pub(crate) message: &'a str,
    /// The members of the object `fields`, encoded, without braces.
    pub(crate) fields: &'a [u8],
    pub(crate) span: Option<&'a Span>,
}

/// The most bytes that the names, the quotes, the braces and the timestamp take.
pub(super) const FRAME_BYTES: usize = 192;

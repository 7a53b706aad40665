//! The journal: the only buffer. A bounded ring of encoded entries, each with a sequence number; a consumer is a cursor.
//!
//! Invariant, for every cursor, at every moment: `accepted = delivered + waiting + dropped + filtered`. It holds by
//! construction: [`account::Account`] keeps how far it has read, and what lies before and behind that is derived.

mod account;
mod block;
#[cfg(test)]
mod properties;
mod ring;
mod shared;

pub(crate) use account::{Account, GapReason};
pub use account::{Counts, Dropped};
pub(crate) use block::Block;
#[cfg(test)]
pub(crate) use ring::{Read, Ring};
pub use shared::Overflow;
pub(crate) use shared::{Append, Cursor, CursorId, Flushed, Found, SharedJournal};

/// How much the journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

/// Where a new consumer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// At the oldest entry that is retained.
    All,
    /// At the next entry.
    None,
    /// With this many of the newest entries.
    Last(u64),
}

impl Replay {
    /// The first number that a consumer may see. The journal holds those from `oldest` to before `end`.
    pub(crate) fn first(self, oldest: u64, end: u64) -> u64 {
        match self {
            Self::All => oldest,
            Self::None => end,
            Self::Last(count) => end.saturating_sub(count).max(oldest),
        }
    }
}

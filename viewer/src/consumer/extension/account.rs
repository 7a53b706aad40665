//! The account of one session's sequence numbers: each is handed out, filtered at the source, or told as lost, once.
//! No I/O.

use crate::consumer::entries::Entries;

use super::frame::NUMBERS_END;

/// Why entries were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// The producer's journal was full, and dropped its oldest entries; or they are older than what it shows to a channel
    /// that resumes.
    Overflow,
    /// The producer's journal was full, and took no more entries.
    Refused,
    /// They were longer than a message may be.
    Oversize,
    /// Not told.
    Unknown,
}

/// Sequence numbers whose entries are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) reason: GapReason,
}

/// What is accounted for is everything below the next number.
#[derive(Debug)]
pub(super) struct Account {
    next: u64,
}

impl Account {
    pub(super) fn new(next: u64) -> Self {
        Self { next }
    }

    /// The first number that is not accounted for.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// What is lost if `first` is the next that comes.
    pub(super) fn jump(&mut self, first: u64, reason: GapReason) -> Option<Gap> {
        if first >= NUMBERS_END || first <= self.next {
            return None;
        }
        let gap = Gap { first: self.next, last: first - 1, reason };
        self.next = first;
        Some(gap)
    }

    /// Takes the entries of a frame. Returns what of them is new, behind what is lost before them.
    pub(super) fn frame(&mut self, mut entries: Entries) -> (Option<Gap>, Option<Entries>) {
        let Some(numbers) = entries.numbers() else { return (None, None) };
        let lost = self.jump(*numbers.start(), GapReason::Unknown);
        if *numbers.end() < self.next {
            return (lost, None);
        }
        entries.skip_until(self.next);
        self.next = numbers.end() + 1;
        (lost, Some(entries))
    }

    /// Takes a gap that the producer reports. Returns what of it is new, behind what is lost before it.
    pub(super) fn gap(&mut self, gap: Gap) -> [Option<Gap>; 2] {
        let lost = self.jump(gap.first, GapReason::Unknown);
        [lost, self.jump(gap.last + 1, gap.reason)]
    }
}

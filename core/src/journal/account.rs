//! What became of every sequence number for one consumer. No I/O, no clock.

use std::collections::VecDeque;
use std::ops::Range;

/// Why a consumer did not get an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// It fell out of the journal before the consumer read it.
    pub overflow: u64,
    /// The journal had no room for it, and the overflow policy refused it.
    pub refused: u64,
    /// It was longer than the consumer takes.
    pub oversize: u64,
    /// The consumer went before it was known to have arrived.
    pub disconnected: u64,
}

impl Dropped {
    /// The sum of all reasons.
    pub fn total(&self) -> u64 {
        self.overflow + self.refused + self.oversize + self.disconnected
    }
}

/// What became of every entry for one consumer, from its first number on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many entries there were for it, with those that the overflow policy refused:
    /// `delivered + waiting + dropped + filtered`.
    pub accepted: u64,
    /// Acknowledged by it.
    pub delivered: u64,
    /// In the journal or on the way.
    pub waiting: u64,
    /// Lost to it, by reason.
    pub dropped: Dropped,
    /// Left out because it does not want them.
    pub filtered: u64,
}

/// Why the entries of a gap are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapReason {
    Overflow,
    Refused,
    Oversize,
}

impl GapReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::Refused => "refused",
            Self::Oversize => "oversize",
        }
    }
}

/// One message on its way: the numbers that it accounts for, and how many entries it holds.
#[derive(Clone, Debug)]
struct Sent {
    seqs: Range<u64>,
    entries: u64,
}

/// Where one consumer stands.
///
/// The law `accepted = delivered + waiting + dropped + filtered` holds by construction: what waits is the rest.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    start: u64,
    /// The next number to read.
    next: u64,
    delivered: u64,
    filtered: u64,
    dropped: Dropped,
    /// Messages that are not known to have arrived, in order.
    on_the_way: VecDeque<Sent>,
    /// Whether a wait for delivery waits for this consumer.
    is_waited_for: bool,
}

impl Account {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            start,
            next: start,
            delivered: 0,
            filtered: 0,
            dropped: Dropped::default(),
            on_the_way: VecDeque::new(),
            is_waited_for: true,
        }
    }

    /// The next number to read.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The numbers before this one are lost.
    pub(crate) fn lose(&mut self, until: u64, reason: GapReason) {
        let lost = until - self.next;
        self.next = until;
        match reason {
            GapReason::Overflow => self.dropped.overflow += lost,
            GapReason::Refused => self.dropped.refused += lost,
            GapReason::Oversize => self.dropped.oversize += lost,
        }
    }

    /// The numbers before this one are read: `entries` of them are wanted, and on their way in one message.
    pub(crate) fn depart(&mut self, until: u64, entries: u64) {
        self.filtered += until - self.next - entries;
        if entries > 0 {
            self.on_the_way.push_back(Sent { seqs: self.next..until, entries });
        }
        self.next = until;
    }

    /// What holds no number from `until` on has arrived.
    pub(crate) fn arrive(&mut self, until: u64) {
        while let Some(sent) = self.on_the_way.front()
            && sent.seqs.end <= until
        {
            self.delivered += sent.entries;
            self.on_the_way.pop_front();
        }
    }

    /// Everything below this number is accounted for.
    fn settled(&self) -> u64 {
        self.on_the_way.front().map_or(self.next, |sent| sent.seqs.start)
    }

    /// How many of the numbers below `seq` have yet to arrive. The journal begins at `oldest`.
    pub(crate) fn lacks_below(&self, seq: u64, oldest: u64) -> u64 {
        if !self.is_waited_for {
            return 0;
        }
        self.next.min(seq).saturating_sub(self.settled()) + seq.saturating_sub(self.next.max(oldest))
    }

    /// Whether a wait for delivery waits for this consumer, as it does at first.
    pub(crate) fn set_waited_for(&mut self, is_waited_for: bool) {
        self.is_waited_for = is_waited_for;
    }

    /// What became of every number so far. The journal holds those from `oldest` to before `end`.
    pub(crate) fn counts(&self, oldest: u64, end: u64) -> Counts {
        let mut dropped = self.dropped;
        dropped.overflow += oldest.saturating_sub(self.next);
        let accepted = end - self.start;
        let waiting = accepted - self.delivered - self.filtered - dropped.total();
        Counts { accepted, delivered: self.delivered, waiting, dropped, filtered: self.filtered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_the_way_is_lacking_however_far_the_journal_has_moved() {
        let mut account = Account::new(0);
        account.depart(5, 5);
        assert_eq!((account.lacks_below(5, 15), account.lacks_below(20, 15), account.lacks_below(3, 0)), (5, 10, 3));
        account.arrive(4);
        assert_eq!(account.lacks_below(5, 15), 5, "a message arrives as a whole");
        account.arrive(5);
        assert_eq!((account.lacks_below(5, 15), account.lacks_below(20, 15)), (0, 5));
        account.set_waited_for(false);
        assert_eq!(account.lacks_below(20, 15), 0, "nobody waits for it");
    }

    #[test]
    fn every_number_is_in_one_place() {
        let mut account = Account::new(10);
        account.lose(12, GapReason::Overflow);
        account.depart(20, 3);
        account.lose(21, GapReason::Oversize);
        account.depart(25, 0);
        account.lose(27, GapReason::Refused);
        let counts = account.counts(0, 30);
        assert_eq!((counts.accepted, counts.waiting, counts.filtered), (20, 6, 9));
        account.arrive(20);
        let counts = account.counts(29, 30);
        assert_eq!((counts.delivered, counts.waiting, counts.dropped.overflow, counts.dropped.total()), (3, 1, 4, 7));
        assert_eq!(account.lacks_below(27, 0), 0, "what is left out and what is lost is not waited for");
    }
}

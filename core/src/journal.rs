//! The journal: the only buffer. A bounded ring of encoded entries, each with a sequence number; a consumer is a cursor.
//!
//! Invariant, for every cursor, at every moment: `accepted = delivered + waiting + dropped + filtered`. It holds by
//! construction: a cursor keeps how far it has read, and what lies before and behind that is derived.

mod shared;
mod store;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use bytes::Bytes;

pub use shared::Overflow;
pub(crate) use shared::{Append, Flushed, SharedJournal};

/// What an entry costs beside its bytes, at the most: its place in the ring, which doubles when it grows, and the heads
/// of its allocations.
const ENTRY_OVERHEAD_BYTES: usize = 128;

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
    /// With what comes next.
    None,
    /// With this many of the newest entries.
    Last(u64),
}

/// Names one cursor of one journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CursorId(u64);

/// Why a consumer did not get an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// It fell out of the journal before the consumer read it.
    pub overflow: u64,
    /// It was longer than the consumer takes.
    pub oversize: u64,
    /// The consumer went before it was known to have arrived.
    pub disconnected: u64,
}

impl Dropped {
    /// The sum of all reasons.
    pub fn total(&self) -> u64 {
        self.overflow + self.oversize + self.disconnected
    }
}

/// What became of every entry that was accepted for one consumer, since where it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many entries there were for it: `delivered + waiting + dropped + filtered`.
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

#[derive(Debug)]
struct Cursor {
    start: u64,
    /// The next sequence number to read.
    next: u64,
    delivered: u64,
    overflow: u64,
    oversize: u64,
    /// Lost since the last read.
    unreported: u64,
    /// What was read and is not yet accounted for, by sequence number, oldest first: a gap parts two runs.
    on_the_way: VecDeque<Range<u64>>,
    /// Whether a wait for delivery waits for this consumer.
    is_waited_for: bool,
}

impl Cursor {
    fn in_flight(&self) -> u64 {
        self.next - self.start - self.delivered - self.overflow - self.oversize
    }

    /// How many of the entries below `seq` have yet to arrive, where the ring begins at `oldest`.
    fn lacks_below(&self, seq: u64, oldest: u64) -> u64 {
        let on_the_way: u64 = self.on_the_way.iter().map(|run| run.end.min(seq).saturating_sub(run.start)).sum();
        on_the_way + seq.saturating_sub(self.next.max(oldest))
    }

    fn depart(&mut self, count: u64) {
        let run = self.next..self.next + count;
        match self.on_the_way.back_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ if count > 0 => self.on_the_way.push_back(run),
            _ => {}
        }
        self.next += count;
    }

    fn arrive(&mut self, mut count: u64) {
        while let Some(run) = self.on_the_way.front_mut()
            && count > 0
        {
            let arrived = count.min(run.end - run.start);
            run.start += arrived;
            count -= arrived;
            if run.is_empty() {
                self.on_the_way.pop_front();
            }
        }
    }

    /// Takes one entry out of what is on the way.
    fn take_back(&mut self, seq: u64) {
        if let Some(place) = self.on_the_way.iter().position(|run| run.contains(&seq)) {
            let run = self.on_the_way[place].clone();
            self.on_the_way[place] = run.start..seq;
            self.on_the_way.insert(place + 1, seq + 1..run.end);
            self.on_the_way.retain(|run| !run.is_empty());
        }
    }

    /// Skips what has fallen out of the ring.
    fn catch_up(&mut self, oldest: u64) {
        let lost = oldest.saturating_sub(self.next);
        self.next += lost;
        self.overflow += lost;
        self.unreported += lost;
    }
}

/// What one read found.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Entries lost just before the first.
    pub(crate) dropped: u64,
    /// The sequence number of the first entry; the others follow without a gap.
    pub(crate) first: u64,
    pub(crate) entries: Vec<Bytes>,
}

/// The ring and its cursors. No I/O, no lock, no clock.
#[derive(Debug)]
pub(crate) struct Journal {
    limits: Limits,
    entries: VecDeque<Bytes>,
    bytes: usize,
    /// The sequence number of the oldest entry; the next one gets `oldest + entries.len()`.
    oldest: u64,
    cursors: BTreeMap<CursorId, Cursor>,
    next_cursor: u64,
}

impl Journal {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, entries: VecDeque::new(), bytes: 0, oldest: 0, cursors: BTreeMap::new(), next_cursor: 0 }
    }

    /// The sequence number of the next entry: how many have been appended.
    pub(crate) fn next_seq(&self) -> u64 {
        self.oldest + self.entries.len() as u64
    }

    pub(crate) fn retained(&self) -> (usize, usize) {
        (self.entries.len(), self.bytes)
    }

    /// Whether an entry of `len` bytes fits without another one going.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        self.entries.len() < self.limits.entries && self.bytes + len + ENTRY_OVERHEAD_BYTES <= self.limits.bytes
    }

    /// Whether a connected consumer has yet to read the oldest entry.
    pub(crate) fn oldest_is_wanted(&self) -> bool {
        !self.entries.is_empty() && self.cursors.values().any(|cursor| cursor.next <= self.oldest)
    }

    pub(crate) fn has_unread(&self, id: CursorId) -> bool {
        self.cursors.get(&id).is_some_and(|cursor| cursor.next < self.next_seq())
    }

    pub(crate) fn has_cursors(&self) -> bool {
        !self.cursors.is_empty()
    }

    /// Adds `entry`, and lets the oldest ones go where there is no room. O(1), amortised.
    pub(crate) fn append(&mut self, entry: Bytes) {
        while !self.has_room(entry.len()) && self.evict_oldest() {}
        self.bytes += entry.len() + ENTRY_OVERHEAD_BYTES;
        self.entries.push_back(entry);
    }

    /// Lets the oldest entry go; false where there is none.
    pub(crate) fn evict_oldest(&mut self) -> bool {
        let Some(gone) = self.entries.pop_front() else { return false };
        self.bytes -= gone.len() + ENTRY_OVERHEAD_BYTES;
        self.oldest += 1;
        // Where entries have become longer there are fewer of them, and their places are given back.
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(2 * self.entries.len());
        }
        true
    }

    /// Lets every entry go, and the room that they had.
    pub(crate) fn clear(&mut self) {
        self.oldest = self.next_seq();
        self.entries = VecDeque::new();
        self.bytes = 0;
    }

    pub(crate) fn open(&mut self, replay: Replay) -> CursorId {
        let next_seq = self.next_seq();
        let start = match replay {
            Replay::All => self.oldest,
            Replay::None => next_seq,
            Replay::Last(count) => next_seq.saturating_sub(count).max(self.oldest),
        };
        let id = CursorId(self.next_cursor);
        self.next_cursor += 1;
        let cursor = Cursor {
            start,
            next: start,
            delivered: 0,
            overflow: 0,
            oversize: 0,
            unreported: 0,
            on_the_way: VecDeque::new(),
            is_waited_for: true,
        };
        self.cursors.insert(id, cursor);
        id
    }

    /// Reads on, at most to `max_bytes` but always one entry where there is one.
    pub(crate) fn read(&mut self, id: CursorId, max_bytes: usize) -> Batch {
        let mut batch = Batch::default();
        let Some(cursor) = self.cursors.get_mut(&id) else { return batch };
        cursor.catch_up(self.oldest);
        batch.dropped = std::mem::take(&mut cursor.unreported);
        batch.first = cursor.next;
        let mut bytes = 0;
        let place = usize::try_from(cursor.next - self.oldest).expect("a cursor stands within the ring");
        for entry in self.entries.range(place..) {
            if !batch.entries.is_empty() && bytes + entry.len() > max_bytes {
                break;
            }
            bytes += entry.len();
            batch.entries.push(entry.clone());
        }
        cursor.depart(batch.entries.len() as u64);
        batch
    }

    /// The oldest `count` entries that were read and not yet accounted for have arrived.
    pub(crate) fn acknowledge(&mut self, id: CursorId, count: u64) {
        if let Some(cursor) = self.cursors.get_mut(&id) {
            debug_assert!(count <= cursor.in_flight(), "more arrived than was sent");
            let count = count.min(cursor.in_flight());
            cursor.delivered += count;
            cursor.arrive(count);
        }
    }

    /// The entry `seq`, which was read, cannot be sent to this consumer.
    pub(crate) fn reject_oversize(&mut self, id: CursorId, seq: u64) {
        if let Some(cursor) = self.cursors.get_mut(&id) {
            debug_assert!(cursor.in_flight() > 0, "an entry is read before it is refused");
            cursor.oversize += 1;
            cursor.take_back(seq);
        }
    }

    pub(crate) fn counts(&self, id: CursorId) -> Counts {
        let Some(cursor) = self.cursors.get(&id) else { return Counts::default() };
        let next_seq = self.next_seq();
        let fallen_out = self.oldest.saturating_sub(cursor.next);
        Counts {
            accepted: next_seq - cursor.start,
            delivered: cursor.delivered,
            waiting: next_seq - cursor.next - fallen_out + cursor.in_flight(),
            dropped: Dropped { overflow: cursor.overflow + fallen_out, oversize: cursor.oversize, disconnected: 0 },
            filtered: 0,
        }
    }

    /// Ends a cursor. What it still waited for counts as dropped.
    pub(crate) fn close(&mut self, id: CursorId) -> Counts {
        let mut counts = self.counts(id);
        self.cursors.remove(&id);
        counts.dropped.disconnected = std::mem::take(&mut counts.waiting);
        counts
    }

    /// Whether a wait for delivery waits for this consumer, as it does at first.
    pub(crate) fn set_waited_for(&mut self, id: CursorId, is_waited_for: bool) {
        if let Some(cursor) = self.cursors.get_mut(&id) {
            cursor.is_waited_for = is_waited_for;
        }
    }

    /// How many of the entries below `seq` the consumer that lacks most of them still lacks.
    pub(crate) fn pending_below(&self, seq: u64) -> u64 {
        let waited_for = self.cursors.values().filter(|cursor| cursor.is_waited_for);
        waited_for.map(|cursor| cursor.lacks_below(seq, self.oldest)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(number: u64) -> Bytes {
        Bytes::from(number.to_string())
    }

    fn journal(entries: usize) -> Journal {
        Journal::new(Limits { entries, bytes: usize::MAX })
    }

    fn numbers(batch: &Batch) -> Vec<u64> {
        batch.entries.iter().map(|entry| std::str::from_utf8(entry).unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn a_consumer_begins_where_replay_says() {
        let mut journal = journal(4);
        for number in 0..6 {
            journal.append(entry(number));
        }
        for (replay, expected) in [
            (Replay::All, vec![2, 3, 4, 5]),
            (Replay::Last(3), vec![3, 4, 5]),
            (Replay::Last(9), vec![2, 3, 4, 5]),
            (Replay::None, vec![]),
        ] {
            let cursor = journal.open(replay);
            assert_eq!(numbers(&journal.read(cursor, usize::MAX)), expected, "{replay:?}");
        }
    }

    #[test]
    fn a_slow_consumer_loses_the_oldest_and_learns_how_many() {
        let mut journal = journal(2);
        let cursor = journal.open(Replay::All);
        for number in 0..5 {
            journal.append(entry(number));
        }
        let batch = journal.read(cursor, usize::MAX);
        assert_eq!((batch.dropped, numbers(&batch)), (3, vec![3, 4]));
        assert_eq!(journal.read(cursor, usize::MAX).dropped, 0);
    }

    #[test]
    fn bytes_bound_the_ring_too() {
        let mut journal = Journal::new(Limits { entries: 100, bytes: 3 * (10 + ENTRY_OVERHEAD_BYTES) });
        for _ in 0..10 {
            journal.append(Bytes::from_static(&[0; 10]));
        }
        assert_eq!(journal.retained(), (3, 3 * (10 + ENTRY_OVERHEAD_BYTES)));
    }

    #[test]
    fn a_read_keeps_to_its_bytes_but_takes_one() {
        let mut journal = journal(10);
        let cursor = journal.open(Replay::All);
        for _ in 0..4 {
            journal.append(Bytes::from_static(&[0; 10]));
        }
        assert_eq!(journal.read(cursor, 25).entries.len(), 2);
        assert_eq!(journal.read(cursor, 1).entries.len(), 1);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Append,
        Open(Replay),
        Read(usize, usize),
        Acknowledge(usize, u64),
        Reject(usize),
        Evict,
        Close(usize),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        let replay = prop_oneof![Just(Replay::All), Just(Replay::None), (0_u64..20).prop_map(Replay::Last)];
        prop_oneof![
            6 => Just(Step::Append),
            1 => replay.prop_map(Step::Open),
            4 => (0_usize..4, 0_usize..20).prop_map(|(which, bytes)| Step::Read(which, bytes)),
            4 => (0_usize..4, 0_u64..10).prop_map(|(which, count)| Step::Acknowledge(which, count)),
            1 => (0_usize..4).prop_map(Step::Reject),
            1 => Just(Step::Evict),
            1 => (0_usize..4).prop_map(Step::Close),
        ]
    }

    /// What a consumer sees: the numbers that it got or lost, in order, and its own counts.
    struct Seen {
        id: CursorId,
        expected: u64,
        delivered: u64,
        rejected: u64,
        /// What it was sent and has not acknowledged, one by one.
        on_the_way: Vec<u64>,
    }

    #[test]
    fn what_is_on_the_way_is_pending_however_far_the_ring_has_moved() {
        let mut journal = journal(10);
        let cursor = journal.open(Replay::All);
        (0..5).for_each(|number| journal.append(entry(number)));
        journal.read(cursor, usize::MAX);
        (5..25).for_each(|number| journal.append(entry(number)));
        assert_eq!(journal.pending_below(5), 5);
        journal.read(cursor, usize::MAX);
        assert_eq!(journal.pending_below(5), 5);
        journal.acknowledge(cursor, 4);
        assert_eq!(journal.pending_below(5), 1);
        journal.acknowledge(cursor, 1);
        assert_eq!((journal.pending_below(5), journal.pending_below(20)), (0, 5));
        journal.set_waited_for(cursor, false);
        assert_eq!(journal.pending_below(20), 0, "nobody waits for it");
        journal.set_waited_for(cursor, true);
        assert_eq!(journal.pending_below(20), 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_accounting_law(limit in 1_usize..12, steps in prop::collection::vec(any_step(), 1..120)) {
            let mut journal = journal(limit);
            let mut seen: Vec<Seen> = Vec::new();
            let mut appended = 0_u64;
            for step in steps {
                match step {
                    Step::Append => {
                        journal.append(entry(appended));
                        appended += 1;
                    }
                    Step::Open(replay) if seen.len() < 4 => {
                        let id = journal.open(replay);
                        let expected = appended - journal.counts(id).accepted;
                        seen.push(Seen { id, expected, delivered: 0, rejected: 0, on_the_way: Vec::new() });
                    }
                    Step::Read(which, bytes) => if let Some(seen) = seen.get_mut(which) {
                        let batch = journal.read(seen.id, bytes);
                        seen.expected += batch.dropped;
                        for number in numbers(&batch) {
                            prop_assert_eq!(number, seen.expected, "in order, with every gap told");
                            seen.on_the_way.push(number);
                            seen.expected += 1;
                        }
                    },
                    Step::Acknowledge(which, count) => if let Some(seen) = seen.get_mut(which) {
                        let in_flight = journal.cursors[&seen.id].in_flight();
                        journal.acknowledge(seen.id, count.min(in_flight));
                        seen.delivered += count.min(in_flight);
                        seen.on_the_way.drain(..usize::try_from(count.min(in_flight)).unwrap());
                    },
                    Step::Reject(which) => if let Some(seen) = seen.get_mut(which)
                        && journal.cursors[&seen.id].in_flight() > 0
                    {
                        let number = seen.on_the_way.remove(seen.on_the_way.len() / 2);
                        journal.reject_oversize(seen.id, number);
                        seen.rejected += 1;
                    },
                    Step::Evict => { journal.evict_oldest(); }
                    Step::Close(which) if which < seen.len() => {
                        let before = journal.counts(seen[which].id);
                        let after = journal.close(seen.remove(which).id);
                        prop_assert_eq!(after.waiting, 0);
                        prop_assert_eq!(after.accepted, after.delivered + after.dropped.total());
                        prop_assert_eq!(after.dropped.disconnected, before.waiting);
                    }
                    Step::Open(_) | Step::Close(_) => {}
                }
                prop_assert!(journal.entries.len() <= limit);
                for seen in &seen {
                    let counts = journal.counts(seen.id);
                    prop_assert_eq!(
                        counts.accepted,
                        counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered
                    );
                    prop_assert_eq!(counts.delivered, seen.delivered);
                    prop_assert_eq!(counts.dropped.oversize, seen.rejected);
                }
                for target in [appended / 2, appended.saturating_sub(1), appended] {
                    let lacks = |seen: &Seen| {
                        let on_the_way = seen.on_the_way.iter().filter(|number| **number < target).count() as u64;
                        on_the_way + target.saturating_sub(seen.expected.max(journal.oldest))
                    };
                    prop_assert_eq!(journal.pending_below(target), seen.iter().map(lacks).max().unwrap_or(0));
                }
            }
        }
    }
}

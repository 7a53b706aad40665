//! The ring of blocks, and the eviction of the oldest if there is no room. No I/O, no lock, no clock.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::Limits;
use super::block::{Block, MAX_BLOCK_BYTES};
use crate::level::Level;

/// A small journal has this many blocks at the least: eviction is by block, and must not take everything at once.
const MIN_BLOCKS: usize = 16;

/// What a run of refused numbers takes.
const RUN_BYTES: usize = size_of::<Segment>();

/// Consecutive numbers.
#[derive(Debug)]
enum Segment {
    Block(Arc<Block>),
    /// Entries that the overflow policy refused: they took these numbers, so that the gap has its place.
    Refused(Range<u64>),
}

impl Segment {
    fn seqs(&self) -> Range<u64> {
        match self {
            Self::Block(block) => block.first()..block.end(),
            Self::Refused(seqs) => seqs.clone(),
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Block(block) => block.memory(),
            Self::Refused(_) => RUN_BYTES,
        }
    }

    fn entries(&self) -> usize {
        match self {
            Self::Block(block) => block.len(),
            Self::Refused(_) => 0,
        }
    }
}

/// What stands at a number.
#[derive(Debug)]
pub(crate) enum Read {
    /// These numbers are no longer held.
    Lost(Range<u64>),
    /// These numbers were refused.
    Refused(Range<u64>),
    /// A sealed block that holds the number.
    Block(Arc<Block>),
    /// The number is in the block that still grows.
    Tail,
    /// The number was not yet given.
    Nothing,
}

/// The ring. Every number from [`oldest`](Self::oldest) to before [`end`](Self::end) has a place in it.
#[derive(Debug)]
pub(crate) struct Ring {
    limits: Limits,
    block_limits: Limits,
    sealed: VecDeque<Segment>,
    sealed_bytes: usize,
    sealed_entries: usize,
    /// The block that still grows, behind the sealed ones.
    open: Block,
    refused: u64,
}

impl Ring {
    pub(crate) fn new(limits: Limits) -> Self {
        let block_limits = Limits {
            entries: (limits.entries / MIN_BLOCKS).max(1),
            bytes: (limits.bytes / MIN_BLOCKS).min(MAX_BLOCK_BYTES),
        };
        Self {
            limits,
            block_limits,
            sealed: VecDeque::new(),
            sealed_bytes: 0,
            sealed_entries: 0,
            open: Block::new(0, 0),
            refused: 0,
        }
    }

    /// The oldest number that has a place.
    pub(crate) fn oldest(&self) -> u64 {
        self.sealed.front().map_or(self.open.first(), |segment| segment.seqs().start)
    }

    /// The number of the next entry.
    pub(crate) fn end(&self) -> u64 {
        self.open.end()
    }

    /// How many numbers were refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    /// Entries and bytes that are held.
    pub(crate) fn retained(&self) -> (usize, usize) {
        let open = if self.open.is_empty() { 0 } else { self.open.memory() };
        (self.sealed_entries + self.open.len(), self.sealed_bytes + open)
    }

    /// Whether an entry of `len` bytes fits without another one going.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        let bytes = if self.open_takes(len) {
            self.open.memory_with(len, self.block_limits.bytes)
        } else {
            self.open.memory() + Block::memory_of_one(self.next_capacity(), len, self.block_limits.bytes)
        };
        self.sealed_entries + self.open.len() < self.limits.entries && self.sealed_bytes + bytes <= self.limits.bytes
    }

    fn open_takes(&self, len: usize) -> bool {
        self.open.len() < self.block_limits.entries && self.open.takes(len, self.block_limits.bytes)
    }

    /// What the block behind the one that grows has room for at first. A program that filled one will fill the next, too.
    fn next_capacity(&self) -> usize {
        if self.open.bytes() > self.block_limits.bytes / 2 { self.block_limits.bytes } else { 0 }
    }

    /// Adds an entry, and evicts the oldest ones if there is no room. O(1), amortised.
    pub(crate) fn append(&mut self, level: Level, target: &str, entry: &[u8]) {
        while !self.has_room(entry.len()) && self.evict_oldest() {}
        if !self.open_takes(entry.len()) {
            self.seal();
        }
        self.open.push(level, target, entry, self.block_limits.bytes);
    }

    /// Gives a number to an entry that is not taken.
    pub(crate) fn refuse(&mut self) {
        self.seal();
        let seq = self.open.end();
        match self.sealed.back_mut() {
            Some(Segment::Refused(seqs)) => seqs.end += 1,
            _ => self.push_sealed(Segment::Refused(seq..seq + 1)),
        }
        self.open = Block::new(seq + 1, 0);
        self.refused += 1;
    }

    fn push_sealed(&mut self, segment: Segment) {
        self.sealed_bytes += segment.memory();
        self.sealed_entries += segment.entries();
        self.sealed.push_back(segment);
    }

    /// Ends the block that grows.
    fn seal(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let next = Block::new(self.open.end(), self.next_capacity());
        let sealed = std::mem::replace(&mut self.open, next).seal();
        self.push_sealed(Segment::Block(Arc::new(sealed)));
    }

    /// Evicts the oldest block, or the oldest run of refused numbers. Returns false if there is none.
    pub(crate) fn evict_oldest(&mut self) -> bool {
        if self.sealed.is_empty() {
            self.seal();
        }
        let Some(gone) = self.sealed.pop_front() else { return false };
        self.sealed_bytes -= gone.memory();
        self.sealed_entries -= gone.entries();
        true
    }

    /// The number behind those that the next eviction takes.
    pub(crate) fn oldest_end(&self) -> u64 {
        self.sealed.front().map_or(self.open.end(), |segment| segment.seqs().end)
    }

    /// Lets everything go.
    pub(crate) fn clear(&mut self) {
        self.sealed = VecDeque::new();
        (self.sealed_bytes, self.sealed_entries) = (0, 0);
        self.open = Block::new(self.open.end(), 0);
    }

    /// What stands at `seq`.
    pub(crate) fn read(&self, seq: u64) -> Read {
        if seq < self.oldest() {
            return Read::Lost(seq..self.oldest());
        }
        if seq >= self.end() {
            return Read::Nothing;
        }
        if self.open.holds(seq) {
            return Read::Tail;
        }
        let place = self.sealed.partition_point(|segment| segment.seqs().end <= seq);
        match &self.sealed[place] {
            Segment::Block(block) => Read::Block(Arc::clone(block)),
            Segment::Refused(seqs) => Read::Refused(seq..seqs.end),
        }
    }

    /// The first number of the block that still grows: those before it are sealed.
    pub(crate) fn sealed_end(&self) -> u64 {
        self.open.first()
    }

    /// A copy of what the growing block holds from `seq` on.
    pub(crate) fn tail(&self, seq: u64) -> Block {
        self.open.tail(seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(entries: usize, bytes: usize) -> Ring {
        Ring::new(Limits { entries, bytes })
    }

    fn append(ring: &mut Ring, len: usize) {
        ring.append(Level::Info, "t", &vec![b'x'; len]);
    }

    #[test]
    fn a_ring_keeps_to_its_entries_and_loses_a_block_at_a_time() {
        let mut ring = ring(64, usize::MAX);
        (0..64).for_each(|_| append(&mut ring, 10));
        assert_eq!((ring.oldest(), ring.end(), ring.retained().0), (0, 64, 64));
        append(&mut ring, 10);
        assert_eq!((ring.oldest(), ring.end(), ring.retained().0), (4, 65, 61));
    }

    #[test]
    fn a_ring_of_one_entry_holds_one() {
        let mut ring = ring(1, usize::MAX);
        for number in 0..5 {
            append(&mut ring, 10);
            assert_eq!((ring.oldest(), ring.end()), (number, number + 1));
        }
    }

    #[test]
    fn bytes_bound_it_too_whatever_the_entries_are() {
        for limit in [4096, 8000, 100_000, 1 << 20] {
            let mut ring = ring(usize::MAX, limit);
            for number in 0..3000_usize {
                append(&mut ring, number * 7919 % 2048);
                let (_, bytes) = ring.retained();
                assert!(bytes <= limit, "{bytes} of {limit}");
            }
            assert!(ring.retained().1 > limit * 7 / 16, "{:?} of {limit}", ring.retained());
        }
    }

    #[test]
    fn refused_numbers_have_their_place() {
        let mut ring = ring(100, usize::MAX);
        append(&mut ring, 1);
        (0..3).for_each(|_| ring.refuse());
        append(&mut ring, 1);
        assert!(matches!(ring.read(0), Read::Block(block) if block.holds(0)));
        assert!(matches!(ring.read(2), Read::Refused(seqs) if seqs == (2..4)));
        assert!(matches!(ring.read(4), Read::Tail));
        assert!(matches!(ring.read(5), Read::Nothing));
        assert_eq!((ring.end(), ring.refused(), ring.retained().0), (5, 3, 2));
        ring.evict_oldest();
        assert!(matches!(ring.read(0), Read::Lost(seqs) if seqs == (0..1)));
        assert_eq!(ring.oldest(), 1);
    }

    #[test]
    fn cleared_it_holds_nothing_and_goes_on_counting() {
        let mut ring = ring(100, usize::MAX);
        (0..9).for_each(|_| append(&mut ring, 1));
        ring.clear();
        assert_eq!((ring.oldest(), ring.end(), ring.retained()), (9, 9, (0, 0)));
        append(&mut ring, 1);
        assert!(matches!(ring.read(9), Read::Tail));
    }
}

//! Blocks: consecutive entries that stand side by side in one allocation, as NDJSON, with a slot each.

use std::ops::Range;
use std::sync::Arc;

use crate::level::Level;

/// The most bytes of a block, unless one entry alone is longer: with the first line of a frame at most 63 KiB.
pub(crate) const MAX_BLOCK_BYTES: usize = 62 * 1024;

/// What a new block has room for at first, in bytes and in slots.
const FIRST_BYTES: usize = 4 * 1024;
const FIRST_SLOTS: usize = 32;

/// What a block costs beside its entries: its head, and the heads of its allocations.
const BLOCK_OVERHEAD_BYTES: usize = 192;

/// What a target takes beside its text: a pointer and a length, and the counts of its owners.
const TARGET_OVERHEAD_BYTES: usize = 4 * size_of::<usize>();

/// The most targets that a block's table deduplicates. Each further entry adds its own, so that the search stays short.
const MAX_SHARED_TARGETS: usize = 64;

/// What is known of an entry without a look into its JSON.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Where it ends, behind its line feed.
    end: u32,
    /// Its place in the block's table of targets.
    target: u16,
    level: Level,
}

/// Consecutive entries. One that is shared does not change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    first: u64,
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    targets: Vec<Arc<str>>,
    /// What the targets take.
    target_bytes: usize,
}

impl Block {
    /// An empty one, whose first entry will have this number, with room for `bytes` at once.
    pub(crate) fn new(first: u64, bytes: usize) -> Self {
        Self { first, bytes: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// The number of the first entry.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number behind the last entry.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether it holds the entry `seq`.
    pub(crate) fn holds(&self, seq: u64) -> bool {
        (self.first..self.end()).contains(&seq)
    }

    /// The JSON of the entry `seq`.
    pub(crate) fn entry(&self, seq: u64) -> &str {
        let line = self.lines(seq..seq + 1);
        std::str::from_utf8(&line[..line.len() - 1]).expect("entries are encoded strings")
    }

    /// The lines of these entries, each with its line feed.
    pub(crate) fn lines(&self, seqs: Range<u64>) -> &[u8] {
        &self.bytes[self.offset(seqs.start)..self.offset(seqs.end)]
    }

    /// The level of the entry `seq`, and the place of its target in [`targets`](Self::targets).
    pub(crate) fn kind(&self, seq: u64) -> (Level, usize) {
        let slot = &self.slots[self.place(seq)];
        (slot.level, usize::from(slot.target))
    }

    pub(crate) fn targets(&self) -> &[Arc<str>] {
        &self.targets
    }

    /// How many of the entries from `seq` on have at most `max_bytes` together; at least one.
    pub(crate) fn fitting(&self, seq: u64, max_bytes: usize) -> u64 {
        let place = self.place(seq);
        let limit = self.offset(seq).saturating_add(max_bytes);
        let fitting = self.slots[place..].partition_point(|slot| slot.end as usize <= limit);
        fitting.max(1) as u64
    }

    fn place(&self, seq: u64) -> usize {
        usize::try_from(seq - self.first).expect("a block is short")
    }

    /// Where the entry `seq` begins, and the one before it ends.
    fn offset(&self, seq: u64) -> usize {
        self.place(seq).checked_sub(1).map_or(0, |before| self.slots[before].end as usize)
    }

    /// What it takes in memory.
    pub(super) fn memory(&self) -> usize {
        self.memory_of(self.bytes.capacity(), self.slots.capacity())
    }

    /// What it would take with one more entry of `len` bytes, in a block of at most `limit` bytes.
    pub(super) fn memory_with(&self, len: usize, limit: usize) -> usize {
        self.memory_of(self.bytes_with(len, limit), self.slots_with_one())
    }

    fn memory_of(&self, bytes: usize, slots: usize) -> usize {
        BLOCK_OVERHEAD_BYTES + bytes + slots * size_of::<Slot>() + self.target_bytes
    }

    /// What a block with room for `capacity` bytes takes with one entry of `len` bytes.
    pub(super) fn memory_of_one(capacity: usize, len: usize, limit: usize) -> usize {
        BLOCK_OVERHEAD_BYTES + grown(capacity, len + 1, FIRST_BYTES, limit) + FIRST_SLOTS * size_of::<Slot>()
    }

    /// How many bytes its lines have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    fn bytes_with(&self, len: usize, limit: usize) -> usize {
        grown(self.bytes.capacity(), self.bytes.len() + len + 1, FIRST_BYTES, limit)
    }

    fn slots_with_one(&self) -> usize {
        grown(self.slots.capacity(), self.slots.len() + 1, FIRST_SLOTS, usize::MAX)
    }

    /// The highest level of an entry.
    pub(super) fn highest_level(&self) -> Option<Level> {
        self.slots.iter().map(|slot| slot.level).max()
    }

    /// Whether an entry of `len` bytes may be added to a block of at most `limit` bytes.
    pub(super) fn takes(&self, len: usize, limit: usize) -> bool {
        self.is_empty() || self.bytes.len() + len < limit
    }

    pub(crate) fn push(&mut self, level: Level, target: &str, entry: &[u8], limit: usize) {
        self.bytes.reserve_exact(self.bytes_with(entry.len(), limit) - self.bytes.len());
        self.bytes.extend_from_slice(entry);
        self.bytes.push(b'\n');
        self.slots.reserve_exact(self.slots_with_one() - self.slots.len());
        let target = self.target(target);
        let end = u32::try_from(self.bytes.len()).expect("a block and an entry are short");
        self.slots.push(Slot { end, target, level });
    }

    /// The place of a target in the table.
    fn target(&mut self, target: &str) -> u16 {
        let last = self.slots.last().map(|slot| slot.target);
        if let Some(last) = last
            && *self.targets[usize::from(last)] == *target
        {
            return last;
        }
        let shared = self.targets.len().min(MAX_SHARED_TARGETS);
        let known = self.targets[..shared].iter().position(|known| **known == *target);
        let place = known.unwrap_or_else(|| {
            self.targets.push(Arc::from(target));
            self.target_bytes += target.len() + TARGET_OVERHEAD_BYTES;
            self.targets.len() - 1
        });
        // A block has fewer entries than a u16 has values: each takes more than 60 bytes.
        u16::try_from(place).expect("a block has few entries")
    }

    /// Gives back what it does not need: nothing more is added. A little is left as it is, so that the next block finds the
    /// place of one that has gone.
    pub(super) fn seal(mut self) -> Self {
        if self.bytes.len() < self.bytes.capacity() / 8 * 7 {
            self.bytes.shrink_to_fit();
        }
        if self.slots.len() < self.slots.capacity() / 2 {
            self.slots.shrink_to_fit();
        }
        self
    }

    /// A copy of the entries from `seq` on.
    pub(super) fn tail(&self, seq: u64) -> Self {
        let offset = self.offset(seq);
        let shift = u32::try_from(offset).expect("a block is short");
        let slots = &self.slots[self.place(seq)..];
        Self {
            first: seq,
            bytes: self.bytes[offset..].to_vec(),
            slots: slots.iter().map(|slot| Slot { end: slot.end - shift, ..*slot }).collect(),
            targets: self.targets.clone(),
            target_bytes: self.target_bytes,
        }
    }
}

/// A capacity that doubles, up to `limit` unless `needed` is more.
fn grown(capacity: usize, needed: usize, first: usize, limit: usize) -> usize {
    if needed <= capacity { capacity } else { (2 * capacity).max(first).min(limit).max(needed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(first: u64, entries: &[(Level, &str, &str)]) -> Block {
        let mut block = Block::new(first, 0);
        for (level, target, entry) in entries {
            block.push(*level, target, entry.as_bytes(), MAX_BLOCK_BYTES);
        }
        block
    }

    #[test]
    fn entries_stand_side_by_side_with_their_kinds() {
        let block = block(7, &[(Level::Info, "a", "{1}"), (Level::Warn, "b", "{22}"), (Level::Error, "a", "{}")]);
        assert_eq!((block.first(), block.end(), block.len()), (7, 10, 3));
        assert_eq!((block.entry(7), block.entry(8), block.entry(9)), ("{1}", "{22}", "{}"));
        assert_eq!(block.lines(8..10), b"{22}\n{}\n");
        let kinds = [block.kind(7), block.kind(8), block.kind(9)];
        assert_eq!(kinds, [(Level::Info, 0), (Level::Warn, 1), (Level::Error, 0)]);
        assert_eq!(block.targets().iter().map(|target| &**target).collect::<Vec<_>>(), ["a", "b"]);
        assert!(block.holds(9) && !block.holds(10) && !block.holds(6));
    }

    #[test]
    fn a_tail_is_a_block_of_its_own() {
        let whole = block(0, &[(Level::Info, "a", "{1}"), (Level::Warn, "b", "{22}"), (Level::Error, "a", "{}")]);
        let tail = whole.tail(1);
        assert_eq!((tail.first(), tail.end(), tail.entry(1), tail.entry(2)), (1, 3, "{22}", "{}"));
        assert_eq!(tail.kind(2), (Level::Error, 0));
        assert!(whole.tail(3).is_empty());
    }

    #[test]
    fn as_many_fit_as_have_room_but_one() {
        let block = block(0, &[(Level::Info, "a", "1234"), (Level::Info, "a", "1234"), (Level::Info, "a", "1234")]);
        let fitting = [0, 5, 9, 10, 100].map(|bytes| block.fitting(0, bytes));
        assert_eq!(fitting, [1, 1, 1, 2, 3]);
        assert_eq!(block.fitting(2, 100), 1);
    }

    #[test]
    fn what_it_will_take_is_known_before() {
        let mut block = Block::new(0, 0);
        for number in 0..500 {
            let entry = vec![b'x'; number % 90];
            if !block.takes(entry.len(), 8000) {
                break;
            }
            let before = block.memory_with(entry.len(), 8000);
            block.push(Level::Info, "t", &entry, 8000);
            let target = if number == 0 { 1 + TARGET_OVERHEAD_BYTES } else { 0 };
            assert_eq!(block.memory(), before + target, "{number}");
        }
        assert!(block.bytes.len() <= 8000 && block.bytes.len() > 7900);
        assert!(block.clone().seal().memory() <= block.memory());
    }

    #[test]
    fn a_program_with_a_target_for_each_entry_is_not_searched_for_ever() {
        let mut block = Block::new(0, 0);
        (0..300).for_each(|number| block.push(Level::Info, &format!("t{number}"), b"{}", MAX_BLOCK_BYTES));
        block.push(Level::Info, "t5", b"{}", MAX_BLOCK_BYTES);
        block.push(Level::Info, "t299", b"{}", MAX_BLOCK_BYTES);
        assert_eq!(block.kind(300).1, 5);
        assert_eq!(&*block.targets()[block.kind(301).1], "t299");
    }
}

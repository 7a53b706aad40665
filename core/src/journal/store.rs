//! Where the bytes of entries stand: many small ones in one allocation, one after the other.
//!
//! Entries go in the order in which they came, so an allocation goes when its last entry does, and no more than one is
//! partly used. What it saves is an allocation for each entry, and one more for the first consumer that reads it.

use bytes::{Bytes, BytesMut};

/// How much is allocated at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The longest entry that shares an allocation: what is left at the end of one is shorter, and within what the journal
/// counts for its entries' places.
const MAX_SHARED_BYTES: usize = 2 * 1024;

#[derive(Debug, Default)]
pub(super) struct Store {
    chunk: BytesMut,
}

impl Store {
    /// Copies an entry to where it stays.
    pub(super) fn keep(&mut self, entry: &[u8]) -> Bytes {
        if entry.len() > MAX_SHARED_BYTES {
            return Bytes::copy_from_slice(entry);
        }
        if self.chunk.capacity() < entry.len() {
            self.chunk = BytesMut::with_capacity(CHUNK_BYTES);
        }
        self.chunk.extend_from_slice(entry);
        self.chunk.split().freeze()
    }

    /// Gives back what no entry stands in.
    pub(super) fn clear(&mut self) {
        self.chunk = BytesMut::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_entries_stand_one_after_the_other_and_large_ones_alone() {
        let mut store = Store::default();
        let kept: Vec<Bytes> = (0..1000_usize).map(|number| store.keep(&vec![b'x'; number * 3])).collect();
        for (number, entry) in kept.iter().enumerate() {
            assert_eq!(entry.len(), number * 3);
            assert!(entry.iter().all(|byte| *byte == b'x'));
        }
        let follows = |pair: &&[Bytes]| pair[0].as_ptr_range().end == pair[1].as_ptr();
        let neighbours = kept[1..=MAX_SHARED_BYTES / 3].windows(2).filter(follows).count();
        assert!(neighbours > MAX_SHARED_BYTES / 3 - 20, "{neighbours}");
        store.clear();
        assert_eq!(kept[10].as_ref(), [b'x'; 30], "what was kept stays");
    }
}

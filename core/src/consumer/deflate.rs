//! Frames that are compressed: each once, however many consumers take it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress, Status};
use tokio::sync::OnceCell;

use super::batch::{Batch, BatchKey};

/// How much effort goes into a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Effort {
    /// Where the processor is the limit.
    Low,
    /// Where the link is.
    High,
}

impl Effort {
    fn level(self) -> Compression {
        Compression::new(match self {
            // At level 1, zlib-rs knows no codes but the fixed ones: a frame of a log is a third longer.
            Self::Low => 2,
            Self::High => 6,
        })
    }
}

/// How many compressors of each effort are kept: one for each thread that runs connections.
const KEPT_COMPRESSORS: usize = 2;

type Key = (BatchKey, Effort);
type Frame = Arc<OnceCell<Bytes>>;

/// The frames that were made of late, within a budget of bytes; who was used longest ago goes.
#[derive(Debug)]
pub(crate) struct Frames {
    budget: usize,
    cache: Mutex<Cache>,
    compressors: Mutex<Vec<(Effort, Compress)>>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Each frame, when it was last used, and how many bytes it counts for.
    frames: HashMap<Key, (Frame, u64, usize)>,
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
}

/// What a frame counts for beside its bytes.
const FRAME_OVERHEAD_BYTES: usize = 256;

impl Frames {
    /// At most `budget` bytes are kept.
    pub(crate) fn new(budget: usize) -> Self {
        Self { budget, cache: Mutex::default(), compressors: Mutex::default() }
    }

    /// The compressed frame of `batch`. It is made off the threads that run connections.
    pub(crate) async fn get(self: &Arc<Self>, batch: &Batch, effort: Effort) -> Bytes {
        let key = (batch.key(), effort);
        let frame = lock(&self.cache).frame(&key);
        let make = async || {
            let (frames, batch) = (Arc::clone(self), batch.clone());
            let made = tokio::task::spawn_blocking(move || frames.deflate(batch.text().as_bytes(), effort)).await;
            // The runtime ends: nobody will get it.
            Bytes::from(made.unwrap_or_default())
        };
        let bytes = frame.get_or_init(make).await.clone();
        lock(&self.cache).keep(&key, bytes.len(), self.budget);
        bytes
    }

    /// One raw DEFLATE stream (RFC 1951).
    fn deflate(&self, text: &[u8], effort: Effort) -> Vec<u8> {
        let kept = {
            let mut compressors = lock(&self.compressors);
            let place = compressors.iter().position(|(of, _)| *of == effort);
            place.map(|place| compressors.swap_remove(place).1)
        };
        let mut compressor = kept.unwrap_or_else(|| Compress::new(effort.level(), false));
        compressor.reset();
        // A log shrinks to less than half; what does not gets more room.
        let mut out = Vec::with_capacity(text.len() / 2 + 64);
        loop {
            let read = usize::try_from(compressor.total_in()).expect("a frame is short");
            let status = compressor.compress_vec(&text[read..], &mut out, FlushCompress::Finish);
            match status.expect("the stream is never used after its end") {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError => out.reserve(text.len() / 2 + 64),
            }
        }
        let mut compressors = lock(&self.compressors);
        if compressors.iter().filter(|(of, _)| *of == effort).count() < KEPT_COMPRESSORS {
            compressors.push((effort, compressor));
        }
        out
    }
}

impl Cache {
    fn frame(&mut self, key: &Key) -> Frame {
        self.uses += 1;
        if let Some((frame, used, _)) = self.frames.get_mut(key) {
            self.by_use.remove(used);
            *used = self.uses;
            self.by_use.insert(self.uses, key.clone());
            return Arc::clone(frame);
        }
        let frame = Frame::default();
        self.frames.insert(key.clone(), (Arc::clone(&frame), self.uses, 0));
        self.by_use.insert(self.uses, key.clone());
        frame
    }

    /// Counts a frame that is made, and lets others go where there are too many bytes.
    fn keep(&mut self, key: &Key, bytes: usize, budget: usize) {
        if let Some((_, _, counted)) = self.frames.get_mut(key)
            && *counted == 0
        {
            *counted = bytes + FRAME_OVERHEAD_BYTES;
            self.bytes += *counted;
        }
        while self.bytes > budget
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            if let Some((_, _, counted)) = self.frames.remove(&oldest) {
                self.bytes -= counted;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Block;
    use crate::level::Level;

    fn batch(first: u64, entries: u64) -> Batch {
        let mut block = Block::new(first, 0);
        for number in first..first + entries {
            block.push(Level::Info, "t", format!(r#"{{"number":{number},"text":"again"}}"#).as_bytes(), usize::MAX);
        }
        Batch::choose(&Arc::new(block), first, first, first + entries, None)
    }

    fn inflate(bytes: &[u8]) -> Vec<u8> {
        use std::io::Read as _;
        let mut text = Vec::new();
        flate2::read::DeflateDecoder::new(bytes).read_to_end(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn each_frame_stands_alone_and_is_made_once() {
        let frames = Arc::new(Frames::new(1 << 20));
        for entries in [1, 10, 1000] {
            let batch = batch(7, entries);
            for effort in [Effort::Low, Effort::High] {
                let made = frames.get(&batch, effort).await;
                assert_eq!(inflate(&made), batch.text().as_bytes());
                let again = frames.get(&batch, effort).await;
                assert_eq!(made.as_ptr(), again.as_ptr(), "it is shared");
            }
        }
    }

    #[tokio::test]
    async fn what_does_not_shrink_is_whole_all_the_same() {
        let frames = Frames::new(0);
        let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(70_000).collect();
        assert_eq!(inflate(&frames.deflate(&noise, Effort::Low)), noise);
        assert_eq!(inflate(&frames.deflate(&[], Effort::High)), b"");
    }

    #[tokio::test]
    async fn the_cache_keeps_to_its_budget() {
        let frames = Arc::new(Frames::new(4000));
        for first in 0..200 {
            frames.get(&batch(first * 10, 10), Effort::Low).await;
            let cache = lock(&frames.cache);
            assert!(cache.bytes <= 4000);
            assert_eq!(cache.frames.len(), cache.by_use.len());
        }
        assert!(lock(&frames.cache).frames.len() > 3);
    }
}

//! What is published of the end of the journal. The consumers that follow share it, and never meet at the journal's lock for it:
//! one task copies each new part once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::SharedJournal;
use crate::journal::block::Block;
use crate::journal::ring::{Read, Ring};

/// How many parts are kept, for consumers that are a little behind.
const KEPT: usize = 4;

/// How soon the next part may follow. Between two of them entries gather, and travel together.
const PACE: Duration = Duration::from_millis(2);

/// The last parts of the journal, and the number behind them.
#[derive(Clone, Debug, Default)]
struct Parts {
    blocks: VecDeque<Arc<Block>>,
    end: u64,
}

/// What is published, and who waits for more. No lock.
#[derive(Debug, Default)]
pub(super) struct Tails {
    parts: ArcSwap<Parts>,
    /// How far the ring is, and how far its sealed blocks are.
    end: AtomicU64,
    sealed_end: AtomicU64,
    /// Whether a reader waits for what comes next.
    is_awaited: AtomicBool,
    /// To the task that publishes: there is something new, and somebody waits for it.
    wanted: Notify,
    /// To the readers: there is something to read.
    published: Notify,
}

impl Tails {
    /// The block that holds `seq`, if it is of the published ones.
    pub(super) fn holding(&self, seq: u64) -> Option<Arc<Block>> {
        self.parts.load().blocks.iter().find(|block| block.holds(seq)).cloned()
    }

    /// The number behind what may be read.
    pub(super) fn readable_end(&self) -> u64 {
        self.parts.load().end.max(self.sealed_end.load(Ordering::Acquire))
    }

    /// The ring has grown. Returns whether somebody is to be woken by [`wake`](Self::wake), behind the ring's lock.
    pub(super) fn on_append(&self, ring: &Ring) -> bool {
        self.sealed_end.store(ring.sealed_end(), Ordering::Release);
        // Either this sees the reader that waits, or that reader sees the new end.
        self.end.store(ring.end(), Ordering::SeqCst);
        self.is_awaited.load(Ordering::SeqCst) && self.is_awaited.swap(false, Ordering::SeqCst)
    }

    /// Wakes one task, however many consumers there are.
    pub(super) fn wake(&self) {
        self.wanted.notify_one();
    }

    /// Returns once there is something to read at `seq`.
    pub(super) async fn readable(&self, seq: u64) {
        loop {
            let mut published = std::pin::pin!(self.published.notified());
            // Registered before the look, so that what comes in between is not missed.
            published.as_mut().enable();
            if seq < self.readable_end() {
                return;
            }
            self.is_awaited.store(true, Ordering::SeqCst);
            if seq < self.end.load(Ordering::SeqCst) {
                self.wake();
            }
            published.await;
        }
    }

    /// Forgets what is published: the ring is empty.
    pub(super) fn clear(&self, end: u64) {
        self.parts.store(Arc::new(Parts { blocks: VecDeque::new(), end }));
    }
}

impl SharedJournal {
    /// Publishes what is new, whenever somebody waits for it: at once, and then at a pace.
    pub(crate) async fn keep_publishing(&self) {
        loop {
            self.tails.wanted.notified().await;
            let has_published = self.publish();
            self.tails.published.notify_waiters();
            if has_published {
                sleep(PACE).await;
            }
        }
    }

    fn publish(&self) -> bool {
        let mut parts = Parts::clone(&self.tails.parts.load());
        let before = parts.end;
        {
            let state = self.lock();
            loop {
                let block = match state.ring.read(parts.end) {
                    Read::Lost(seqs) | Read::Refused(seqs) => {
                        parts.end = seqs.end;
                        continue;
                    }
                    Read::Block(block) => block,
                    Read::Tail => Arc::new(state.ring.tail(parts.end)),
                    Read::Nothing => break,
                };
                parts.end = block.end();
                if parts.blocks.len() == KEPT {
                    parts.blocks.pop_front();
                }
                parts.blocks.push_back(block);
            }
        }
        let has_new = parts.end > before;
        if has_new {
            self.tails.parts.store(Arc::new(parts));
        }
        has_new
    }
}

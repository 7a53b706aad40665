//! What is published of the end of the journal. The consumers that follow share it, and never meet at the journal's lock for it:
//! one task copies each new part once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use super::SharedJournal;
use crate::journal::block::Block;
use crate::journal::ring::{Read, Ring};
use crate::level::Level;

/// How many parts are kept, for consumers that are a little behind.
const KEPT: usize = 4;

/// How soon the next part may follow. Between two of them entries gather, and travel together.
const PACE: Duration = Duration::from_millis(2);

/// A consumer whose filter wants nothing of what is new is not woken for it, and learns within this time that it came.
pub(super) const UNWANTED_PACE: Duration = Duration::from_millis(250);

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
    /// Whether a reader waits for the next part.
    is_awaited: AtomicBool,
    /// Whether somebody waits until everything has been read.
    is_hurried: AtomicBool,
    /// To the task that publishes: there is something new, and somebody waits for it.
    wanted: Notify,
    /// To the readers, by the least level that they want, and behind those to who wants nothing: there is something to read.
    published: [Notify; Level::Error as usize + 2],
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

    /// Whoever waits for a level that is not among the new entries reads on, too: somebody waits for that.
    pub(super) fn hurry(&self) {
        self.is_hurried.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Tells the readers that want entries of this level.
    fn tell(&self, highest: Level) {
        self.published[..=highest as usize].iter().for_each(Notify::notify_waiters);
    }

    fn tell_all(&self) {
        self.published.iter().for_each(Notify::notify_waiters);
    }

    /// Returns once there is something to read at `seq`, as [`SharedJournal::readable`] does.
    pub(super) async fn readable(&self, seq: u64, least: Option<Level>) {
        let published = &self.published[least.map_or(Level::Error as usize + 1, |least| least as usize)];
        loop {
            let mut published = std::pin::pin!(published.notified());
            // Registered before the check, so that no part is missed in between.
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
        let tails = &self.tails;
        // When those are told at last that wanted nothing of what has been published.
        let mut overdue: Option<Instant> = None;
        loop {
            tokio::select! {
                () = tails.wanted.notified() => {}
                () = sleep_until(overdue.unwrap_or_else(Instant::now)), if overdue.is_some() => {}
            }
            let highest = self.publish();
            let now = Instant::now();
            let is_due = overdue.is_some_and(|overdue| overdue <= now);
            if tails.is_hurried.swap(false, Ordering::SeqCst) || is_due {
                overdue = None;
                tails.tell_all();
            } else if let Some(highest) = highest {
                overdue.get_or_insert(now + UNWANTED_PACE);
                tails.tell(highest);
                // Those that are not told still wait.
                tails.is_awaited.store(true, Ordering::SeqCst);
                if tails.end.load(Ordering::SeqCst) > tails.readable_end() {
                    tails.wake();
                }
            }
            if highest.is_some() {
                sleep(PACE).await;
            }
        }
    }

    /// Returns the highest level of what is published now, if anything is. A gap is for everybody.
    fn publish(&self) -> Option<Level> {
        let mut parts = Parts::clone(&self.tails.parts.load());
        let mut highest = None;
        {
            let state = self.lock();
            loop {
                let block = match state.ring.read(parts.end) {
                    Read::Lost(seqs) | Read::Refused(seqs) => {
                        parts.end = seqs.end;
                        highest = Some(Level::Error);
                        continue;
                    }
                    Read::Block(block) => block,
                    Read::Tail => Arc::new(state.ring.tail(parts.end)),
                    Read::Nothing => break,
                };
                parts.end = block.end();
                highest = highest.max(block.highest_level());
                if parts.blocks.len() == KEPT {
                    parts.blocks.pop_front();
                }
                parts.blocks.push_back(block);
            }
        }
        if highest.is_some() {
            self.tails.parts.store(Arc::new(parts));
        }
        highest
    }
}

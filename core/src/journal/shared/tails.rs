//! What is published of the block that still grows. The consumers that follow share it, and never meet at the journal's lock
//! for it: one task copies each new part once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::SharedJournal;
use crate::journal::block::Block;

/// How many are kept, for consumers that are a little behind.
const KEPT: usize = 4;

/// How soon the next part may follow. Between two of them entries gather, and travel together.
const PACE: Duration = Duration::from_millis(2);

#[derive(Debug, Default)]
pub(super) struct Tails {
    parts: VecDeque<Arc<Block>>,
    published: u64,
}

impl Tails {
    /// The number behind what is published.
    pub(super) fn published(&self) -> u64 {
        self.published
    }

    /// The part that holds `seq`.
    pub(super) fn holding(&self, seq: u64) -> Option<Arc<Block>> {
        self.parts.iter().find(|part| part.holds(seq)).cloned()
    }

    fn publish(&mut self, part: Block) {
        self.published = part.end();
        if self.parts.len() == KEPT {
            self.parts.pop_front();
        }
        self.parts.push_back(Arc::new(part));
    }
}

impl SharedJournal {
    /// Publishes what is new, whenever somebody waits for it: at once, and then at a pace.
    pub(crate) async fn keep_publishing(&self) {
        loop {
            self.appended.notified().await;
            let has_published = self.publish();
            self.published.notify_waiters();
            if has_published {
                sleep(PACE).await;
            }
        }
    }

    fn publish(&self) -> bool {
        let mut state = self.lock();
        let from = state.tails.published.max(state.ring.sealed_end());
        // What has been sealed meanwhile is read as a whole block.
        let sealed = state.ring.sealed_end();
        state.tails.parts.retain(|part| part.end() > sealed);
        let has_new = from < state.ring.end();
        if has_new {
            let part = state.ring.tail(from);
            state.tails.publish(part);
        }
        has_new
    }
}

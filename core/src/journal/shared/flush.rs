//! Waiting until everything has arrived: for threads, and for tasks.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::{SharedJournal, State};

/// What stands for a timeout that no clock can hold.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// How a wait for delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Every consumer has everything.
    Delivered,
    /// The time is over, and the one that lacks most of the entries lacks this many.
    Pending(u64),
    /// The journal closed meanwhile: what the consumers have is told to who closes it.
    Closed,
}

impl State {
    fn flushed(&self, target: u64) -> Flushed {
        match self.journal.pending_below(target) {
            // Behind the close, cursors go with what they lack.
            _ if self.closed => Flushed::Closed,
            0 => Flushed::Delivered,
            pending => Flushed::Pending(pending),
        }
    }
}

impl State {
    fn has_cursor(&self) -> Option<bool> {
        if self.closed {
            return Some(false);
        }
        self.journal.has_cursors().then_some(true)
    }
}

impl SharedJournal {
    /// Waits until every cursor that is open has every entry before the number `target`, at most for `timeout`. Blocks the
    /// calling thread.
    pub(crate) fn flush(&self, target: u64, timeout: Duration) -> Flushed {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let mut state = self.lock();
        loop {
            let flushed = state.flushed(target);
            let left = deadline.saturating_duration_since(Instant::now());
            if !matches!(flushed, Flushed::Pending(_)) || left.is_zero() {
                return flushed;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The same, for a task.
    pub(crate) async fn flush_async(&self, target: u64, timeout: Duration) -> Flushed {
        let wait = async {
            loop {
                let mut progressed = std::pin::pin!(self.progressed.notified());
                // Registered before the look, so that progress in between is not missed.
                progressed.as_mut().enable();
                let flushed = self.flushed(target);
                if !matches!(flushed, Flushed::Pending(_)) {
                    return flushed;
                }
                progressed.await;
            }
        };
        match tokio::time::timeout(timeout.min(FOREVER), wait).await {
            Ok(flushed) => flushed,
            Err(_) => self.flushed(target),
        }
    }

    /// Where a wait would stand now.
    pub(crate) fn flushed(&self, target: u64) -> Flushed {
        self.lock().flushed(target)
    }

    /// Waits until a consumer has a cursor, at most for `timeout`; false if none has, or the journal is closed. Blocks the
    /// calling thread.
    pub(crate) fn wait_for_cursor(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let mut state = self.lock();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let has_cursor = state.has_cursor();
            if has_cursor.is_some() || left.is_zero() {
                return has_cursor.unwrap_or(false);
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The same, for a task.
    pub(crate) async fn wait_for_cursor_async(&self, timeout: Duration) -> bool {
        let wait = async {
            loop {
                let mut progressed = std::pin::pin!(self.progressed.notified());
                progressed.as_mut().enable();
                if let Some(answer) = self.has_cursor() {
                    return answer;
                }
                progressed.await;
            }
        };
        tokio::time::timeout(timeout.min(FOREVER), wait).await.unwrap_or(false)
    }

    /// Whether a consumer has a cursor; `None` if one may still come.
    pub(crate) fn has_cursor(&self) -> Option<bool> {
        self.lock().has_cursor()
    }

    /// Waits for the rest of the entries, behind the close and before the cursors go, at most for `timeout`. Returns how many
    /// entries the one that lacks most of them lacks then. Blocks the calling thread.
    pub(crate) fn flush_closed(&self, timeout: Duration) -> u64 {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let mut state = self.lock();
        loop {
            let pending = state.journal.pending_below(state.journal.next_seq());
            let left = deadline.saturating_duration_since(Instant::now());
            if pending == 0 || left.is_zero() {
                return pending;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::{Limits, Replay};
    use super::super::Overflow;
    use super::*;

    fn shared(entries: usize) -> Arc<SharedJournal> {
        Arc::new(SharedJournal::new(Limits { entries, bytes: usize::MAX }, Overflow::DropOldest))
    }

    fn append(journal: &SharedJournal) {
        journal.append(b"x");
    }

    fn flush_all(journal: &SharedJournal, timeout: Duration) -> Flushed {
        journal.flush(journal.totals().accepted, timeout)
    }

    #[test]
    fn flush_waits_for_what_was_appended_before_it() {
        let journal = shared(10);
        assert_eq!(flush_all(&journal, Duration::from_secs(60)), Flushed::Delivered, "nobody is connected");
        let cursor = journal.open(Replay::All);
        append(&journal);
        append(&journal);
        assert_eq!(flush_all(&journal, Duration::ZERO), Flushed::Pending(2));
        journal.read(cursor, usize::MAX);
        assert_eq!(flush_all(&journal, Duration::from_millis(1)), Flushed::Pending(2), "on the way is not yet there");
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        journal.acknowledge(cursor, 2);
        assert_eq!(flusher.join().unwrap(), Flushed::Delivered);
    }

    #[test]
    fn a_flush_to_a_position_does_not_wait_for_what_comes_after_it() {
        let journal = shared(10);
        let cursor = journal.open(Replay::All);
        append(&journal);
        let position = journal.totals().accepted;
        append(&journal);
        journal.read(cursor, usize::MAX);
        journal.acknowledge(cursor, 1);
        assert_eq!(journal.flush(position, Duration::from_secs(60)), Flushed::Delivered);
        assert_eq!(flush_all(&journal, Duration::ZERO), Flushed::Pending(1));
    }

    #[test]
    fn a_flush_does_not_outlive_the_journal_and_does_not_take_its_end_for_delivery() {
        let journal = shared(10);
        let cursor = journal.open(Replay::All);
        append(&journal);
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        journal.close();
        // Who wakes up late finds no cursor that lacks anything.
        journal.close_cursor(cursor);
        assert_eq!(flusher.join().unwrap(), Flushed::Closed);
        assert_eq!(journal.flush_closed(Duration::from_secs(60)), 0);
    }
}

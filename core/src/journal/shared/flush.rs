//! Waiting until everything has arrived: for threads, and for tasks.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::{SharedJournal, State, Waiting};

/// What stands for a timeout that no clock can hold.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// How a wait for delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Every consumer has everything.
    Delivered,
    /// The time is over, and the one that lacks most of the entries lacks this many.
    Pending(u64),
    /// The journal closed meanwhile: `close` reports what the consumers have received.
    Closed,
}

impl State {
    fn flushed(&self, target: u64) -> Flushed {
        match self.pending_below(target) {
            // Behind the close, cursors go with what they lack.
            _ if self.closed => Flushed::Closed,
            0 => Flushed::Delivered,
            pending => Flushed::Pending(pending),
        }
    }

    fn has_cursor(&self) -> Option<bool> {
        if self.closed {
            return Some(false);
        }
        (!self.cursors.is_empty()).then_some(true)
    }
}

impl SharedJournal {
    /// Waits until every cursor that is open has every entry before the number `target`, at most for `timeout`. Blocks the
    /// calling thread.
    pub(crate) fn flush(&self, target: u64, timeout: Duration) -> Flushed {
        self.block(timeout, |state| state.flushed(target), |flushed| !matches!(flushed, Flushed::Pending(_)))
    }

    /// The same, for a task.
    pub(crate) async fn flush_async(&self, target: u64, timeout: Duration) -> Flushed {
        self.watch(timeout, || self.flushed(target), |flushed| !matches!(flushed, Flushed::Pending(_))).await
    }

    /// Where a wait would stand now.
    pub(crate) fn flushed(&self, target: u64) -> Flushed {
        self.lock().flushed(target)
    }

    /// Waits until a consumer has a cursor, at most for `timeout`; false if none has, or the journal is closed. Blocks the
    /// calling thread.
    pub(crate) fn wait_for_cursor(&self, timeout: Duration) -> bool {
        self.block(timeout, State::has_cursor, Option::is_some).unwrap_or(false)
    }

    /// The same, for a task.
    pub(crate) async fn wait_for_cursor_async(&self, timeout: Duration) -> bool {
        self.watch(timeout, || self.has_cursor(), Option::is_some).await.unwrap_or(false)
    }

    /// Whether a consumer has a cursor; `None` if one may still come.
    pub(crate) fn has_cursor(&self) -> Option<bool> {
        self.lock().has_cursor()
    }

    /// Waits for the rest of the entries, behind the close and before the cursors go, at most for `timeout`. Returns how many
    /// entries the one that lacks most of them lacks then. Blocks the calling thread.
    pub(crate) fn flush_closed(&self, timeout: Duration) -> u64 {
        self.block(timeout, |state| state.pending_below(state.ring.end()), |pending| *pending == 0)
    }

    /// Looks again whenever there is progress, until it is enough or the time is over.
    fn block<T>(&self, timeout: Duration, look: impl Fn(&State) -> T, is_enough: impl Fn(&T) -> bool) -> T {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let _waiting = Waiting::new(&self.waiting_threads);
        self.tails.hurry();
        let mut state = self.lock();
        loop {
            let seen = look(&state);
            let left = deadline.saturating_duration_since(Instant::now());
            if is_enough(&seen) || left.is_zero() {
                return seen;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The same, for a task.
    async fn watch<T>(&self, timeout: Duration, look: impl Fn() -> T, is_enough: impl Fn(&T) -> bool) -> T {
        self.tails.hurry();
        let wait = async {
            loop {
                let mut progressed = std::pin::pin!(self.progressed.notified());
                // Registered before the look, so that progress in between is not missed.
                progressed.as_mut().enable();
                let seen = look();
                if is_enough(&seen) {
                    return seen;
                }
                progressed.await;
            }
        };
        match tokio::time::timeout(timeout.min(FOREVER), wait).await {
            Ok(seen) => seen,
            Err(_) => look(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Cursor, Overflow};
    use super::*;
    use crate::journal::{Limits, Replay};
    use crate::level::Level;

    fn shared(entries: usize) -> Arc<SharedJournal> {
        Arc::new(SharedJournal::new(Limits { entries, bytes: usize::MAX }, Overflow::DropOldest))
    }

    fn append(journal: &SharedJournal) {
        journal.append(Level::Info, "t", b"x");
    }

    fn open(journal: &Arc<SharedJournal>) -> Cursor {
        Cursor::open(journal, |oldest, end| Replay::All.first(oldest, end))
    }

    fn flush_all(journal: &SharedJournal, timeout: Duration) -> Flushed {
        journal.flush(journal.totals().next, timeout)
    }

    #[test]
    fn flush_waits_for_what_was_appended_before_it() {
        let journal = shared(10);
        assert_eq!(flush_all(&journal, Duration::from_secs(60)), Flushed::Delivered, "nobody is connected");
        let cursor = open(&journal);
        append(&journal);
        append(&journal);
        assert_eq!(flush_all(&journal, Duration::ZERO), Flushed::Pending(2));
        cursor.update(|account| account.depart(2, 2));
        assert_eq!(flush_all(&journal, Duration::from_millis(1)), Flushed::Pending(2), "on the way is not yet there");
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        cursor.update(|account| account.arrive(2));
        assert_eq!(flusher.join().unwrap(), Flushed::Delivered);
    }

    #[test]
    fn a_thread_that_waits_misses_no_progress_however_it_races() {
        let journal = shared(10);
        let cursor = open(&journal);
        for _ in 0..500 {
            append(&journal);
            let end = journal.totals().next;
            cursor.update(|account| account.depart(end, 1));
            let flusher = std::thread::spawn({
                let journal = Arc::clone(&journal);
                move || journal.flush(end, Duration::from_secs(60))
            });
            cursor.update(|account| account.arrive(end));
            assert_eq!(flusher.join().unwrap(), Flushed::Delivered);
        }
    }

    #[test]
    fn a_flush_to_a_position_does_not_wait_for_what_comes_after_it() {
        let journal = shared(10);
        let cursor = open(&journal);
        append(&journal);
        let position = journal.totals().next;
        append(&journal);
        cursor.update(|account| {
            account.depart(1, 1);
            account.depart(2, 1);
            account.arrive(1);
        });
        assert_eq!(journal.flush(position, Duration::from_secs(60)), Flushed::Delivered);
        assert_eq!(flush_all(&journal, Duration::ZERO), Flushed::Pending(1));
    }

    #[test]
    fn a_flush_does_not_outlive_the_journal_and_does_not_take_its_end_for_delivery() {
        let journal = shared(10);
        let cursor = open(&journal);
        append(&journal);
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        journal.close();
        // Who wakes up late finds no cursor that lacks anything.
        let counts = cursor.close();
        assert_eq!((counts.waiting, counts.dropped.disconnected), (0, 1));
        assert_eq!(flusher.join().unwrap(), Flushed::Closed);
        assert_eq!(journal.flush_closed(Duration::from_secs(60)), 0);
    }
}

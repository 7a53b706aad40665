//! The journal between threads: one lock, who waits for what, and what happens when it is full.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::store::Store;
use super::{Batch, Counts, CursorId, Journal, Limits, Replay};

/// What happens to an entry for which the journal has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The oldest entry goes, whoever has yet to read it: the default. Logging never waits.
    DropOldest,
    /// The new entry is refused while a connected consumer has yet to read the oldest, or while nobody is connected.
    DropNewest,
    /// The call waits, at most this long, while a connected consumer has yet to read the oldest; then it is refused.
    Block(Duration),
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Append {
    Accepted,
    Refused,
    Closed,
}

/// The totals of the journal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) retained_entries: usize,
    pub(crate) retained_bytes: usize,
}

/// What stands for a timeout that no clock can hold.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

#[derive(Debug)]
struct State {
    journal: Journal,
    store: Store,
    refused: u64,
    closed: bool,
    /// A reader found nothing, and wants to be woken.
    readers_wait: bool,
}

#[derive(Debug)]
pub(crate) struct SharedJournal {
    overflow: Overflow,
    state: Mutex<State>,
    appended: Notify,
    /// A cursor moved, arrived or went: for threads that wait, and for tasks.
    progress: Condvar,
    progressed: Notify,
}

impl SharedJournal {
    pub(crate) fn new(limits: Limits, overflow: Overflow) -> Self {
        let state = State {
            journal: Journal::new(limits),
            store: Store::default(),
            refused: 0,
            closed: false,
            readers_wait: false,
        };
        Self {
            overflow,
            state: Mutex::new(state),
            appended: Notify::new(),
            progress: Condvar::new(),
            progressed: Notify::new(),
        }
    }

    /// A panic under the lock cannot leave the journal half changed: each change is complete before anything can panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_progress(&self) {
        self.progress.notify_all();
        self.progressed.notify_waiters();
    }

    pub(crate) fn append(&self, entry: &[u8]) -> Append {
        let mut state = self.lock();
        if !state.closed && !state.journal.has_room(entry.len()) {
            state = self.make_room(state, entry.len());
        }
        if state.closed {
            return Append::Closed;
        }
        if self.overflow != Overflow::DropOldest && !state.journal.has_room(entry.len()) {
            state.refused += 1;
            return Append::Refused;
        }
        let entry = state.store.keep(entry);
        state.journal.append(entry);
        let wake = std::mem::take(&mut state.readers_wait);
        drop(state);
        if wake {
            self.appended.notify_waiters();
        }
        Append::Accepted
    }

    fn make_room<'a>(&'a self, mut state: MutexGuard<'a, State>, len: usize) -> MutexGuard<'a, State> {
        let limit = match self.overflow {
            Overflow::DropOldest => return state,
            Overflow::DropNewest if !state.journal.has_cursors() => return state,
            Overflow::DropNewest => Duration::ZERO,
            Overflow::Block(limit) => limit,
        };
        let deadline = Instant::now() + limit;
        while !state.closed && !state.journal.has_room(len) {
            if !state.journal.oldest_is_wanted() {
                state.journal.evict_oldest();
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    pub(crate) fn open(&self, replay: Replay) -> CursorId {
        self.lock().journal.open(replay)
    }

    pub(crate) fn read(&self, id: CursorId, max_bytes: usize) -> Batch {
        let batch = self.lock().journal.read(id, max_bytes);
        self.tell_progress();
        batch
    }

    /// Returns once `id` has something to read.
    pub(crate) async fn readable(&self, id: CursorId) {
        loop {
            let mut appended = std::pin::pin!(self.appended.notified());
            // Registered before the look, so that an append in between is not missed.
            appended.as_mut().enable();
            {
                let mut state = self.lock();
                if state.journal.has_unread(id) {
                    return;
                }
                state.readers_wait = true;
            }
            appended.await;
        }
    }

    pub(crate) fn acknowledge(&self, id: CursorId, count: u64) {
        self.lock().journal.acknowledge(id, count);
        self.tell_progress();
    }

    pub(crate) fn reject_oversize(&self, id: CursorId, seq: u64) {
        self.lock().journal.reject_oversize(id, seq);
        self.tell_progress();
    }

    pub(crate) fn counts(&self, id: CursorId) -> Counts {
        self.lock().journal.counts(id)
    }

    pub(crate) fn close_cursor(&self, id: CursorId) -> Counts {
        let counts = self.lock().journal.close(id);
        self.tell_progress();
        counts
    }

    pub(crate) fn totals(&self) -> Totals {
        let state = self.lock();
        let (retained_entries, retained_bytes) = state.journal.retained();
        Totals { accepted: state.journal.next_seq(), refused: state.refused, retained_entries, retained_bytes }
    }

    /// Takes no more entries; who waits to append is told so.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.tell_progress();
    }

    /// Gives the memory back, once nothing more is read.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.journal.clear();
        state.store.clear();
    }

    /// Waits until every cursor that is open has every entry before the number `target`, at most for `timeout`, and not
    /// beyond the close of the journal. Returns how many entries the one that lacks most of them lacks then.
    /// Blocks the calling thread.
    pub(crate) fn flush(&self, target: u64, timeout: Duration) -> u64 {
        self.wait_for_delivery(target, timeout, |state| state.closed)
    }

    /// The same for everything, after the close.
    pub(crate) fn flush_closed(&self, timeout: Duration) -> u64 {
        self.wait_for_delivery(self.totals().accepted, timeout, |_| false)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub(crate) fn pending_below(&self, target: u64) -> u64 {
        self.lock().journal.pending_below(target)
    }

    /// The same as [`flush`](Self::flush), of everything below `target`, for a task.
    pub(crate) async fn delivered(&self, target: u64, timeout: Duration) -> u64 {
        let pending = || {
            let state = self.lock();
            (state.journal.pending_below(target), state.closed)
        };
        let wait = async {
            loop {
                let mut progressed = std::pin::pin!(self.progressed.notified());
                // Registered before the look, so that progress in between is not missed.
                progressed.as_mut().enable();
                let (pending, closed) = pending();
                if pending == 0 || closed {
                    return pending;
                }
                progressed.await;
            }
        };
        match tokio::time::timeout(timeout.min(FOREVER), wait).await {
            Ok(pending) => pending,
            Err(_) => pending().0,
        }
    }

    fn wait_for_delivery(&self, target: u64, timeout: Duration, is_over: impl Fn(&State) -> bool) -> u64 {
        let deadline = Instant::now() + timeout.min(FOREVER);
        let mut state = self.lock();
        loop {
            let pending = state.journal.pending_below(target);
            let left = deadline.saturating_duration_since(Instant::now());
            if pending == 0 || left.is_zero() || is_over(&state) {
                return pending;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn shared(entries: usize, overflow: Overflow) -> Arc<SharedJournal> {
        Arc::new(SharedJournal::new(Limits { entries, bytes: usize::MAX }, overflow))
    }

    fn flush_all(journal: &SharedJournal, timeout: Duration) -> u64 {
        journal.flush(journal.totals().accepted, timeout)
    }

    fn append(journal: &SharedJournal) -> Append {
        journal.append(b"x")
    }

    #[test]
    fn drop_newest_refuses_only_what_would_cost_somebody_an_entry() {
        let journal = shared(2, Overflow::DropNewest);
        assert_eq!([append(&journal), append(&journal)], [Append::Accepted; 2]);
        assert_eq!(append(&journal), Append::Refused, "nobody has read anything");
        let cursor = journal.open(Replay::All);
        assert_eq!(append(&journal), Append::Refused, "the consumer has yet to read the oldest");
        journal.read(cursor, 1);
        assert_eq!(append(&journal), Append::Accepted);
        assert_eq!((journal.totals().accepted, journal.totals().refused), (3, 2));
    }

    #[test]
    fn block_waits_for_a_consumer_that_is_behind_and_for_nobody_else() {
        let journal = shared(1, Overflow::Block(Duration::from_secs(60)));
        assert_eq!([append(&journal), append(&journal)], [Append::Accepted; 2], "nobody is connected");
        let cursor = journal.open(Replay::All);
        let writer = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || append(&journal)
        });
        assert_eq!(journal.read(cursor, 1).entries.len(), 1);
        assert_eq!(writer.join().unwrap(), Append::Accepted);
    }

    #[test]
    fn block_refuses_after_its_limit() {
        let journal = shared(1, Overflow::Block(Duration::from_millis(20)));
        let _cursor = journal.open(Replay::All);
        assert_eq!([append(&journal), append(&journal)], [Append::Accepted, Append::Refused]);
    }

    #[test]
    fn close_releases_who_waits() {
        let journal = shared(1, Overflow::Block(Duration::from_secs(60)));
        let _cursor = journal.open(Replay::All);
        append(&journal);
        let writer = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || append(&journal)
        });
        journal.close();
        assert_eq!(writer.join().unwrap(), Append::Closed);
    }

    #[test]
    fn flush_waits_for_what_was_appended_before_it() {
        let journal = shared(10, Overflow::DropOldest);
        assert_eq!(flush_all(&journal, Duration::from_secs(60)), 0, "nobody is connected");
        let cursor = journal.open(Replay::All);
        append(&journal);
        append(&journal);
        assert_eq!(flush_all(&journal, Duration::ZERO), 2);
        journal.read(cursor, usize::MAX);
        assert_eq!(flush_all(&journal, Duration::from_millis(1)), 2, "on the way is not yet there");
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        journal.acknowledge(cursor, 2);
        assert_eq!(flusher.join().unwrap(), 0);
    }

    #[test]
    fn a_flush_to_a_position_does_not_wait_for_what_comes_after_it() {
        let journal = shared(10, Overflow::DropOldest);
        let cursor = journal.open(Replay::All);
        append(&journal);
        let position = journal.totals().accepted;
        append(&journal);
        journal.read(cursor, usize::MAX);
        journal.acknowledge(cursor, 1);
        assert_eq!(journal.flush(position, Duration::from_secs(60)), 0);
        assert_eq!(flush_all(&journal, Duration::ZERO), 1);
    }

    #[test]
    fn a_flush_does_not_outlive_the_journal_and_does_not_take_its_end_for_delivery() {
        let journal = shared(10, Overflow::DropOldest);
        let cursor = journal.open(Replay::All);
        append(&journal);
        let flusher = std::thread::spawn({
            let journal = Arc::clone(&journal);
            move || flush_all(&journal, Duration::from_secs(60))
        });
        journal.close();
        assert_eq!(flusher.join().unwrap(), 1);
        journal.close_cursor(cursor);
        assert_eq!(journal.flush_closed(Duration::from_secs(60)), 0);
    }
}

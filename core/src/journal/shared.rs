//! The journal between threads: one lock, who waits for what, and what happens when it is full.

mod flush;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::store::Store;
use super::{Batch, Counts, CursorId, Journal, Limits, Replay};

pub(crate) use flush::Flushed;

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
        let id = self.lock().journal.open(replay);
        self.tell_progress();
        id
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

    pub(crate) fn set_waited_for(&self, id: CursorId, is_waited_for: bool) {
        self.lock().journal.set_waited_for(id, is_waited_for);
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
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn shared(entries: usize, overflow: Overflow) -> Arc<SharedJournal> {
        Arc::new(SharedJournal::new(Limits { entries, bytes: usize::MAX }, overflow))
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
}

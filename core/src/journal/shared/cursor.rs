//! A consumer's place in the journal.

use std::sync::{Arc, Mutex};

use super::{SharedJournal, lock};
use crate::journal::account::{Account, Counts};

/// Names one cursor of one journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CursorId(u64);

/// The place of one consumer, until it is dropped: an open one holds up every flush.
#[derive(Debug)]
pub(crate) struct Cursor {
    journal: Arc<SharedJournal>,
    id: CursorId,
    account: Arc<Mutex<Account>>,
}

impl Cursor {
    /// Opens a cursor at the number that `choose` returns for the oldest number that is held and the next one.
    pub(crate) fn open(journal: &Arc<SharedJournal>, choose: impl FnOnce(u64, u64) -> u64) -> Self {
        let mut state = journal.lock();
        let start = choose(state.ring.oldest(), state.ring.end());
        let id = CursorId(state.next_cursor);
        state.next_cursor += 1;
        let account = Arc::new(Mutex::new(Account::new(start)));
        state.cursors.insert(id, Arc::clone(&account));
        drop(state);
        journal.tell_progress();
        Self { journal: Arc::clone(journal), id, account }
    }

    pub(crate) fn id(&self) -> CursorId {
        self.id
    }

    /// Changes the account of the cursor. Takes no lock of the journal, unless a thread waits for its progress.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        let result = change(&mut lock(&self.account));
        self.journal.tell_progress();
        result
    }

    /// Ends it. What it still waited for counts as dropped.
    pub(crate) fn close(self) -> Counts {
        let mut counts = self.journal.counts(self.id);
        counts.dropped.disconnected = std::mem::take(&mut counts.waiting);
        counts
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.journal.lock().cursors.remove(&self.id);
        self.journal.tell_progress();
    }
}

impl SharedJournal {
    /// What became of every entry for one consumer; all zero if its cursor is closed.
    pub(crate) fn counts(&self, id: CursorId) -> Counts {
        let state = self.lock();
        let Some(account) = state.cursors.get(&id) else { return Counts::default() };
        lock(account).counts(state.ring.oldest(), state.ring.end())
    }
}

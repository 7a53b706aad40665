//! The journal between threads: one lock, who waits for what, and what happens when it is full.

mod cursor;
mod flush;
mod tails;

use std::collections::BTreeMap;
use std::hint::spin_loop;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Limits;
use super::account::Account;
use super::block::Block;
use super::ring::{Read, Ring};
use crate::level::Level;

pub(crate) use cursor::{Cursor, CursorId};
pub(crate) use flush::Flushed;
use tails::Tails;

/// How often an append tries for the lock before it sleeps: first spinning, twice as long each time, then giving way.
const SPIN_ROUNDS: u32 = 6;
const YIELD_ROUNDS: u32 = 8;

/// What happens to an entry for which the journal has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The oldest entries go, whoever has yet to read them: the default. Logging never waits.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    /// The oldest number that is held, and the next one.
    pub(crate) oldest: u64,
    pub(crate) next: u64,
    pub(crate) consumers: usize,
    pub(crate) retained_entries: usize,
    pub(crate) retained_bytes: usize,
}

/// What a consumer finds at a number.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// These numbers are no longer held.
    Lost(Range<u64>),
    /// These numbers were refused by the overflow policy.
    Refused(Range<u64>),
    /// A block that holds the number.
    Block(Arc<Block>),
    /// There is nothing yet, or nothing that is published.
    Nothing,
}

#[derive(Debug)]
struct State {
    ring: Ring,
    cursors: BTreeMap<CursorId, Arc<Mutex<Account>>>,
    next_cursor: u64,
    closed: bool,
}

impl State {
    /// Whether a connected consumer has yet to read what would go next.
    fn oldest_is_wanted(&self) -> bool {
        let end = self.ring.oldest_end();
        self.cursors.values().any(|account| lock(account).next() < end)
    }

    /// How many of the numbers below `seq` the consumer that lacks most of them lacks.
    fn pending_below(&self, seq: u64) -> u64 {
        let oldest = self.ring.oldest();
        self.cursors.values().map(|account| lock(account).lacks_below(seq, oldest)).max().unwrap_or(0)
    }
}

#[derive(Debug)]
pub(crate) struct SharedJournal {
    overflow: Overflow,
    state: Mutex<State>,
    tails: Tails,
    /// A cursor moved, arrived or went: for threads that wait, and for tasks.
    progress: Condvar,
    waiting_threads: AtomicUsize,
    progressed: Notify,
}

/// A panic under a lock cannot leave what it guards half changed: each change is complete before anything can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SharedJournal {
    pub(crate) fn new(limits: Limits, overflow: Overflow) -> Self {
        let state = State { ring: Ring::new(limits), cursors: BTreeMap::new(), next_cursor: 0, closed: false };
        Self {
            overflow,
            state: Mutex::new(state),
            tails: Tails::default(),
            progress: Condvar::new(),
            waiting_threads: AtomicUsize::new(0),
            progressed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The lock for an append, which is held for a tenth of a microsecond. The standard lock lets nobody spin as soon as one
    /// thread sleeps, and where more threads log than there are processors, every call then sleeps and wakes another: twice
    /// the time. So this tries for a while before it sleeps.
    fn lock_to_append(&self) -> MutexGuard<'_, State> {
        for round in 0..SPIN_ROUNDS + YIELD_ROUNDS {
            match self.state.try_lock() {
                Ok(state) => return state,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if round < SPIN_ROUNDS => (0..1 << round).for_each(|_| spin_loop()),
                Err(TryLockError::WouldBlock) => yield_now(),
            }
        }
        self.lock()
    }

    fn tell_progress(&self) {
        // A thread that waits has counted itself before it looked, and looks with the lock: it has seen what is told here,
        // or waits already.
        if self.waiting_threads.load(Ordering::SeqCst) > 0 {
            drop(self.lock());
            self.progress.notify_all();
        }
        self.progressed.notify_waiters();
    }

    pub(crate) fn append(&self, level: Level, target: &str, entry: &[u8]) -> Append {
        let mut state = self.lock_to_append();
        if self.overflow != Overflow::DropOldest && !state.closed && !state.ring.has_room(entry.len()) {
            state = self.make_room(state, entry.len());
        }
        if state.closed {
            return Append::Closed;
        }
        let accepted = self.overflow == Overflow::DropOldest || state.ring.has_room(entry.len());
        if accepted {
            state.ring.append(level, target, entry);
        } else {
            state.ring.refuse();
        }
        let wake = self.tails.on_append(&state.ring);
        drop(state);
        if wake {
            self.tails.wake();
        }
        if accepted { Append::Accepted } else { Append::Refused }
    }

    fn make_room<'a>(&'a self, mut state: MutexGuard<'a, State>, len: usize) -> MutexGuard<'a, State> {
        let limit = match self.overflow {
            Overflow::DropOldest => return state,
            Overflow::DropNewest if state.cursors.is_empty() => return state,
            Overflow::DropNewest => Duration::ZERO,
            Overflow::Block(limit) => limit,
        };
        let deadline = Instant::now() + limit;
        let _waiting = Waiting::new(&self.waiting_threads);
        while !state.closed && !state.ring.has_room(len) {
            if !state.oldest_is_wanted() {
                if !state.ring.evict_oldest() {
                    break;
                }
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // The one that is waited for may want none of these entries, and then reads on late.
            self.tails.hurry();
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// What a consumer finds at the number `seq`. One that follows finds it without the journal's lock.
    pub(crate) fn read(&self, seq: u64) -> Found {
        if let Some(block) = self.tails.holding(seq) {
            return Found::Block(block);
        }
        if seq < self.tails.readable_end() { self.read_now(seq) } else { Found::Nothing }
    }

    /// The same, with what is not published yet.
    pub(crate) fn read_now(&self, seq: u64) -> Found {
        let state = self.lock();
        match state.ring.read(seq) {
            Read::Lost(seqs) => Found::Lost(seqs),
            Read::Refused(seqs) => Found::Refused(seqs),
            Read::Block(block) => Found::Block(block),
            Read::Tail => Found::Block(Arc::new(state.ring.tail(seq))),
            Read::Nothing => Found::Nothing,
        }
    }

    /// Returns once there is something to read at `seq`: at once for an entry of level `least` or above, and within
    /// [`tails::UNWANTED_PACE`] for others.
    pub(crate) async fn readable(&self, seq: u64, least: Option<Level>) {
        self.tails.readable(seq, least).await;
    }

    pub(crate) fn totals(&self) -> Totals {
        let state = self.lock();
        let (retained_entries, retained_bytes) = state.ring.retained();
        Totals {
            accepted: state.ring.end() - state.ring.refused(),
            refused: state.ring.refused(),
            oldest: state.ring.oldest(),
            next: state.ring.end(),
            consumers: state.cursors.len(),
            retained_entries,
            retained_bytes,
        }
    }

    /// Takes no more entries. A thread that waits for room is woken, and its entry is refused.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.tell_progress();
    }

    /// Gives the memory back, once nothing more is read.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.ring.clear();
        self.tails.clear(state.ring.end());
    }
}

/// A thread that waits for progress.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests;

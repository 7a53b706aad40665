//! What was received before is not shown again: a producer sends its whole log to every new channel. No I/O.
//!
//! A replayed entry is recognised by its text, in which its time stands; of *n* equal ones, *n* are left out. That is
//! exact unless a producer logs the same text with the same millisecond both before and after a channel was lost, and
//! has dropped the former from its journal by then.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// How many entries are remembered in all, 8 bytes each: a journal of the default size holds fewer.
const MAX_ENTRIES: usize = 4 * 1024 * 1024;

/// How many sessions are remembered.
const MAX_SESSIONS: usize = 64;

/// Hashes of the entries that were received, by the session that they are of.
#[derive(Default)]
pub(super) struct Shown {
    hasher: RandomState,
    /// The session that was opened last is the last one.
    sessions: VecDeque<(String, VecDeque<u64>)>,
    entries: usize,
}

/// What a channel may bring once more, and how often.
#[derive(Default)]
pub(super) struct Replay(HashMap<u64, u32>);

impl Shown {
    /// A channel of `session` opens. Producers without a session share an empty one. Returns what the channel may bring
    /// once more; none if it is the first of the session.
    pub(super) fn opened(&mut self, session: &str) -> Option<Replay> {
        let place = self.sessions.iter().position(|(known, _)| known == session);
        let known = place.and_then(|place| self.sessions.remove(place));
        let replay = known.as_ref().map(|(_, hashes)| {
            let mut counts = HashMap::new();
            for hash in hashes {
                *counts.entry(*hash).or_default() += 1;
            }
            Replay(counts)
        });
        self.sessions.push_back(known.unwrap_or_else(|| (session.to_owned(), VecDeque::new())));
        if self.sessions.len() > MAX_SESSIONS
            && let Some((_, hashes)) = self.sessions.pop_front()
        {
            self.entries -= hashes.len();
        }
        replay
    }

    /// An entry of `session` has arrived. Returns whether it is the first time.
    pub(super) fn is_new(&mut self, session: &str, replay: &mut Replay, entry: &str) -> bool {
        let hash = self.hasher.hash_one(entry);
        if let Some(count) = replay.0.get_mut(&hash) {
            *count -= 1;
            if *count == 0 {
                replay.0.remove(&hash);
            }
            return false;
        }
        if let Some((_, hashes)) = self.sessions.iter_mut().rfind(|(known, _)| known == session) {
            hashes.push_back(hash);
            self.entries += 1;
        }
        if self.entries > MAX_ENTRIES {
            self.forget_oldest();
        }
        true
    }

    fn forget_oldest(&mut self) {
        while let Some((_, hashes)) = self.sessions.front_mut() {
            if hashes.pop_front().is_some() {
                self.entries -= 1;
                return;
            }
            self.sessions.pop_front();
        }
    }
}

impl Replay {
    /// The replay is over: what it did not bring has been dropped by the producer.
    pub(super) fn end(&mut self) {
        self.0 = HashMap::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_of(shown: &mut Shown, session: &str, replay: &mut Replay, entries: &[&'static str]) -> Vec<&'static str> {
        entries.iter().filter(|entry| shown.is_new(session, replay, entry)).copied().collect()
    }

    #[test]
    fn equal_entries_are_counted() {
        let mut shown = Shown::default();
        let mut replay = shown.opened("5e").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["a", "a", "b"]), ["a", "a", "b"]);
        let mut replay = shown.opened("5e").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["a", "a", "a", "b", "c", "c"]), ["a", "c", "c"]);
        let mut replay = shown.opened("5e").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["a", "a", "a", "b", "c", "c", "d"]), ["d"]);
    }

    #[test]
    fn a_producer_that_dropped_or_does_not_replay_loses_nothing() {
        let mut shown = Shown::default();
        let mut replay = shown.opened("5e").unwrap_or_default();
        new_of(&mut shown, "5e", &mut replay, &["a", "b", "c"]);
        let mut replay = shown.opened("5e").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["c", "d"]), ["d"]);
        let mut replay = shown.opened("5e").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["e"]), ["e"]);
        replay.end();
        assert_eq!(new_of(&mut shown, "5e", &mut replay, &["a"]), ["a"]);
    }

    #[test]
    fn sessions_do_not_hide_each_others_entries() {
        let mut shown = Shown::default();
        let mut first = shown.opened("1").unwrap_or_default();
        new_of(&mut shown, "1", &mut first, &["a"]);
        let mut second = shown.opened("2").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "2", &mut second, &["a"]), ["a"]);
        let mut again = shown.opened("1").unwrap_or_default();
        assert_eq!(new_of(&mut shown, "1", &mut again, &["a", "b"]), ["b"]);
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_session_goes_first() {
        let mut shown = Shown::default();
        let mut replay = shown.opened("1").unwrap_or_default();
        new_of(&mut shown, "1", &mut replay, &["a"]);
        let mut replay = shown.opened("2").unwrap_or_default();
        new_of(&mut shown, "2", &mut replay, &["b"]);
        shown.entries = MAX_ENTRIES;
        new_of(&mut shown, "2", &mut replay, &["c"]);
        assert!(shown.opened("1").is_none_or(|replay| replay.0.is_empty()));
        assert_eq!(shown.opened("2").unwrap().0.len(), 2);
    }
}

//! The queue of consumers that are announced and have no connection. No I/O.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

/// What went wrong with a consumer, in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    /// Connections that did not open.
    pub(super) unopened: u32,
    /// Offers that were not answered.
    pub(super) unanswered: u32,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) failures: Failures,
    /// `None`: as soon as there is a place.
    pub(super) retry_at: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Queue {
    max: usize,
    of: HashMap<String, Waiting>,
    order: VecDeque<String>,
}

impl Queue {
    pub(super) fn new(max: usize) -> Self {
        Self { max, of: HashMap::new(), order: VecDeque::new() }
    }

    /// Adds a consumer; one that waits already keeps its place. If the queue is full, the last
    /// consumer for which `may_go` returns true is removed; if there is none, the new one is not
    /// added.
    pub(super) fn put(&mut self, consumer_id: &str, waiting: Waiting, may_go: impl Fn(&str) -> bool) {
        if let Some(known) = self.of.get_mut(consumer_id) {
            *known = waiting;
            return;
        }
        if self.of.len() >= self.max {
            let Some(last) = self.order.iter().rev().find(|id| may_go(id)).cloned() else { return };
            self.remove(&last);
        }
        self.of.insert(consumer_id.to_owned(), waiting);
        self.order.push_back(consumer_id.to_owned());
    }

    pub(super) fn remove(&mut self, consumer_id: &str) -> Option<Waiting> {
        let waiting = self.of.remove(consumer_id)?;
        self.order.retain(|id| id != consumer_id);
        Some(waiting)
    }

    pub(super) fn contains(&self, consumer_id: &str) -> bool {
        self.of.contains_key(consumer_id)
    }

    /// The longest waiting first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Waiting)> {
        self.order.iter().map(|id| (id.as_str(), self.of[id]))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.of.len(), self.order.len());
        self.of.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(queue: &Queue) -> Vec<&str> {
        queue.iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn who_waits_keeps_its_place_and_the_last_that_may_go_makes_room() {
        let mut queue = Queue::new(3);
        let waiting = Waiting { failures: Failures::default(), retry_at: None };
        let is_bad = |id: &str| id.starts_with("bad");
        for id in ["a", "bad 1", "bad 2", "a", "b", "bad 3", "c", "d"] {
            queue.put(id, waiting, is_bad);
        }
        assert_eq!(ids(&queue), ["a", "b", "c"]);
        assert!(queue.remove("b").is_some() && queue.remove("b").is_none());
        assert_eq!((ids(&queue), queue.len()), (vec!["a", "c"], 2));
    }
}

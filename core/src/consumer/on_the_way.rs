//! The bytes that are on their way to one consumer. No I/O; told the time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The messages handed over to a channel, and how many of their bytes its other end has acknowledged.
#[derive(Debug)]
pub(crate) struct OnTheWay {
    sent: u64,
    arrived: u64,
    /// For each message that has not arrived, the offset of its end, and the number behind what it accounts for.
    ends: VecDeque<(u64, u64)>,
    /// When something last moved.
    moved: Instant,
}

impl OnTheWay {
    pub(crate) fn new(now: Instant) -> Self {
        Self { sent: 0, arrived: 0, ends: VecDeque::new(), moved: now }
    }

    /// Bytes handed over since the channel opened.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes acknowledged since the channel opened.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// A message was handed over; with it, everything below `until` is accounted for.
    pub(crate) fn push(&mut self, now: Instant, bytes: usize, until: u64) {
        if self.ends.is_empty() {
            self.moved = now;
        }
        self.sent += bytes as u64;
        self.ends.push_back((self.sent, until));
    }

    /// The channel still holds `outstanding` bytes. Returns the number behind what has arrived, if there is more than before.
    pub(crate) fn settle(&mut self, now: Instant, outstanding: usize) -> Option<u64> {
        let arrived = self.sent - (outstanding as u64).min(self.sent);
        if arrived > self.arrived {
            self.arrived = arrived;
            self.moved = now;
        }
        let mut until = None;
        while let Some((end, behind)) = self.ends.front().copied()
            && end <= arrived
        {
            until = Some(behind);
            self.ends.pop_front();
        }
        until
    }

    /// Whether nothing has been acknowledged for so long while something is on the way.
    pub(crate) fn is_silent_for(&self, now: Instant, limit: Duration) -> bool {
        !self.ends.is_empty() && now.saturating_duration_since(self.moved) >= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    #[test]
    fn a_message_arrives_when_the_last_of_its_bytes_has() {
        let start = Instant::now();
        let mut on_the_way = OnTheWay::new(start);
        on_the_way.push(start, 10, 1);
        on_the_way.push(start, 5, 1);
        on_the_way.push(start, 10, 2);
        assert_eq!(on_the_way.settle(start, 16), None);
        assert_eq!(on_the_way.settle(start, 15), Some(1));
        assert_eq!(on_the_way.settle(start, 0), Some(2));
        assert_eq!(on_the_way.arrived(), 25);
    }

    #[test]
    fn a_stall_is_silence_while_something_is_on_the_way() {
        let start = Instant::now();
        let mut on_the_way = OnTheWay::new(start);
        assert!(!on_the_way.is_silent_for(start + 2 * LIMIT, LIMIT));
        on_the_way.push(start + LIMIT, 10, 1);
        assert!(!on_the_way.is_silent_for(start + LIMIT + LIMIT / 2, LIMIT));
        on_the_way.settle(start + LIMIT + LIMIT / 2, 5);
        assert!(!on_the_way.is_silent_for(start + 2 * LIMIT, LIMIT));
        assert!(on_the_way.is_silent_for(start + 3 * LIMIT, LIMIT));
    }
}

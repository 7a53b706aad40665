//! How much may be on the way to one consumer: pure, told the time.
//!
//! A window of twice the product of delivery rate and shortest round trip, so that it follows the path: small on a
//! fast one, where more in flight only makes the stack slower, and as large as a long one needs. The same idea as
//! BBR's (draft-ietf-ccwg-bbr), above SCTP's own congestion control.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The smallest window. With less, the delayed acknowledgements of the peer stall the flow.
pub(crate) const MIN_WINDOW_BYTES: usize = 128 * 1024;

/// The largest window. With more, the queues of the path and of the stack overflow.
pub(crate) const MAX_WINDOW_BYTES: usize = 2 * 1024 * 1024;

/// How long a shortest round trip counts; paths change.
const ROUND_TRIP_MEMORY: Duration = Duration::from_secs(10);

/// How many departures are remembered at once.
const MAX_MARKS: usize = 64;

#[derive(Debug)]
pub(crate) struct Window {
    size: usize,
    /// When the byte before this offset departed, oldest first.
    marks: VecDeque<(u64, Instant)>,
    shortest: Option<(Duration, Instant)>,
    /// Where the running measurement of the rate began: bytes arrived, time.
    since: Option<(u64, Instant)>,
    /// Bytes a second, the highest of late.
    rate: f64,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self { size: MIN_WINDOW_BYTES, marks: VecDeque::new(), shortest: None, since: None, rate: 0.0 }
    }

    /// How many bytes may be on the way.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// `sent` bytes have been handed to the channel since it opened.
    pub(crate) fn on_sent(&mut self, now: Instant, sent: u64) {
        if self.marks.len() < MAX_MARKS {
            self.marks.push_back((sent, now));
        }
    }

    /// `arrived` bytes have been acknowledged since the channel opened.
    pub(crate) fn on_arrived(&mut self, now: Instant, arrived: u64) {
        let mut departed = None;
        while let Some((offset, at)) = self.marks.front().copied()
            && offset <= arrived
        {
            departed = Some(at);
            self.marks.pop_front();
        }
        if let Some(departed) = departed {
            self.note_round_trip(now, now.saturating_duration_since(departed));
        }
        let Some((shortest, _)) = self.shortest else { return };
        let Some((from, since)) = self.since else {
            self.since = Some((arrived, now));
            return;
        };
        let elapsed = now.saturating_duration_since(since);
        if elapsed < shortest.max(Duration::from_millis(5)) {
            return;
        }
        let rate = (arrived - from) as f64 / elapsed.as_secs_f64();
        self.rate = rate.max(self.rate * 0.9);
        self.since = Some((arrived, now));
        let product = 2.0 * self.rate * shortest.as_secs_f64();
        // A float converts to the nearest integer that there is: `as` saturates.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let product = product as usize;
        self.size = product.clamp(MIN_WINDOW_BYTES, MAX_WINDOW_BYTES);
    }

    fn note_round_trip(&mut self, now: Instant, round_trip: Duration) {
        let forgotten = |at| now.saturating_duration_since(at) > ROUND_TRIP_MEMORY;
        if self.shortest.is_none_or(|(shortest, at)| round_trip <= shortest || forgotten(at)) {
            self.shortest = Some((round_trip, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as much as the window lets, over a path of this rate and round trip, for some seconds of virtual time.
    fn settle(bytes_per_second: f64, round_trip: Duration) -> usize {
        let mut window = Window::new();
        let start = Instant::now();
        let tick = Duration::from_millis(1);
        let (mut sent, mut arrived, mut free_at) = (0_u64, 0_u64, start);
        let mut on_the_way: VecDeque<(Instant, u64)> = VecDeque::new();
        let mut now = start;
        while now < start + Duration::from_secs(5) {
            while on_the_way.front().is_some_and(|(at, _)| *at <= now) {
                arrived = on_the_way.pop_front().unwrap().1;
                window.on_arrived(now, arrived);
            }
            while sent - arrived < window.size() as u64 {
                sent += 16_384;
                free_at = free_at.max(now) + Duration::from_secs_f64(16_384.0 / bytes_per_second);
                on_the_way.push_back((free_at + round_trip, sent));
                window.on_sent(now, sent);
            }
            now += tick;
        }
        window.size()
    }

    #[test]
    fn a_fast_path_gets_the_smallest_window() {
        assert_eq!(settle(30e6, Duration::from_micros(500)), MIN_WINDOW_BYTES);
    }

    #[test]
    fn a_long_path_gets_what_it_holds() {
        let product = 10e6 * 0.05;
        let size = settle(10e6, Duration::from_millis(50)) as f64;
        assert!((1.5 * product..3.0 * product).contains(&size), "{size}");
    }

    #[test]
    fn a_slow_path_does_not_fill_up() {
        assert_eq!(settle(125e3, Duration::from_millis(50)), MIN_WINDOW_BYTES);
    }

    #[test]
    fn no_path_gets_more_than_the_largest() {
        assert_eq!(settle(1e9, Duration::from_millis(200)), MAX_WINDOW_BYTES);
    }
}

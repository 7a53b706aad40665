//! How fast a client may send. No I/O, told the time.

use std::time::{Duration, Instant};

/// The bytes of a message that cost as much as a message.
const BYTES_EACH: f64 = 4096.0;

/// A token bucket: a burst at once, and a number a second in the long run.
#[derive(Debug)]
pub(crate) struct Rate {
    per_second: f64,
    burst: f64,
    /// Below zero after a message that cost more than was left.
    left: f64,
    at: Instant,
}

impl Rate {
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { per_second: per_second.max(1).into(), burst: burst.into(), left: burst.into(), at: now }
    }

    /// Counts a message of so many bytes. Returns when the next one may be read.
    pub(crate) fn count(&mut self, bytes: usize, now: Instant) -> Instant {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * self.per_second).min(self.burst);
        self.at = now;
        self.left -= 1.0 + bytes as f64 / BYTES_EACH;
        now + Duration::from_secs_f64((-self.left).max(0.0) / self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_is_read_at_once_and_a_large_message_counts_as_several() {
        let start = Instant::now();
        let mut rate = Rate::new(10, 5, start);
        assert!((0..5).all(|_| rate.count(0, start) == start));
        assert_eq!(rate.count(0, start), start + Duration::from_millis(100));
        let later = start + Duration::from_secs(60);
        assert_eq!(rate.count(16 * 1024, later), later, "five, after a pause");
        assert_eq!(rate.count(0, later), later + Duration::from_millis(100));
    }

    proptest! {
        /// Who reads no earlier than it says reads no more than the burst and the rate allow.
        #[test]
        fn the_rate_holds_for_any_pauses(pauses in prop::collection::vec(0_u64..200, 1..200)) {
            let start = Instant::now();
            let mut rate = Rate::new(20, 8, start);
            let mut now = start;
            for (count, pause) in pauses.iter().enumerate() {
                now = now.max(rate.count(0, now)) + Duration::from_millis(*pause);
                let allowed = 8.0 + (now - start).as_secs_f64() * 20.0 + 1.0;
                prop_assert!(count as f64 <= allowed, "{count} of {allowed}");
            }
        }
    }
}

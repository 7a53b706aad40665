//! How the way to the other servers is. The caller tells the time.

use std::time::{Duration, Instant};

/// Whether the bucket is in reach, and how far behind it we are.
#[derive(Debug, Default)]
pub(crate) struct Health {
    is_up: bool,
    /// The beats that were written and have not come back, with their numbers.
    sent: std::collections::VecDeque<(u64, Instant)>,
    lag: Duration,
}

impl Health {
    pub(crate) fn is_up(&self) -> bool {
        self.is_up
    }

    pub(crate) fn set_up(&mut self, is_up: bool) {
        self.is_up = is_up;
        self.sent.clear();
    }

    pub(crate) fn beat_sent(&mut self, number: u64, now: Instant) {
        self.sent.push_back((number, now));
    }

    pub(crate) fn beat_seen(&mut self, number: u64, now: Instant) {
        while let Some((sent, at)) = self.sent.front().copied().filter(|(sent, _)| *sent <= number) {
            if sent == number {
                self.lag = now.saturating_duration_since(at);
            }
            self.sent.pop_front();
        }
    }

    /// How long a beat takes to come back: that of the last one, or of one that is still out if that is longer.
    pub(crate) fn lag(&self, now: Instant) -> Duration {
        let out = self.sent.front().map(|(_, at)| now.saturating_duration_since(*at));
        self.lag.max(out.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_is_that_of_the_last_beat_or_of_the_one_that_is_out() {
        let mut health = Health::default();
        let begin = Instant::now();
        let at = |ms: u64| begin + Duration::from_millis(ms);
        health.beat_sent(1, at(0));
        health.beat_sent(2, at(1_000));
        health.beat_seen(1, at(300));
        assert_eq!(health.lag(at(1_100)), Duration::from_millis(300));
        assert_eq!(health.lag(at(9_000)), Duration::from_millis(8_000));
        health.beat_seen(2, at(9_010));
        assert_eq!(health.lag(at(9_500)), Duration::from_millis(8_010));
        health.set_up(false);
        assert!(!health.is_up());
    }
}

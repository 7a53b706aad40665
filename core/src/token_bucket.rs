//! A token bucket: how much of something may happen, at once and per second. No I/O; told the time.

use std::time::{Duration, Instant};

/// Holds at most `burst` tokens, and gains `per_second` of them each second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenBucket {
    per_second: u32,
    burst: u32,
    /// Below zero after [`spend`](Self::spend) of more than there was.
    tokens: f64,
    /// When the tokens were last counted.
    at: Instant,
}

impl TokenBucket {
    /// A full one.
    pub(crate) fn new(now: Instant, per_second: u32, burst: u32) -> Self {
        Self { per_second, burst, tokens: burst.into(), at: now }
    }

    /// What it holds now.
    fn tokens_at(&self, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(self.per_second);
        (self.tokens + gained).min(self.burst.into())
    }

    /// When it holds `tokens`; `now` if it does.
    fn holds_at(&self, now: Instant, tokens: f64) -> Instant {
        let missing = tokens - self.tokens_at(now);
        // A nanosecond more, so that nobody comes too early by the rounding of the quotient.
        let wait = || Duration::from_secs_f64(missing / f64::from(self.per_second)) + Duration::from_nanos(1);
        if missing > 0.0 { now + wait() } else { now }
    }

    /// When a token can be taken.
    pub(crate) fn ready_at(&self, now: Instant) -> Instant {
        self.holds_at(now, 1.0)
    }

    /// When it holds all that it can, and is as good as a new one.
    pub(crate) fn full_at(&self, now: Instant) -> Instant {
        self.holds_at(now, self.burst.into())
    }

    /// Takes one token, if there is one.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let has_one = self.ready_at(now) <= now;
        if has_one {
            self.spend(now, 1);
        }
        has_one
    }

    /// Takes `cost` tokens although there may be fewer. Returns when the debt is paid: `now` if
    /// there is none.
    pub(crate) fn spend(&mut self, now: Instant, cost: u32) -> Instant {
        self.tokens = self.tokens_at(now) - f64::from(cost);
        self.at = self.at.max(now);
        self.holds_at(now, 0.0)
    }

    /// Adds tokens that were earned, up to the burst.
    pub(crate) fn earn(&mut self, tokens: u32) {
        self.tokens = (self.tokens + f64::from(tokens)).min(self.burst.into());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let now = Instant::now();
        let mut bucket = TokenBucket::new(now, 10, 5);
        assert_eq!((0..100).filter(|_| bucket.take(now)).count(), 5);
        assert!(!bucket.take(bucket.ready_at(now) - Duration::from_millis(1)));
        assert!(bucket.take(bucket.ready_at(now)));
        assert_eq!((0..100).filter(|_| bucket.take(now + 60 * SECOND)).count(), 5, "no more than the burst is saved");
    }

    #[test]
    fn a_debt_is_paid_in_time_or_by_what_is_earned() {
        let now = Instant::now();
        let mut bucket = TokenBucket::new(now, 10, 5);
        assert_eq!(bucket.spend(now, 5), now);
        let paid = bucket.spend(now, 20);
        assert!((2 * SECOND..3 * SECOND).contains(&(paid - now)), "{:?}", paid - now);
        bucket.earn(20);
        assert_eq!(bucket.spend(now, 0), now);
        bucket.earn(1000);
        assert_eq!(bucket.full_at(now), now);
        assert_eq!(bucket.spend(now, 5), now);
        assert!(bucket.spend(now, 1) > now, "no more than the burst is saved");
    }

    proptest! {
        #[test]
        fn no_more_passes_than_the_rate_allows(steps in prop::collection::vec(0_u64..500, 1..200)) {
            let start = Instant::now();
            let mut now = start;
            let mut bucket = TokenBucket::new(start, 7, 3);
            let mut taken = 0_u32;
            for step_ms in steps {
                now += Duration::from_millis(step_ms);
                taken += u32::from(bucket.take(now));
                let most = 3.0 + 7.0 * (now - start).as_secs_f64();
                prop_assert!(f64::from(taken) <= most + 1e-6);
            }
        }
    }
}

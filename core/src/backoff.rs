//! When to try again: pure, from the number of the attempt to a delay.

use std::time::Duration;

/// After how long a connection counts as healthy, so that its end is a new beginning.
///
/// A server that accepts and then hangs up is therefore not tried faster than one that refuses.
const HEALTHY: Duration = Duration::from_secs(30);

/// The least delay after the server refused this producer (401, 403).
const REFUSED: Duration = Duration::from_secs(30);

/// The longest delay that a server may ask for (`Retry-After`).
const MAX_DEFERRAL: Duration = Duration::from_secs(600);

/// How the delays go: docs/protocol.md §1, with optional growth and jitter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    /// The delay after the first failure.
    pub(crate) interval: Duration,
    /// The limit to which the delay doubles; no growth if it is not above `interval`.
    pub(crate) max_interval: Duration,
    /// Jitter, 0 to 1: each delay is shortened by a random fraction of at most this.
    pub(crate) jitter: f64,
    /// How many attempts in a row, without a healthy connection between them, end it; `None` for no end.
    pub(crate) max_attempts: Option<u32>,
}

/// How one attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// No connection came about, or none that registered.
    Failed,
    /// The server does not accept this producer.
    Refused,
    /// The server asks not to be tried again before this time is over.
    Deferred(Duration),
    /// There was a connection, for this long.
    Lost(Duration),
}

impl Ended {
    /// Whether there was a connection that lasted.
    pub(crate) fn was_healthy(self) -> bool {
        matches!(self, Self::Lost(lived) if lived >= HEALTHY)
    }
}

/// The state between attempts.
#[derive(Debug)]
pub(crate) struct Backoff {
    policy: Policy,
    /// In a row, since the last healthy connection: an attempt whose connection ended early failed, too.
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, failures: 0 }
    }

    /// How long to wait before the next attempt; `None` if no attempt is left.
    ///
    /// `chance` is a number from 0 to 1, evenly spread. A connection that was healthy is tried again at once.
    pub(crate) fn after(&mut self, ended: Ended, chance: f64) -> Option<Duration> {
        if ended.was_healthy() {
            self.failures = 0;
            return Some(Duration::ZERO);
        }
        self.failures = self.failures.saturating_add(1);
        if self.policy.max_attempts.is_some_and(|most| self.failures >= most) {
            return None;
        }
        let doublings = (self.failures - 1).min(31);
        let grown = self.policy.interval.saturating_mul(1 << doublings);
        let delay = grown.min(self.policy.max_interval.max(self.policy.interval));
        let delay = delay.mul_f64(1.0 - self.policy.jitter.clamp(0.0, 1.0) * chance.clamp(0.0, 1.0));
        // Behind the jitter, which must not undercut it.
        let least = match ended {
            Ended::Refused => REFUSED,
            Ended::Deferred(delay) => delay.min(MAX_DEFERRAL),
            Ended::Failed | Ended::Lost(_) => Duration::ZERO,
        };
        Some(delay.max(least))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> Policy {
        Policy { interval: 5 * SECOND, max_interval: 5 * SECOND, jitter: 0.0, max_attempts: None }
    }

    #[test]
    fn the_protocol_waits_five_seconds_for_ever() {
        let mut backoff = Backoff::new(policy());
        for _ in 0..1000 {
            assert_eq!(backoff.after(Ended::Failed, 0.9), Some(5 * SECOND));
        }
    }

    #[test]
    fn growth_doubles_to_its_limit_and_health_resets_it() {
        let mut backoff = Backoff::new(Policy { interval: SECOND, max_interval: 10 * SECOND, ..policy() });
        let delays: Vec<_> = (0..6).map(|_| backoff.after(Ended::Failed, 0.0).unwrap().as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 8, 10, 10]);
        assert_eq!(backoff.after(Ended::Lost(SECOND), 0.0), Some(10 * SECOND));
        assert_eq!(backoff.after(Ended::Lost(60 * SECOND), 0.0), Some(Duration::ZERO));
        assert_eq!(backoff.after(Ended::Failed, 0.0), Some(SECOND));
    }

    #[test]
    fn attempts_end_where_the_policy_says() {
        let mut backoff = Backoff::new(Policy { max_attempts: Some(2), ..policy() });
        assert!(backoff.after(Ended::Failed, 0.0).is_some());
        assert_eq!(backoff.after(Ended::Failed, 0.0), None, "two attempts are two");

        let mut backoff = Backoff::new(Policy { max_attempts: Some(3), ..policy() });
        assert!(backoff.after(Ended::Refused, 0.0).is_some());
        assert!(backoff.after(Ended::Lost(SECOND), 0.0).is_some(), "it hung up at once, which is a failure");
        assert!(backoff.after(Ended::Lost(HEALTHY), 0.0).is_some(), "that one worked: the count begins anew");
        assert!(backoff.after(Ended::Lost(SECOND), 0.0).is_some());
        assert!(backoff.after(Ended::Failed, 0.0).is_some());
        assert_eq!(backoff.after(Ended::Lost(SECOND), 0.0), None);
    }

    #[test]
    fn jitter_does_not_undercut_what_the_server_wants() {
        let mut backoff = Backoff::new(Policy { jitter: 1.0, ..policy() });
        assert_eq!(backoff.after(Ended::Refused, 1.0), Some(REFUSED));
        assert_eq!(backoff.after(Ended::Deferred(20 * SECOND), 1.0), Some(20 * SECOND));
        assert_eq!(backoff.after(Ended::Deferred(SECOND), 0.0), Some(5 * SECOND), "no sooner than the policy says");
        assert_eq!(backoff.after(Ended::Deferred(86_400 * SECOND), 0.5), Some(MAX_DEFERRAL));
    }

    fn any_end() -> impl Strategy<Value = Ended> {
        prop_oneof![
            Just(Ended::Failed),
            Just(Ended::Refused),
            (0_u64..10_000).prop_map(|seconds| Ended::Deferred(Duration::from_secs(seconds))),
            (0_u64..100).prop_map(|seconds| Ended::Lost(Duration::from_secs(seconds))),
        ]
    }

    proptest! {
        #[test]
        fn a_delay_keeps_its_bounds(
            interval_ms in 1_u64..100_000,
            max_ms in 0_u64..1_000_000,
            jitter in 0.0_f64..=1.0,
            ends in prop::collection::vec((any_end(), 0.0_f64..=1.0), 1..50),
        ) {
            let interval = Duration::from_millis(interval_ms);
            let most = interval.max(Duration::from_millis(max_ms));
            let mut backoff =
                Backoff::new(Policy { interval, max_interval: Duration::from_millis(max_ms), jitter, max_attempts: None });
            for (ended, chance) in ends {
                let delay = backoff.after(ended, chance).unwrap();
                match ended {
                    Ended::Lost(lived) if lived >= HEALTHY => prop_assert_eq!(delay, Duration::ZERO),
                    Ended::Refused => prop_assert!((REFUSED..=most.max(REFUSED)).contains(&delay)),
                    Ended::Deferred(_) => prop_assert!(delay <= most.max(MAX_DEFERRAL)),
                    _ => prop_assert!(delay <= most),
                }
                if !matches!(ended, Ended::Lost(lived) if lived >= HEALTHY) {
                    // A nanosecond for the rounding of the product.
                    prop_assert!(delay + Duration::from_nanos(1) >= interval.mul_f64(1.0 - jitter));
                }
            }
        }
    }
}

//! The recent history of each consumer: how often a connection to it began, and whether the last
//! one opened. No I/O; told the time.
//!
//! A connection costs sockets and a handshake, and an announcement costs a consumer nothing. So
//! connections begin at a limited rate, for each consumer and for all together.

use std::collections::HashMap;
use std::time::Instant;

use crate::token_bucket::TokenBucket;

/// How many connections to one consumer begin at once, and per second: a page that is loaded again
/// and again.
const BURST_FOR_ONE: u32 = 8;
const PER_SECOND_FOR_ONE: u32 = 1;

/// How many connections begin at once at least, and per second. As many as there are places may
/// always begin at once.
const LEAST_BURST: u32 = 16;
const PER_SECOND: u32 = 16;

/// How many consumers are remembered.
const MAX_REMEMBERED: usize = 1024;

#[derive(Debug)]
struct Recent {
    pace: TokenBucket,
    /// Whether its last connection did not open.
    has_failed: bool,
}

#[derive(Debug)]
pub(super) struct Recents {
    pace: TokenBucket,
    of: HashMap<String, Recent>,
}

impl Recents {
    pub(super) fn new(now: Instant, max_consumers: usize) -> Self {
        let burst = u32::try_from(max_consumers).unwrap_or(u32::MAX).max(LEAST_BURST);
        Self { pace: TokenBucket::new(now, PER_SECOND, burst), of: HashMap::new() }
    }

    /// When a connection to this consumer may begin.
    pub(super) fn ready_at(&self, now: Instant, consumer_id: &str) -> Instant {
        let own = self.of.get(consumer_id).map_or(now, |recent| recent.pace.ready_at(now));
        own.max(self.pace.ready_at(now))
    }

    /// A connection to it begins.
    pub(super) fn begin(&mut self, now: Instant, consumer_id: &str) {
        self.pace.take(now);
        self.remember(now, consumer_id).pace.take(now);
    }

    /// Its connection has opened, or has ended without.
    pub(super) fn set_failed(&mut self, now: Instant, consumer_id: &str, has_failed: bool) {
        self.remember(now, consumer_id).has_failed = has_failed;
    }

    /// Whether its last connection did not open.
    pub(super) fn has_failed(&self, consumer_id: &str) -> bool {
        self.of.get(consumer_id).is_some_and(|recent| recent.has_failed)
    }

    fn remember(&mut self, now: Instant, consumer_id: &str) -> &mut Recent {
        if self.of.len() >= MAX_REMEMBERED && !self.of.contains_key(consumer_id) {
            self.forget_some(now);
        }
        self.of.entry(consumer_id.to_owned()).or_insert_with(|| Recent {
            pace: TokenBucket::new(now, PER_SECOND_FOR_ONE, BURST_FOR_ONE),
            has_failed: false,
        })
    }

    /// Forgets those whose history no longer matters, or else the one that has come least often.
    fn forget_some(&mut self, now: Instant) {
        self.of.retain(|_, recent| recent.has_failed || recent.pace.full_at(now) > now);
        if self.of.len() >= MAX_REMEMBERED {
            let soonest = self.of.iter().min_by_key(|(_, recent)| recent.pace.full_at(now)).map(|(id, _)| id.clone());
            soonest.and_then(|id| self.of.remove(&id));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// How many connections begin to consumers of these names, one after another, until one has to
    /// wait.
    fn begun(recents: &mut Recents, now: Instant, names: impl Iterator<Item = String>) -> usize {
        let may_begin = |id: &String| {
            let is_ready = recents.ready_at(now, id) <= now;
            if is_ready {
                recents.begin(now, id);
            }
            is_ready
        };
        names.take_while(may_begin).count()
    }

    fn named(from: usize) -> impl Iterator<Item = String> {
        (from..).map(|number| number.to_string())
    }

    #[test]
    fn one_consumer_has_a_rate_and_so_have_all_together() {
        let now = Instant::now();
        let mut recents = Recents::new(now, 64);
        assert_eq!(begun(&mut recents, now, std::iter::repeat("a".to_owned())), 8);
        assert_eq!(begun(&mut recents, now, named(0)), 56, "as many as there are places, in all");
        let later = now + Duration::from_secs(1);
        assert_eq!(begun(&mut recents, later, std::iter::repeat("a".to_owned())), 1);
        assert_eq!(begun(&mut recents, later, named(100)), 15);
    }

    #[test]
    fn what_is_remembered_is_limited_and_failures_stay_longest() {
        let now = Instant::now();
        let mut recents = Recents::new(now, 64);
        recents.set_failed(now, "hostile", true);
        for id in named(0).take(10_000) {
            recents.begin(now, &id);
            assert!(recents.of.len() <= MAX_REMEMBERED);
        }
        recents.set_failed(now, "hostile", false);
        assert!(!recents.has_failed("hostile") && !recents.has_failed("unknown"));
        let later = now + Duration::from_secs(60);
        (0..MAX_REMEMBERED).for_each(|number| recents.set_failed(later, &format!("failed {number}"), true));
        recents.begin(later, "one more");
        assert!(recents.of.len() <= MAX_REMEMBERED && recents.of.contains_key("one more"));
    }
}

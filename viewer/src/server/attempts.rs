//! How often an address may be wrong about a token. No I/O, no clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::client_address::Network;

/// Wrong tokens of one address that are looked at in any second.
const MAX_WRONG: u32 = 10;
const WINDOW: Duration = Duration::from_secs(1);
/// Addresses that are remembered at once; if there are more, further ones wait until the second is over.
const MAX_NETWORKS: usize = 65_536;

/// The wrong attempts of the last second.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    wrong: HashMap<Network, Window>,
}

#[derive(Debug)]
struct Window {
    since: Instant,
    count: u32,
}

impl Attempts {
    /// Whether a token from `network` is looked at. One that is not looked at says nothing about whether it is right, so
    /// that guesses are bounded.
    pub(crate) fn may_try(&mut self, network: Network, now: Instant) -> bool {
        match self.wrong.get(&network) {
            Some(window) if is_over(window, now) => {
                self.wrong.remove(&network);
                true
            }
            Some(window) => window.count < MAX_WRONG,
            None if self.wrong.len() < MAX_NETWORKS => true,
            None => {
                self.wrong.retain(|_, window| !is_over(window, now));
                self.wrong.len() < MAX_NETWORKS
            }
        }
    }

    /// Counts a wrong token.
    pub(crate) fn was_wrong(&mut self, network: Network, now: Instant) {
        self.wrong.entry(network).or_insert(Window { since: now, count: 0 }).count += 1;
    }
}

fn is_over(window: &Window, now: Instant) -> bool {
    now.saturating_duration_since(window.since) >= WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    #[test]
    fn ten_wrong_tokens_a_second_are_looked_at_for_each_address() {
        let mut attempts = Attempts::default();
        let (attacker, other) = (network("192.0.2.1"), network("192.0.2.2"));
        let start = Instant::now();
        let mut looked_at = 0;
        for millisecond in 0..3_000 {
            let now = start + Duration::from_millis(millisecond);
            if attempts.may_try(attacker, now) {
                attempts.was_wrong(attacker, now);
                looked_at += 1;
            }
            assert!(attempts.may_try(other, now), "another address is not held up");
        }
        assert_eq!(looked_at, 3 * MAX_WRONG);
    }

    #[test]
    fn who_has_no_wrong_token_is_never_held_up() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        assert!((0..1_000).all(|_| attempts.may_try(network("192.0.2.1"), now)));
        assert!(attempts.wrong.is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..70_000_u32 {
            let network = Network::of(std::net::Ipv4Addr::from(number).into());
            if attempts.may_try(network, now) {
                attempts.was_wrong(network, now);
            }
        }
        assert_eq!(attempts.wrong.len(), MAX_NETWORKS);
        assert!(attempts.may_try(network("192.0.2.1"), now + WINDOW));
        assert!(attempts.wrong.is_empty(), "what is over is forgotten");
    }
}

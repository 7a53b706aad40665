//! How often an address may be wrong about a token. No I/O, no clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::client_address::Network;

/// Wrong tokens of one address in any second after which the next ones are too many.
const MAX_WRONG: u32 = 10;
const WINDOW: Duration = Duration::from_secs(1);
/// Addresses that are remembered at once; if there are more, the wrong tokens of further ones are too many.
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
    /// Counts a wrong token from `network`. Returns whether the address has sent too many of them in this second.
    pub(crate) fn is_one_too_many(&mut self, network: Network, now: Instant) -> bool {
        if !self.wrong.contains_key(&network) && self.wrong.len() >= MAX_NETWORKS {
            self.wrong.retain(|_, window| !is_over(window, now));
            if self.wrong.len() >= MAX_NETWORKS {
                return true;
            }
        }
        let window = self.wrong.entry(network).or_insert(Window { since: now, count: 0 });
        if is_over(window, now) {
            *window = Window { since: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        window.count > MAX_WRONG
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
    fn more_than_ten_wrong_tokens_a_second_are_too_many_for_each_address() {
        let mut attempts = Attempts::default();
        let (attacker, other) = (network("192.0.2.1"), network("192.0.2.2"));
        let start = Instant::now();
        let mut few = 0;
        for millisecond in 0..3_000 {
            let now = start + Duration::from_millis(millisecond);
            few += u32::from(!attempts.is_one_too_many(attacker, now));
        }
        assert_eq!(few, 3 * MAX_WRONG);
        assert!(!attempts.is_one_too_many(other, start), "another address is not affected");
    }

    #[test]
    fn memory_is_bounded() {
        let mut attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..70_000_u32 {
            attempts.is_one_too_many(Network::of(std::net::Ipv4Addr::from(number).into()), now);
        }
        assert_eq!(attempts.wrong.len(), MAX_NETWORKS);
        assert!(!attempts.is_one_too_many(network("192.0.2.1"), now + WINDOW));
        assert_eq!(attempts.wrong.len(), 1, "what is over is forgotten");
    }
}

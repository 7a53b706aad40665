//! How often a candidate of a consumer is checked. No I/O; told the time.
//!
//! The stack checks every pair at each beat, and nominates one at the beat after its first success, so the beat is what opening
//! takes at the least. A short one opens quickly (RFC 8445 §14 allows it); a consumer that names other people's addresses is not
//! to have them asked a hundred times a second.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an address is checked at each beat, from its first check on.
const QUICK: Duration = Duration::from_millis(500);

/// How far apart later checks are.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many addresses are known: those of a consumer's candidates, and those that it was seen at.
const MAX_ADDRESSES: usize = 64;

/// When an address was first and last checked.
#[derive(Clone, Copy, Debug)]
struct Checked {
    first: Instant,
    last: Instant,
}

#[derive(Debug, Default)]
pub(super) struct CheckPace(HashMap<SocketAddr, Checked>);

impl CheckPace {
    /// Whether a check may be sent to this address now.
    pub(super) fn allows(&mut self, now: Instant, to: SocketAddr) -> bool {
        let is_known = self.0.contains_key(&to);
        if !is_known && self.0.len() >= MAX_ADDRESSES {
            return false;
        }
        let checked = self.0.entry(to).or_insert(Checked { first: now, last: now });
        let is_quick = now.saturating_duration_since(checked.first) < QUICK;
        let allows = !is_known || is_quick || now.saturating_duration_since(checked.last) >= INTERVAL;
        if allows {
            checked.last = now;
        }
        allows
    }
}

/// Whether a datagram is a check: a binding request (RFC 8489 §5).
pub(super) fn is_binding_request(datagram: &[u8]) -> bool {
    is_stun(datagram, [0x00, 0x01])
}

/// Whether a datagram is a response to a check, or to a request to a STUN server, that succeeded.
pub(super) fn is_binding_response(datagram: &[u8]) -> bool {
    is_stun(datagram, [0x01, 0x01])
}

/// Whether a datagram is what a TURN server passes on, of a sender that has no channel (RFC 8656 §11.6).
pub(super) fn is_data_indication(datagram: &[u8]) -> bool {
    is_stun(datagram, [0x00, 0x17])
}

/// Whether a datagram asks a TURN server to bind a channel to a peer (RFC 8656 §12.1).
pub(super) fn is_channel_bind(datagram: &[u8]) -> bool {
    is_stun(datagram, [0x00, 0x09])
}

/// By its type and the magic cookie.
fn is_stun(datagram: &[u8], kind: [u8; 2]) -> bool {
    datagram.starts_with(&kind) && datagram.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42])
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEAT: Duration = Duration::from_millis(10);

    fn address(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    #[test]
    fn an_address_is_checked_quickly_at_first_and_then_at_leisure() {
        let mut pace = CheckPace::default();
        let now = Instant::now();
        let allowed = |pace: &mut CheckPace, beats: std::ops::Range<u32>| {
            beats.filter(|beat| pace.allows(now + *beat * BEAT, address(1))).count()
        };
        assert_eq!(allowed(&mut pace, 0..50), 50);
        assert_eq!(allowed(&mut pace, 50..150), 20);
        assert!(pace.allows(now + 150 * BEAT, address(2)), "another one is new");
    }

    #[test]
    fn no_more_addresses_are_asked_than_may_be() {
        let mut pace = CheckPace::default();
        let asked = (0..1000).filter(|port| pace.allows(Instant::now(), address(*port))).count();
        assert_eq!(asked, MAX_ADDRESSES);
    }

    #[test]
    fn a_check_is_known_by_its_head() {
        assert!(is_binding_request(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 9]));
        for datagram in
            [&[0x01, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[0, 1, 0, 0, 1, 2, 3, 4], &[22, 254, 253], &[]]
        {
            assert!(!is_binding_request(datagram), "{datagram:?}");
        }
    }
}

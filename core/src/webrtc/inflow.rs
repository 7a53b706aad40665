//! Limits how much a consumer may send. No I/O; told the time.
//!
//! Before the channel is open, the stack keeps all messages for it, without a limit (rtc 0.21.1,
//! `handler/datachannel.rs`). Once it is open, acknowledgements are most of what a consumer sends,
//! so its limit grows with what is sent to it.

use std::time::Instant;

use crate::token_bucket::TokenBucket;

/// The limit until the channel is open, in bytes of DTLS. The handshakes of DTLS and SCTP take a
/// few thousand.
const OPENING_BYTES: u32 = 256 * 1024;

/// The limit of an open channel, in bytes of DTLS: at once, and per second. Each byte that is sent
/// to the consumer adds one. The rate is twice that of 64 messages of 4 KiB (docs/protocol.md
/// §6.3).
const BURST_BYTES: u32 = 4 * 1024 * 1024;
const BYTES_PER_SECOND: u32 = 512 * 1024;

#[derive(Debug)]
pub(super) enum Inflow {
    /// How many more bytes may come.
    Opening(u32),
    Open(TokenBucket),
}

impl Default for Inflow {
    fn default() -> Self {
        Self::Opening(OPENING_BYTES)
    }
}

impl Inflow {
    /// The channel is open.
    pub(super) fn open(&mut self, now: Instant) {
        *self = Self::Open(TokenBucket::new(now, BYTES_PER_SECOND, BURST_BYTES));
    }

    /// Counts bytes that were sent to the consumer.
    pub(super) fn on_sent(&mut self, bytes: usize) {
        if let Self::Open(bucket) = self {
            bucket.earn(as_tokens(bytes));
        }
    }

    /// Counts bytes that came from the consumer. Returns whether they are within the limit.
    pub(super) fn allows(&mut self, now: Instant, bytes: usize) -> bool {
        match self {
            Self::Opening(left) => left.checked_sub(as_tokens(bytes)).inspect(|rest| *left = *rest).is_some(),
            Self::Open(bucket) => bucket.spend(now, as_tokens(bytes)) <= now,
        }
    }
}

fn as_tokens(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DATAGRAM: usize = 1200;

    /// How many datagrams may come at once.
    fn at_once(inflow: &mut Inflow, now: Instant) -> usize {
        (0..100_000).take_while(|_| inflow.allows(now, DATAGRAM)).count()
    }

    #[test]
    fn what_is_not_open_may_send_a_little() {
        let now = Instant::now();
        let mut inflow = Inflow::default();
        inflow.on_sent(10_000_000);
        assert_eq!(at_once(&mut inflow, now), 256 * 1024 / DATAGRAM);
        assert_eq!(at_once(&mut inflow, now + Duration::from_secs(15)), 0);
    }

    #[test]
    fn an_open_channel_may_send_a_rate_and_as_much_as_it_is_sent() {
        let start = Instant::now();
        let mut inflow = Inflow::default();
        inflow.open(start);
        let second = |number: u64| start + Duration::from_secs(number);
        for number in 0..60 {
            // All that may be asked for in a second, twice.
            assert!((0..2 * 64).all(|_| inflow.allows(second(number), 4096)), "{number}");
        }
        for number in 60..120 {
            // An acknowledgement of 100 bytes for every other datagram, at 100 MB/s.
            let is_acknowledged = (0..40_000).all(|_| {
                inflow.on_sent(2 * DATAGRAM);
                inflow.allows(second(number), 100)
            });
            assert!(is_acknowledged, "{number}");
        }
        let most = BURST_BYTES as usize / DATAGRAM;
        assert!((1..=most).contains(&at_once(&mut inflow, second(120))));
    }
}

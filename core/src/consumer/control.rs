//! What a consumer of the extension says on its channel (docs/protocol.md §6.3). No I/O; told the time.
//!
//! It is hostile until checked: what is too long, too much, or cannot be read is counted and ignored.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// The longest message, in bytes.
const MAX_MESSAGE_BYTES: usize = 4 * 1024;

/// How many messages a second are read, and how many acknowledgements: one for each frame.
const MAX_MESSAGES: u32 = 64;
const MAX_ACKS: u32 = 10_000;

/// Who sends so many times as much is disconnected.
const FLOOD: u32 = 10;

/// How many requests wait to be answered.
const MAX_WAITING: usize = 64;

/// What a consumer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Request {
    Filter { id: u64, level: Option<String>, filter: Option<String> },
    Fetch { id: u64, first: u64, last: u64, level: Option<String>, filter: Option<String> },
    Ping { id: u64 },
    Ack { seq: u64 },
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Kept,
    Ignored,
    /// The consumer sends far more than it may.
    Flood,
}

/// What one consumer has said and what is not yet obeyed.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    second: Option<Instant>,
    messages: u32,
    acks: u32,
    ack: Option<u64>,
    /// The number behind what is acknowledged.
    acknowledged: u64,
    waiting: VecDeque<Request>,
}

impl Inbox {
    pub(crate) fn take(&mut self, now: Instant, message: &[u8]) -> Taken {
        if self.second.is_none_or(|since| now.saturating_duration_since(since) >= Duration::from_secs(1)) {
            (self.second, self.messages, self.acks) = (Some(now), 0, 0);
        }
        let request = if message.len() > MAX_MESSAGE_BYTES { None } else { serde_json::from_slice(message).ok() };
        // One that says nothing new is a message like any other.
        let is_stale = |seq: u64| seq < self.ack.map_or(self.acknowledged, |ack| ack + 1);
        let (count, most) = match request {
            Some(Request::Ack { seq }) if !is_stale(seq) => (&mut self.acks, MAX_ACKS),
            _ => (&mut self.messages, MAX_MESSAGES),
        };
        *count += 1;
        if *count > FLOOD * most {
            return Taken::Flood;
        }
        let Some(request) = request.filter(|_| *count <= most) else { return Taken::Ignored };
        match request {
            Request::Ack { seq } if is_stale(seq) => return Taken::Ignored,
            Request::Ack { seq } => self.ack = Some(seq),
            request if self.waiting.len() < MAX_WAITING => self.waiting.push_back(request),
            _ => return Taken::Ignored,
        }
        Taken::Kept
    }

    /// The highest number that was acknowledged since the last time.
    pub(crate) fn take_ack(&mut self) -> Option<u64> {
        self.ack.take()
    }

    /// What came of an acknowledgement: everything below this number is acknowledged. If that is not more than before, it was of
    /// the future, and counts as a message.
    pub(crate) fn on_acknowledged(&mut self, until: u64) {
        if until <= self.acknowledged {
            self.messages += 1;
        }
        self.acknowledged = until;
    }

    pub(crate) fn next_request(&mut self) -> Option<Request> {
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &[u8] = br#"{"type":"ping","id":7,"more":[]}"#;

    #[test]
    fn requests_are_kept_in_order_and_the_highest_acknowledgement() {
        let now = Instant::now();
        let mut inbox = Inbox::default();
        for message in [PING, br#"{"type":"ack","seq":5}"#] {
            assert_eq!(inbox.take(now, message), Taken::Kept);
        }
        assert_eq!(inbox.take(now, br#"{"type":"ack","seq":3}"#), Taken::Ignored);
        let filter = br#"{"type":"filter","id":1,"level":"WARN"}"#;
        assert_eq!(inbox.take(now, filter), Taken::Kept);
        assert_eq!((inbox.take_ack(), inbox.take_ack()), (Some(5), None));
        inbox.on_acknowledged(6);
        assert_eq!(inbox.take(now, br#"{"type":"ack","seq":5}"#), Taken::Ignored, "it says nothing new");
        assert_eq!(inbox.take(now, br#"{"type":"ack","seq":6}"#), Taken::Kept);
        assert_eq!(inbox.next_request(), Some(Request::Ping { id: 7 }));
        let level = Some("WARN".to_owned());
        assert_eq!(inbox.next_request(), Some(Request::Filter { id: 1, level, filter: None }));
        assert_eq!(inbox.next_request(), None);
    }

    #[test]
    fn what_cannot_be_read_is_ignored() {
        let now = Instant::now();
        let mut inbox = Inbox::default();
        let long = format!(r#"{{"type":"ping","id":1,"x":"{}"}}"#, "x".repeat(5000));
        for message in [
            "",
            "[]",
            "hello",
            r#"{"type":"ping"}"#,
            r#"{"type":"ping","id":-1}"#,
            r#"{"type":"ack","seq":1.5}"#,
            r#"{"type":"ack","seq":"1"}"#,
            r#"{"type":"dance","id":1}"#,
            &long,
        ] {
            assert_eq!(inbox.take(now, message.as_bytes()), Taken::Ignored, "{message}");
        }
        assert_eq!(inbox.take(now, &[0xff; 10]), Taken::Ignored);
        assert!(inbox.take_ack().is_none() && inbox.next_request().is_none());
    }

    #[test]
    fn too_much_is_ignored_and_far_too_much_ends_it() {
        let now = Instant::now();
        let mut inbox = Inbox::default();
        let taken: Vec<Taken> = (0..650).map(|_| inbox.take(now, PING)).collect();
        assert!(taken[..64].iter().all(|taken| *taken == Taken::Kept));
        assert!(taken[64..640].iter().all(|taken| *taken == Taken::Ignored));
        assert!(taken[640..].iter().all(|taken| *taken == Taken::Flood));
        while inbox.next_request().is_some() {}
        assert_eq!(inbox.take(now + Duration::from_secs(1), PING), Taken::Kept, "another second");
        let ack = |seq: u64| format!(r#"{{"type":"ack","seq":{seq}}}"#);
        assert!(
            (0..5000).all(|seq| inbox.take(now, ack(seq).as_bytes()) == Taken::Kept),
            "each frame may be acknowledged"
        );
    }

    #[test]
    fn acknowledgements_of_nothing_are_a_flood_like_any_other() {
        let now = Instant::now();
        let mut inbox = Inbox::default();
        inbox.on_acknowledged(10);
        let stale = (0..700).find(|_| inbox.take(now, br#"{"type":"ack","seq":3}"#) == Taken::Flood);
        assert_eq!(stale, Some(640));
        let mut inbox = Inbox::default();
        inbox.on_acknowledged(10);
        let future = (100..900).find(|seq| {
            let taken = inbox.take(now, format!(r#"{{"type":"ack","seq":{seq}}}"#).as_bytes());
            if inbox.take_ack().is_some() {
                inbox.on_acknowledged(10);
            }
            taken == Taken::Flood || inbox.take(now, b"{}") == Taken::Flood
        });
        assert!(future.is_some_and(|seq| seq < 500), "{future:?}");
    }
}

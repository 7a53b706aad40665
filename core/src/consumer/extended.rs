//! What a consumer of the extension has beside one of the base protocol: a wish, a credit, and acknowledgements of its program. No I/O;
//! told the time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fetch::{Fetches, Turns};
use super::hello::Hello;
use super::messages::Status;
use super::wish::Wish;

/// How long a consumer's program may acknowledge nothing before the acknowledgement of its transport counts instead: a frozen
/// tab is not to hold up every `flush`.
const ACK_PATIENCE: Duration = Duration::from_secs(1);

/// How soon a run of entries that are left out is told, and how often the state of the producer.
pub(crate) const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Extended {
    pub(crate) wish: Option<Wish>,
    pub(crate) deflates: bool,
    /// The number behind the last that was accounted for in a message.
    pub(crate) told: u64,
    /// Since when there are numbers behind it that were left out.
    pub(crate) untold_since: Option<Instant>,
    credit: u64,
    /// Bytes before compression, since the channel opened.
    sent: u64,
    /// For each frame that the program has not acknowledged, the number behind it, and the bytes with it.
    frames: VecDeque<(u64, u64)>,
    acknowledged_bytes: u64,
    /// The number behind what the program has acknowledged, and when that last advanced or had nothing to.
    acknowledged: u64,
    advanced: Instant,
    pub(crate) fetches: Fetches,
    status: Option<Status>,
    status_at: Option<Instant>,
}

impl Extended {
    pub(crate) fn new(now: Instant, hello: &Hello, from: u64, turns: Arc<Turns>) -> Self {
        Self {
            wish: hello.wish.clone(),
            deflates: hello.accepts_deflate(),
            told: from,
            untold_since: None,
            credit: hello.credit,
            sent: 0,
            frames: VecDeque::new(),
            acknowledged_bytes: 0,
            acknowledged: from,
            advanced: now,
            fetches: Fetches::new(turns),
            status: None,
            status_at: Some(now),
        }
    }

    pub(crate) fn has_credit(&self) -> bool {
        self.sent - self.acknowledged_bytes < self.credit
    }

    /// A frame of so many bytes accounts for the numbers below `until`.
    pub(crate) fn on_frame(&mut self, now: Instant, bytes: usize, until: u64) {
        if self.frames.is_empty() {
            self.advanced = now;
        }
        self.sent += bytes as u64;
        self.frames.push_back((until, self.sent));
    }

    /// The program has everything up to `seq`. From the future or backwards it says nothing. Returns the number behind what is
    /// acknowledged.
    pub(crate) fn on_ack(&mut self, now: Instant, seq: u64) -> u64 {
        if seq >= self.told || seq < self.acknowledged {
            return self.acknowledged;
        }
        self.acknowledged = seq + 1;
        self.advanced = now;
        while let Some((until, sent)) = self.frames.front().copied()
            && until <= self.acknowledged
        {
            self.acknowledged_bytes = sent;
            self.frames.pop_front();
        }
        self.acknowledged
    }

    /// Whether its program takes nothing any more: the credit is used up, and it has acknowledged nothing for a while.
    pub(crate) fn is_frozen(&self, now: Instant) -> bool {
        !self.has_credit() && !self.is_patient(now)
    }

    /// The number behind what has arrived, where the transport has acknowledged everything below `transported`.
    pub(crate) fn arrived(&self, now: Instant, transported: u64) -> u64 {
        if self.is_patient(now) { self.acknowledged } else { self.acknowledged.max(transported) }
    }

    fn is_patient(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.advanced) < ACK_PATIENCE
    }

    /// When [`arrived`](Self::arrived) has another answer although nothing has come.
    pub(crate) fn patient_until(&self, now: Instant) -> Option<Instant> {
        (!self.frames.is_empty() && self.is_patient(now)).then(|| self.advanced + ACK_PATIENCE)
    }

    /// Something has happened that the state of the producer may tell of.
    pub(crate) fn on_change(&mut self, now: Instant) {
        self.status_at.get_or_insert(now + SECOND);
    }

    pub(crate) fn status_at(&self) -> Option<Instant> {
        self.status_at
    }

    /// The state to tell, if it is due and another one than was told.
    pub(crate) fn take_status(&mut self, now: Instant, status: Status) -> Option<Status> {
        if self.status_at.is_none_or(|at| now < at) {
            return None;
        }
        let is_new = self.status != Some(status);
        self.status = Some(status);
        self.status_at = is_new.then(|| now + SECOND);
        is_new.then_some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    fn extended(now: Instant) -> Extended {
        use base64::Engine as _;
        let hello = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"credit":2097152}"#);
        Extended::new(now, &Hello::decode(&hello).unwrap(), 100, Arc::default())
    }

    #[test]
    fn the_credit_is_used_up_and_given_back() {
        let now = Instant::now();
        let mut consumer = extended(now);
        for until in [110, 120] {
            assert!(consumer.has_credit());
            consumer.told = until;
            consumer.on_frame(now, MIB, until);
        }
        assert!(!consumer.has_credit());
        consumer.on_ack(now, 108);
        assert!(!consumer.has_credit(), "half a frame");
        consumer.on_ack(now, 109);
        assert!(consumer.has_credit());
    }

    #[test]
    fn acknowledgements_of_the_future_and_backwards_say_nothing() {
        let now = Instant::now();
        let mut consumer = extended(now);
        consumer.told = 110;
        consumer.on_frame(now, 10, 110);
        for seq in [110, 1 << 52, u64::MAX, 99, 0] {
            consumer.on_ack(now, seq);
            assert_eq!(consumer.arrived(now, 100), 100, "{seq}");
        }
        consumer.on_ack(now, 105);
        consumer.on_ack(now, 103);
        assert_eq!(consumer.arrived(now, 100), 106);
    }

    #[test]
    fn a_program_that_acknowledges_is_believed_and_one_that_does_not_is_not_waited_for() {
        let now = Instant::now();
        let mut consumer = extended(now);
        consumer.told = 120;
        consumer.on_frame(now, 10, 110);
        consumer.on_frame(now, 10, 120);
        let half = SECOND / 2;
        assert_eq!(consumer.arrived(now + half, 120), 100);
        assert_eq!(consumer.patient_until(now + half), Some(now + SECOND));
        consumer.on_ack(now + half, 109);
        assert_eq!(consumer.arrived(now + SECOND, 120), 110);
        assert_eq!(consumer.arrived(now + half + SECOND, 120), 120);
        assert_eq!(consumer.patient_until(now + half + SECOND), None);
        consumer.on_ack(now + 10 * SECOND, 119);
        consumer.on_frame(now + 60 * SECOND, 10, 121);
        assert_eq!(consumer.arrived(now + 60 * SECOND, 121), 120, "it had nothing to acknowledge");
    }

    #[test]
    fn the_state_is_told_once_a_second_while_it_changes() {
        let now = Instant::now();
        let mut consumer = extended(now);
        let status = |accepted| Status { accepted, ..Status::default() };
        assert_eq!(consumer.take_status(now, status(1)), Some(status(1)));
        assert_eq!(consumer.take_status(now + SECOND / 2, status(2)), None);
        assert_eq!(consumer.take_status(now + SECOND, status(2)), Some(status(2)));
        assert_eq!(consumer.take_status(now + 2 * SECOND, status(2)), None);
        assert_eq!(consumer.status_at(), None);
        consumer.on_change(now + 9 * SECOND);
        assert_eq!(consumer.status_at(), Some(now + 10 * SECOND));
    }
}

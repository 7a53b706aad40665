//! From the cursor to the channel: reads the journal, keeps within the window, and learns what has arrived.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::Utc;
use tokio::sync::Notify;

use super::framing::{self, GapReason};
use super::gauge::Gauge;
use super::window::Window;
use crate::diagnostics::debug;
use crate::journal::{CursorId, SharedJournal};
use crate::observe::EndReason;
use crate::webrtc::channel::Channel;
use crate::webrtc::error::Error;

/// How much is read from the journal at once: an eighth of the window, within these bounds. What is in flight exceeds the
/// window by at most this.
const MIN_CHUNK_BYTES: usize = 1024;
const MAX_CHUNK_BYTES: usize = 16 * 1024;

/// How long nothing may arrive while something is on the way.
const STALL_LIMIT: Duration = Duration::from_secs(20);

/// How long `flush` and `close` wait for a consumer that is no longer announced and acknowledges nothing: it may be a page
/// that was closed without a word.
const DEPARTED_PATIENCE: Duration = Duration::from_secs(1);

/// How soon, and how late, the channel is asked again what has arrived where no event tells.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(50);

pub(crate) struct Delivery {
    pub(crate) channel: Channel,
    pub(crate) journal: Arc<SharedJournal>,
    pub(crate) cursor: CursorId,
    /// Told when the channel has room again.
    pub(crate) drained: Arc<Notify>,
    pub(crate) gauge: Arc<Gauge>,
    /// Whether the server no longer announces the consumer.
    pub(crate) has_departed: Arc<AtomicBool>,
}

/// What is on the way: the messages handed over, and how many of their bytes have arrived.
struct OnTheWay {
    sent: u64,
    arrived: u64,
    /// For each message that has not arrived, the offset of its end, and how many entries of the journal it holds.
    ends: VecDeque<(u64, u64)>,
    moved: Instant,
}

impl OnTheWay {
    fn new(now: Instant) -> Self {
        Self { sent: 0, arrived: 0, ends: VecDeque::new(), moved: now }
    }

    fn push(&mut self, now: Instant, bytes: usize, entries: u64) {
        if self.ends.is_empty() {
            self.moved = now;
        }
        self.sent += bytes as u64;
        self.ends.push_back((self.sent, entries));
    }

    /// The channel still holds `outstanding` bytes; returns how many entries have arrived since the last time.
    fn settle(&mut self, now: Instant, outstanding: usize) -> u64 {
        let arrived = self.sent - (outstanding as u64).min(self.sent);
        if arrived > self.arrived {
            self.arrived = arrived;
            self.moved = now;
        }
        let mut entries = 0;
        while let Some((end, held)) = self.ends.front().copied()
            && end <= arrived
        {
            entries += held;
            self.ends.pop_front();
        }
        entries
    }

    /// Whether nothing has been acknowledged for so long while something is in flight.
    fn is_silent_for(&self, now: Instant, limit: Duration) -> bool {
        !self.ends.is_empty() && now.saturating_duration_since(self.moved) >= limit
    }
}

impl Delivery {
    /// Delivers until the channel ends or stalls.
    pub(crate) async fn run(self) -> EndReason {
        match self.deliver().await {
            Ok(never) => match never {},
            Err(reason) => reason,
        }
    }

    async fn deliver(self) -> Result<std::convert::Infallible, EndReason> {
        let mut window = Window::new();
        let mut on_the_way = OnTheWay::new(Instant::now());
        let mut look = FIRST_LOOK;
        let mut is_waited_for = true;
        self.set_threshold(&window).await?;
        loop {
            let outstanding = self.channel.outstanding_bytes().await.map_err(|_| EndReason::ClosedByConsumer)?;
            let now = Instant::now();
            let arrived = on_the_way.settle(now, outstanding);
            if arrived > 0 {
                self.journal.acknowledge(self.cursor, arrived);
                let before = window.size();
                window.on_acknowledged(now, on_the_way.arrived);
                if window.size() != before {
                    self.set_threshold(&window).await?;
                }
                look = FIRST_LOOK;
            }
            self.gauge.set(on_the_way.sent, outstanding, window.size());
            if on_the_way.is_silent_for(now, STALL_LIMIT) {
                return Err(EndReason::Stalled);
            }
            let may_be_gone =
                self.has_departed.load(Ordering::Relaxed) && on_the_way.is_silent_for(now, DEPARTED_PATIENCE);
            if is_waited_for == may_be_gone {
                is_waited_for = !may_be_gone;
                self.journal.set_waited_for(self.cursor, is_waited_for);
            }
            let has_room = outstanding < window.size();
            if has_room {
                let chunk = (window.size() / 8).clamp(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
                if self.send_chunk(chunk, &mut on_the_way).await? {
                    window.on_sent(now, on_the_way.sent);
                    look = FIRST_LOOK;
                    continue;
                }
                window.on_idle();
            }
            tokio::select! {
                () = self.journal.readable(self.cursor), if has_room => {}
                () = self.drained.notified() => {}
                () = tokio::time::sleep(look), if outstanding > 0 => look = (look * 2).min(LAST_LOOK),
            }
        }
    }

    /// Sends the next entries; false where there are none.
    async fn send_chunk(&self, max_bytes: usize, on_the_way: &mut OnTheWay) -> Result<bool, EndReason> {
        let batch = self.journal.read(self.cursor, max_bytes);
        if batch.dropped > 0 {
            let gap = framing::gap(Utc::now(), batch.dropped, GapReason::Overflow);
            self.send(&gap, 0, on_the_way).await?;
        }
        let any = batch.dropped > 0 || !batch.entries.is_empty();
        for (seq, entry) in (batch.first..).zip(batch.entries) {
            self.send_entry(seq, &entry, on_the_way).await?;
        }
        Ok(any)
    }

    async fn send_entry(&self, seq: u64, entry: &Bytes, on_the_way: &mut OnTheWay) -> Result<(), EndReason> {
        let text = std::str::from_utf8(entry).expect("the journal holds encoded strings");
        if self.send(text, 1, on_the_way).await? {
            return Ok(());
        }
        self.journal.reject_oversize(self.cursor, seq);
        let gap = framing::gap(Utc::now(), 1, GapReason::Oversize);
        self.send(&gap, 0, on_the_way).await?;
        Ok(())
    }

    /// Hands over one message; false where it is longer than the consumer takes.
    async fn send(&self, text: &str, entries: u64, on_the_way: &mut OnTheWay) -> Result<bool, EndReason> {
        match self.channel.send_text(text).await {
            Ok(()) => {
                on_the_way.push(Instant::now(), text.len(), entries);
                Ok(true)
            }
            Err(Error::MessageTooLong) => Ok(false),
            Err(Error::ChannelClosed) => Err(EndReason::ClosedByConsumer),
            Err(error) => {
                debug!("the channel refuses a message: {error}");
                Err(EndReason::Failed)
            }
        }
    }

    /// The channel tells when no more than half of the window is on the way.
    async fn set_threshold(&self, window: &Window) -> Result<(), EndReason> {
        let half = u32::try_from(window.size() / 2).expect("a window is a few MiB");
        self.channel.set_drained_threshold(half).await.map_err(|_| EndReason::ClosedByConsumer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_arrive_when_the_last_of_their_bytes_has() {
        let start = Instant::now();
        let mut on_the_way = OnTheWay::new(start);
        on_the_way.push(start, 10, 1);
        on_the_way.push(start, 5, 0);
        on_the_way.push(start, 10, 1);
        assert_eq!(on_the_way.settle(start, 16), 0);
        assert_eq!(on_the_way.settle(start, 15), 1);
        assert_eq!(on_the_way.settle(start, 0), 1);
        assert_eq!(on_the_way.arrived, 25);
    }

    #[test]
    fn a_stall_is_silence_while_something_is_on_the_way() {
        let start = Instant::now();
        let mut on_the_way = OnTheWay::new(start);
        assert!(!on_the_way.is_silent_for(start + 2 * STALL_LIMIT, STALL_LIMIT));
        on_the_way.push(start + STALL_LIMIT, 10, 1);
        assert!(!on_the_way.is_silent_for(start + STALL_LIMIT + STALL_LIMIT / 2, STALL_LIMIT));
        on_the_way.settle(start + STALL_LIMIT + STALL_LIMIT / 2, 5);
        assert!(!on_the_way.is_silent_for(start + 2 * STALL_LIMIT, STALL_LIMIT));
        assert!(on_the_way.is_silent_for(start + 3 * STALL_LIMIT, STALL_LIMIT));
    }
}

//! What a producer has counted.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::journal::Counts;

/// A number that only counts, and can be read at any time.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn decrement(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happens outside the journal.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) filtered: Counter,
    pub(crate) after_close: Counter,
    pub(crate) registrations: Counter,
    pub(crate) unknown_messages: Counter,
    pub(crate) malformed_messages: Counter,
    pub(crate) consumers_opened: Counter,
    pub(crate) consumers_failed: Counter,
    pub(crate) consumers_refused: Counter,
    pub(crate) answers_refused: Counter,
    pub(crate) proofs_refused: Counter,
    pub(crate) candidates_refused: Counter,
    pub(crate) ignored_messages: Counter,
    pub(crate) open_sockets: Counter,
    pub(crate) running_tasks: Counter,
    pub(crate) running_lookups: Counter,
}

/// What a producer has done so far. Every number but the ones named "now" only rises.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Entries that entered the journal.
    pub accepted: u64,
    /// Entries that the level and target filter left out. An event of `tracing` that no layer wants is not made, and not
    /// counted.
    pub filtered: u64,
    /// Entries that the overflow policy refused.
    pub refused: u64,
    /// Entries that were logged after `close`.
    pub after_close: u64,
    /// Entries in the journal, now.
    pub retained_entries: usize,
    /// Bytes that the journal takes, now.
    pub retained_bytes: usize,
    /// How often the producer registered with a signaling server.
    pub registrations: u64,
    /// Messages of the server that mean nothing to a producer.
    pub unknown_messages: u64,
    /// Messages of the server that could not be read.
    pub malformed_messages: u64,
    /// Consumers whose channel opened.
    pub consumers_opened: u64,
    /// Consumers whose channel never opened, for any reason.
    pub consumers_failed: u64,
    /// Consumers that were refused because `max_consumers` were connected.
    pub consumers_refused: u64,
    /// Answers that were not acceptable.
    pub answers_refused: u64,
    /// Answers that had no right proof of the secret.
    pub proofs_refused: u64,
    /// Candidates that were not acceptable.
    pub candidates_refused: u64,
    /// Messages of consumers that could not be read, or were too long or too many (docs/protocol.md §6.3).
    pub ignored_messages: u64,
    /// UDP sockets, now.
    pub open_sockets: u64,
    /// Tasks of the WebRTC stack, now.
    pub running_tasks: u64,
    /// Consumers with an open channel, now.
    pub consumers: Vec<ConsumerStats>,
}

/// What became of the entries for one consumer.
///
/// Always `counts.accepted = counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConsumerStats {
    /// The id under which the server announced it.
    pub consumer_id: String,
    /// Entries from its first number on.
    pub counts: Counts,
    /// Bytes handed to its channel.
    pub sent_bytes: u64,
    /// Bytes handed to its channel and not yet acknowledged, now (`bufferedAmount` in the W3C's words).
    pub buffered_amount: usize,
    /// How many bytes may be on the way to it, now.
    pub window_bytes: usize,
}

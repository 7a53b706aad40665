//! What a producer has counted, for Python.

use pyo3::prelude::*;

/// What a producer has done so far.
#[pyclass(frozen, get_all, eq, module = "logrtc")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stats {
    /// Entries that are held, or were.
    accepted: u64,
    /// Entries that the level and the filter left out.
    filtered: u64,
    /// Entries that the overflow policy refused.
    refused: u64,
    /// Entries that were logged after the close.
    after_close: u64,
    /// Entries that are held, now.
    retained_entries: usize,
    /// Bytes that they take, now.
    retained_bytes: usize,
    /// How often it registered with a signaling server.
    registrations: u64,
    /// Messages of the server that mean nothing to a producer.
    unknown_messages: u64,
    /// Messages of the server that could not be read.
    malformed_messages: u64,
    /// Consumers whose channel opened.
    consumers_opened: u64,
    /// Consumers whose channel never opened.
    consumers_failed: u64,
    /// Consumers that were refused, for there were as many as may be.
    consumers_refused: u64,
    /// Answers that were not acceptable.
    answers_refused: u64,
    /// Answers that had no right proof of the secret.
    proofs_refused: u64,
    /// Candidates that were not acceptable.
    candidates_refused: u64,
    /// Messages of consumers that could not be read, or were too long or too many.
    ignored_messages: u64,
    /// UDP sockets, now.
    open_sockets: u64,
    /// Tasks of the WebRTC stack, now.
    running_tasks: u64,
    /// Consumers with an open channel, now.
    consumers: Vec<ConsumerStats>,
}

/// What became of the entries for one consumer.
#[pyclass(frozen, get_all, eq, module = "logrtc")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConsumerStats {
    /// The id under which the server announced it.
    consumer_id: String,
    /// Entries, since where it began.
    accepted: u64,
    /// Entries that it has acknowledged.
    delivered: u64,
    /// Entries that it has yet to get, or to acknowledge.
    waiting: u64,
    /// Entries that it will not get: the sum of the reasons.
    dropped: u64,
    /// Those that had to make room before it read them.
    dropped_overflow: u64,
    /// Those that the overflow policy refused.
    dropped_refused: u64,
    /// Those that were longer than it takes.
    dropped_oversize: u64,
    /// Those of which it is not known whether they arrived before it went.
    dropped_disconnected: u64,
    /// Entries that it did not want.
    filtered: u64,
    /// Bytes handed to its channel.
    sent_bytes: u64,
    /// Bytes handed to its channel and not yet acknowledged, now.
    buffered_amount: usize,
    /// How many bytes may be on the way to it, now.
    window_bytes: usize,
}

#[pymethods]
impl Stats {
    fn __repr__(&self) -> String {
        format!("{self:?}")
    }
}

#[pymethods]
impl ConsumerStats {
    fn __repr__(&self) -> String {
        format!("{self:?}")
    }
}

impl From<logrtc::Stats> for Stats {
    fn from(stats: logrtc::Stats) -> Self {
        Self {
            accepted: stats.accepted,
            filtered: stats.filtered,
            refused: stats.refused,
            after_close: stats.after_close,
            retained_entries: stats.retained_entries,
            retained_bytes: stats.retained_bytes,
            registrations: stats.registrations,
            unknown_messages: stats.unknown_messages,
            malformed_messages: stats.malformed_messages,
            consumers_opened: stats.consumers_opened,
            consumers_failed: stats.consumers_failed,
            consumers_refused: stats.consumers_refused,
            answers_refused: stats.answers_refused,
            proofs_refused: stats.proofs_refused,
            candidates_refused: stats.candidates_refused,
            ignored_messages: stats.ignored_messages,
            open_sockets: stats.open_sockets,
            running_tasks: stats.running_tasks,
            consumers: stats.consumers.into_iter().map(ConsumerStats::from).collect(),
        }
    }
}

impl From<logrtc::ConsumerStats> for ConsumerStats {
    fn from(stats: logrtc::ConsumerStats) -> Self {
        Self {
            consumer_id: stats.consumer_id,
            accepted: stats.counts.accepted,
            delivered: stats.counts.delivered,
            waiting: stats.counts.waiting,
            dropped: stats.counts.dropped.total(),
            dropped_overflow: stats.counts.dropped.overflow,
            dropped_refused: stats.counts.dropped.refused,
            dropped_oversize: stats.counts.dropped.oversize,
            dropped_disconnected: stats.counts.dropped.disconnected,
            filtered: stats.counts.filtered,
            sent_bytes: stats.sent_bytes,
            buffered_amount: stats.buffered_amount,
            window_bytes: stats.window_bytes,
        }
    }
}

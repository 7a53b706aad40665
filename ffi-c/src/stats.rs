//! What a producer has counted, as a struct that can grow.

use logrtc_core::Stats;

/// The counters of a producer. Set `struct_size` to sizeof(logrtc_stats), as LOGRTC_STATS_INIT
/// does, before logrtc_get_stats(), which writes the members that fit. Members are only added at
/// the end.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct logrtc_stats {
    /// sizeof(logrtc_stats), set by the caller.
    pub struct_size: usize,
    /// Entries that were put into the journal.
    pub accepted: u64,
    /// Entries that the filter left out.
    pub filtered: u64,
    /// Entries that the overflow policy refused.
    pub refused: u64,
    /// Entries that were logged after the producer closed.
    pub after_close: u64,
    /// Entries that are in the journal now.
    pub retained_entries: u64,
    /// Bytes that the journal takes now.
    pub retained_bytes: u64,
    /// Number of registrations with a signaling server.
    pub registrations: u64,
    /// Consumers with an open channel now.
    pub consumers: u64,
    /// Consumers whose channel has opened.
    pub consumers_opened: u64,
    /// Consumers whose channel did not open in time.
    pub consumers_failed: u64,
    /// Consumers that were refused because max_consumers were connected.
    pub consumers_refused: u64,
    /// Sum over the consumers that are connected now: entries for them. Always
    /// accepted = delivered + waiting + dropped + filtered.
    pub consumers_accepted: u64,
    /// Of these: acknowledged by the consumer.
    pub consumers_delivered: u64,
    /// Of these: in the journal or in flight.
    pub consumers_waiting: u64,
    /// Of these: dropped.
    pub consumers_dropped: u64,
    /// Of these: left out by the consumer's filter.
    pub consumers_filtered: u64,
    /// Answers of consumers that were refused because they violate the protocol.
    pub answers_refused: u64,
    /// Candidates of consumers that were refused.
    pub candidates_refused: u64,
    /// Malformed messages of the signaling server.
    pub malformed_messages: u64,
    /// Messages of consumers that were malformed, too long or too many.
    pub ignored_messages: u64,
    /// Answers of consumers that had no right proof of the secret.
    pub proofs_refused: u64,
}

impl logrtc_stats {
    pub(crate) fn new(stats: &Stats, struct_size: usize) -> Self {
        let mut filled = Self {
            struct_size,
            accepted: stats.accepted,
            filtered: stats.filtered,
            refused: stats.refused,
            after_close: stats.after_close,
            retained_entries: stats.retained_entries as u64,
            retained_bytes: stats.retained_bytes as u64,
            registrations: stats.registrations,
            consumers: stats.consumers.len() as u64,
            consumers_opened: stats.consumers_opened,
            consumers_failed: stats.consumers_failed,
            consumers_refused: stats.consumers_refused,
            answers_refused: stats.answers_refused,
            candidates_refused: stats.candidates_refused,
            malformed_messages: stats.malformed_messages,
            ignored_messages: stats.ignored_messages,
            proofs_refused: stats.proofs_refused,
            ..Self::default()
        };
        for consumer in &stats.consumers {
            filled.consumers_accepted += consumer.counts.accepted;
            filled.consumers_delivered += consumer.counts.delivered;
            filled.consumers_waiting += consumer.counts.waiting;
            filled.consumers_dropped += consumer.counts.dropped.total();
            filled.consumers_filtered += consumer.counts.filtered;
        }
        filled
    }
}

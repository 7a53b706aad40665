//! What a producer has counted, as JSON.

use logrtc::Stats;
use serde_json::{Value, json};

use crate::answers::describe_counts;

pub(crate) fn describe_stats(stats: &Stats) -> Value {
    let consumer = |consumer: &logrtc::ConsumerStats| {
        json!({
            "consumerId": consumer.consumer_id,
            "counts": describe_counts(consumer.counts),
            "sentBytes": consumer.sent_bytes,
            "bufferedAmount": consumer.buffered_amount,
            "windowBytes": consumer.window_bytes,
        })
    };
    json!({
        "accepted": stats.accepted,
        "filtered": stats.filtered,
        "refused": stats.refused,
        "afterClose": stats.after_close,
        "retainedEntries": stats.retained_entries,
        "retainedBytes": stats.retained_bytes,
        "registrations": stats.registrations,
        "unknownMessages": stats.unknown_messages,
        "malformedMessages": stats.malformed_messages,
        "consumersOpened": stats.consumers_opened,
        "consumersFailed": stats.consumers_failed,
        "consumersRefused": stats.consumers_refused,
        "answersRefused": stats.answers_refused,
        "proofsRefused": stats.proofs_refused,
        "candidatesRefused": stats.candidates_refused,
        "ignoredMessages": stats.ignored_messages,
        "openSockets": stats.open_sockets,
        "runningTasks": stats.running_tasks,
        "consumers": stats.consumers.iter().map(consumer).collect::<Vec<_>>(),
    })
}

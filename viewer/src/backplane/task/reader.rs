//! Reads the bucket, and the messages for clients of this server.

use std::time::Instant;

use async_nats::jetstream::kv::{Operation, Watch};
use async_nats::{Message, Subscriber};
use futures_util::StreamExt;
use tokio::sync::watch;

use super::{End, Reports};
use crate::hub::Hub;
use crate::mesh::Fact;

/// Beats of this server after which every other server has had its own.
const READY_BEATS: u64 = 2;

pub(super) struct Reader<'t> {
    pub(super) hub: &'t Hub,
    pub(super) beat_key: &'t str,
    pub(super) reports: &'t Reports,
    pub(super) is_ready: &'t watch::Sender<bool>,
}

impl Reader<'_> {
    /// Reads until that fails.
    pub(super) async fn run(&self, mut watch: Watch, mut messages: Subscriber) -> Result<(), End> {
        let mut beats = 0;
        loop {
            tokio::select! {
                entry = watch.next() => {
                    let entry = entry.ok_or_else(|| End::Failed("the bucket is gone".to_owned()))??;
                    if entry.operation != Operation::Put {
                        continue;
                    }
                    self.hub.observe(&entry.key, &entry.value);
                    if entry.key == self.beat_key {
                        beats += 1;
                        self.own_beat(beats, &entry.value);
                    }
                }
                message = messages.next() => {
                    self.deliver(&message.ok_or_else(|| End::Failed("the subscription is gone".to_owned()))?);
                }
            }
        }
    }

    fn own_beat(&self, beats: u64, value: &[u8]) {
        if let Ok(Fact::Beat { beat }) = serde_json::from_slice(value) {
            self.hub.joint(|joint| joint.health.beat_seen(beat, Instant::now()));
        }
        if beats == 1 {
            self.hub.joint(|joint| joint.health.set_up(true));
            self.reports.up();
        }
        if beats == READY_BEATS {
            self.is_ready.send_replace(true);
        }
    }

    /// The last part of the subject is the number of the receiver.
    fn deliver(&self, message: &Message) {
        let receiver = message.subject.rsplit('.').next().and_then(|number| number.parse().ok());
        if let Some(receiver) = receiver {
            self.hub.deliver(receiver, &message.payload);
        }
    }
}

//! Writes the bucket, and sends the messages of clients of this server.

use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Instant;

use async_nats::Client;
use async_nats::jetstream::context::{Context, PublishAckFuture};
use async_nats::jetstream::kv::{CreateErrorKind, Operation, Store};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval_at};

use super::{BEAT, End, TIMEOUT};
use crate::hub::Hub;
use crate::mesh::{Claim, Fact, MemberId, claim_key};
use crate::message::Departure;
use crate::registry::ConnectionId;
use crate::stopping::stopped;

/// Entries that are being written at once.
const MAX_IN_FLIGHT: usize = 256;

/// An entry that is being written; the client, if it says that one has left.
type InFlight = Pin<Box<dyn Future<Output = Result<Option<ConnectionId>, End>> + Send>>;

pub(super) struct Writer<'t> {
    pub(super) hub: &'t Hub,
    pub(super) bucket: &'t str,
    pub(super) beat_key: &'t str,
    pub(super) client: Client,
    pub(super) jetstream: Context,
    pub(super) store: Store,
    /// Beats that were written, by all connections.
    pub(super) beats: &'t mut u64,
    pub(super) claims: &'t mut mpsc::Receiver<Claim>,
}

impl Writer<'_> {
    /// Writes until that fails, or the server stops.
    pub(super) async fn run(&mut self, mut stopping: watch::Receiver<bool>) -> Result<(), End> {
        let wake = self.hub.wake();
        let mut beats = interval_at(tokio::time::Instant::now() + BEAT, BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_flight = FuturesUnordered::new();
        let mut claiming = FuturesUnordered::new();
        loop {
            self.write(&mut in_flight).await?;
            tokio::select! {
                Some(written) = in_flight.next() => {
                    if let Some(left) = written? {
                        self.hub.joint(|joint| joint.mesh.left_is_written(left));
                    }
                }
                () = wake.notified() => {}
                _ = beats.tick() => {
                    let is_late = |lag| if lag > TIMEOUT { Err(End::Failed("the bucket stands still".to_owned())) } else { Ok(()) };
                    self.hub.joint(|joint| joint.health.lag(Instant::now())).map_or(Ok(()), is_late)?;
                    let beat = self.beat().await?;
                    in_flight.push(acknowledged(beat, None));
                }
                Some(claim) = self.claims.recv() => claiming.push(settle(self.store.clone(), self.hub, claim)),
                Some(()) = claiming.next() => {}
                () = stopped(&mut stopping) => return self.farewell().await,
            }
        }
    }

    /// Writes that this server runs.
    pub(super) async fn beat(&mut self) -> Result<PublishAckFuture, End> {
        *self.beats += 1;
        let beat = *self.beats;
        self.hub.joint(|joint| joint.health.beat_sent(beat, Instant::now()));
        self.put(self.beat_key, Fact::Beat { beat }.to_json()).await
    }

    async fn write(&self, in_flight: &mut FuturesUnordered<InFlight>) -> Result<(), End> {
        let free = MAX_IN_FLIGHT.saturating_sub(in_flight.len());
        let texts = self.hub.take_writes(free);
        for member in texts.members {
            let ack = self.put(&member.key, member.value).await?;
            in_flight.push(acknowledged(ack, member.left));
        }
        for (to, message) in texts.messages {
            self.client.publish(format!("{}.to.{to}", self.bucket), message.into()).await?;
        }
        for (id, holder) in texts.unclaimed {
            in_flight.push(Box::pin(release(self.store.clone(), id, holder)));
        }
        Ok(())
    }

    /// Entries are written in the order of the calls.
    async fn put(&self, key: &str, value: String) -> Result<PublishAckFuture, End> {
        Ok(self.jetstream.publish(format!("{}{key}", self.store.prefix), value.into()).await?)
    }

    async fn farewell(&self) -> Result<(), End> {
        self.put(self.beat_key, Fact::Left { left: Departure::Lost }.to_json()).await?.await?;
        Ok(())
    }
}

fn acknowledged(ack: PublishAckFuture, left: Option<ConnectionId>) -> InFlight {
    let ack = ack.into_future();
    Box::pin(async move {
        ack.await?;
        Ok(left)
    })
}

/// Takes an id if nobody has it, or somebody who is gone. Without a response the id is given away: one that two servers give
/// away at once is another's only in their own eyes.
async fn settle(store: Store, hub: &Hub, claim: Claim) {
    let key = claim_key(&claim.id);
    let holder = claim.holder.to_string();
    let is_claimed = match store.create(&key, holder.clone().into()).await {
        Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {
            take_over(&store, hub, &key, holder).await.unwrap_or(true)
        }
        Ok(_) | Err(_) => true,
    };
    // The client may be gone meanwhile.
    let _ = claim.reply.send(is_claimed);
}

/// Ends a claim, unless another client has taken it over. One that stays is taken over later, or ends by time to live.
async fn release(store: Store, id: String, holder: MemberId) -> Result<Option<ConnectionId>, End> {
    let key = claim_key(&id);
    if let Ok(Some(entry)) = store.entry(&key).await
        && entry.value == holder.to_string()
    {
        let _ = store.delete_expect_revision(&key, Some(entry.revision)).await;
    }
    Ok(None)
}

/// Whether a claim of somebody who is gone is the holder's now; none without a response.
async fn take_over(store: &Store, hub: &Hub, key: &str, holder: String) -> Option<bool> {
    let Some(entry) = store.entry(key).await.ok()? else { return Some(true) };
    let older = std::str::from_utf8(&entry.value).ok().and_then(MemberId::parse);
    if entry.operation == Operation::Put && older.is_some_and(|older| !hub.is_gone(&older)) {
        return Some(false);
    }
    Some(store.update(key, holder.into(), entry.revision).await.is_ok())
}

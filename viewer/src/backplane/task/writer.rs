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
use crate::hub::{Hub, Joint};
use crate::mesh::{Claim, Fact, Holder, MemberId, claim_key};
use crate::message::Departure;
use crate::registry::ConnectionId;
use crate::stopping::stopped;

/// Entries that are being written at once.
const MAX_IN_FLIGHT: usize = 256;

/// What has been written.
enum Written {
    Entry,
    /// That a client has left.
    Left(ConnectionId),
    /// That a client claims an id no more.
    Released(String, MemberId),
}

/// An entry that is being written.
type InFlight = Pin<Box<dyn Future<Output = Result<Written, End>> + Send>>;

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
                Some(written) = in_flight.next() => self.note(written?),
                () = wake.notified() => {}
                _ = beats.tick() => {
                    let is_late = |lag| if lag > TIMEOUT { Err(End::Failed("the bucket stands still".to_owned())) } else { Ok(()) };
                    self.hub.joint(|joint| joint.health.lag(Instant::now())).map_or(Ok(()), is_late)?;
                    let beat = self.beat().await?;
                    in_flight.push(acknowledged(beat, Written::Entry));
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
            in_flight.push(acknowledged(ack, member.left.map_or(Written::Entry, Written::Left)));
        }
        for (to, message) in texts.messages {
            self.client.publish(format!("{}.to.{to}", self.bucket), message.into()).await?;
        }
        for (id, holder) in texts.unclaimed {
            in_flight.push(Box::pin(release(self.store.clone(), id, holder)));
        }
        Ok(())
    }

    fn note(&self, written: Written) {
        self.hub.joint(|Joint { mesh, .. }| match written {
            Written::Entry => {}
            Written::Left(connection) => mesh.left_is_written(connection),
            Written::Released(id, holder) => mesh.claim_is_released(id, holder),
        });
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

fn acknowledged(ack: PublishAckFuture, written: Written) -> InFlight {
    let ack = ack.into_future();
    Box::pin(async move {
        ack.await?;
        Ok(written)
    })
}

/// Takes an id if nobody has it, or the same process, or somebody who is gone. Without a response the id is given away: one that two servers give
/// away at once is another's only in their own eyes.
async fn settle(store: Store, hub: &Hub, claim: Claim) {
    let key = claim_key(&claim.id);
    let is_claimed = match store.create(&key, claim.holder.to_string().into()).await {
        Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {
            take_over(&store, hub, &key, &claim.holder).await.unwrap_or(true)
        }
        Ok(_) | Err(_) => true,
    };
    let is_awaited = claim.reply.send(is_claimed).is_ok();
    // The client may have left before the claim was made, when there was nothing to release.
    if !is_awaited && hub.is_gone(&claim.holder.member) {
        let _ = release(store, claim.id, claim.holder.member).await;
    }
}

/// Ends a claim, unless another client has taken it over. If that fails, the next connection tries again.
async fn release(store: Store, id: String, holder: MemberId) -> Result<Written, End> {
    let key = claim_key(&id);
    let Ok(entry) = store.entry(&key).await else { return Ok(Written::Entry) };
    if let Some(entry) = entry
        && holder_of(&entry.value).is_some_and(|held| held.member == holder)
        && store.delete_expect_revision(&key, Some(entry.revision)).await.is_err()
    {
        return Ok(Written::Entry);
    }
    Ok(Written::Released(id, holder))
}

fn holder_of(value: &[u8]) -> Option<Holder> {
    std::str::from_utf8(value).ok().and_then(Holder::parse)
}

/// Whether a claim of the same process, or of somebody who is gone, is the holder's now; none without a response.
async fn take_over(store: &Store, hub: &Hub, key: &str, holder: &Holder) -> Option<bool> {
    let Some(entry) = store.entry(key).await.ok()? else { return Some(true) };
    let is_held = |older: Holder| !older.is_same_process(holder) && !hub.is_gone(&older.member);
    if entry.operation == Operation::Put && holder_of(&entry.value).is_some_and(is_held) {
        return Some(false);
    }
    Some(store.update(key, holder.to_string().into(), entry.revision).await.is_ok())
}

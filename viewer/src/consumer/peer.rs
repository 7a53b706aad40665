//! The task of one connection: answers the offer, hands out what the channel brings, and notices its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::Event;
use super::connection::{Channel, ChannelEvent, Connection, ConnectionEvent, FLOOD, Path};
use super::decode::decode;
use super::message::RemoteCandidate;
use super::registry::ChannelEnd;
use super::stun::StunServers;

/// A connection that has not opened by then will not.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection without a path is given this long to find one again, if its producer is still there.
const DISCONNECTED_TIMEOUT: Duration = Duration::from_secs(15);

/// After so long without a message, a channel that has been closed has no more; one that is replaced may go on.
const PARKED_TIMEOUT: Duration = Duration::from_millis(50);
const MAX_DRAIN: Duration = Duration::from_secs(2);

/// How many bytes of entries make a batch; a batch is as many as have arrived, up to this.
const BATCH_BYTES: usize = 64 * 1024;

/// What a peer tells the consumer that it belongs to.
pub(crate) enum PeerEvent {
    Answer(String),
    Candidate(String),
    Opened,
    Closed(ChannelEnd),
}

/// Tells the consumer, which always reads on, about one peer.
pub(crate) struct Tell {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) events: mpsc::Sender<(String, u64, PeerEvent)>,
}

impl Tell {
    async fn tell(&self, event: PeerEvent) {
        // The consumer is gone only when it ends, and then nobody needs to know.
        let _ = self.events.send((self.id.clone(), self.number, event)).await;
    }
}

/// What a peer begins with.
pub(crate) struct Peer {
    pub(crate) producer: Arc<str>,
    pub(crate) session: Option<Arc<str>>,
    pub(crate) offer: String,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) stun: Option<StunServers>,
    pub(crate) candidates: mpsc::Receiver<RemoteCandidate>,
    /// Whether the server says that the producer is there: the path to one that is gone does not come back.
    pub(crate) is_announced: watch::Receiver<bool>,
    /// Ends the peer, behind what has arrived, once it is dropped.
    pub(crate) stop: oneshot::Receiver<()>,
    /// The end of the peer that this one replaces, whose events come first.
    pub(crate) previous: Option<oneshot::Receiver<()>>,
    /// Dropped at the end of this one.
    pub(crate) _ended: oneshot::Sender<()>,
    /// To the user of the consumer. Full while the user does not read, which holds the producer back.
    pub(crate) events: mpsc::Sender<Event>,
}

impl Peer {
    /// Runs until the channel ends, or until it is stopped.
    pub(crate) async fn run(mut self, tell: Tell) {
        let stun_servers = match &self.stun {
            Some(stun) => stun.known().await,
            None => Vec::new(),
        };
        let mut connection = match Connection::new(std::mem::take(&mut self.addresses), &stun_servers).await {
            Ok(connection) => connection,
            Err(error) => {
                log::debug!("{}: no connection: {error}", self.producer);
                return tell.tell(PeerEvent::Closed(ChannelEnd::Broken)).await;
            }
        };
        let how = self.converse(&mut connection, &tell).await;
        connection.close().await;
        self.wait_for_previous().await;
        drop(self);
        if let Some(how) = how {
            tell.tell(PeerEvent::Closed(how)).await;
        }
    }

    async fn wait_for_previous(&mut self) {
        if let Some(previous) = self.previous.take() {
            // Its end drops the sender.
            let _ = previous.await;
        }
    }

    /// Returns how the channel ended, or none if this side ends it.
    async fn converse(&mut self, connection: &mut Connection, tell: &Tell) -> Option<ChannelEnd> {
        match connection.answer(std::mem::take(&mut self.offer)).await {
            Ok(answer) => tell.tell(PeerEvent::Answer(answer)).await,
            Err(error) => {
                log::debug!("{}: refuses the offer: {error}", self.producer);
                return Some(ChannelEnd::Broken);
            }
        }
        let opening = tokio::select! {
            opening = tokio::time::timeout(OPEN_TIMEOUT, open(connection, &mut self.candidates, tell)) => opening,
            _ = &mut self.stop => return None,
        };
        let channel = match opening {
            Ok(Ok(channel)) => channel,
            Ok(Err(how)) => return Some(how),
            Err(_) => return Some(ChannelEnd::Broken),
        };
        connection.set_open();
        tell.tell(PeerEvent::Opened).await;
        self.wait_for_previous().await;
        let (producer, session) = (Arc::clone(&self.producer), self.session.clone());
        self.emit(Event::Opened { producer, session }).await?;
        let how = self.read(connection, &channel).await?;
        self.emit(Event::Closed { producer: Arc::clone(&self.producer), how }).await?;
        Some(how)
    }

    /// Returns how the channel ended, or none if this side ends it.
    async fn read(&mut self, connection: &mut Connection, channel: &Channel) -> Option<ChannelEnd> {
        let mut give_up: Option<Instant> = None;
        let mut is_down = false;
        loop {
            tokio::select! {
                biased;
                _ = &mut self.stop => {
                    self.drain_parked(connection, channel).await?;
                    return Some(ChannelEnd::Broken);
                }
                event = channel.next_event() => if self.take(connection, channel, event).await? {
                    return self.drain_parked(connection, channel).await;
                },
                event = connection.next_event() => match event {
                    Some(ConnectionEvent::Path(Path::Up)) => is_down = false,
                    Some(ConnectionEvent::Path(Path::Down)) => is_down = true,
                    Some(ConnectionEvent::Path(Path::Lost)) => return self.drain(connection, channel, ChannelEnd::PathLost).await,
                    Some(ConnectionEvent::Path(Path::Closed)) | None => {
                        return self.drain(connection, channel, ChannelEnd::Broken).await;
                    }
                    Some(_) => {}
                },
                Some(candidate) = self.candidates.recv() => connection.add_candidate(candidate).await,
                Ok(()) = self.is_announced.changed() => {}
                () = sleep_until(give_up.unwrap_or_else(Instant::now)), if give_up.is_some() => {
                    return Some(ChannelEnd::PathLost);
                }
            }
            let patience = if *self.is_announced.borrow() { DISCONNECTED_TIMEOUT } else { Duration::ZERO };
            give_up = is_down.then(|| {
                let latest = Instant::now() + patience;
                give_up.map_or(latest, |earlier| earlier.min(latest))
            });
        }
    }

    /// The channel has been closed, which the stack tells before it hands out the messages that it has parked.
    async fn drain_parked(&mut self, connection: &Connection, channel: &Channel) -> Option<ChannelEnd> {
        let latest = Instant::now() + MAX_DRAIN;
        while Instant::now() < latest {
            connection.kick();
            match tokio::time::timeout(PARKED_TIMEOUT, channel.next_event()).await {
                Ok(ChannelEvent::Closed) | Err(_) => break,
                Ok(event) => self.take(connection, channel, event).await?,
            };
        }
        Some(ChannelEnd::Closed)
    }

    /// Hands out what has arrived before the connection ended.
    async fn drain(&mut self, connection: &Connection, channel: &Channel, how: ChannelEnd) -> Option<ChannelEnd> {
        while let Some(event) = channel.event_at_hand() {
            if self.take(connection, channel, event).await? {
                break;
            }
        }
        Some(how)
    }

    /// Hands out one batch: `event` and what has arrived behind it. Returns whether the channel is closed.
    async fn take(&mut self, connection: &Connection, channel: &Channel, event: ChannelEvent) -> Option<bool> {
        let (mut entries, mut malformed, mut bytes, mut is_closed) = (Vec::new(), 0, 0, false);
        let mut next = Some(event);
        while let Some(event) = next {
            match event {
                ChannelEvent::Message(message) => match decode(message, &mut entries) {
                    Some(length) => bytes += length,
                    None => malformed += 1,
                },
                ChannelEvent::Closed => is_closed = true,
                ChannelEvent::Other => {}
            }
            next = if is_closed || bytes >= BATCH_BYTES { None } else { channel.event_at_hand() };
        }
        if entries.len() + malformed >= FLOOD || bytes >= BATCH_BYTES {
            connection.kick();
        }
        if !entries.is_empty() || malformed > 0 {
            self.emit(Event::Entries { producer: Arc::clone(&self.producer), entries, malformed }).await?;
        }
        Some(is_closed)
    }

    /// Returns none if nobody listens any more.
    async fn emit(&mut self, event: Event) -> Option<()> {
        self.events.send(event).await.ok()
    }
}

/// Waits for the channel, and carries candidates in the meantime.
async fn open(
    connection: &mut Connection,
    candidates: &mut mpsc::Receiver<RemoteCandidate>,
    tell: &Tell,
) -> Result<Channel, ChannelEnd> {
    loop {
        tokio::select! {
            event = connection.next_event() => match event {
                Some(ConnectionEvent::Channel(channel)) => return Ok(channel),
                Some(ConnectionEvent::Candidate(candidate)) => tell.tell(PeerEvent::Candidate(candidate)).await,
                Some(ConnectionEvent::Path(Path::Lost)) => return Err(ChannelEnd::PathLost),
                Some(ConnectionEvent::Path(Path::Closed)) | None => return Err(ChannelEnd::Broken),
                Some(_) => {}
            },
            Some(candidate) = candidates.recv() => connection.add_candidate(candidate).await,
        }
    }
}

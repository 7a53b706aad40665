//! The task of one connection: answers the offer, hands out what the channel brings, and notices its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::Event;
use super::asking::Asking;
use super::connection::{Channel, ChannelEvent, Connection, ConnectionEvent, FLOOD, Path};
use super::extension::{Fetch, FetchError, hello, ping};
use super::ice_servers::IceServers;
use super::message::RemoteCandidate;
use super::proof::{Look, ProofFailure, Secret};
use super::receiver::Receiver;
use super::registry::ChannelEnd;

/// A connection that has not opened by then will not.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection without a path is given this long to find one again, if its producer is still there.
const DISCONNECTED_TIMEOUT: Duration = Duration::from_secs(15);

/// After so long without a message, a channel that has been closed has no more; one that is replaced may go on.
const PARKED_TIMEOUT: Duration = Duration::from_millis(50);
const MAX_DRAIN: Duration = Duration::from_secs(2);

/// How many bytes of plain entries make a batch; a batch is as many as have arrived, up to this.
const BATCH_BYTES: usize = 64 * 1024;

/// After how many bytes of entries an acknowledgement is due, however many wait behind them.
const ACK_BYTES: usize = 1024 * 1024;

/// How long the first message of a producer that speaks the extension may take. A server may have kept from it that it
/// was asked, and then there is none until it logs.
const WELCOME_TIMEOUT: Duration = Duration::from_secs(5);

/// What a peer tells the consumer that it belongs to.
pub(crate) enum PeerEvent {
    Answer(String),
    Candidate(String),
    Opened,
    /// How the channel ended, and why nothing was read from it if that was for want of a proof.
    Closed(ChannelEnd, Option<ProofFailure>),
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
    pub(crate) asking: Asking,
    /// What the producer has to prove that it has.
    pub(crate) secret: Option<Secret>,
    pub(crate) offer: String,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) ice_servers: IceServers,
    pub(crate) relay_only: bool,
    pub(crate) candidates: mpsc::Receiver<RemoteCandidate>,
    /// Whether the server says that the producer is there: the path to one that is gone does not come back.
    pub(crate) is_announced: watch::Receiver<bool>,
    /// Ends the peer, behind what has arrived, once it is dropped.
    pub(crate) stop: oneshot::Receiver<()>,
    /// The ends of the peers that this one replaces, whose events come first.
    pub(crate) previous: Vec<oneshot::Receiver<()>>,
    /// Dropped at the end of this one.
    pub(crate) _ended: oneshot::Sender<()>,
    /// To the user of the consumer. Full while the user does not read, which holds the producer back.
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) fetches: mpsc::Receiver<Fetch>,
}

/// An open channel.
struct Reading<'a> {
    connection: &'a mut Connection,
    channel: Channel,
    receiver: Receiver,
    /// Made of the messages, and not yet with the user.
    made: Vec<Event>,
    has_pinged: bool,
}

impl Peer {
    /// Runs until the channel ends, or until it is stopped.
    pub(crate) async fn run(mut self, tell: Tell) {
        let mut look = Look::at(&self.offer, self.secret.as_ref());
        if let Some(failure) = look.failure {
            // Nobody listens any more if that fails, which ends the consumer.
            let _ = self.events.send(Event::Unproved { producer: Arc::clone(&self.producer), failure }).await;
        }
        if !look.is_answered() {
            self.refuse_fetches().await;
            drop(self);
            return tell.tell(PeerEvent::Closed(ChannelEnd::Broken, look.failure)).await;
        }
        let ice_servers = self.ice_servers.known().await;
        let addresses = std::mem::take(&mut self.addresses);
        let mut connection = match Connection::new(addresses, ice_servers, self.relay_only).await {
            Ok(connection) => connection,
            Err(error) => {
                log::debug!("{}: no connection: {error}", self.producer);
                return tell.tell(PeerEvent::Closed(ChannelEnd::Broken, look.failure)).await;
            }
        };
        let how = self.converse(&mut connection, &mut look, &tell).await;
        connection.close().await;
        self.refuse_fetches().await;
        all_ended(&mut self.previous).await;
        drop(self);
        if let Some(how) = how {
            tell.tell(PeerEvent::Closed(how, look.failure)).await;
        }
    }

    /// Ends the fetches that came too late for the channel.
    async fn refuse_fetches(&mut self) {
        self.fetches.close();
        while let Some(Fetch { id, .. }) = self.fetches.recv().await {
            let (producer, missing) = (Arc::clone(&self.producer), Err(FetchError::ChannelEnded));
            let _ = self.events.send(Event::FetchEnded { producer, id, missing }).await;
        }
    }

    /// Returns how the channel ended, or none if this side ends it. The failure of `look` becomes that of the channel.
    async fn converse(&mut self, connection: &mut Connection, look: &mut Look, tell: &Tell) -> Option<ChannelEnd> {
        let answer = match connection.answer(std::mem::take(&mut self.offer)).await {
            Ok(answer) => answer,
            Err(error) => {
                log::debug!("{}: refuses the offer: {error}", self.producer);
                return Some(ChannelEnd::Broken);
            }
        };
        let (answer, expected) = match look.proof.take().map(|proof| proof.of_answer(&answer)) {
            None => (answer, None),
            Some(Some((line, expected))) => (hello::add_line(&answer, &line), Some(expected)),
            Some(None) => {
                log::debug!("{}: the stack's answer does not name its certificate once", self.producer);
                return Some(ChannelEnd::Broken);
            }
        };
        if self.asking.is_possible() {
            // Where to go on is known once the channel before has ended.
            tokio::select! {
                () = all_ended(&mut self.previous) => {}
                _ = &mut self.stop => return None,
            }
        }
        tell.tell(PeerEvent::Answer(self.asking.ask(answer))).await;
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
        all_ended(&mut self.previous).await;
        let mut receiver = self.asking.receiver(Arc::clone(&self.producer));
        receiver.expect(expected.map(|expected| expected.with_wish(self.asking.wish())));
        let mut reading = Reading { connection, channel, receiver, made: Vec::new(), has_pinged: false };
        let how = self.read(&mut reading).await;
        look.failure = reading.receiver.failure(look.failure);
        if let Some(how) = how {
            reading.receiver.end(&mut reading.made);
            if reading.receiver.is_opened() {
                reading.made.push(Event::Closed { producer: Arc::clone(&self.producer), how });
            }
            self.hand_out(&mut reading).await?;
        }
        self.asking.remember(&reading.receiver);
        how
    }

    /// Returns how the channel ended, or none if nobody listens any more.
    async fn read(&mut self, reading: &mut Reading<'_>) -> Option<ChannelEnd> {
        let mut give_up: Option<Instant> = None;
        let mut is_down = false;
        let welcome_due = Instant::now() + WELCOME_TIMEOUT;
        let mut is_opened = !reading.receiver.is_undecided();
        if is_opened {
            reading.receiver.open(&mut reading.made);
            self.hand_out(reading).await?;
        }
        loop {
            let request_due = reading.receiver.next_due().map(Instant::from_std);
            tokio::select! {
                biased;
                _ = &mut self.stop => {
                    self.drain_parked(reading).await?;
                    return Some(ChannelEnd::Broken);
                }
                Some(fetch) = self.fetches.recv() => reading.receiver.fetch(fetch, &mut reading.made),
                Some((id, selection)) = self.asking.changed() => reading.receiver.filter(id, selection),
                event = reading.channel.next_event() => if self.take(reading, event).await? {
                    return self.drain_parked(reading).await;
                },
                event = reading.connection.next_event() => match event {
                    Some(ConnectionEvent::Path(Path::Up)) => is_down = false,
                    Some(ConnectionEvent::Path(Path::Down)) => is_down = true,
                    Some(ConnectionEvent::Path(Path::Lost)) => return self.drain(reading, ChannelEnd::PathLost).await,
                    Some(ConnectionEvent::Path(Path::Closed)) | None => {
                        return self.drain(reading, ChannelEnd::Broken).await;
                    }
                    Some(_) => {}
                },
                Some(candidate) = self.candidates.recv() => reading.connection.add_candidate(candidate).await,
                Ok(()) = self.is_announced.changed() => {}
                () = sleep_until(request_due.unwrap_or_else(Instant::now)), if request_due.is_some() => {}
                () = sleep_until(welcome_due), if !is_opened => {
                    is_opened = true;
                    reading.receiver.open(&mut reading.made);
                }
                () = sleep_until(give_up.unwrap_or_else(Instant::now)), if give_up.is_some() => {
                    return Some(ChannelEnd::PathLost);
                }
            }
            is_opened |= !reading.receiver.is_undecided();
            self.hand_out(reading).await?;
            if reading.receiver.is_refused() {
                return Some(ChannelEnd::Broken);
            }
            while let Some(message) = reading.receiver.next_message(Instant::now().into_std()) {
                reading.channel.send(&message).await;
            }
            let patience = if *self.is_announced.borrow() { DISCONNECTED_TIMEOUT } else { Duration::ZERO };
            give_up = is_down.then(|| {
                let latest = Instant::now() + patience;
                give_up.map_or(latest, |earlier| earlier.min(latest))
            });
        }
    }

    /// The channel has been closed, which the stack tells before it hands out the messages that it has parked.
    async fn drain_parked(&mut self, reading: &mut Reading<'_>) -> Option<ChannelEnd> {
        let latest = Instant::now() + MAX_DRAIN;
        while Instant::now() < latest {
            reading.connection.kick();
            match tokio::time::timeout(PARKED_TIMEOUT, reading.channel.next_event()).await {
                Ok(ChannelEvent::Closed) | Err(_) => break,
                Ok(event) => self.take(reading, event).await?,
            };
        }
        Some(ChannelEnd::Closed)
    }

    /// Hands out what has arrived before the connection ended.
    async fn drain(&mut self, reading: &mut Reading<'_>, how: ChannelEnd) -> Option<ChannelEnd> {
        while let Some(event) = reading.channel.event_at_hand() {
            if self.take(reading, event).await? {
                break;
            }
        }
        Some(how)
    }

    /// Hands out `event` and what has arrived behind it, up to a limit, and acknowledges it. Returns whether the channel
    /// is closed.
    async fn take(&mut self, reading: &mut Reading<'_>, event: ChannelEvent) -> Option<bool> {
        let (mut messages, mut bytes, mut is_closed) = (0, 0, false);
        let mut next = Some(event);
        while let Some(event) = next {
            match event {
                ChannelEvent::Message(message) => {
                    messages += 1;
                    bytes += reading.receiver.message(Instant::now().into_std(), message, &mut reading.made);
                    self.hand_out(reading).await?;
                }
                ChannelEvent::Closed => is_closed = true,
                ChannelEvent::Other => {}
            }
            let limit = if reading.receiver.is_extended() { ACK_BYTES } else { BATCH_BYTES };
            let is_enough = is_closed || bytes >= limit || reading.receiver.is_refused();
            next = if is_enough { None } else { reading.channel.event_at_hand() };
        }
        if messages >= FLOOD || bytes >= BATCH_BYTES {
            reading.connection.kick();
        }
        reading.receiver.flush(&mut reading.made);
        self.hand_out(reading).await?;
        reading.acknowledge().await;
        if messages > 0 && !std::mem::replace(&mut reading.has_pinged, true) {
            reading.channel.send(&ping()).await;
        }
        Some(is_closed)
    }

    /// Returns none if nobody listens any more.
    async fn hand_out(&self, reading: &mut Reading<'_>) -> Option<()> {
        if reading.made.is_empty() {
            return Some(());
        }
        for event in std::mem::take(&mut reading.made) {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    // The user may take long, and what is with the user shall not be sent again meanwhile.
                    reading.acknowledge().await;
                    self.events.send(event).await.ok()?;
                }
                Err(TrySendError::Closed(_)) => return None,
            }
        }
        reading.receiver.handed_out();
        Some(())
    }
}

impl Reading<'_> {
    async fn acknowledge(&mut self) {
        if let Some(ack) = self.receiver.ack() {
            self.channel.send(&ack).await;
        }
    }
}

/// The end of a peer drops its sender.
async fn all_ended(previous: &mut Vec<oneshot::Receiver<()>>) {
    while let Some(peer) = previous.last_mut() {
        let _ = peer.await;
        previous.pop();
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

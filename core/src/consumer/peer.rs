//! One consumer: offers, opens, delivers, and always closes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep_until};

use super::arrivals::{Arrivals, Arriving};
use super::challenge::Challenge;
use super::control::Taken;
use super::deflate::Frames;
use super::delivery::Delivery;
use super::extended::Extended;
use super::fetch::Turns;
use super::gauge::Gauge;
use super::hello::Hello;
use super::messages::{self, Identity, Place};
use super::negotiation::{Action, Input, Negotiation};
use super::registry::{Ended, Opened};
use super::sdp::{self, CheckedAnswer};
use super::sender::{JournalSource, Sender, Wakers};
use super::table::ConsumerTable;
use crate::config::Config;
use crate::diagnostics::{debug, error};
use crate::journal::{Counts, Cursor, SharedJournal};
use crate::message::{LocalCandidate, Outgoing};
use crate::observe::{EndReason, Event, Observers};
use crate::random;
use crate::runtime::Shutdown;
use crate::stats::Counters;
use crate::webrtc::channel::ChannelEvent;
use crate::webrtc::connection::{Connection, ConnectionEvent, ConnectionOptions, MAX_MESSAGE_BYTES};
use crate::webrtc::error::Error;
use crate::webrtc::ice_servers::IceServers;
use crate::webrtc::ports::Ports;

/// How often the stack is nudged between the path and the channel.
const NUDGE_INTERVAL: Duration = Duration::from_millis(5);

/// What every peer of a producer shares.
pub(crate) struct PeerContext {
    pub(crate) journal: Arc<SharedJournal>,
    pub(crate) frames: Arc<Frames>,
    pub(crate) turns: Arc<Turns>,
    /// What consumers are told of the session: enough to know it again, and not enough to register as its producer.
    pub(crate) session_mark: String,
    pub(crate) config: Arc<Config>,
    pub(crate) ice_servers: IceServers,
    pub(crate) ports: Arc<Ports>,
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
    pub(crate) observers: Arc<Observers>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) table: Arc<ConsumerTable>,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) shutdown: Shutdown,
}

pub(crate) struct Peer {
    pub(crate) context: Arc<PeerContext>,
    pub(crate) consumer_id: String,
    pub(crate) generation: u64,
    /// Of its offer: the answer echoes it.
    pub(crate) mid: String,
    /// From the registry. Its end is the end of the producer.
    pub(crate) inputs: mpsc::Receiver<Input>,
    /// To the registry: its channel has opened.
    pub(crate) open: mpsc::Sender<Opened>,
    /// Whether the server no longer announces the consumer.
    pub(crate) has_departed: Arc<AtomicBool>,
    /// There until the consumer's program listens.
    pub(crate) arriving: Option<Arriving>,
    /// Of its offer, if the program has a secret.
    pub(crate) challenge: Option<Challenge>,
    /// What its answer says beside what is for the stack.
    pub(crate) terms: Terms,
}

/// What a consumer takes.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// Of one of the extension.
    hello: Option<Hello>,
    /// The longest message.
    max_message_bytes: usize,
    /// What proves to one that has the secret that the producer has it, too.
    proof: Option<String>,
}

impl Peer {
    /// Lives from the announcement of a consumer to its end.
    pub(crate) async fn run(mut self) -> Ended {
        let (reason, counts, is_unauthenticated) = match self.connect().await {
            Ok((connection, offer)) => {
                let gate = connection.dtls_gate.clone();
                let (reason, counts) = self.attend(connection, offer).await;
                (reason, counts, reason == EndReason::Flooded && gate.is_shut_by_volume())
            }
            Err(problem) => {
                debug!("no connection to consumer {:?}: {problem}", self.consumer_id);
                (EndReason::Failed, None, false)
            }
        };
        if counts.is_none() {
            self.context.counters.consumers_failed.increment();
        }
        debug!("the connection to consumer {:?} has ended: {reason:?}, {counts:?}", self.consumer_id);
        let event = Event::ConsumerDisconnected {
            consumer_id: self.consumer_id.clone(),
            reason,
            counts: counts.unwrap_or_default(),
        };
        self.context.observers.emit(&event);
        Ended {
            consumer_id: self.consumer_id,
            generation: self.generation,
            reason,
            was_open: counts.is_some(),
            is_unauthenticated,
        }
    }

    /// A connection, and the offer that is to be said.
    async fn connect(&mut self) -> Result<(Connection, Outgoing), Error> {
        let options = ConnectionOptions {
            config: Arc::clone(&self.context.config),
            counters: Arc::clone(&self.context.counters),
            ice_servers: self.context.ice_servers.known().await,
            ports: Arc::clone(&self.context.ports),
        };
        let mut connection = Connection::new(&options).await?;
        match connection.offer().await.and_then(|sdp| self.dress(&sdp)) {
            Ok(sdp) => Ok((connection, Outgoing::WebrtcOffer { to: self.consumer_id.clone(), sdp })),
            Err(problem) => {
                connection.close().await;
                Err(problem)
            }
        }
    }

    /// The offer as it travels.
    fn dress(&mut self, sdp: &str) -> Result<String, Error> {
        let session = &self.context.session_mark;
        if let Some(secret) = &self.context.config.secret {
            let nonce = random::bytes("nonce").map_err(|_| Error::NoChallenge)?;
            self.challenge = Some(Challenge::new(secret, nonce, session, sdp).ok_or(Error::NoChallenge)?);
        }
        let lines = self.challenge.as_ref().map(Challenge::lines).unwrap_or_default();
        Ok(sdp::dress_offer(sdp, &self.mid, session, &lines))
    }

    /// Sees a connection through to its end. The counts are there where its channel had opened.
    async fn attend(&mut self, mut connection: Connection, offer: Outgoing) -> (EndReason, Option<Counts>) {
        let attended = AssertUnwindSafe(self.see_through(&mut connection, offer)).catch_unwind().await;
        let farewell = *self.context.shutdown.borrow();
        // One that did not take everything would not take the end of the channel, either.
        if let Ok((EndReason::ProducerClosed, Some(counts))) = &attended
            && counts.dropped.disconnected == 0
            && let Some(until) = farewell
        {
            connection.close_channel(until).await;
        }
        connection.close().await;
        attended.unwrap_or_else(|_| {
            // The stack reads what a stranger says: where it panics, that stranger's connection ends, and nothing else.
            error!("the WebRTC stack panicked at consumer {:?}", self.consumer_id);
            (EndReason::Failed, None)
        })
    }

    async fn see_through(&mut self, connection: &mut Connection, offer: Outgoing) -> (EndReason, Option<Counts>) {
        let mut negotiation = Negotiation::new(Instant::now());
        if let Err(reason) = self.open(connection, &mut negotiation, offer).await {
            return (reason, None);
        }
        let (reason, counts) = self.deliver(connection, &mut negotiation).await;
        (reason, Some(counts))
    }

    /// Until the channel is open.
    async fn open(
        &mut self,
        connection: &mut Connection,
        negotiation: &mut Negotiation,
        offer: Outgoing,
    ) -> Result<(), EndReason> {
        let outgoing = self.context.outgoing.clone();
        let mut offer = Some(offer);
        let mut nudges = interval(NUDGE_INTERVAL);
        nudges.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let input = tokio::select! {
                // Without the offer nothing comes of the connection: it waits for a server that reads slowly.
                Ok(place) = outgoing.reserve(), if negotiation.wants_to_offer() => {
                    if let Some(offer) = offer.take() {
                        place.send(offer);
                    }
                    Some(Input::OfferSent)
                }
                _ = nudges.tick(), if negotiation.is_opening() => {
                    connection.nudge().await;
                    None
                }
                happened = self.next(connection, negotiation) => happened.input(),
            };
            if self.handle(connection, negotiation, input).await? {
                return Ok(());
            }
        }
    }

    /// While the channel is open.
    async fn deliver(&mut self, connection: &mut Connection, negotiation: &mut Negotiation) -> (EndReason, Counts) {
        let context = Arc::clone(&self.context);
        connection.dtls_gate.open();
        // It fails only while the producer closes.
        let _ = self.open.send(Opened { consumer_id: self.consumer_id.clone(), generation: self.generation }).await;
        let (cursor, delivery) = self.begin();
        // Not before the cursor is there, so that at every moment either of the two holds up `close`.
        if let Some(arriving) = &mut self.arriving {
            arriving.open();
        }
        let gauge = Arc::new(Gauge::default());
        let listed = context.table.list(self.consumer_id.clone(), cursor.id(), Arc::clone(&gauge));
        context.counters.consumers_opened.increment();
        debug!("the channel to consumer {:?} is open", self.consumer_id);
        context.observers.emit(&Event::ConsumerConnected { consumer_id: self.consumer_id.clone() });

        let wakers = Wakers::default();
        let sender = Sender {
            channel: connection.channel.clone(),
            source: JournalSource { journal: &context.journal, cursor: &cursor, counters: &context.counters },
            delivery,
            frames: &context.frames,
            wakers: &wakers,
            gauge,
            has_departed: Arc::clone(&self.has_departed),
        };
        let reason = self.watch(connection, negotiation, sender.run(), &wakers).await;
        // First from the list, so that nobody reads the counts of a cursor that is closed.
        drop(listed);
        (reason, cursor.close())
    }

    /// A place in the journal, and what is sent from there.
    fn begin(&self) -> (Cursor, Delivery) {
        let context = &self.context;
        let Terms { hello, max_message_bytes, proof } = &self.terms;
        let session = &context.session_mark;
        let mut place = Place::default();
        let mut horizon = 0;
        let cursor = Cursor::open(&context.journal, |oldest, end| {
            horizon = context.config.replay.first(oldest, end);
            let (from, resumed) =
                hello.as_ref().map_or((horizon, false), |hello| hello.first(session, horizon, oldest, end));
            place = Place { oldest: horizon, from, next: end, resumed };
            from
        });
        let now = Instant::now();
        let delivery = Delivery::new(now, place.from, horizon, *max_message_bytes);
        let Some(hello) = hello else { return (cursor, delivery) };
        let config = &context.config;
        let who = Identity { session, client_id: &config.client_id, metadata: &config.metadata };
        let extended = Extended::new(now, hello, place.from, Arc::clone(&context.turns));
        (cursor, delivery.extended(extended, messages::welcome(who, place, hello, proof.as_deref())))
    }

    async fn watch(
        &mut self,
        connection: &mut Connection,
        negotiation: &mut Negotiation,
        sending: impl Future<Output = EndReason>,
        wakers: &Wakers,
    ) -> EndReason {
        let mut sending = std::pin::pin!(sending);
        loop {
            let happened = tokio::select! {
                reason = &mut sending => return reason,
                happened = self.next(connection, negotiation) => happened,
            };
            match &happened {
                Happened::Drained => wakers.drained(),
                Happened::Message(message) => {
                    // What one of the base protocol sends means nothing, but too much of it is a flood as well.
                    let message = if self.terms.hello.is_some() { &message[..] } else { &[] };
                    match wakers.message(Instant::now(), message) {
                        Taken::Kept => {}
                        Taken::Ignored if self.terms.hello.is_none() => {}
                        Taken::Ignored => self.context.counters.ignored_messages.increment(),
                        Taken::Flood => {
                            connection.dtls_gate.shut();
                            return EndReason::Flooded;
                        }
                    }
                }
                Happened::Input(_) | Happened::Nothing => {}
            }
            if let Err(reason) = self.handle(connection, negotiation, happened.input()).await {
                return reason;
            }
        }
    }

    /// What happens next. Cancelled, it loses nothing.
    async fn next(&mut self, connection: &mut Connection, negotiation: &Negotiation) -> Happened {
        let deadline = negotiation.deadline();
        tokio::select! {
            input = self.inputs.recv() => Happened::Input(input.unwrap_or(Input::End(EndReason::ProducerClosed))),
            Some(event) = connection.events.recv(), if negotiation.takes_local_candidates() => event.into(),
            event = connection.channel.next_event() => event.into(),
            () = connection.dtls_gate.has_shut() => Happened::Input(Input::End(EndReason::Flooded)),
            () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => {
                Happened::Input(Input::Deadline)
            }
        }
    }

    /// Does what follows from `input`. Returns whether the channel is open now.
    async fn handle(
        &mut self,
        connection: &Connection,
        negotiation: &mut Negotiation,
        input: Option<Input>,
    ) -> Result<bool, EndReason> {
        let Some(input) = input else { return Ok(false) };
        for action in negotiation.handle(Instant::now(), input) {
            match action {
                Action::Accept(answer) => {
                    self.terms = self.read_terms(&answer)?;
                    connection.accept(answer.sdp).await.map_err(|problem| {
                        debug!("the stack refuses the answer of consumer {:?}: {problem}", self.consumer_id);
                        EndReason::Failed
                    })?;
                }
                Action::Add(candidate) => {
                    if let Err(problem) = connection.add_candidate(candidate).await {
                        self.context.counters.candidates_refused.increment();
                        debug!("the stack refuses a candidate of consumer {:?}: {problem}", self.consumer_id);
                    }
                }
                Action::Send(candidate) => self.send_candidate(candidate),
                Action::Deliver => return Ok(true),
                Action::Listens => self.arriving = None,
                Action::End(reason) => return Err(reason),
            }
        }
        Ok(false)
    }

    /// An answer without the right proof ends the connection. A `hello` that cannot be read is counted: that consumer gets
    /// the base protocol.
    fn read_terms(&self, answer: &CheckedAnswer) -> Result<Terms, EndReason> {
        let refuse = || {
            debug!("the answer of consumer {:?} has no right proof of the secret", self.consumer_id);
            self.context.counters.proofs_refused.increment();
            EndReason::ProofRefused
        };
        let proof = self.challenge.as_ref().map(|challenge| challenge.accept(answer).ok_or_else(refuse)).transpose()?;
        let hello = answer.hello.as_deref().map(Hello::decode);
        if let Some(Err(problem)) = &hello {
            debug!("consumer {:?} gets the base protocol: {problem}", self.consumer_id);
            self.context.counters.ignored_messages.increment();
        }
        let limit = if answer.max_message_bytes == 0 {
            MAX_MESSAGE_BYTES
        } else {
            answer.max_message_bytes.min(MAX_MESSAGE_BYTES)
        };
        let max_message_bytes = usize::try_from(limit).expect("at most 256 KiB");
        Ok(Terms { hello: hello.and_then(Result::ok), max_message_bytes, proof })
    }

    /// Without a signaling connection nobody could answer, and the queue may be full: then it is not sent.
    fn send_candidate(&self, candidate: String) {
        let to = self.consumer_id.clone();
        let candidate = LocalCandidate { to, candidate, sdp_mid: self.mid.clone(), sdp_m_line_index: 0 };
        let _ = self.context.outgoing.try_send(Outgoing::IceCandidate(candidate));
    }
}

/// What happens to a connection, with what is not the negotiation's.
enum Happened {
    Input(Input),
    /// The channel has room again.
    Drained,
    /// A message of the consumer.
    Message(BytesMut),
    Nothing,
}

impl Happened {
    fn input(self) -> Option<Input> {
        match self {
            Self::Input(input) => Some(input),
            Self::Message(_) => Some(Input::Message),
            Self::Drained | Self::Nothing => None,
        }
    }
}

impl From<ConnectionEvent> for Happened {
    fn from(event: ConnectionEvent) -> Self {
        match event {
            ConnectionEvent::Candidate(candidate) | ConnectionEvent::Announced(candidate) => {
                Self::Input(Input::LocalCandidate(candidate))
            }
            ConnectionEvent::GatheringComplete => Self::Nothing,
            ConnectionEvent::PathFound => Self::Input(Input::PathFound),
            ConnectionEvent::Path(path) => Self::Input(Input::Path(path)),
        }
    }
}

impl From<ChannelEvent> for Happened {
    fn from(event: ChannelEvent) -> Self {
        match event {
            ChannelEvent::Open => Self::Input(Input::ChannelOpen),
            ChannelEvent::Closed => Self::Input(Input::ChannelClosed),
            ChannelEvent::Drained => Self::Drained,
            ChannelEvent::Message(message) => Self::Message(message),
            ChannelEvent::Other => Self::Nothing,
        }
    }
}

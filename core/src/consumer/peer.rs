//! One consumer: offers, opens, delivers, and always closes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ::webrtc::data_channel::DataChannelEvent;
use ::webrtc::peer_connection::{RTCIceCandidateInit, RTCPeerConnectionState};
use futures_util::FutureExt;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::arrivals::{Arrivals, Arriving};
use super::delivery::Delivery;
use super::gauge::Gauge;
use super::table::ConsumerTable;
use crate::config::Config;
use crate::diagnostics::{debug, error};
use crate::journal::{Counts, CursorId, Replay, SharedJournal};
use crate::observe::{EndReason, Event, Observers};
use crate::runtime::Shutdown;
use crate::signaling::message::{LocalCandidate, Outgoing, RemoteCandidate};
use crate::stats::Counters;
use crate::webrtc::connection::{Connection, ConnectionEvent, ConnectionOptions};
use crate::webrtc::ice_servers::IceServers;

/// How long a channel may take to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// How often the stack is nudged between the path and the channel.
const NUDGE_INTERVAL: Duration = Duration::from_millis(5);

/// How long the path may be lost.
const PATH_LOST_LIMIT: Duration = Duration::from_secs(15);

/// What every peer of a producer shares.
pub(crate) struct PeerContext {
    pub(crate) journal: Arc<SharedJournal>,
    pub(crate) config: Arc<Config>,
    pub(crate) ice_servers: IceServers,
    pub(crate) server_is_local: bool,
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
    pub(crate) observers: Arc<Observers>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) table: Arc<ConsumerTable>,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) shutdown: Shutdown,
}

/// What the roster tells a peer. The end of the channel ends the peer.
#[derive(Debug)]
pub(crate) enum Command {
    /// The offer may be made.
    Introduce,
    /// An answer, checked.
    Answer(String),
    /// A candidate, checked.
    Candidate(RemoteCandidate),
    /// The end, and why.
    End(EndReason),
}

pub(crate) struct Peer {
    pub(crate) context: Arc<PeerContext>,
    pub(crate) consumer_id: String,
    pub(crate) generation: u64,
    pub(crate) commands: mpsc::Receiver<Command>,
    /// There until the channel opens.
    pub(crate) arriving: Option<Arriving>,
}

impl Peer {
    /// Lives from the announcement of a consumer to its end; returns whose it was, and which.
    pub(crate) async fn run(mut self) -> (String, u64) {
        let deadline = Instant::now() + OPEN_TIMEOUT;
        let (reason, counts) = match self.connect().await {
            Ok((connection, offer)) => self.attend(connection, offer, deadline).await,
            Err(problem) => {
                debug!("no connection to consumer {:?}: {problem}", self.consumer_id);
                (EndReason::Failed, None)
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
        (self.consumer_id, self.generation)
    }

    /// A connection, and the offer that is to be said.
    async fn connect(&self) -> Result<(Connection, Outgoing), String> {
        let options = ConnectionOptions {
            config: Arc::clone(&self.context.config),
            counters: Arc::clone(&self.context.counters),
            ice_servers: self.context.ice_servers.known().await,
            server_is_local: self.context.server_is_local,
        };
        let mut connection = Connection::new(&options).await?;
        match connection.offer().await {
            Ok(sdp) => Ok((connection, Outgoing::WebrtcOffer { to: self.consumer_id.clone(), sdp })),
            Err(problem) => {
                connection.close().await;
                Err(problem)
            }
        }
    }

    /// Without a signaling connection nobody could answer, and the queue may be full: then nothing is said.
    fn say(&self, message: Outgoing) {
        let _ = self.context.outgoing.try_send(message);
    }

    /// Sees a connection through to its end. The counts are there where its channel had opened.
    async fn attend(
        &mut self,
        mut connection: Connection,
        offer: Outgoing,
        deadline: Instant,
    ) -> (EndReason, Option<Counts>) {
        let attended = AssertUnwindSafe(self.see_through(&mut connection, offer, deadline)).catch_unwind().await;
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

    async fn see_through(
        &mut self,
        connection: &mut Connection,
        offer: Outgoing,
        deadline: Instant,
    ) -> (EndReason, Option<Counts>) {
        if let Err(reason) = self.open(connection, offer, deadline).await {
            return (reason, None);
        }
        let (reason, counts) = self.deliver(connection).await;
        (reason, Some(counts))
    }

    /// Until the channel opens.
    async fn open(&mut self, connection: &mut Connection, offer: Outgoing, deadline: Instant) -> Result<(), EndReason> {
        let channel = Arc::clone(&connection.channel);
        let outgoing = self.context.outgoing.clone();
        // Without it nothing comes of the connection: it waits for a server that reads slowly. No candidate goes before it.
        let mut offer = Some(offer);
        let mut signaling = Exchange::default();
        let mut nudges = interval(NUDGE_INTERVAL);
        nudges.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Ok(place) = outgoing.reserve(), if signaling.introduced && offer.is_some() => {
                    if let Some(offer) = offer.take() {
                        place.send(offer);
                    }
                }
                command = self.commands.recv() => self.obey(command, connection, &mut signaling).await?,
                Some(event) = connection.events.recv(), if offer.is_none() => self.note(event, &mut signaling)?,
                _ = nudges.tick(), if signaling.has_path => connection.nudge().await,
                event = channel.poll() => match event {
                    Some(DataChannelEvent::OnOpen) => return Ok(()),
                    Some(DataChannelEvent::OnClose) | None => return Err(EndReason::ClosedByConsumer),
                    Some(_) => {}
                },
                () = sleep_until(deadline) => return Err(EndReason::OpenTimeout),
            }
        }
    }

    /// While the channel is open.
    async fn deliver(&mut self, connection: &mut Connection) -> (EndReason, Counts) {
        let context = Arc::clone(&self.context);
        let cursor = OpenCursor::new(Arc::clone(&context.journal), context.config.replay);
        let gauge = Arc::new(Gauge::default());
        // Not before the cursor is there, so that at every moment either of the two holds up `close`.
        self.arriving = None;
        let listed = context.table.list(self.consumer_id.clone(), cursor.id, Arc::clone(&gauge));
        context.counters.consumers_opened.increment();
        debug!("the channel to consumer {:?} is open", self.consumer_id);
        context.observers.emit(&Event::ConsumerConnected { consumer_id: self.consumer_id.clone() });

        let drained = Arc::new(Notify::new());
        let delivery = Delivery {
            channel: Arc::clone(&connection.channel),
            journal: Arc::clone(&context.journal),
            cursor: cursor.id,
            drained: Arc::clone(&drained),
            gauge,
        };
        let reason = self.watch(connection, delivery, &drained).await;
        // First from the list, so that nobody reads the counts of a cursor that is closed.
        drop(listed);
        (reason, cursor.close())
    }

    async fn watch(&mut self, connection: &mut Connection, delivery: Delivery, drained: &Notify) -> EndReason {
        let channel = Arc::clone(&connection.channel);
        let mut delivery = std::pin::pin!(delivery.run());
        let mut signaling = Exchange { answered: true, ..Exchange::default() };
        loop {
            let lost_at = signaling.path_lost.map(|since| since + PATH_LOST_LIMIT);
            let ended = tokio::select! {
                reason = &mut delivery => Err(reason),
                command = self.commands.recv() => self.obey(command, connection, &mut signaling).await,
                Some(event) = connection.events.recv() => self.note(event, &mut signaling),
                event = channel.poll() => match event {
                    Some(DataChannelEvent::OnClosing | DataChannelEvent::OnClose) | None => Err(EndReason::ClosedByConsumer),
                    Some(DataChannelEvent::OnBufferedAmountLow) => { drained.notify_one(); Ok(()) }
                    // What a consumer of part 1 says means nothing; it must only be taken from the queue.
                    Some(_) => Ok(()),
                },
                () = sleep_until(lost_at.unwrap_or_else(Instant::now)), if lost_at.is_some() => Err(EndReason::PathLost),
            };
            if let Err(reason) = ended {
                return reason;
            }
        }
    }

    async fn obey(
        &self,
        command: Option<Command>,
        connection: &Connection,
        signaling: &mut Exchange,
    ) -> Result<(), EndReason> {
        match command {
            None => return Err(EndReason::ProducerClosed),
            Some(Command::End(reason)) => return Err(reason),
            Some(Command::Introduce) => signaling.introduced = true,
            // A second answer changes nothing: the first one holds.
            Some(Command::Answer(_)) if signaling.answered => {}
            Some(Command::Answer(sdp)) => {
                signaling.answered = true;
                connection.accept(sdp).await.map_err(|problem| {
                    debug!("the stack refuses the answer of consumer {:?}: {problem}", self.consumer_id);
                    EndReason::Failed
                })?;
                for candidate in std::mem::take(&mut signaling.early) {
                    self.add(candidate, connection).await;
                }
            }
            Some(Command::Candidate(candidate)) if signaling.answered => self.add(candidate, connection).await,
            Some(Command::Candidate(candidate)) => signaling.early.push(candidate),
        }
        Ok(())
    }

    async fn add(&self, candidate: RemoteCandidate, connection: &Connection) {
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid.or_else(|| Some("0".to_owned())),
            sdp_mline_index: candidate.sdp_m_line_index.or(Some(0)),
            username_fragment: candidate.username_fragment,
            ..RTCIceCandidateInit::default()
        };
        if let Err(problem) = connection.add_candidate(candidate).await {
            self.context.counters.candidates_refused.increment();
            debug!("the stack refuses a candidate of consumer {:?}: {problem}", self.consumer_id);
        }
    }

    fn note(&self, event: ConnectionEvent, signaling: &mut Exchange) -> Result<(), EndReason> {
        match event {
            ConnectionEvent::Candidate(candidate) => self.say(Outgoing::IceCandidate(LocalCandidate {
                to: self.consumer_id.clone(),
                candidate: candidate.candidate,
                sdp_mid: "0".to_owned(),
                sdp_m_line_index: 0,
            })),
            ConnectionEvent::GatheringComplete => {}
            ConnectionEvent::PathFound => signaling.has_path = true,
            ConnectionEvent::State(state) => match state {
                RTCPeerConnectionState::Connected => signaling.path_lost = None,
                RTCPeerConnectionState::Disconnected => {
                    signaling.path_lost.get_or_insert_with(Instant::now);
                }
                RTCPeerConnectionState::Failed => return Err(EndReason::PathLost),
                RTCPeerConnectionState::Closed => return Err(EndReason::ClosedByConsumer),
                _ => {}
            },
        }
        Ok(())
    }
}

/// A cursor that is closed, come what may: an open one holds up every flush.
struct OpenCursor {
    journal: Arc<SharedJournal>,
    id: CursorId,
}

impl OpenCursor {
    fn new(journal: Arc<SharedJournal>, replay: Replay) -> Self {
        let id = journal.open(replay);
        Self { journal, id }
    }

    fn close(self) -> Counts {
        self.journal.close_cursor(self.id)
    }
}

impl Drop for OpenCursor {
    fn drop(&mut self) {
        // Nothing where it is closed already.
        self.journal.close_cursor(self.id);
    }
}

/// What has been said so far about one connection.
#[derive(Default)]
struct Exchange {
    introduced: bool,
    answered: bool,
    /// Candidates that came before the answer; the roster lets no more than 32 through.
    early: Vec<RemoteCandidate>,
    has_path: bool,
    path_lost: Option<Instant>,
}

//! The consumers: one task that knows who is there, and one for each of them.

pub(crate) mod arrivals;
mod batch;
mod challenge;
mod control;
pub(crate) mod deflate;
mod delivery;
mod extended;
pub(crate) mod fetch;
pub(crate) mod gauge;
mod hello;
mod messages;
pub(crate) mod mids;
pub(crate) mod negotiation;
mod on_the_way;
pub(crate) mod peer;
mod plain;
mod recents;
pub(crate) mod registry;
pub(crate) mod sdp;
mod sender;
pub(crate) mod table;
mod waiting;
pub(crate) mod window;
mod wish;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use arrivals::Arriving;
use mids::Mids;
use negotiation::Input;
use peer::{Peer, PeerContext, Terms};
use registry::{Announced, Ended, Opened, Placed, Registry};
use sdp::CandidateError;

use crate::diagnostics::{debug, quiet};
use crate::message::{Incoming, RemoteCandidate};
use crate::observe::{EndReason, Event};
use crate::runtime::Shutdown;

/// How many inputs wait for a peer, which reads on at all times.
const INPUT_QUEUE: usize = 64;

/// How many channels have opened and are not yet known to the registry.
const OPENED_QUEUE: usize = 64;

/// How many peers may be on their way out while others take their places: each still has its sockets.
const MAX_ENDING: usize = 16;

/// What the registry holds of a peer.
struct PeerHandle {
    inputs: mpsc::Sender<Input>,
    /// How many more candidates of this consumer are taken.
    candidates_left: usize,
    has_departed: Arc<AtomicBool>,
}

impl PeerHandle {
    /// The handle, and the peer's ends of what they share.
    fn new(arriving: Arriving) -> (Self, Start) {
        let (inputs, receiver) = mpsc::channel(INPUT_QUEUE);
        let has_departed = Arc::default();
        let start = Start { inputs: receiver, has_departed: Arc::clone(&has_departed), arriving };
        (Self { inputs, candidates_left: sdp::MAX_CANDIDATES, has_departed }, start)
    }

    /// A peer whose queue is full does not read, and one that has gone needs nothing.
    fn tell(&self, input: Input) {
        let _ = self.inputs.try_send(input);
    }

    fn end(&self, reason: EndReason) {
        self.tell(Input::End(reason));
    }
}

/// A consumer that has been announced just now.
struct Announcement {
    consumer_id: String,
    announced: Announced,
    arriving: Arriving,
}

/// What a new peer is given beside its place.
struct Start {
    inputs: mpsc::Receiver<Input>,
    has_departed: Arc<AtomicBool>,
    arriving: Arriving,
}

pub(crate) struct Consumers {
    context: Arc<PeerContext>,
    max_consumers: usize,
    registry: Registry<PeerHandle>,
    peers: JoinSet<Ended>,
    /// For the peers, whose channels open.
    open: mpsc::Sender<Opened>,
    opened: mpsc::Receiver<Opened>,
    incoming: mpsc::Receiver<Incoming>,
    shutdown: Shutdown,
}

impl Consumers {
    pub(crate) fn new(
        context: PeerContext,
        max_consumers: usize,
        incoming: mpsc::Receiver<Incoming>,
        shutdown: Shutdown,
    ) -> Self {
        let registry = Registry::new(Instant::now(), max_consumers, Mids::new(fastrand::Rng::new()));
        let (open, opened) = mpsc::channel(OPENED_QUEUE);
        let (context, peers) = (Arc::new(context), JoinSet::new());
        Self { context, max_consumers, registry, peers, open, opened, incoming, shutdown }
    }

    /// Serves until shutdown, and until every peer has closed.
    pub(crate) async fn run(mut self) {
        loop {
            let mut announced = None;
            tokio::select! {
                Some(message) = self.incoming.recv() => announced = self.handle(message),
                Some(opened) = self.opened.recv() => self.registry.on_opened(Instant::now(), &opened),
                Some(ended) = self.peers.join_next() => {
                    if let Ok(ended) = ended {
                        self.registry.on_ended(Instant::now(), &ended);
                    }
                }
                // Without room nothing can be done about it until a peer has ended.
                () = until(self.registry.next_due()), if self.has_room() => {}
                _ = self.shutdown.changed() => break,
            }
            self.place_due(announced);
        }
        // A peer that opens now is not to wait for somebody who reads no more.
        self.opened.close();
        self.registry.drain().for_each(drop);
        // All at once: each takes up to 100 ms to close.
        while self.peers.join_next().await.is_some() {}
    }

    /// Gives everybody who is due a place. `announced` has been announced just now.
    fn place_due(&mut self, mut announced: Option<Announcement>) {
        while self.has_room()
            && let Some(consumer_id) = self.registry.due(Instant::now())
        {
            let arriving = announced.take_if(|announced| announced.consumer_id == consumer_id);
            let arriving = arriving.map_or_else(|| self.context.arrivals.returning(), |announced| announced.arriving);
            self.start(consumer_id, arriving);
        }
        if let Some(Announcement { consumer_id, announced, arriving: _ }) = announced {
            debug!("consumer {consumer_id:?} waits: {} connections have begun", self.peers.len());
            // One that comes too often waits without being refused, and one that has been refused is not refused again.
            if announced == Announced::New && (self.registry.is_full() || !self.has_room()) {
                self.context.counters.consumers_refused.increment();
                self.context.observers.emit(&Event::ConsumerRefused { consumer_id });
            }
        }
    }

    fn handle(&mut self, message: Incoming) -> Option<Announcement> {
        match message {
            Incoming::ConsumerConnected { consumer_id } => {
                let announced = self.registry.announce(Instant::now(), &consumer_id);
                let arriving = self.context.arrivals.announced();
                return Some(Announcement { consumer_id, announced, arriving });
            }
            Incoming::ConsumerDisconnected { consumer_id } => {
                if let Some(peer) = self.registry.on_departed(Instant::now(), &consumer_id) {
                    peer.end(EndReason::Left);
                } else if let Some(peer) = self.registry.departed(&consumer_id) {
                    peer.has_departed.store(true, Ordering::Relaxed);
                }
            }
            Incoming::Answer { from, sdp } => self.answer(&from, &sdp),
            Incoming::Candidate { from, candidate } => self.candidate(&from, candidate),
            Incoming::Error { to: Some(consumer_id), .. } => self.registry.on_unknown(&consumer_id),
            Incoming::Ping
            | Incoming::Registered { .. }
            | Incoming::IceServers(_)
            | Incoming::Error { to: None, .. }
            | Incoming::Unknown => {}
        }
        None
    }

    /// Whether one more peer may begin: those that end still have their sockets.
    fn has_room(&self) -> bool {
        self.peers.len() < self.max_consumers + MAX_ENDING
    }

    fn start(&mut self, consumer_id: String, arriving: Arriving) {
        let (handle, start) = PeerHandle::new(arriving);
        let Placed { generation, mid, replaced, evicted } = self.registry.place(Instant::now(), &consumer_id, handle);
        for (peer, reason) in [(replaced, EndReason::Replaced), (evicted, EndReason::OpenTimeout)] {
            if let Some(peer) = peer {
                peer.end(reason);
            }
        }
        let Start { inputs, has_departed, arriving } = start;
        let context = Arc::clone(&self.context);
        let peer = Peer {
            context,
            consumer_id,
            generation,
            mid,
            inputs,
            open: self.open.clone(),
            has_departed,
            arriving: Some(arriving),
            challenge: None,
            terms: Terms::default(),
        };
        self.peers.spawn(quiet(peer.run()));
    }

    fn answer(&mut self, from: &[String], sdp: &str) {
        let refuse = |problem: &dyn std::error::Error| {
            debug!("refuses an answer: {problem}");
            self.context.counters.answers_refused.increment();
        };
        let checked = match sdp::check_answer(sdp) {
            Ok(checked) => checked,
            Err(problem) => return refuse(&problem),
        };
        match self.registry.take_answer(from, checked.mid.as_deref(), &checked.ufrag) {
            Ok(Some(peer)) => {
                peer.candidates_left = peer.candidates_left.saturating_sub(checked.candidates);
                peer.tell(Input::Answer(checked));
            }
            Ok(None) => {}
            Err(problem) => refuse(&problem),
        }
    }

    fn candidate(&mut self, from: &[String], candidate: RemoteCandidate) {
        if candidate.candidate.is_empty() {
            return;
        }
        let ufrag = candidate.username_fragment.as_deref().or_else(|| sdp::candidate_ufrag(&candidate.candidate));
        let checked = sdp::check_candidate(&candidate.candidate);
        let peer = self.registry.for_candidate(from, ufrag);
        match (checked, peer) {
            (Ok(()), Some(peer)) if peer.candidates_left > 0 => {
                peer.candidates_left -= 1;
                peer.tell(Input::Candidate(candidate));
            }
            (Ok(()), None) => {}
            (checked, _) => {
                debug!("refuses a candidate: {}", checked.err().unwrap_or(CandidateError::TooMany));
                self.context.counters.candidates_refused.increment();
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

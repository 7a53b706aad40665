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
pub(crate) mod registry;
pub(crate) mod sdp;
mod sender;
pub(crate) mod table;
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
use registry::{Admission, Ended, Registry};

use crate::diagnostics::{debug, quiet};
use crate::observe::{EndReason, Event};
use crate::runtime::Shutdown;
use crate::signaling::message::{Incoming, RemoteCandidate};

/// How many inputs wait for a peer, which reads on at all times.
const INPUT_QUEUE: usize = 64;

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
        let registry = Registry::new(max_consumers, Mids::new(fastrand::Rng::new()));
        Self { context: Arc::new(context), max_consumers, registry, peers: JoinSet::new(), incoming, shutdown }
    }

    /// Serves until shutdown, and until every peer has closed.
    pub(crate) async fn run(mut self) {
        loop {
            tokio::select! {
                Some(message) = self.incoming.recv() => self.handle(message),
                Some(ended) = self.peers.join_next() => {
                    if let Ok(ended) = ended {
                        self.registry.on_ended(Instant::now(), &ended);
                    }
                }
                // Without room nothing can be done about it until a peer has ended.
                () = until(self.registry.next_due()), if self.has_room() => {}
                _ = self.shutdown.changed() => break,
            }
            while self.has_room()
                && let Some(consumer_id) = self.registry.due(Instant::now())
            {
                let (handle, start) = PeerHandle::new(self.context.arrivals.returning());
                let admission = self.registry.admit_again(&consumer_id, handle);
                self.start(consumer_id, admission, start);
            }
        }
        self.registry.drain().for_each(drop);
        // All at once: each takes up to 100 ms to close.
        while self.peers.join_next().await.is_some() {}
    }

    fn handle(&mut self, message: Incoming) {
        match message {
            Incoming::ConsumerConnected { consumer_id } => self.admit(consumer_id),
            Incoming::ConsumerDisconnected { consumer_id } => {
                if let Some(peer) = self.registry.on_departed(&consumer_id) {
                    peer.end(EndReason::Left);
                } else if let Some(peer) = self.registry.departed(&consumer_id) {
                    peer.has_departed.store(true, Ordering::Relaxed);
                }
            }
            Incoming::Answer { from, sdp } => self.answer(&from, &sdp),
            Incoming::Candidate { from, candidate } => self.candidate(&from, candidate),
            Incoming::Error { to: Some(consumer_id), .. } => self.registry.on_unknown(&consumer_id),
            Incoming::Ping | Incoming::Registered { .. } | Incoming::Error { to: None, .. } | Incoming::Unknown => {}
        }
    }

    /// Whether one more peer may begin: those that end still have their sockets.
    fn has_room(&self) -> bool {
        self.peers.len() < self.max_consumers + MAX_ENDING
    }

    fn admit(&mut self, consumer_id: String) {
        let (handle, start) = PeerHandle::new(self.context.arrivals.announced());
        let admission = if self.has_room() {
            self.registry.admit(&consumer_id, handle)
        } else {
            self.registry.defer(&consumer_id);
            Admission::Full
        };
        self.start(consumer_id, admission, start);
    }

    fn start(&mut self, consumer_id: String, admission: Admission<PeerHandle>, start: Start) {
        let Admission::Admitted { generation, mid, replaced } = admission else {
            debug!("consumer {consumer_id:?} waits for a place: there are {} already", self.peers.len());
            self.context.counters.consumers_refused.increment();
            self.context.observers.emit(&Event::ConsumerRefused { consumer_id });
            return;
        };
        if let Some(replaced) = replaced {
            replaced.end(EndReason::Replaced);
        }
        let Start { inputs, has_departed, arriving } = start;
        let context = Arc::clone(&self.context);
        let peer = Peer {
            context,
            consumer_id,
            generation,
            mid,
            inputs,
            has_departed,
            arriving: Some(arriving),
            challenge: None,
            terms: Terms::default(),
        };
        self.peers.spawn(quiet(peer.run()));
    }

    fn answer(&mut self, from: &[String], sdp: &str) {
        let refuse = |problem: String| {
            debug!("refuses an answer: {problem}");
            self.context.counters.answers_refused.increment();
        };
        let checked = match sdp::check_answer(sdp) {
            Ok(checked) => checked,
            Err(problem) => return refuse(problem),
        };
        match self.registry.take_answer(from, checked.mid.as_deref(), &checked.ufrag) {
            Ok(Some(peer)) => {
                peer.candidates_left = peer.candidates_left.saturating_sub(checked.candidates);
                peer.tell(Input::Answer(checked));
            }
            Ok(None) => {}
            Err(problem) => refuse(problem),
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
                debug!("refuses a candidate: {}", checked.err().unwrap_or_else(|| "one too many".to_owned()));
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

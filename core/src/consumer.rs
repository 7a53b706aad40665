//! The consumers: one task that knows who is there, and one for each of them.

pub(crate) mod arrivals;
pub(crate) mod delivery;
pub(crate) mod framing;
pub(crate) mod gauge;
pub(crate) mod negotiation;
pub(crate) mod peer;
pub(crate) mod roster;
pub(crate) mod sdp;
pub(crate) mod table;
pub(crate) mod window;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use negotiation::Input;
use peer::{Peer, PeerContext};
use roster::{Admission, Roster};

use crate::diagnostics::{debug, quiet};
use crate::observe::{EndReason, Event};
use crate::runtime::Shutdown;
use crate::signaling::message::{Incoming, RemoteCandidate};

/// How many inputs wait for a peer, which reads on at all times.
const INPUT_QUEUE: usize = 64;

/// How many peers may be on their way out while others take their places: each still has its sockets.
const MAX_ENDING: usize = 16;

/// What the roster holds of a peer.
struct PeerHandle {
    inputs: mpsc::Sender<Input>,
    /// How many more candidates of this consumer are taken.
    candidates_left: usize,
}

pub(crate) struct Consumers {
    context: Arc<PeerContext>,
    max_consumers: usize,
    roster: Roster<PeerHandle>,
    peers: JoinSet<(String, u64)>,
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
        let roster = Roster::new(max_consumers);
        Self { context: Arc::new(context), max_consumers, roster, peers: JoinSet::new(), incoming, shutdown }
    }

    /// Serves until shutdown, and until every peer has closed.
    pub(crate) async fn run(mut self) {
        loop {
            tokio::select! {
                Some(message) = self.incoming.recv() => self.handle(message),
                Some(ended) = self.peers.join_next() => {
                    if let Ok((consumer_id, generation)) = ended {
                        self.roster.remove_generation(&consumer_id, generation);
                    }
                }
                () = turn_ends(self.roster.turn_ends()) => {}
                _ = self.shutdown.changed() => break,
            }
            while let Some(peer) = self.roster.introduce(Instant::now()) {
                tell(peer, Input::Introduced);
            }
        }
        self.roster.drain().for_each(drop);
        // All at once: each takes up to 100 ms to close.
        while self.peers.join_next().await.is_some() {}
    }

    fn handle(&mut self, message: Incoming) {
        match message {
            Incoming::ConsumerConnected { consumer_id } => self.admit(consumer_id),
            Incoming::ConsumerDisconnected { consumer_id } => {
                if let Some(peer) = self.roster.remove(&consumer_id) {
                    end(&peer, EndReason::Left);
                }
            }
            Incoming::Answer { from, sdp } => self.answer(&from, &sdp),
            Incoming::Candidate { from, candidate } => self.candidate(&from, candidate),
            Incoming::Ping | Incoming::Registered { .. } | Incoming::Error { .. } | Incoming::Unknown => {}
        }
    }

    fn admit(&mut self, consumer_id: String) {
        let arriving = Some(self.context.arrivals.announced());
        if self.peers.len() >= self.max_consumers + MAX_ENDING {
            self.refuse(consumer_id);
            return;
        }
        let (inputs, receiver) = mpsc::channel(INPUT_QUEUE);
        let handle = PeerHandle { inputs, candidates_left: sdp::MAX_CANDIDATES };
        match self.roster.admit(&consumer_id, |_| handle) {
            Admission::Admitted { generation, replaced } => {
                if let Some(replaced) = replaced {
                    end(&replaced, EndReason::Replaced);
                }
                let context = Arc::clone(&self.context);
                let peer = Peer { context, consumer_id, generation, inputs: receiver, arriving };
                self.peers.spawn(quiet(peer.run()));
            }
            Admission::Full(_) => self.refuse(consumer_id),
        }
    }

    fn refuse(&self, consumer_id: String) {
        debug!("refuses consumer {consumer_id:?}: there are {} already", self.peers.len());
        self.context.counters.consumers_refused.increment();
        self.context.observers.emit(&Event::ConsumerRefused { consumer_id });
    }

    fn answer(&mut self, from: &[String], sdp: &str) {
        let checked = match sdp::check_answer(sdp) {
            Ok(checked) => checked,
            Err(problem) => {
                debug!("refuses an answer: {problem}");
                self.context.counters.answers_refused.increment();
                return;
            }
        };
        if let Some(peer) = self.roster.take_answer(from, &checked.ufrag) {
            peer.candidates_left = peer.candidates_left.saturating_sub(checked.candidates);
            tell(peer, Input::Answer(checked.sdp));
        }
    }

    fn candidate(&mut self, from: &[String], candidate: RemoteCandidate) {
        if candidate.candidate.is_empty() {
            return;
        }
        let ufrag = candidate.username_fragment.as_deref().or_else(|| sdp::candidate_ufrag(&candidate.candidate));
        let checked = sdp::check_candidate(&candidate.candidate);
        let peer = self.roster.for_candidate(from, ufrag);
        match (checked, peer) {
            (Ok(()), Some(peer)) if peer.candidates_left > 0 => {
                peer.candidates_left -= 1;
                tell(peer, Input::Candidate(candidate));
            }
            (Ok(()), None) => {}
            (checked, _) => {
                debug!("refuses a candidate: {}", checked.err().unwrap_or_else(|| "one too many".to_owned()));
                self.context.counters.candidates_refused.increment();
            }
        }
    }
}

async fn turn_ends(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// A peer whose queue is full does not read, and one that has gone needs nothing.
fn tell(peer: &PeerHandle, input: Input) {
    let _ = peer.inputs.try_send(input);
}

fn end(peer: &PeerHandle, reason: EndReason) {
    tell(peer, Input::End(reason));
}

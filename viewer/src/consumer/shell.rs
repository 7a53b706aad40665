//! Ties the server, the registry and the peers together. It decides nothing, and waits for nobody but the next event.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use logrtc::binding::addresses_to_bind;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::asking::{Asking, SharedSessions};
use super::extension::{Fetch, FetchError, Selection, hello};
use super::ice_servers::IceServers;
use super::message::{Incoming, Outgoing, RemoteCandidate, attribute};
use super::peer::{Peer, PeerEvent, Tell};
use super::registry::{ChannelEnd, Registry};
use super::signaling::{Signaling, SignalingEvent};
use super::{Event, Options, addresses};

/// Events that wait for the user to read those before them; the oldest is dropped if there are more.
const MAX_WAITING: usize = 1024;

/// Candidates of a producer that wait for their connection, and at most as many in all.
const MAX_CANDIDATES: usize = 32;

/// Fetches that wait for the peer to look at them.
const MAX_FETCHES: usize = 4;

/// One connection, as the shell knows it. Dropping it ends the connection.
struct Handle {
    /// Tells the events of a connection from those of the one that it replaced.
    number: u64,
    to: Option<String>,
    /// The session of its producer, if it speaks the extension.
    session: Option<Arc<str>>,
    ufrag: Option<String>,
    mid: String,
    candidates: mpsc::Sender<RemoteCandidate>,
    is_announced: watch::Sender<bool>,
    fetches: mpsc::Sender<Fetch>,
    _stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

struct Shell {
    options: Options,
    client_id: String,
    registry: Registry,
    handles: HashMap<String, Handle>,
    /// The ends of connections that were stopped, for those that will follow them.
    leaving: HashMap<String, oneshot::Receiver<()>>,
    peers: JoinSet<()>,
    last_number: u64,
    ice_servers: IceServers,
    outgoing: mpsc::Sender<Outgoing>,
    is_registered: bool,
    /// Whether the server has named this consumer by its `client_id`.
    is_named: bool,
    events: mpsc::Sender<Event>,
    waiting: VecDeque<Event>,
    sessions: SharedSessions,
    selection: watch::Receiver<(u64, Selection)>,
    peer_events: mpsc::Sender<(String, u64, PeerEvent)>,
}

/// Runs until nobody listens to the events.
pub(crate) async fn run(
    options: Options,
    events: mpsc::Sender<Event>,
    selection: watch::Receiver<(u64, Selection)>,
    mut fetches: mpsc::Receiver<(String, Fetch)>,
) {
    let (outgoing, to_send) = mpsc::channel(256);
    let (from_server, mut server_events) = mpsc::channel(256);
    let (peer_events, mut from_peers) = mpsc::channel(64);
    let signaling =
        Signaling { url: options.url.clone(), token: options.token.clone(), events: from_server, outgoing: to_send };
    let signaling = tokio::spawn(signaling.run());
    let ice_servers = IceServers::start(options.ice_servers.clone());
    let client_id = format!("tail_{:016x}", fastrand::u64(..));
    let to_user = events.clone();
    let mut shell = Shell {
        options,
        client_id,
        registry: Registry::default(),
        handles: HashMap::new(),
        leaving: HashMap::new(),
        peers: JoinSet::new(),
        last_number: 0,
        ice_servers,
        outgoing,
        is_registered: false,
        is_named: false,
        events,
        waiting: VecDeque::new(),
        sessions: SharedSessions::default(),
        selection,
        peer_events,
    };
    loop {
        let due = shell.registry.next_due().map(Instant::from_std).filter(|_| shell.is_registered);
        tokio::select! {
            event = server_events.recv() => match event {
                Some(event) => shell.handle_server(event),
                None => break,
            },
            Some((producer, fetch)) = fetches.recv() => shell.fetch(&producer, fetch),
            Some((id, number, event)) = from_peers.recv() => shell.handle_peer(&id, number, event),
            place = to_user.reserve(), if !shell.waiting.is_empty() => match place {
                Ok(place) => if let Some(event) = shell.waiting.pop_front() { place.send(event) },
                Err(_) => break,
            },
            () = to_user.closed() => break,
            Some(_) = shell.peers.join_next() => {}
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => shell.ask(),
        }
    }
    drop((server_events, from_peers));
    shell.handles.clear();
    while shell.peers.join_next().await.is_some() {}
    let _ = signaling.await;
}

impl Shell {
    fn handle_server(&mut self, event: SignalingEvent) {
        match event {
            SignalingEvent::Open => {
                self.is_registered = true;
                self.ice_servers.begin();
                self.send(Outgoing::Register {
                    role: "consumer",
                    client_id: self.client_id.clone(),
                    producer: self.options.producer.clone(),
                    connected: self.registry.connected(),
                });
            }
            SignalingEvent::Confirmed => self.emit(Event::Registered),
            SignalingEvent::Lost(failure) => {
                self.is_registered = false;
                self.registry.withdraw_all();
                self.emit(Event::ServerLost(failure));
            }
            SignalingEvent::Message(message) => self.handle_message(message),
        }
    }

    fn handle_message(&mut self, message: Incoming) {
        match message {
            Incoming::ProducerConnected { producer_id, session, .. } => {
                if self.registry.announce(&producer_id, session, Instant::now().into_std()) {
                    self.stop(&producer_id);
                }
                self.set_announced(&producer_id, true);
                self.emit(Event::Announced { producer: producer_id.into() });
            }
            Incoming::ProducerDisconnected { producer_id, .. } => {
                self.registry.withdraw(&producer_id);
                self.set_announced(&producer_id, false);
                self.emit(Event::Withdrawn { producer: producer_id.into() });
            }
            Incoming::Offer { from, to, sdp } => {
                if self.is_for_us(to.as_deref()) {
                    self.ice_servers.decide();
                    self.accept(&from, sdp);
                }
            }
            Incoming::Candidate { from, to, candidate } => {
                if self.is_for_us(to.as_deref()) {
                    self.add_candidate(&from, candidate);
                }
            }
            Incoming::Error { message } => self.emit(Event::ServerError(message)),
            Incoming::Registered { ice_servers } => self.ice_servers.hand_out(ice_servers.as_deref()),
            Incoming::IceServers(servers) => self.ice_servers.hand_out(Some(&servers)),
            Incoming::Ping | Incoming::Unknown => {}
        }
    }

    /// A server may pass a message to every consumer. Only one that uses our id names us by it, so before it has done so,
    /// a message to somebody else may be to us.
    fn is_for_us(&mut self, to: Option<&str>) -> bool {
        let Some(to) = to else { return true };
        let is_us = to == self.client_id;
        self.is_named |= is_us;
        is_us || !self.is_named
    }

    fn handle_peer(&mut self, id: &str, number: u64, event: PeerEvent) {
        let Some(handle) = self.handles.get(id).filter(|handle| handle.number == number) else { return };
        let (to, sdp_mid) = (handle.to.clone(), handle.mid.clone());
        match event {
            PeerEvent::Answer(sdp) => self.send(Outgoing::WebrtcAnswer { to, sdp }),
            PeerEvent::Candidate(candidate) => {
                self.send(Outgoing::IceCandidate { to, candidate, sdp_mid, sdp_m_line_index: 0 });
            }
            PeerEvent::Opened => self.registry.opened(id, Instant::now().into_std()),
            PeerEvent::Closed(how, failure) => {
                self.stop(id);
                self.registry.closed(id, how, failure, Instant::now().into_std());
            }
        }
    }

    /// Answers an offer. A connection that is kept in its place is replaced, and so is one to the same process under
    /// another id.
    fn accept(&mut self, from: &[String], offer: String) {
        let same = hello::session(&offer).and_then(|session| self.id_of(session));
        let Some(place) = self.registry.offered(from, same) else {
            return log::debug!("{from:?}: there are too many connections for another one");
        };
        let selection = self.selection.clone();
        let asking = Asking::new(&offer, place.session, Arc::clone(&self.sessions), selection, self.options.start);
        let session = asking.session().cloned();
        let (candidates, candidates_of) = mpsc::channel(MAX_CANDIDATES);
        let (announce, is_announced) = watch::channel(true);
        let (fetches, to_fetch) = mpsc::channel(MAX_FETCHES);
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = oneshot::channel();
        self.stop(&place.id);
        let mut previous: Vec<_> = self.leaving.remove(&place.id).into_iter().collect();
        previous.extend(session.as_ref().and_then(|session| self.leave_other_ids(session)));
        self.last_number += 1;
        let number = self.last_number;
        let handle = Handle {
            number,
            to: place.to,
            session,
            ufrag: attribute(&offer, "ice-ufrag").map(str::to_owned),
            mid: attribute(&offer, "mid").unwrap_or("0").to_owned(),
            candidates,
            is_announced: announce,
            fetches,
            _stop: stop,
            ended,
        };
        self.handles.insert(place.id.clone(), handle);
        let peer = Peer {
            producer: place.id.as_str().into(),
            asking,
            secret: self.options.secret.clone(),
            offer,
            addresses: addresses_to_bind(addresses::is_local(&self.options.url)),
            ice_servers: self.ice_servers.clone(),
            relay_only: self.options.relay_only,
            candidates: candidates_of,
            is_announced,
            fetches: to_fetch,
            stop: stopped,
            previous,
            _ended: ending,
            events: self.events.clone(),
        };
        let tell = Tell { id: place.id, number, events: self.peer_events.clone() };
        self.peers.spawn(peer.run(tell));
    }

    /// Stops the connection to `session` that is kept under another id. Returns its end.
    fn leave_other_ids(&mut self, session: &str) -> Option<oneshot::Receiver<()>> {
        let id = self.id_of(session)?;
        self.stop(&id);
        self.registry.closed(&id, ChannelEnd::Closed, None, Instant::now().into_std());
        self.leaving.remove(&id)
    }

    fn id_of(&self, session: &str) -> Option<String> {
        let is_same = |handle: &Handle| handle.session.as_deref() == Some(session);
        self.handles.iter().find(|(_, handle)| is_same(handle)).map(|(id, _)| id.clone())
    }

    fn fetch(&mut self, producer: &str, fetch: Fetch) {
        let id = fetch.id;
        let sent = self.handles.get(producer).map(|handle| handle.fetches.try_send(fetch));
        let problem = match sent {
            Some(Ok(())) => return,
            Some(Err(TrySendError::Full(_))) => FetchError::TooMany,
            Some(Err(TrySendError::Closed(_))) | None => FetchError::NoChannel,
        };
        self.emit(Event::FetchEnded { producer: producer.into(), id, missing: Err(problem) });
    }

    fn stop(&mut self, id: &str) {
        if let Some(handle) = self.handles.remove(id) {
            self.leaving.retain(|_, ended| ended.try_recv() == Err(oneshot::error::TryRecvError::Empty));
            self.leaving.insert(id.to_owned(), handle.ended);
        }
    }

    /// A candidate belongs to the first sender that is known, else to the offer with its `ufrag`, else to the last offer.
    fn add_candidate(&mut self, from: &[String], candidate: RemoteCandidate) {
        if candidate.candidate.is_empty() {
            return;
        }
        let named = from.iter().find_map(|id| self.handles.get(id));
        let ufrag = candidate.username_fragment.as_deref();
        let by_ufrag = || self.handles.values().find(|handle| ufrag.is_some() && handle.ufrag.as_deref() == ufrag);
        let last = || self.handles.values().max_by_key(|handle| handle.number);
        if let Some(handle) = named.or_else(by_ufrag).or_else(last) {
            // More than a connection takes are of no use to it.
            let _ = handle.candidates.try_send(candidate);
        }
    }

    fn ask(&mut self) {
        for producer in self.registry.take_due(Instant::now().into_std()) {
            self.send(Outgoing::Connect { producer });
        }
    }

    fn set_announced(&self, id: &str, is_announced: bool) {
        if let Some(handle) = self.handles.get(id) {
            handle.is_announced.send_replace(is_announced);
        }
    }

    /// What cannot be sent at once is lost, and asked for again when its time is over.
    fn send(&self, message: Outgoing) {
        if self.is_registered {
            let _ = self.outgoing.try_send(message);
        }
    }

    fn emit(&mut self, event: Event) {
        self.waiting.push_back(event);
        if self.waiting.len() > MAX_WAITING {
            self.waiting.pop_front();
        }
    }
}

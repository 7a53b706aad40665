//! The registry, shared by the connections: it carries out what the registry decides.

mod members;
mod named_ice_servers;

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::ice_servers::{IceServer, IceServers};
use crate::limits::Limits;
use crate::message::{Departure, Outgoing, Register, Request, mark_of};
use crate::metrics::{Load, Metrics, add_one};
use crate::queue::{Queue, TotalBytes};
use crate::registry::{ConnectionId, Effect, Registry};
use crate::tokens::Role;

pub(crate) use members::Joint;
use named_ice_servers::NamedIceServers;

/// What may still wait for a client that is closed.
const MAX_LAST_BYTES: usize = 64 * 1024;

/// Every connection of the server, and how to reach it.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    seats: Arc<Semaphore>,
    limits: Limits,
    metrics: Arc<Metrics>,
    ice_servers: watch::Sender<Option<Arc<IceServers>>>,
}

#[derive(Debug)]
struct State {
    registry: Registry,
    queues: HashMap<ConnectionId, Arc<Queue>>,
    queued_bytes: TotalBytes,
    max_queued_bytes: usize,
    metrics: Arc<Metrics>,
    next_connection: u64,
    /// If there are other servers.
    joint: Option<Joint>,
}

impl Hub {
    pub(crate) fn new(limits: Limits, metrics: Arc<Metrics>, ice_servers: Option<IceServers>) -> Self {
        let run = RandomState::new().hash_one(std::process::id());
        Self {
            state: Mutex::new(State {
                registry: Registry::new(format!("consumer-{run:016x}"), mark_of),
                queues: HashMap::new(),
                queued_bytes: TotalBytes::default(),
                max_queued_bytes: limits.max_total_queued_bytes,
                metrics: Arc::clone(&metrics),
                next_connection: 0,
                joint: None,
            }),
            seats: Arc::new(Semaphore::new(limits.max_connections)),
            limits,
            metrics,
            ice_servers: watch::Sender::new(ice_servers.map(Arc::new)),
        }
    }

    pub(crate) fn set_ice_servers(&self, servers: IceServers) {
        self.ice_servers.send_if_modified(|current| {
            let is_named = current.is_some();
            *current = is_named.then(|| Arc::new(servers));
            is_named
        });
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a client that is refused, for a reason of the metrics.
    pub(crate) fn refused(&self, reason: &str) {
        self.metrics.refused(reason);
    }

    /// Takes a seat for one connection, or none where all are taken.
    pub(crate) fn take_seat(self: &Arc<Self>) -> Option<Seat> {
        let permit = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let mut state = self.lock();
        let queue = Queue::new(&self.limits, state.queued_bytes.clone());
        state.next_connection += 1;
        let connection = ConnectionId(state.next_connection);
        state.queues.insert(connection, Arc::clone(&queue));
        drop(state);
        Some(Seat { hub: Arc::clone(self), connection, queue, _permit: permit })
    }

    /// What it holds now.
    pub(crate) fn load(&self) -> Load {
        let state = self.lock();
        let (producers, consumers) = state.registry.counts(state.queues.keys());
        Load {
            connections: state.queues.len(),
            max_connections: self.limits.max_connections,
            producers,
            consumers,
            queued_bytes: state.queued_bytes.get(),
            max_queued_bytes: state.max_queued_bytes,
            backplane: state.joint.as_ref().map(Joint::load),
            ..Load::default()
        }
    }

    /// Waits until every seat is free again.
    pub(crate) async fn empty(&self) {
        let all = u32::try_from(self.limits.max_connections).unwrap_or(u32::MAX);
        let permits = self.seats.acquire_many(all).await;
        drop(permits);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the hub")
    }
}

impl State {
    /// Carries out `effects` in order, and those of dropping each client whose queue is full.
    fn apply(&mut self, effects: Vec<Effect>) {
        let mut waiting = VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            match effect {
                Effect::Send(connection, message) => {
                    let is_queued = self.queues.get(&connection).is_none_or(|queue| queue.push(message.to_json()));
                    if !is_queued {
                        waiting.extend(self.drop_client(connection));
                    }
                    while self.queued_bytes.get() > self.max_queued_bytes
                        && let Some(slowest) = self.slowest()
                    {
                        waiting.extend(self.drop_client(slowest));
                    }
                }
                Effect::Close(connection, reason) => {
                    if let Some(queue) = self.queues.remove(&connection) {
                        // Nobody can drop it any more for what waits in it.
                        if queue.bytes() > MAX_LAST_BYTES {
                            queue.discard();
                        }
                        queue.push(Outgoing::error(reason).to_json());
                        queue.close();
                    }
                }
            }
        }
    }

    /// The client for which most is waiting.
    fn slowest(&self) -> Option<ConnectionId> {
        let waiting = self.queues.iter().filter(|(_, queue)| queue.bytes() > 0);
        waiting.max_by_key(|(_, queue)| queue.bytes()).map(|(connection, _)| *connection)
    }

    fn drop_client(&mut self, connection: ConnectionId) -> Vec<Effect> {
        log::warn!("signaling: a client does not read its messages and is dropped");
        add_one(&self.metrics.dropped_clients);
        if let Some(queue) = self.queues.remove(&connection) {
            queue.discard();
        }
        self.registry.disconnect(connection, Departure::Lost)
    }
}

/// One connection's place in the hub. Dropping it tells everybody who knew the client.
#[derive(Debug)]
pub(crate) struct Seat {
    hub: Arc<Hub>,
    connection: ConnectionId,
    queue: Arc<Queue>,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The ICE servers that a client is told of in its role.
    pub(crate) fn ice_servers(&self, role: Role) -> NamedIceServers {
        NamedIceServers::new(self.hub.ice_servers.subscribe(), role)
    }

    /// Registers the client, and names the ICE servers to it.
    pub(crate) fn register(&self, register: Register, named: Option<Vec<IceServer>>) {
        add_one(match &register {
            Register::Producer(_) => &self.hub.metrics.producers_registered,
            Register::Consumer(_) => &self.hub.metrics.consumers_registered,
        });
        let mut state = self.hub.lock();
        let mut effects = state.registry.register(self.connection, register);
        let registered = effects.iter_mut().find_map(|effect| match effect {
            Effect::Send(to, Outgoing::Registered { ice_servers, .. }) if *to == self.connection => Some(ice_servers),
            _ => None,
        });
        if let Some(ice_servers) = registered {
            *ice_servers = named;
        }
        state.apply(effects);
        state.registered(self.connection);
    }

    pub(crate) fn receive(&self, request: Request) {
        add_one(&self.hub.metrics.messages);
        let changes_channels = members::changes_channels(&request);
        let mut state = self.hub.lock();
        let effects = state.registry.receive(self.connection, request);
        state.forward(self.connection, changes_channels, &effects);
        state.apply(effects);
    }

    /// The next message to send to the client, or none once the hub has let go of it.
    pub(crate) async fn next(&mut self) -> Option<String> {
        self.queue.next().await
    }

    /// Tells everybody who knew the client that it is gone, and how; what they send from now on does not reach it.
    pub(crate) fn leave(&self, reason: Departure) {
        let mut state = self.hub.lock();
        if let Some(queue) = state.queues.remove(&self.connection) {
            queue.discard();
        }
        let effects = state.registry.disconnect(self.connection, reason);
        state.apply(effects);
        state.unregistered(self.connection, reason);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave(Departure::Lost);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::message::{RegisterConsumer, RegisterProducer};

    fn hub(limits: Limits) -> Arc<Hub> {
        Arc::new(Hub::new(limits, Arc::default(), None))
    }

    fn producer(client_id: &str) -> Register {
        let session = Some("s".to_owned());
        Register::Producer(RegisterProducer {
            client_id: client_id.to_owned(),
            metadata: Map::new(),
            session,
            connected: None,
            claimed: None,
        })
    }

    fn consumer() -> Register {
        Register::Consumer(RegisterConsumer::default())
    }

    async fn next(seat: &mut Seat) -> Option<Value> {
        seat.next().await.map(|message| serde_json::from_str(&message).unwrap())
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_dropped_and_its_pairs_are_told() {
        for limits in [
            Limits { max_queued_messages: 4, ..Limits::default() },
            Limits { max_queued_bytes: 800, ..Limits::default() },
        ] {
            let hub = hub(limits);
            let (mut idle, mut page) = (hub.take_seat().unwrap(), hub.take_seat().unwrap());
            idle.register(producer("api"), None);
            page.register(consumer(), None);
            let others: Vec<_> = (0..20).map(|_| hub.take_seat().unwrap()).collect();
            for seat in &others {
                seat.register(consumer(), None);
            }
            assert_eq!(next(&mut page).await.unwrap()["type"], "registered");
            assert_eq!(next(&mut page).await.unwrap()["type"], "producer_connected");
            assert_eq!(next(&mut page).await.unwrap()["type"], "producer_disconnected");
            assert_eq!(next(&mut idle).await, None, "what waited for it is let go of");
        }
    }

    #[tokio::test]
    async fn who_has_most_waiting_is_dropped_when_all_have_too_much() {
        let hub = hub(Limits { max_total_queued_bytes: 20_000, ..Limits::default() });
        let (mut api, mut idle, mut page) =
            (hub.take_seat().unwrap(), hub.take_seat().unwrap(), hub.take_seat().unwrap());
        api.register(producer("api"), None);
        let consumer_of = |id: &str| RegisterConsumer { client_id: Some(id.into()), ..Default::default() };
        idle.register(Register::Consumer(consumer_of("idle")), None);
        page.register(consumer(), None);
        while next(&mut api).await.is_some_and(|message| message["type"] != "consumer_connected") {}
        for number in 0..100 {
            let body = serde_json::json!({"type": "webrtc_offer", "to": mark_of("idle"), "sdp": "x".repeat(1_000)});
            let crate::message::Incoming::Request(offer) = crate::message::parse(&body.to_string()).unwrap() else {
                panic!()
            };
            api.receive(offer);
            assert!(hub.load().queued_bytes <= 20_000, "after {number}");
        }
        assert_eq!(next(&mut idle).await, None, "what waited for it is gone");
        assert_eq!(next(&mut page).await.unwrap()["type"], "registered");
        assert_eq!(next(&mut page).await.unwrap()["type"], "producer_connected");
        assert_eq!((hub.load().connections, hub.load().consumers), (2, 1));
    }

    #[tokio::test]
    async fn a_replaced_client_is_told_why_and_let_go() {
        let hub = hub(Limits::default());
        let (mut older, newer) = (hub.take_seat().unwrap(), hub.take_seat().unwrap());
        older.register(producer("api"), None);
        newer.register(producer("api"), None);
        assert_eq!(next(&mut older).await.unwrap()["type"], "registered");
        assert_eq!(next(&mut older).await.unwrap()["message"], "session: has registered again, on a newer connection");
        assert_eq!(next(&mut older).await, None);
    }

    #[tokio::test]
    async fn seats_are_bounded_and_come_back() {
        let hub = hub(Limits { max_connections: 2, ..Limits::default() });
        let (first, second) = (hub.take_seat(), hub.take_seat());
        assert!(first.is_some() && second.is_some() && hub.take_seat().is_none());
        drop(first);
        let third = hub.take_seat();
        assert!(third.is_some());
        drop((second, third));
        hub.empty().await;
        assert!(hub.lock().queues.is_empty());
    }
}

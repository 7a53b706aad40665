//! The registry, shared by the connections: it carries out what the registry decides.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::message::{Departure, Outgoing, Register, Request};
use crate::options::Limits;
use crate::registry::{ConnectionId, Effect, Registry};

/// Every connection of the server, and how to reach it.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    seats: Arc<Semaphore>,
    limits: Limits,
}

#[derive(Debug)]
struct State {
    registry: Registry,
    outboxes: HashMap<ConnectionId, Outbox>,
    next_connection: u64,
}

impl Hub {
    pub(crate) fn new(limits: Limits) -> Self {
        let run = RandomState::new().hash_one(std::process::id());
        Self {
            state: Mutex::new(State {
                registry: Registry::new(format!("consumer-{run:016x}")),
                outboxes: HashMap::new(),
                next_connection: 0,
            }),
            seats: Arc::new(Semaphore::new(limits.max_connections)),
            limits,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Takes a seat for one connection, or none where all are taken.
    pub(crate) fn take_seat(self: &Arc<Self>) -> Option<Seat> {
        let permit = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let (outbox, inbox) = outbox(&self.limits);
        let mut state = self.lock();
        state.next_connection += 1;
        let connection = ConnectionId(state.next_connection);
        state.outboxes.insert(connection, outbox);
        drop(state);
        Some(Seat { hub: Arc::clone(self), connection, inbox, _permit: permit })
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
                    let is_queued = self.outboxes.get(&connection).is_none_or(|outbox| outbox.push(message.to_json()));
                    if !is_queued {
                        log::warn!("signaling: a client does not read its messages and is dropped");
                        self.outboxes.remove(&connection);
                        waiting.extend(self.registry.disconnect(connection, Departure::Lost));
                    }
                }
                Effect::Close(connection, reason) => {
                    if let Some(outbox) = self.outboxes.remove(&connection) {
                        outbox.push(Outgoing::error(reason).to_json());
                    }
                }
            }
        }
    }
}

/// One connection's place in the hub. Dropping it tells everybody who knew the client.
#[derive(Debug)]
pub(crate) struct Seat {
    hub: Arc<Hub>,
    connection: ConnectionId,
    inbox: Inbox,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    pub(crate) fn limits(&self) -> &Limits {
        self.hub.limits()
    }

    pub(crate) fn register(&self, register: Register) {
        let mut state = self.hub.lock();
        let effects = state.registry.register(self.connection, register);
        state.apply(effects);
    }

    pub(crate) fn receive(&self, request: Request) {
        let mut state = self.hub.lock();
        let effects = state.registry.receive(self.connection, request);
        state.apply(effects);
    }

    /// The next message to send to the client, or none once the hub has let go of it.
    pub(crate) async fn next(&mut self) -> Option<String> {
        self.inbox.next().await
    }

    /// Tells everybody who knew the client that it is gone, and how; what they send from now on does not reach it.
    pub(crate) fn leave(&self, reason: Departure) {
        let mut state = self.hub.lock();
        state.outboxes.remove(&self.connection);
        let effects = state.registry.disconnect(self.connection, reason);
        state.apply(effects);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave(Departure::Lost);
    }
}

/// The hub's end of a connection's queue, bounded in messages and in bytes.
#[derive(Debug)]
struct Outbox {
    messages: mpsc::Sender<String>,
    queued_bytes: Arc<AtomicUsize>,
    max_bytes: usize,
}

/// The connection's end of its queue.
#[derive(Debug)]
struct Inbox {
    messages: mpsc::Receiver<String>,
    queued_bytes: Arc<AtomicUsize>,
}

fn outbox(limits: &Limits) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(limits.max_queued_messages.max(1));
    let queued_bytes = Arc::new(AtomicUsize::new(0));
    let outbox =
        Outbox { messages: sender, queued_bytes: Arc::clone(&queued_bytes), max_bytes: limits.max_queued_bytes };
    (outbox, Inbox { messages: receiver, queued_bytes })
}

impl Outbox {
    /// Queues a message; false where it does not fit. A connection that has ended takes everything.
    fn push(&self, message: String) -> bool {
        let length = message.len();
        let queued = self.queued_bytes.fetch_add(length, Ordering::Relaxed);
        if queued.saturating_add(length) > self.max_bytes {
            return false;
        }
        !matches!(self.messages.try_send(message), Err(mpsc::error::TrySendError::Full(_)))
    }
}

impl Inbox {
    async fn next(&mut self) -> Option<String> {
        let message = self.messages.recv().await?;
        self.queued_bytes.fetch_sub(message.len(), Ordering::Relaxed);
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::message::{RegisterConsumer, RegisterProducer};

    fn hub(limits: Limits) -> Arc<Hub> {
        Arc::new(Hub::new(limits))
    }

    fn producer(client_id: &str) -> Register {
        let session = Some("s".to_owned());
        Register::Producer(RegisterProducer {
            client_id: client_id.to_owned(),
            metadata: Map::new(),
            session,
            connected: None,
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
            Limits { max_queued_bytes: 400, ..Limits::default() },
        ] {
            let hub = hub(limits);
            let (mut idle, mut page) = (hub.take_seat().unwrap(), hub.take_seat().unwrap());
            idle.register(producer("api"));
            page.register(consumer());
            let others: Vec<_> = (0..20).map(|_| hub.take_seat().unwrap()).collect();
            for seat in &others {
                seat.register(consumer());
            }
            assert_eq!(next(&mut page).await.unwrap()["type"], "registered");
            assert_eq!(next(&mut page).await.unwrap()["type"], "producer_connected");
            assert_eq!(next(&mut page).await.unwrap()["type"], "producer_disconnected");
            let mut received = 0;
            while next(&mut idle).await.is_some() {
                received += 1;
            }
            assert!((1..20).contains(&received), "{received}");
        }
    }

    #[tokio::test]
    async fn a_replaced_client_is_told_why_and_let_go() {
        let hub = hub(Limits::default());
        let (mut older, newer) = (hub.take_seat().unwrap(), hub.take_seat().unwrap());
        older.register(producer("api"));
        newer.register(producer("api"));
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
        assert!(hub.lock().outboxes.is_empty());
    }
}

//! The hub of a server among others: its clients meet those of the others.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::{Hub, Seat, State};
use crate::mesh::{Change, Claims, Envelope, Fact, Health, Holder, MemberId, Mesh, Record, Subject, Writes, Written};
use crate::message::{Departure, Incoming, Outgoing, Register, RegisterProducer, RelayKind, Request, mark_of, parse};
use crate::metrics::BackplaneLoad;
use crate::registry::{ConnectionId, Effect, Member};

/// What a hub has of its backplane.
#[derive(Debug)]
pub(crate) struct Joint {
    pub(crate) mesh: Mesh,
    pub(crate) claims: Claims,
    pub(crate) health: Health,
}

/// What is to be written, as text.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) members: Vec<MemberText>,
    pub(crate) unclaimed: Vec<(String, MemberId)>,
    pub(crate) messages: Vec<(MemberId, String)>,
}

/// An entry of the bucket.
#[derive(Debug)]
pub(crate) struct MemberText {
    pub(crate) key: String,
    pub(crate) value: String,
    /// The client, if this says that it has left.
    pub(crate) left: Option<ConnectionId>,
}

impl Joint {
    pub(super) fn load(&self) -> BackplaneLoad {
        let (servers, clients, pending, dropped_messages) = self.mesh.counts();
        let lag = self.health.lag(Instant::now());
        BackplaneLoad { is_up: self.health.is_up(), lag, servers, clients, pending, dropped_messages }
    }
}

impl Hub {
    /// Joins other servers. It has no client yet.
    pub(crate) fn join(self, joint: Joint) -> Self {
        self.lock().joint = Some(joint);
        self
    }

    /// Runs with what it has of its backplane; none where it is alone.
    pub(crate) fn joint<T>(&self, run: impl FnOnce(&mut Joint) -> T) -> Option<T> {
        self.lock().joint.as_mut().map(run)
    }

    /// Notified when there is something to write.
    pub(crate) fn wake(&self) -> Arc<Notify> {
        self.joint(|joint| joint.mesh.wake()).unwrap_or_default()
    }

    /// Takes an entry of the bucket. One that cannot be read is of a newer version of this program.
    pub(crate) fn observe(&self, key: &str, value: &[u8]) {
        let (Some(subject), Ok(fact)) = (Subject::parse(key), serde_json::from_slice::<Fact>(value)) else { return };
        let mut state = self.lock();
        let changes = state.joint.as_mut().map(|joint| joint.mesh.apply(subject, fact, now_us())).unwrap_or_default();
        for change in changes {
            match change {
                Change::Joined(id, record) => state.add_member(&id, record),
                Change::Updated(id, record) => state.update_member(&id, record),
                Change::Left(id, reason) => state.remove_member(&id, reason),
            }
        }
    }

    /// Takes a message for the client `to` of this server. It may overtake the entry that makes its sender known.
    pub(crate) fn deliver(&self, to: u64, payload: &[u8]) {
        let Ok(Envelope { from, message }) = serde_json::from_slice(payload) else { return };
        let Some(from) = MemberId::parse(&from) else { return };
        let mut state = self.lock();
        let Some(joint) = &mut state.joint else { return };
        match joint.mesh.connection_of(&from) {
            Some(connection) => state.receive_from(connection, ConnectionId(to), message),
            None => joint.mesh.hold(from, ConnectionId(to), payload.len(), message),
        }
    }

    /// Takes what is to be written: at most `max` entries, and the messages.
    pub(crate) fn take_writes(&self, max: usize) -> Texts {
        let mut state = self.lock();
        let State { registry, joint, .. } = &mut *state;
        let Some(Joint { mesh, .. }) = joint else {
            return Texts { members: Vec::new(), unclaimed: Vec::new(), messages: Vec::new() };
        };
        let Writes { members, unclaimed, messages } = mesh.take(max);
        let text = |(connection, written): (ConnectionId, Written)| {
            let fact = match written {
                Written::Left(left) => Fact::Left { left },
                // One that is replaced is about to leave.
                Written::Member { version } => Fact::Member(Record { version, member: registry.member(connection)? }),
            };
            let key = Subject::Member(mesh.member_id(connection)).key();
            let left = matches!(written, Written::Left(_)).then_some(connection);
            Some(MemberText { key, value: fact.to_json(), left })
        };
        Texts { members: members.into_iter().filter_map(text).collect(), unclaimed, messages }
    }

    /// Whether the client that claims an id is gone.
    pub(crate) fn is_gone(&self, holder: &MemberId) -> bool {
        let state = self.lock();
        let Some(joint) = &state.joint else { return true };
        if holder.server == joint.mesh.own() {
            return !state.queues.contains_key(&ConnectionId(holder.number));
        }
        !joint.mesh.is_alive(&holder.server)
    }
}

impl Seat {
    /// Claims an id for a producer, so that no other server gives the same one at the same time. Does
    /// nothing without a backplane.
    pub(crate) async fn claim(&self, register: Register) -> Register {
        let Register::Producer(mut producer) = register else { return register };
        let mut taken = BTreeSet::new();
        while let Some((id, holder, claims)) = self.id_to_claim(&producer, &taken) {
            if claims.claim(id.clone(), holder).await {
                producer.claimed = Some(id);
                break;
            }
            taken.insert(id);
        }
        Register::Producer(producer)
    }

    fn id_to_claim(&self, producer: &RegisterProducer, taken: &BTreeSet<String>) -> Option<(String, Holder, Claims)> {
        let mut state = self.hub.lock();
        let State { registry, joint, .. } = &mut *state;
        let joint = joint.as_mut().filter(|joint| joint.health.is_up())?;
        let id = registry.id_to_claim(producer, taken);
        joint.mesh.claims(self.connection, id.clone());
        let holder =
            Holder { member: joint.mesh.member_id(self.connection), session: producer.session.as_deref().map(mark_of) };
        Some((id, holder, joint.claims.clone()))
    }
}

impl State {
    /// Tells the other servers of a client that has registered.
    pub(super) fn registered(&mut self, connection: ConnectionId) {
        if let Some(joint) = &mut self.joint {
            joint.mesh.registered(connection, now_us());
        }
    }

    pub(super) fn unregistered(&mut self, connection: ConnectionId, reason: Departure) {
        if let Some(joint) = &mut self.joint {
            joint.mesh.unregistered(connection, reason);
        }
    }

    /// Sends to other servers what a client's `request` has led to there.
    pub(super) fn forward(&mut self, from: ConnectionId, changes_channels: bool, effects: &[Effect]) {
        let Some(joint) = &mut self.joint else { return };
        for effect in effects {
            let Effect::Send(to, message) = effect else { continue };
            match message {
                Outgoing::Relay(body) => joint.mesh.forward(from, *to, body),
                Outgoing::ConsumerConnected { .. } => joint.mesh.forward(from, *to, &connect()),
                _ => {}
            }
        }
        if changes_channels {
            joint.mesh.touch(from);
        }
    }

    fn add_member(&mut self, id: &MemberId, Record { version, member }: Record) {
        self.next_connection += 1;
        let connection = ConnectionId(self.next_connection);
        let replaced = self.registry.replaced_by(&member);
        let is_newest = self.joint.as_mut().is_some_and(|joint| joint.mesh.join(id, version, connection, replaced));
        if !is_newest {
            return;
        }
        let effects = self.registry.join(connection, member);
        self.apply(effects);
        let held = self.joint.as_mut().map(|joint| joint.mesh.release(id)).unwrap_or_default();
        for (to, message) in held {
            self.receive_from(connection, to, message);
        }
    }

    fn update_member(&mut self, id: &MemberId, record: Record) {
        let connection = self.joint.as_ref().and_then(|joint| joint.mesh.connection_of(id));
        if let Some(connection) = connection
            && let Member::Consumer { connected, .. } = record.member
        {
            self.registry.set_connected(connection, connected);
        }
    }

    fn remove_member(&mut self, id: &MemberId, reason: Departure) {
        let connection = self.joint.as_mut().and_then(|joint| joint.mesh.part(id));
        if let Some(connection) = connection {
            let effects = self.registry.disconnect(connection, reason);
            self.apply(effects);
        }
    }

    /// Takes a message of a client of another server as if it were one of this server's.
    fn receive_from(&mut self, from: ConnectionId, to: ConnectionId, message: Map<String, Value>) {
        let Some(receiver) = self.registry.id_of(to).filter(|_| self.queues.contains_key(&to)) else { return };
        let request = match parse(&Value::Object(message).to_string()) {
            Ok(Incoming::Request(Request::Relay { kind, body, .. })) => {
                Request::Relay { kind, to: Some(receiver.to_owned()), body }
            }
            Ok(Incoming::Request(Request::Connect { .. })) => Request::Connect { producer: receiver.to_owned() },
            _ => return,
        };
        let effects = self.registry.receive(from, request);
        self.apply(effects);
    }
}

/// Whether a consumer that sends it has other channels then.
pub(super) fn changes_channels(request: &Request) -> bool {
    matches!(request, Request::Connect { .. } | Request::Relay { kind: RelayKind::Answer, .. })
}

/// Microseconds since 1970.
fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

/// A consumer's wish to be connected. The server of the producer knows which one it is for.
fn connect() -> Map<String, Value> {
    [("type", "connect"), ("producer", "-")].map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect()
}

#[cfg(test)]
mod tests;

//! This server among the others: which connection is which member, and what is to be written. No I/O, no clock.

mod claims;
mod health;
mod presence;
mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::message::Departure;
use crate::registry::ConnectionId;
use presence::Presence;

pub(crate) use claims::{Claim, Claims};
pub(crate) use health::Health;
pub(crate) use presence::{Change, RECORD_TTL_BEATS};
pub(crate) use record::{Envelope, Fact, Holder, MEMBERS, MemberId, Record, Subject, claim_key};

/// Every client is written anew once in as many beats, so that it outlives the time to live with one write lost.
const REFRESH_BEATS: u64 = RECORD_TTL_BEATS / 3;
/// What a consumer's new channels wait for to be written together.
const TOUCH_BEATS: u64 = 2;
/// Messages that wait to be sent; the oldest go first.
const MAX_OUTBOX_BYTES: usize = 8 * 1024 * 1024;
/// Messages of clients that are not known yet, for as many beats.
const MAX_HELD_BYTES: usize = 4 * 1024 * 1024;
const HELD_BEATS: u64 = 10;
/// How far in the future a version may be: no two clocks differ by so much. A higher one would outlast every other.
const MAX_AHEAD_US: u64 = 365 * 24 * 60 * 60 * 1_000_000;

/// What the shell is to write.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    pub(crate) members: Vec<(ConnectionId, Written)>,
    /// Ids of producers, with the client of this server that claims them no more.
    pub(crate) unclaimed: Vec<(String, MemberId)>,
    pub(crate) messages: Vec<(MemberId, String)>,
}

/// What is to be written of a client of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// The rest is in the registry.
    Member {
        version: u64,
    },
    Left(Departure),
}

/// A client of this server.
#[derive(Debug)]
struct Local {
    version: u64,
    /// Whether others may know of it.
    is_written: bool,
}

#[derive(Debug)]
struct Held {
    at_beat: u64,
    from: MemberId,
    to: ConnectionId,
    bytes: usize,
    message: Map<String, Value>,
}

#[derive(Debug)]
pub(crate) struct Mesh {
    own: String,
    presence: Presence,
    /// Of the clients of other servers.
    connections: HashMap<MemberId, ConnectionId>,
    members: HashMap<ConnectionId, (MemberId, u64)>,
    local: BTreeMap<ConnectionId, Local>,
    dirty: BTreeSet<ConnectionId>,
    touched: BTreeSet<ConnectionId>,
    /// Clients that have left, which is to be written.
    left: BTreeMap<ConnectionId, Departure>,
    /// Those of whom that is being written.
    leaving: BTreeMap<ConnectionId, Departure>,
    /// Ids of producers that connections claim.
    claims: HashMap<ConnectionId, String>,
    unclaimed: BTreeSet<(String, MemberId)>,
    /// Claims that are being ended.
    releasing: BTreeSet<(String, MemberId)>,
    /// The servers that have been heard of by this connection to NATS. Another one may not listen yet.
    heard: BTreeSet<String>,
    outbox: VecDeque<(MemberId, String)>,
    outbox_bytes: usize,
    held: VecDeque<Held>,
    held_bytes: usize,
    /// The highest version that was given or seen.
    version: u64,
    dropped_messages: u64,
    wake: Arc<Notify>,
}

impl Mesh {
    /// The server `own` of several; the id has no point, and no other server ever has it.
    pub(crate) fn new(own: String) -> Self {
        Self {
            presence: Presence::new(own.clone()),
            own,
            connections: HashMap::new(),
            members: HashMap::new(),
            local: BTreeMap::new(),
            dirty: BTreeSet::new(),
            touched: BTreeSet::new(),
            left: BTreeMap::new(),
            leaving: BTreeMap::new(),
            claims: HashMap::new(),
            unclaimed: BTreeSet::new(),
            releasing: BTreeSet::new(),
            heard: BTreeSet::new(),
            outbox: VecDeque::new(),
            outbox_bytes: 0,
            held: VecDeque::new(),
            held_bytes: 0,
            version: 0,
            dropped_messages: 0,
            wake: Arc::default(),
        }
    }

    /// Notified when there is something to write.
    pub(crate) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// The id of this server.
    pub(crate) fn own(&self) -> &str {
        &self.own
    }

    /// A client of this server among all clients.
    pub(crate) fn member_id(&self, connection: ConnectionId) -> MemberId {
        MemberId { server: self.own.clone(), number: connection.0 }
    }

    /// Other servers, clients of theirs, entries that are not written yet, and messages that were dropped.
    pub(crate) fn counts(&self) -> (usize, usize, usize, u64) {
        let pending = self.dirty.len() + self.touched.len() + self.left.len() + self.leaving.len();
        (self.presence.servers(), self.members.len(), pending, self.dropped_messages)
    }

    pub(crate) fn is_alive(&self, server: &str) -> bool {
        server == self.own || self.presence.is_alive(server)
    }

    /// A connection of this server is about to claim the id of a producer.
    pub(crate) fn claims(&mut self, connection: ConnectionId, id: String) {
        self.claims.insert(connection, id);
    }

    /// A client of this server has registered. `now_us` orders the connections that one client has to
    /// several servers.
    pub(crate) fn registered(&mut self, connection: ConnectionId, now_us: u64) {
        self.version = now_us.max(self.version.saturating_add(1));
        self.local.insert(connection, Local { version: self.version, is_written: false });
        self.dirty.insert(connection);
        self.wake.notify_one();
    }

    /// A consumer of this server has other channels than before.
    pub(crate) fn touch(&mut self, connection: ConnectionId) {
        if self.local.contains_key(&connection) {
            self.touched.insert(connection);
        }
    }

    /// A connection of this server is gone.
    pub(crate) fn unregistered(&mut self, connection: ConnectionId, reason: Departure) {
        self.dirty.remove(&connection);
        self.touched.remove(&connection);
        if self.local.remove(&connection).is_some_and(|local| local.is_written) {
            self.left.insert(connection, reason);
        }
        let holder = self.member_id(connection);
        self.unclaimed.extend(self.claims.remove(&connection).map(|id| (id, holder)));
        self.wake.notify_one();
    }

    /// Sends a message of a client of this server, if the receiver is of another.
    pub(crate) fn forward(&mut self, from: ConnectionId, to: ConnectionId, message: &Map<String, Value>) {
        let Some((to, _)) = self.members.get(&to).cloned() else { return };
        let from = self.member_id(from).to_string();
        let text =
            serde_json::to_string(&Envelope { from, message: message.clone() }).expect("JSON values always serialise");
        self.outbox_bytes += text.len();
        self.outbox.push_back((to, text));
        while self.outbox_bytes > MAX_OUTBOX_BYTES
            && let Some((_, dropped)) = self.outbox.pop_front()
        {
            self.outbox_bytes -= dropped.len();
            self.dropped_messages += 1;
        }
        self.wake.notify_one();
    }

    /// Takes an entry of the bucket. One with a version that no server can have given is ignored.
    pub(crate) fn apply(&mut self, subject: Subject, fact: Fact, now_us: u64) -> Vec<Change> {
        if let Fact::Member(record) = &fact {
            if record.version > now_us.saturating_add(MAX_AHEAD_US) {
                return Vec::new();
            }
            self.version = self.version.max(record.version);
        }
        let beats = self.presence.beats();
        let is_stopped = matches!((&subject, &fact), (Subject::Server(_), Fact::Left { .. }));
        let server = match &subject {
            Subject::Server(server) if !self.heard.contains(server) => {
                Some((server.clone(), self.presence.last_beat(server)))
            }
            _ => None,
        };
        let changes = self.presence.apply(subject, fact);
        if self.presence.beats() != beats {
            self.on_beat();
            self.forget_lost_servers();
        }
        if is_stopped {
            self.forget_lost_servers();
        }
        if let Some((server, last_beat)) = server
            && self.presence.last_beat(&server) > last_beat
        {
            self.heard.insert(server);
            self.wake.notify_one();
        }
        changes
    }

    /// Names a client of another server, unless `replaced`, which it would replace, is newer.
    pub(crate) fn join(
        &mut self,
        id: &MemberId,
        version: u64,
        connection: ConnectionId,
        replaced: Option<ConnectionId>,
    ) -> bool {
        // The id decides between two that registered in the same microsecond, and it does so on every server.
        let of_replaced = replaced.and_then(|replaced| {
            let local = self.local.get(&replaced).map(|local| (local.version, self.member_id(replaced)));
            local.or_else(|| self.members.get(&replaced).map(|(id, version)| (*version, id.clone())))
        });
        if of_replaced.is_some_and(|replaced| replaced > (version, id.clone())) {
            return false;
        }
        self.connections.insert(id.clone(), connection);
        self.members.insert(connection, (id.clone(), version));
        true
    }

    pub(crate) fn connection_of(&self, id: &MemberId) -> Option<ConnectionId> {
        self.connections.get(id).copied()
    }

    /// Forgets a client of another server.
    pub(crate) fn part(&mut self, id: &MemberId) -> Option<ConnectionId> {
        let connection = self.connections.remove(id)?;
        self.members.remove(&connection);
        Some(connection)
    }

    /// Keeps a message until its sender is known.
    pub(crate) fn hold(&mut self, from: MemberId, to: ConnectionId, bytes: usize, message: Map<String, Value>) {
        self.held_bytes += bytes;
        self.held.push_back(Held { at_beat: self.presence.beats(), from, to, bytes, message });
        while self.held_bytes > MAX_HELD_BYTES {
            self.drop_held();
        }
    }

    /// The messages of a client that were kept, in order.
    pub(crate) fn release(&mut self, from: &MemberId) -> Vec<(ConnectionId, Map<String, Value>)> {
        let (released, kept): (Vec<Held>, Vec<Held>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.from == *from);
        self.held = kept.into();
        self.held_bytes -= released.iter().map(|held| held.bytes).sum::<usize>();
        released.into_iter().map(|held| (held.to, held.message)).collect()
    }

    /// At most `max` entries that are to be written, and the messages.
    pub(crate) fn take(&mut self, max: usize) -> Writes {
        let mut members = Vec::new();
        while members.len() < max
            && let Some((connection, reason)) = self.left.pop_first()
        {
            self.leaving.insert(connection, reason);
            members.push((connection, Written::Left(reason)));
        }
        while members.len() < max
            && let Some(connection) = self.dirty.pop_first()
        {
            if let Some(local) = self.local.get_mut(&connection) {
                local.is_written = true;
                members.push((connection, Written::Member { version: local.version }));
            }
        }
        let (messages, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.outbox).into_iter().partition(|(to, _)| self.heard.contains(&to.server));
        self.outbox_bytes = kept.iter().map(|(_, text)| text.len()).sum();
        self.outbox = kept.into();
        let unclaimed = std::mem::take(&mut self.unclaimed);
        self.releasing.extend(unclaimed.iter().cloned());
        Writes { members, unclaimed: unclaimed.into_iter().collect(), messages }
    }

    /// A client that has left claims the id no more.
    pub(crate) fn claim_is_released(&mut self, id: String, holder: MemberId) {
        self.releasing.remove(&(id, holder));
    }

    /// It is written that a client has left.
    pub(crate) fn left_is_written(&mut self, connection: ConnectionId) {
        self.leaving.remove(&connection);
    }

    /// Everything is to be written and read again, by a new connection: what was written may be lost.
    pub(crate) fn write_all(&mut self) {
        self.presence.begin_session();
        self.heard.clear();
        self.left.append(&mut self.leaving);
        self.unclaimed.append(&mut self.releasing);
        self.dirty.extend(self.local.keys());
    }

    /// Drops the messages that wait.
    pub(crate) fn drop_messages(&mut self) {
        self.dropped_messages += self.outbox.len() as u64;
        self.outbox.clear();
        self.outbox_bytes = 0;
    }

    fn on_beat(&mut self) {
        let beat = self.presence.beats();
        let is_due = |connection: &&ConnectionId| connection.0 % REFRESH_BEATS == beat % REFRESH_BEATS;
        self.dirty.extend(self.local.keys().filter(is_due));
        if beat.is_multiple_of(TOUCH_BEATS) {
            self.dirty.append(&mut self.touched);
        }
        while self.held.front().is_some_and(|held| beat - held.at_beat > HELD_BEATS) {
            self.drop_held();
        }
        if !self.dirty.is_empty() {
            self.wake.notify_one();
        }
    }

    /// Drops what is for servers that are lost: nobody reads it, and one that comes back is heard of again.
    fn forget_lost_servers(&mut self) {
        let Self { presence, heard, outbox, outbox_bytes, dropped_messages, .. } = self;
        heard.retain(|server| presence.is_alive(server));
        outbox.retain(|(to, text)| {
            let is_kept = presence.is_alive(&to.server);
            if !is_kept {
                *outbox_bytes -= text.len();
                *dropped_messages += 1;
            }
            is_kept
        });
    }

    fn drop_held(&mut self) {
        if let Some(held) = self.held.pop_front() {
            self.held_bytes -= held.bytes;
            self.dropped_messages += 1;
        }
    }
}

#[cfg(test)]
mod tests;

//! Which servers there are, and their clients, from the entries of the bucket. No I/O, no clock.
//!
//! Time is counted in beats of this server, as they come back from the bucket between those of the others.
//! While the bucket is out of reach no beat comes back, so no server is taken for lost.

use std::collections::BTreeMap;

use super::record::{Fact, MemberId, Record, Subject};
use crate::message::Departure;

/// A server whose beat has not come for this many of our own is lost, and its clients are.
const SERVER_TTL_BEATS: u64 = 10;
/// A client that its server has not written again for this many beats is gone. The bucket forgets it as well.
pub(crate) const RECORD_TTL_BEATS: u64 = 180;

/// What has become of the clients of other servers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Joined(MemberId, Record),
    Updated(MemberId, Record),
    Left(MemberId, Departure),
}

/// The other servers and their clients.
#[derive(Debug)]
pub(crate) struct Presence {
    own: String,
    /// Beats of this server that have come back.
    beats: u64,
    servers: BTreeMap<String, Server>,
    members: BTreeMap<MemberId, Known>,
}

#[derive(Debug)]
struct Server {
    last_beat: u64,
    /// How many of our own beats had come back then.
    seen_at: u64,
    is_alive: bool,
}

#[derive(Debug)]
struct Known {
    record: Record,
    seen_at: u64,
}

impl Presence {
    pub(crate) fn new(own: String) -> Self {
        Self { own, beats: 0, servers: BTreeMap::new(), members: BTreeMap::new() }
    }

    /// Beats of this server that have come back.
    pub(crate) fn beats(&self) -> u64 {
        self.beats
    }

    /// How many other servers there are.
    pub(crate) fn servers(&self) -> usize {
        self.servers.values().filter(|server| server.is_alive).count()
    }

    pub(crate) fn is_alive(&self, server: &str) -> bool {
        self.servers.get(server).is_some_and(|server| server.is_alive)
    }

    /// The last beat of another server.
    pub(crate) fn last_beat(&self, server: &str) -> u64 {
        self.servers.get(server).map_or(0, |server| server.last_beat)
    }

    /// Takes an entry of the bucket, in the bucket's order. An entry may come again.
    pub(crate) fn apply(&mut self, subject: Subject, fact: Fact) -> Vec<Change> {
        match (subject, fact) {
            (Subject::Server(server), Fact::Beat { .. }) if server == self.own => self.own_beat(),
            (Subject::Server(server), Fact::Beat { beat }) => self.beat(&server, beat),
            (Subject::Server(server), Fact::Left { .. }) => self.server_left(&server),
            (Subject::Member(id), _) if id.server == self.own => Vec::new(),
            (Subject::Member(id), Fact::Member(record)) => self.record(id, record),
            (Subject::Member(id), Fact::Left { left }) => self.member_left(id, left),
            _ => Vec::new(),
        }
    }

    fn own_beat(&mut self) -> Vec<Change> {
        self.beats += 1;
        let now = self.beats;
        let silent: Vec<String> = self
            .servers
            .iter()
            .filter(|(_, server)| server.is_alive && now - server.seen_at > SERVER_TTL_BEATS)
            .map(|(id, _)| id.clone())
            .collect();
        let mut changes: Vec<Change> = silent.iter().flat_map(|server| self.lose(server)).collect();
        let is_old = |known: &Known| now - known.seen_at > RECORD_TTL_BEATS;
        let old: Vec<MemberId> =
            self.members.iter().filter(|(_, known)| is_old(known)).map(|(id, _)| id.clone()).collect();
        changes.extend(old.into_iter().flat_map(|id| self.member_left(id, Departure::Lost)));
        self.servers.retain(|_, server| server.is_alive || now - server.seen_at <= RECORD_TTL_BEATS);
        changes
    }

    /// A beat from before our own first one says nothing: its server may be gone since.
    fn beat(&mut self, id: &str, beat: u64) -> Vec<Change> {
        let seen_at = self.beats;
        let server = self.servers.entry(id.to_owned()).or_insert(Server { last_beat: 0, seen_at, is_alive: false });
        if beat <= server.last_beat {
            return Vec::new();
        }
        server.last_beat = beat;
        server.seen_at = seen_at;
        if server.is_alive || seen_at == 0 {
            return Vec::new();
        }
        server.is_alive = true;
        let joined = |(id, known): (&MemberId, &Known)| Change::Joined(id.clone(), known.record.clone());
        self.members.iter().filter(|(member, _)| member.server == id).map(joined).collect()
    }

    fn record(&mut self, id: MemberId, record: Record) -> Vec<Change> {
        let is_alive = self.is_alive(&id.server);
        let known = Known { record: record.clone(), seen_at: self.beats };
        match self.members.insert(id.clone(), known) {
            Some(older) if older.record == record => Vec::new(),
            _ if !is_alive => Vec::new(),
            Some(_) => vec![Change::Updated(id, record)],
            None => vec![Change::Joined(id, record)],
        }
    }

    fn member_left(&mut self, id: MemberId, reason: Departure) -> Vec<Change> {
        let was_there = self.members.remove(&id).is_some() && self.is_alive(&id.server);
        if was_there { vec![Change::Left(id, reason)] } else { Vec::new() }
    }

    /// Its clients are gone, and would not come with a late beat.
    fn server_left(&mut self, id: &str) -> Vec<Change> {
        let changes = self.lose(id);
        self.members.retain(|member, _| member.server != id);
        changes
    }

    /// Its clients are lost, until it is heard of again.
    fn lose(&mut self, id: &str) -> Vec<Change> {
        let Some(server) = self.servers.get_mut(id).filter(|server| server.is_alive) else { return Vec::new() };
        server.is_alive = false;
        let left = |member: &MemberId| Change::Left(member.clone(), Departure::Lost);
        self.members.keys().filter(|member| member.server == id).map(left).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::registry::Member;

    fn server(id: &str) -> Subject {
        Subject::Server(id.to_owned())
    }

    fn id(server: &str, number: u64) -> MemberId {
        MemberId { server: server.to_owned(), number }
    }

    fn record(version: u64) -> Record {
        let member =
            Member::Producer { id: "api".into(), client_id: "api".into(), metadata: Map::new(), session: None };
        Record { version, member }
    }

    fn beat(presence: &mut Presence, of: &str, beat: u64) -> Vec<Change> {
        presence.apply(server(of), Fact::Beat { beat })
    }

    fn write(presence: &mut Presence, number: u64, version: u64) -> Vec<Change> {
        presence.apply(Subject::Member(id("b", number)), Fact::Member(record(version)))
    }

    fn leave(presence: &mut Presence, number: u64) -> Vec<Change> {
        presence.apply(Subject::Member(id("b", number)), Fact::Left { left: Departure::Closed })
    }

    /// A server `a` that knows client 1 of the server `b`.
    fn with_one() -> Presence {
        let mut presence = Presence::new("a".to_owned());
        assert_eq!(beat(&mut presence, "a", 1), []);
        assert_eq!(beat(&mut presence, "b", 1), []);
        assert_eq!(write(&mut presence, 1, 1), [Change::Joined(id("b", 1), record(1))]);
        presence
    }

    #[test]
    fn a_client_comes_changes_and_goes_once_however_often_it_is_written() {
        let mut presence = with_one();
        assert_eq!(write(&mut presence, 1, 1), []);
        assert_eq!(write(&mut presence, 1, 2), [Change::Updated(id("b", 1), record(2))]);
        assert_eq!(leave(&mut presence, 1), [Change::Left(id("b", 1), Departure::Closed)]);
        assert_eq!(leave(&mut presence, 1), []);
    }

    #[test]
    fn what_a_server_left_behind_before_we_began_is_nobody() {
        let mut presence = Presence::new("a".to_owned());
        assert_eq!(beat(&mut presence, "b", 900), []);
        assert_eq!(write(&mut presence, 1, 1), []);
        assert_eq!(beat(&mut presence, "a", 1), []);
        assert_eq!(presence.servers(), 0);
        assert_eq!(beat(&mut presence, "b", 901), [Change::Joined(id("b", 1), record(1))], "it was alive after all");
    }

    #[test]
    fn a_server_that_is_silent_is_lost_and_may_come_back() {
        let mut presence = with_one();
        for own in 2..=1 + SERVER_TTL_BEATS {
            assert_eq!(beat(&mut presence, "a", own), []);
        }
        assert_eq!(beat(&mut presence, "a", 99), [Change::Left(id("b", 1), Departure::Lost)]);
        assert_eq!(beat(&mut presence, "b", 1), [], "an old beat, read again");
        assert_eq!(leave(&mut presence, 1), [], "nobody is lost twice");
        assert_eq!(write(&mut presence, 2, 1), []);
        assert_eq!(beat(&mut presence, "b", 2), [Change::Joined(id("b", 2), record(1))]);
    }

    #[test]
    fn a_server_that_stops_takes_its_clients_along() {
        let mut presence = with_one();
        let stopped = presence.apply(server("b"), Fact::Left { left: Departure::Lost });
        assert_eq!(stopped, [Change::Left(id("b", 1), Departure::Lost)]);
        assert_eq!(leave(&mut presence, 1), []);
        assert!(presence.members.is_empty());
    }

    #[test]
    fn a_client_that_is_not_written_again_is_gone() {
        let mut presence = with_one();
        let mut left = Vec::new();
        for own in 2..=2 + RECORD_TTL_BEATS {
            assert_eq!(beat(&mut presence, "b", own), []);
            left.extend(beat(&mut presence, "a", own).into_iter().map(|change| (own, change)));
        }
        assert_eq!(left, [(2 + RECORD_TTL_BEATS, Change::Left(id("b", 1), Departure::Lost))]);
        for own in 500..=501 + RECORD_TTL_BEATS {
            beat(&mut presence, "a", own);
        }
        assert!(presence.servers.is_empty(), "a server that is gone is forgotten");
    }
}

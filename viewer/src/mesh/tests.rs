//! What is taken from the bucket and forgotten again, without a bucket.

use serde_json::Map;

use super::record::Record;
use super::*;
use crate::registry::Member;

const NOW_US: u64 = 1_000_000;

fn id(number: u64) -> MemberId {
    MemberId { server: "b".to_owned(), number }
}

fn beat(mesh: &mut Mesh, server: &str, beat: u64) {
    mesh.apply(Subject::Server(server.to_owned()), Fact::Beat { beat }, NOW_US);
}

fn write(mesh: &mut Mesh, number: u64, version: u64) -> Vec<Change> {
    let (client_id, metadata) = ("api".to_owned(), Map::new());
    let member = Member::Producer { id: client_id.clone(), client_id, metadata, session: None };
    mesh.apply(Subject::Member(id(number)), Fact::Member(Record { version, member }), NOW_US)
}

/// The server `a`, which knows client 1 of the server `b`.
fn with_one() -> Mesh {
    let mut mesh = Mesh::new("a".to_owned());
    beat(&mut mesh, "a", 1);
    beat(&mut mesh, "b", 1);
    assert_eq!(write(&mut mesh, 1, 1).len(), 1);
    assert!(mesh.join(&id(1), 1, ConnectionId(7), None));
    mesh
}

#[test]
fn a_version_that_no_clock_gives_is_ignored() {
    let mut mesh = with_one();
    assert_eq!(write(&mut mesh, 2, u64::MAX), []);
    assert_eq!(write(&mut mesh, 2, NOW_US + MAX_AHEAD_US).len(), 1);
    mesh.registered(ConnectionId(8), NOW_US);
    assert_eq!(mesh.version, NOW_US + MAX_AHEAD_US + 1);
}

#[test]
fn what_waits_for_a_server_ends_with_it() {
    let mut mesh = with_one();
    mesh.write_all();
    mesh.forward(ConnectionId(8), ConnectionId(7), &Map::new());
    assert!(mesh.take(9).messages.is_empty(), "the other may not listen yet");
    for own in 2..30 {
        beat(&mut mesh, "a", own);
    }
    assert_eq!((mesh.outbox.len(), mesh.outbox_bytes, mesh.dropped_messages), (0, 0, 1));
    assert!(mesh.heard.is_empty());
    beat(&mut mesh, "b", 2);
    mesh.forward(ConnectionId(8), ConnectionId(7), &Map::new());
    assert_eq!(mesh.take(9).messages.len(), 1);
    mesh.apply(Subject::Server("b".to_owned()), Fact::Left { left: Departure::Lost }, NOW_US);
    assert!(mesh.heard.is_empty());
}

#[test]
fn a_claim_is_released_again_if_that_was_not_written() {
    let mut mesh = with_one();
    let holder = mesh.member_id(ConnectionId(8));
    mesh.claims(ConnectionId(8), "api".to_owned());
    mesh.unregistered(ConnectionId(8), Departure::Closed);
    let released = [("api".to_owned(), holder.clone())];
    assert_eq!(mesh.take(9).unclaimed, released);
    assert!(mesh.take(9).unclaimed.is_empty());
    mesh.write_all();
    assert_eq!(mesh.take(9).unclaimed, released, "a new connection tries again");
    mesh.claim_is_released("api".to_owned(), holder);
    mesh.write_all();
    assert!(mesh.take(9).unclaimed.is_empty());
}

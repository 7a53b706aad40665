use serde_json::json;

use super::*;
use crate::message::{Incoming, mark_of, parse};

/// A registry and the messages that each of its connections has got and not looked at.
struct Room {
    registry: Registry,
    inboxes: BTreeMap<u64, Vec<Value>>,
    closed: Vec<u64>,
}

impl Room {
    fn new() -> Self {
        Self {
            registry: Registry::new("consumer".to_owned(), str::to_owned),
            inboxes: BTreeMap::new(),
            closed: Vec::new(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "so the calls read as the wire does")]
    fn say(&mut self, connection: u64, message: Value) {
        let effects = match parse(&message.to_string()).unwrap() {
            Incoming::Register(register, _) => self.registry.register(ConnectionId(connection), register),
            Incoming::Request(request) => self.registry.receive(ConnectionId(connection), request),
        };
        self.apply(effects);
    }

    fn leave(&mut self, connection: u64) {
        self.leave_by(connection, Departure::Lost);
    }

    fn leave_by(&mut self, connection: u64, reason: Departure) {
        let effects = self.registry.disconnect(ConnectionId(connection), reason);
        self.apply(effects);
    }

    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(to, message) => {
                    self.inboxes.entry(to.0).or_default().push(serde_json::from_str(&message.to_json()).unwrap());
                }
                Effect::Close(connection, _) => self.closed.push(connection.0),
            }
        }
    }

    fn heard(&mut self, connection: u64) -> Vec<Value> {
        self.inboxes.remove(&connection).unwrap_or_default()
    }

    fn producer(&mut self, connection: u64, client_id: &str, session: &str) {
        self.say(
            connection,
            json!({"type": "register", "role": "producer", "client_id": client_id, "session": session}),
        );
    }

    /// One that says to which consumers it has a channel.
    fn connected_producer(&mut self, connection: u64, session: &str, connected: &[&str]) {
        self.say(
            connection,
            json!({
                "type": "register", "role": "producer", "client_id": "api", "session": session, "connected": connected,
            }),
        );
    }

    fn consumer(&mut self, connection: u64, client_id: &str) {
        self.say(connection, json!({"type": "register", "role": "consumer", "client_id": client_id}));
    }
}

fn producer_connected(id: &str, client_id: &str, session: &str) -> Value {
    json!({
        "type": "producer_connected",
        "producer_id": id,
        "client_id": client_id,
        "metadata": {},
        "session": mark_of(session),
    })
}

fn consumer_connected(id: &str) -> Value {
    json!({"type": "consumer_connected", "consumer_id": id})
}

fn producer_registered(id: &str, consumers: usize) -> Value {
    json!({"type": "registered", "client_id": id, "consumers": consumers})
}

fn consumer_registered(id: &str) -> Value {
    json!({"type": "registered", "client_id": id})
}

/// What was told of a session is no session: who registers with it is somebody else.
#[test]
fn a_consumer_cannot_take_the_place_of_a_producer() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "api", &mark_of("s1"));
    assert_eq!(room.heard(1), [producer_registered("api", 0)]);
    assert_eq!(room.heard(2), [producer_registered("api#2", 0)]);
}

#[test]
fn a_pair_is_told_of_each_other_whoever_comes_first() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.consumer(2, "page");
    room.producer(3, "db", "s2");
    assert_eq!(room.heard(1), [producer_registered("api", 0), consumer_connected("page")]);
    assert_eq!(
        room.heard(2),
        [consumer_registered("page"), producer_connected("api", "api", "s1"), producer_connected("db", "db", "s2")]
    );
    assert_eq!(room.heard(3), [producer_registered("db", 1), consumer_connected("page")]);
}

#[test]
fn each_of_a_pair_is_told_when_the_other_goes() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.consumer(2, "page");
    room.consumer(3, "other");
    (1..=3).for_each(|connection| drop(room.heard(connection)));
    room.leave(3);
    room.leave(1);
    assert_eq!(room.heard(1), [json!({"type": "consumer_disconnected", "consumer_id": "other"})]);
    assert_eq!(room.heard(2), [json!({"type": "producer_disconnected", "producer_id": "api", "reason": "lost"})]);
    assert_eq!(room.heard(3), [] as [Value; 0]);
}

#[test]
fn a_consumer_that_names_a_producer_hears_of_no_other() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "api", "s2");
    room.producer(3, "db", "s3");
    room.say(4, json!({"type": "register", "role": "consumer", "client_id": "all", "producer": "api"}));
    room.say(5, json!({"type": "register", "role": "consumer", "client_id": "second", "producer": "api#2"}));
    assert_eq!(room.heard(1), [producer_registered("api", 0), consumer_connected("all")]);
    assert_eq!(
        room.heard(2),
        [producer_registered("api#2", 0), consumer_connected("all"), consumer_connected("second")]
    );
    assert_eq!(room.heard(3), [producer_registered("db", 0)]);
    assert_eq!(room.heard(5), [consumer_registered("second"), producer_connected("api#2", "api", "s2")]);
}

#[test]
fn a_second_process_gets_a_number_and_the_first_that_is_free() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "api", "s2");
    room.producer(3, "api", "s3");
    room.leave(2);
    room.producer(4, "api", "s4");
    room.say(5, json!({"type": "register", "role": "producer", "client_id": "api"}));
    assert_eq!(room.heard(3), [producer_registered("api#3", 0)]);
    assert_eq!(room.heard(4), [producer_registered("api#2", 0)]);
    assert_eq!(room.heard(5), [producer_registered("api#4", 0)]);
    assert!(room.closed.is_empty());
}

#[test]
fn a_process_that_reconnects_replaces_itself() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "api", "s2");
    room.consumer(3, "page");
    drop(room.heard(3));
    room.producer(4, "api", "s2");
    assert_eq!(room.closed, [2]);
    assert_eq!(room.heard(4), [producer_registered("api#2", 1), consumer_connected("page")]);
    assert_eq!(room.heard(3), [producer_connected("api#2", "api", "s2")]);
    room.leave(2);
    assert_eq!(room.heard(3), [] as [Value; 0], "the older connection's end is nobody's end");
}

#[test]
fn a_consumer_that_registers_again_replaces_itself() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "db", "s2");
    room.consumer(3, "page");
    (1..=3).for_each(|connection| drop(room.heard(connection)));
    room.say(4, json!({"type": "register", "role": "consumer", "client_id": "page", "producer": "api"}));
    assert_eq!(room.closed, [3]);
    assert_eq!(room.heard(1), [consumer_connected("page")]);
    assert_eq!(room.heard(2), [json!({"type": "consumer_disconnected", "consumer_id": "page"})]);
    assert_eq!(room.heard(4), [consumer_registered("page"), producer_connected("api", "api", "s1")]);
}

#[test]
fn a_consumer_without_an_id_gets_one() {
    let mut room = Room::new();
    room.consumer(1, "consumer-1");
    room.say(2, json!({"type": "register", "role": "consumer"}));
    assert_eq!(room.heard(2), [consumer_registered("consumer-2")]);
}

#[test]
fn a_data_channel_that_lives_is_not_made_twice() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "db", "new");
    let connected = json!({"api": mark_of("s1"), "db": "old", "late": mark_of("s3")});
    room.say(3, json!({"type": "register", "role": "consumer", "client_id": "page", "connected": connected}));
    room.producer(4, "late", "s3");
    assert_eq!(room.heard(1), [producer_registered("api", 0)]);
    assert_eq!(room.heard(2), [producer_registered("db", 0), consumer_connected("page")]);
    assert_eq!(room.heard(4), [producer_registered("late", 0)]);
    assert_eq!(room.heard(3).len(), 4, "it is told of all three");
}

#[test]
fn a_program_that_comes_back_gets_its_old_name_however_it_ended() {
    let mut room = Room::new();
    room.consumer(1, "page");
    room.producer(2, "api", "s1");
    room.producer(3, "api", "s2");
    for (connection, reason, word) in [(2, Departure::Closed, "closed"), (4, Departure::Lost, "lost")] {
        drop(room.heard(1));
        room.leave_by(connection, reason);
        let session = format!("after-{connection}");
        room.producer(connection + 2, "api", &session);
        assert_eq!(room.heard(connection + 2), [producer_registered("api", 1), consumer_connected("page")]);
        assert_eq!(
            room.heard(1),
            [
                json!({"type": "producer_disconnected", "producer_id": "api", "reason": word}),
                producer_connected("api", "api", &session)
            ]
        );
    }
}

/// So a producer that ends knows whether it has anybody to wait for.
#[test]
fn a_producer_is_told_how_many_consumers_follow() {
    let mut room = Room::new();
    room.consumer(1, "all");
    room.say(2, json!({"type": "register", "role": "consumer", "client_id": "of-db", "producer": "db"}));
    let connected = json!({"api": mark_of("s1")});
    room.say(3, json!({"type": "register", "role": "consumer", "client_id": "has-it", "connected": connected}));
    room.producer(4, "api", "s1");
    assert_eq!(room.heard(4), [producer_registered("api", 1), consumer_connected("all")]);
    room.leave(1);
    room.producer(5, "api", "s1");
    assert_eq!(room.heard(5), [producer_registered("api", 0)]);
    room.producer(6, "api", "s2");
    assert_eq!(room.heard(6), [producer_registered("api#2", 1), consumer_connected("has-it")]);
}

#[test]
fn a_channel_that_a_producer_lost_while_it_was_away_is_made_anew() {
    let mut room = Room::new();
    room.producer(1, "api", "s");
    for (connection, name) in [(2, "kept"), (3, "lost")] {
        room.consumer(connection, name);
        room.say(1, json!({"type": "webrtc_offer", "to": name, "sdp": "offer"}));
        room.say(connection, json!({"type": "webrtc_answer", "to": "api", "sdp": "answer"}));
    }
    let again = |connected: Value| json!({"type": "register", "role": "producer", "client_id": "api", "session": "s", "connected": connected});
    room.leave(1);
    room.say(4, again(json!(["kept"])));
    assert_eq!(room.heard(4), [producer_registered("api", 1), consumer_connected("lost")]);
    room.leave(4);
    room.producer(5, "api", "s");
    assert_eq!(room.heard(5), [producer_registered("api", 0)], "one that does not say keeps all");
    for wrong in [json!({}), json!([1]), json!("kept")] {
        let problem = parse(&again(wrong).to_string()).unwrap_err();
        assert!(problem.to_string().contains("connected: must be an array"), "{problem}");
    }
}

#[test]
fn an_answered_offer_is_a_data_channel_that_survives_a_reconnect() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.consumer(2, "page");
    room.say(1, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0"}));
    room.say(2, json!({"type": "webrtc_answer", "to": "api", "sdp": "v=0"}));
    room.leave(1);
    room.producer(3, "api", "s1");
    assert_eq!(room.heard(3), [producer_registered("api", 0)]);
    room.say(2, json!({"type": "connect", "producer": "api"}));
    room.leave(3);
    room.producer(4, "api", "s1");
    assert_eq!(room.heard(3), [consumer_connected("page")]);
    assert_eq!(room.heard(4), [producer_registered("api", 1), consumer_connected("page")]);
}

#[test]
fn a_channel_that_the_producer_has_lost_is_made_anew() {
    let mut room = Room::new();
    room.connected_producer(1, "s1", &[]);
    for (connection, page) in [(2, "page"), (3, "other")] {
        room.consumer(connection, page);
        room.say(connection, json!({"type": "webrtc_answer", "to": "api", "sdp": "v=0"}));
        drop(room.heard(connection));
    }
    room.leave(1);
    drop((room.heard(2), room.heard(3)));
    room.connected_producer(4, "s1", &["page"]);
    assert_eq!(room.heard(4), [producer_registered("api", 1), consumer_connected("other")]);
    for connection in [2, 3] {
        assert_eq!(room.heard(connection), [producer_connected("api", "api", "s1")], "each is told of it");
    }
    room.say(3, json!({"type": "webrtc_answer", "to": "api", "sdp": "v=0"}));
    assert_eq!(room.heard(4).len(), 1);
    let connected = json!({"api": mark_of("s1")});
    for (connection, page) in [(5, "page"), (6, "other"), (7, "stale")] {
        let register = json!({"type": "register", "role": "consumer", "client_id": page, "connected": connected});
        room.say(connection, register);
    }
    assert_eq!(room.heard(4), [consumer_connected("stale")], "both must have the channel");
}

#[test]
fn after_a_restart_a_process_keeps_the_name_its_consumers_know() {
    let mut room = Room::new();
    let connected = json!({"api": mark_of("s1"), "api#2": mark_of("s2"), "other": mark_of("s3")});
    room.say(1, json!({"type": "register", "role": "consumer", "client_id": "page", "connected": connected}));
    room.producer(2, "api", "s2");
    room.producer(3, "api", "s1");
    room.producer(4, "api", "s3");
    assert_eq!(room.heard(2), [producer_registered("api#2", 0)]);
    assert_eq!(room.heard(3), [producer_registered("api", 0)]);
    assert_eq!(
        room.heard(4),
        [producer_registered("api#3", 1), consumer_connected("page")],
        "another's name is not its own"
    );
}

#[test]
fn messages_are_passed_on_whole_with_their_sender() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.consumer(2, "page");
    drop((room.heard(1), room.heard(2)));
    room.say(1, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0", "from": "liar", "extra": [1]}));
    assert_eq!(
        room.heard(2),
        [json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0", "from": "api", "extra": [1]})]
    );
    room.say(2, json!({"type": "ice_candidate", "to": "api", "candidate": "c", "sdpMLineIndex": 0}));
    assert_eq!(
        room.heard(1),
        [json!({"type": "ice_candidate", "to": "api", "candidate": "c", "sdpMLineIndex": 0, "from": "page"})]
    );
}

#[test]
fn an_answer_without_to_goes_to_the_last_offer() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "db", "s2");
    room.consumer(3, "page");
    (1..=3).for_each(|connection| drop(room.heard(connection)));
    room.say(3, json!({"type": "webrtc_answer", "sdp": "v=0"}));
    assert_eq!(room.heard(3)[0]["message"], "to: must be there, as the producer_id that was announced");
    room.say(1, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0"}));
    room.say(2, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0"}));
    room.say(3, json!({"type": "webrtc_answer", "sdp": "v=0"}));
    assert_eq!((room.heard(1).len(), room.heard(2).len()), (0, 1));
}

#[test]
fn only_a_pair_passes_messages() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.producer(2, "db", "s2");
    room.say(3, json!({"type": "register", "role": "consumer", "client_id": "page", "producer": "api"}));
    (1..=3).for_each(|connection| drop(room.heard(connection)));
    let error =
        |key: &str, id: &str| json!({"type": "error", "message": format!("{key}: no such client {id:?}"), "to": id});
    room.say(2, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0"}));
    room.say(2, json!({"type": "webrtc_offer", "to": "db", "sdp": "v=0"}));
    room.say(3, json!({"type": "webrtc_answer", "to": "db", "sdp": "v=0"}));
    room.say(3, json!({"type": "connect", "producer": "db"}));
    assert_eq!(room.heard(2), [error("to", "page"), error("to", "db")]);
    assert_eq!(room.heard(3), [error("to", "db"), error("producer", "db")]);
    assert_eq!(room.heard(1), [] as [Value; 0]);
}

#[test]
fn connect_announces_the_consumer_once_more() {
    let mut room = Room::new();
    room.producer(1, "api", "s1");
    room.consumer(2, "page");
    drop((room.heard(1), room.heard(2)));
    room.say(2, json!({"type": "connect", "producer": "api"}));
    assert_eq!(room.heard(1), [consumer_connected("page")]);
    room.say(1, json!({"type": "connect", "producer": "api"}));
    assert_eq!(room.heard(1)[0]["message"], "connect: only a consumer asks for a connection");
}

#[test]
fn a_ping_is_answered_and_a_pong_is_not() {
    let mut room = Room::new();
    room.consumer(1, "page");
    drop(room.heard(1));
    room.say(1, json!({"type": "ping"}));
    room.say(1, json!({"type": "pong"}));
    assert_eq!(room.heard(1), [json!({"type": "pong"})]);
}

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn problem(message: &Value) -> String {
    parse(&message.to_string()).unwrap_err().to_string()
}

#[test]
fn a_producer_registers_as_the_protocol_shows_it() {
    let message = json!({
        "type": "register",
        "role": "producer",
        "client_id": "your_system_name",
        "metadata": {"system_name": "Your System Name", "version": "1.0.0"},
    });
    let Ok(Incoming::Register(Register::Producer(producer), None)) = parse(&message.to_string()) else { panic!() };
    assert_eq!(producer.client_id, "your_system_name");
    assert_eq!(producer.metadata["version"], "1.0.0");
    assert_eq!((producer.session, producer.connected), (None, None));
}

#[test]
fn a_producer_names_the_consumers_that_it_has_and_ids_of_other_servers_are_none_here() {
    let register = |connected: Value| {
        let message = json!({"type": "register", "role": "producer", "client_id": "a", "connected": connected});
        let Ok(Incoming::Register(Register::Producer(producer), None)) = parse(&message.to_string()) else { panic!() };
        producer.connected
    };
    assert_eq!(register(Value::Null), None);
    assert_eq!(register(json!([])), Some(BTreeSet::new()));
    assert_eq!(register(json!(["a", "", "x".repeat(161), "b"])), Some(["a", "b"].map(str::to_owned).into()));
}

#[test]
fn all_but_type_and_role_may_be_missing_for_a_consumer() {
    for message in [
        json!({"type": "register", "role": "consumer"}),
        json!({"type": "register", "role": "consumer", "client_id": null, "producer": null, "connected": null}),
        json!({"type": "register", "role": "consumer", "connected": {}, "color": "blue"}),
    ] {
        let parsed = parse(&message.to_string());
        assert_eq!(parsed, Ok(Incoming::Register(Register::Consumer(RegisterConsumer::default()), None)), "{message}");
    }
}

#[test]
fn a_page_brings_its_token_in_its_first_message() {
    let message = |token: Value| json!({"type": "register", "role": "consumer", "token": token}).to_string();
    let Ok(Incoming::Register(_, token)) = parse(&message(json!("t"))) else { panic!() };
    assert_eq!((format!("{token:?}").as_str(), token), ("Some(Presented(…))", Some(Presented("t".to_owned()))));
    assert_eq!(parse(&message(json!(1))).unwrap_err().to_string(), "token: must be a string");
}

#[test]
fn a_relayed_message_keeps_all_its_keys() {
    let message = json!({"type": "ice_candidate", "to": "c", "candidate": {"deep": [1, 2.5, null]}, "extra": true});
    let Ok(Incoming::Request(Request::Relay { kind, to, body })) = parse(&message.to_string()) else { panic!() };
    assert_eq!((kind, to.as_deref()), (RelayKind::Candidate, Some("c")));
    assert_eq!(Value::Object(body.clone()), message);
    assert_eq!(serde_json::from_str::<Value>(&Outgoing::Relay(body).to_json()).unwrap(), message);
}

#[test]
fn a_problem_names_the_key_and_what_is_right() {
    let long = "x".repeat(MAX_CLIENT_ID_BYTES + 1);
    let table = [
        (json!([]), "message: must be a JSON object"),
        (json!({}), "type: must be there"),
        (json!({"type": 7}), "type: must be there"),
        (json!({"type": "subscribe"}), "type: must be register, "),
        (json!({"type": "register"}), "role: must be there"),
        (json!({"type": "register", "role": "viewer"}), "role: must be \"producer\" or \"consumer\", not \"viewer\""),
        (json!({"type": "register", "role": "producer"}), "client_id: must be there"),
        (json!({"type": "register", "role": "producer", "client_id": ""}), "client_id: must be a string of 1 to 128"),
        (json!({"type": "register", "role": "producer", "client_id": long}), "client_id: must be a string of 1 to 128"),
        (json!({"type": "register", "role": "producer", "client_id": "a\nb"}), "client_id: must be a string of 1 to"),
        (json!({"type": "register", "role": "producer", "client_id": "a", "metadata": []}), "metadata: must be an obj"),
        (
            json!({"type": "register", "role": "producer", "client_id": "a", "metadata": {"m": "x".repeat(4096)}}),
            "metadata: must be at most 4096 bytes of JSON, not 4104",
        ),
        (json!({"type": "register", "role": "consumer", "connected": {"a": 1}}), "connected: must map producer ids"),
        (json!({"type": "register", "role": "consumer", "connected": ["a"]}), "connected: must be an object"),
        (
            json!({"type": "register", "role": "producer", "client_id": "a", "connected": {"a": "b"}}),
            "connected: must be an array of at most 1024 consumer ids",
        ),
        (json!({"type": "register", "role": "producer", "client_id": "a", "connected": [1]}), "connected: must be an"),
        (
            json!({"type": "register", "role": "producer", "client_id": "a", "connected": vec!["a"; 1025]}),
            "connected: must be an array",
        ),
        (json!({"type": "connect"}), "producer: must be there"),
        (json!({"type": "webrtc_offer", "to": 5}), "to: must be a string"),
    ];
    for (message, expected) in table {
        let problem = problem(&message);
        assert!(problem.starts_with(expected), "{message}: {problem}");
    }
    assert!(parse("{").unwrap_err().to_string().starts_with("message: must be JSON: "));
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{{\"type\":\"ping\",\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(parse(&deep).is_err());
}

#[test]
fn what_goes_out_is_written_strictly() {
    let table = [
        (
            Outgoing::Registered { client_id: "page".into(), consumers: None, ice_servers: None },
            json!({"type": "registered", "client_id": "page"}),
        ),
        (
            Outgoing::Registered { client_id: "api#2".into(), consumers: Some(0), ice_servers: None },
            json!({"type": "registered", "client_id": "api#2", "consumers": 0}),
        ),
        (
            Outgoing::ConsumerConnected { consumer_id: "c".into() },
            json!({"type": "consumer_connected", "consumer_id": "c"}),
        ),
        (
            Outgoing::ConsumerDisconnected { consumer_id: "c".into() },
            json!({"type": "consumer_disconnected", "consumer_id": "c"}),
        ),
        (
            Outgoing::ProducerDisconnected { producer_id: "p".into(), reason: Departure::Closed },
            json!({"type": "producer_disconnected", "producer_id": "p", "reason": "closed"}),
        ),
        (
            Outgoing::ProducerDisconnected { producer_id: "p".into(), reason: Departure::Lost },
            json!({"type": "producer_disconnected", "producer_id": "p", "reason": "lost"}),
        ),
        (
            Outgoing::ProducerConnected {
                producer_id: "p#2".into(),
                client_id: "p".into(),
                metadata: Map::new(),
                session: None,
            },
            json!({"type": "producer_connected", "producer_id": "p#2", "client_id": "p", "metadata": {}}),
        ),
        (Outgoing::Pong, json!({"type": "pong"})),
        (Outgoing::error("x: wrong"), json!({"type": "error", "message": "x: wrong"})),
    ];
    for (outgoing, expected) in table {
        assert_eq!(serde_json::from_str::<Value>(&outgoing.to_json()).unwrap(), expected);
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_object_panics_and_no_problem_is_long(kind in "(register|connect|webrtc_answer|.{0,300})", role in ".{0,300}") {
        if let Err(problem) = parse(&json!({"type": kind, "role": role}).to_string()) {
            prop_assert!(problem.to_string().len() < 700);
        }
    }
}

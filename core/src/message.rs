//! The messages of signaling: strict out (docs/protocol.md §1), liberal in (§5). No I/O.

use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::config::{IceServer, Metadata};
use crate::printable::printable;

/// The keys under which a message may name the consumer that it is about, in the order in which they count.
const SENDER_KEYS: [&str; 8] =
    ["from", "consumer_id", "from_id", "sender", "sender_id", "client_id", "peer_id", "source"];

/// The keys under which an announcement may name the consumer.
const CONSUMER_KEYS: [&str; 5] = ["consumer_id", "client_id", "peer_id", "from", "id"];

/// The longest id of a consumer, in bytes. It is somebody else's text, and is kept.
const MAX_ID_BYTES: usize = 256;

/// The most ICE servers that are taken of a server, and the longest text of one in bytes.
const MAX_ICE_SERVERS: usize = 16;
const MAX_ICE_TEXT_BYTES: usize = 1024;

/// What the producer says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Outgoing {
    Register {
        role: &'static str,
        client_id: String,
        metadata: Metadata,
        session: String,
        /// When it registers again: the consumers whose channels it still has.
        #[serde(skip_serializing_if = "Option::is_none")]
        connected: Option<Vec<String>>,
    },
    WebrtcOffer {
        to: String,
        sdp: String,
    },
    IceCandidate(LocalCandidate),
    Pong,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct LocalCandidate {
    pub(crate) to: String,
    pub(crate) candidate: String,
    #[serde(rename = "sdpMid")]
    pub(crate) sdp_mid: String,
    #[serde(rename = "sdpMLineIndex")]
    pub(crate) sdp_m_line_index: u16,
}

impl Outgoing {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are JSON")
    }
}

/// What a server says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Incoming {
    ConsumerConnected {
        consumer_id: String,
    },
    ConsumerDisconnected {
        consumer_id: String,
    },
    /// `from`: every id that the message may mean, the likeliest first; none where it names nobody.
    Answer {
        from: Vec<String>,
        sdp: String,
    },
    /// `candidate` is empty at the end of candidates.
    Candidate {
        from: Vec<String>,
        candidate: RemoteCandidate,
    },
    Ping,
    /// The server took the registration. `consumers`: how many announcements follow at once, if it says so. `ice_servers`:
    /// those that it names, if it names any.
    Registered {
        consumers: Option<u64>,
        ice_servers: Option<Vec<IceServer>>,
    },
    /// In place of those that `registered` named.
    IceServers(Vec<IceServer>),
    /// `to`: the consumer that it is about, if it is not about the producer.
    Error {
        message: String,
        to: Option<String>,
    },
    /// A message of a type that means nothing to a producer.
    Unknown,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RemoteCandidate {
    pub(crate) candidate: String,
    pub(crate) sdp_mid: Option<String>,
    pub(crate) sdp_m_line_index: Option<u16>,
    pub(crate) username_fragment: Option<String>,
}

/// What makes a message unreadable, for the diagnostics: it is counted and otherwise ignored.
#[derive(Debug, Error)]
pub(crate) enum MessageError {
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    #[error("type: must be a string")]
    Type,
    #[error("consumer_id: must be a string of 1 to {} bytes", MAX_ID_BYTES)]
    ConsumerId,
    #[error("ice_servers: must be an array of servers")]
    IceServers,
    #[error("sdp: must be a string, or an object with the string \"sdp\"")]
    Sdp,
    #[error("candidate: must be a string, an object or null")]
    Candidate,
    #[error("candidate.candidate: must be a string")]
    InnerCandidate,
}

/// Reads one message of the server.
pub(crate) fn parse(text: &str) -> Result<Incoming, MessageError> {
    let message: Map<String, Value> = serde_json::from_str(text)?;
    let kind = message.get("type").and_then(Value::as_str).ok_or(MessageError::Type)?;
    match kind {
        "consumer_connected" => Ok(Incoming::ConsumerConnected { consumer_id: consumer_id(&message)? }),
        "consumer_disconnected" | "consumer_left" | "peer_left" => {
            Ok(Incoming::ConsumerDisconnected { consumer_id: consumer_id(&message)? })
        }
        "webrtc_answer" | "answer" => Ok(Incoming::Answer { from: senders(&message), sdp: sdp(&message)? }),
        "ice_candidate" | "candidate" => {
            Ok(Incoming::Candidate { from: senders(&message), candidate: candidate(&message)? })
        }
        "ping" => Ok(Incoming::Ping),
        "registered" | "register_ack" | "welcome" => {
            let consumers = message.get("consumers").and_then(Value::as_u64);
            Ok(Incoming::Registered { consumers, ice_servers: ice_servers(&message) })
        }
        "ice_servers" => ice_servers(&message).map(Incoming::IceServers).ok_or(MessageError::IceServers),
        "error" => Ok(Incoming::Error { message: error_text(&message), to: message.get("to").and_then(id) }),
        _ => Ok(Incoming::Unknown),
    }
}

fn consumer_id(message: &Map<String, Value>) -> Result<String, MessageError> {
    CONSUMER_KEYS.iter().find_map(|key| id(message.get(*key)?)).ok_or(MessageError::ConsumerId)
}

fn senders(message: &Map<String, Value>) -> Vec<String> {
    SENDER_KEYS.iter().filter_map(|key| id(message.get(*key)?)).collect()
}

fn id(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (1..=MAX_ID_BYTES).contains(&text.len()).then_some(text)
}

/// A string, or an object `{"type", "sdp"}`, under `sdp` or `answer`.
fn sdp(message: &Map<String, Value>) -> Result<String, MessageError> {
    let described = |value: &Value| match value {
        Value::String(sdp) => Some(sdp.clone()),
        Value::Object(description) => description.get("sdp")?.as_str().map(str::to_owned),
        _ => None,
    };
    ["sdp", "answer", "description"].iter().find_map(|key| described(message.get(*key)?)).ok_or(MessageError::Sdp)
}

/// A string with its companions beside it, or an `RTCIceCandidateInit`; `null` and `""` end the candidates.
fn candidate(message: &Map<String, Value>) -> Result<RemoteCandidate, MessageError> {
    let (text, around) = match message.get("candidate") {
        None | Some(Value::Null) => return Ok(RemoteCandidate::default()),
        Some(Value::String(text)) => (text.as_str(), message),
        Some(Value::Object(init)) => match init.get("candidate") {
            Some(Value::String(text)) => (text.as_str(), init),
            Some(Value::Null) | None => return Ok(RemoteCandidate::default()),
            Some(_) => return Err(MessageError::InnerCandidate),
        },
        Some(_) => return Err(MessageError::Candidate),
    };
    let first = |keys: [&str; 2]| keys.iter().find_map(|key| around.get(*key).filter(|value| !value.is_null()));
    let text_of = |value: &Value| value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()));
    Ok(RemoteCandidate {
        candidate: text.trim().trim_start_matches("a=").to_owned(),
        sdp_mid: first(["sdpMid", "sdp_mid"]).and_then(text_of),
        sdp_m_line_index: first(["sdpMLineIndex", "sdp_m_line_index"])
            .and_then(Value::as_u64)
            .and_then(|index| u16::try_from(index).ok()),
        username_fragment: first(["usernameFragment", "username_fragment"]).and_then(text_of),
    })
}

/// An array of servers as browsers have them: `{"urls", "username", "credential"}`, the URLs as one string or several. What cannot
/// be read is left out.
fn ice_servers(message: &Map<String, Value>) -> Option<Vec<IceServer>> {
    let servers = message.get("ice_servers")?.as_array()?;
    let text = |server: &Value, key: &str| {
        let text = server.get(key).and_then(Value::as_str).unwrap_or_default();
        (text.len() <= MAX_ICE_TEXT_BYTES).then(|| text.to_owned())
    };
    let urls = |server: &Value| match server.get("urls").or_else(|| server.get("url")) {
        Some(Value::String(url)) => vec![url.clone()],
        Some(Value::Array(urls)) => urls.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let read = |server: &Value| {
        let (username, credential) = (text(server, "username"), text(server, "credential"));
        let made = move |url| Some(IceServer { url, username: username.clone()?, credential: credential.clone()? });
        urls(server).into_iter().filter(|url| url.len() <= MAX_ICE_TEXT_BYTES).filter_map(made)
    };
    Some(servers.iter().flat_map(read).take(MAX_ICE_SERVERS).collect())
}

fn error_text(message: &Map<String, Value>) -> String {
    let text = ["message", "error", "reason"].iter().find_map(|key| message.get(*key)?.as_str());
    printable(text.unwrap_or("the server did not say which"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(message: &Value) -> Incoming {
        parse(&message.to_string()).unwrap()
    }

    #[test]
    fn the_registration_has_the_keys_of_the_protocol() {
        let metadata = Metadata { system_name: "S".into(), version: "1.0.0".into(), description: Some("d".into()) };
        let (client_id, session) = ("c".into(), "5e".into());
        let register = Outgoing::Register { role: "producer", client_id, metadata, session, connected: None };
        assert_eq!(
            register.to_json(),
            concat!(
                r#"{"type":"register","role":"producer","client_id":"c","#,
                r#""metadata":{"system_name":"S","version":"1.0.0","description":"d"},"session":"5e"}"#
            )
        );
    }

    #[test]
    fn an_offer_and_a_candidate_have_the_keys_of_the_protocol() {
        let offer = Outgoing::WebrtcOffer { to: "b".into(), sdp: "v=0".into() };
        assert_eq!(offer.to_json(), r#"{"type":"webrtc_offer","to":"b","sdp":"v=0"}"#);
        let candidate = Outgoing::IceCandidate(LocalCandidate {
            to: "b".into(),
            candidate: "candidate:1".into(),
            sdp_mid: "0".into(),
            sdp_m_line_index: 0,
        });
        assert_eq!(
            candidate.to_json(),
            r#"{"type":"ice_candidate","to":"b","candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0}"#
        );
        assert_eq!(Outgoing::Pong.to_json(), r#"{"type":"pong"}"#);
    }

    #[test]
    fn a_consumer_comes_and_goes_by_several_names() {
        let connected = Incoming::ConsumerConnected { consumer_id: "b".into() };
        assert_eq!(read(&json!({"type": "consumer_connected", "consumer_id": "b"})), connected);
        assert_eq!(read(&json!({"type": "consumer_connected", "client_id": "b", "metadata": {}})), connected);
        for kind in ["consumer_disconnected", "consumer_left", "peer_left"] {
            let gone = Incoming::ConsumerDisconnected { consumer_id: "b".into() };
            assert_eq!(read(&json!({"type": kind, "consumer_id": "b"})), gone);
        }
    }

    #[test]
    fn an_answer_is_a_string_or_a_description() {
        for (sdp, from) in [
            (json!({"type": "webrtc_answer", "sdp": "v=0"}), vec![]),
            (json!({"type": "webrtc_answer", "sdp": {"type": "answer", "sdp": "v=0"}, "from": "b"}), vec!["b"]),
            (json!({"type": "answer", "answer": {"sdp": "v=0"}, "peer_id": "p", "sender": "s"}), vec!["s", "p"]),
        ] {
            let from = from.into_iter().map(str::to_owned).collect();
            assert_eq!(read(&sdp), Incoming::Answer { from, sdp: "v=0".into() });
        }
    }

    #[test]
    fn every_key_of_a_sender_counts_in_its_order() {
        let message: Map<String, Value> = std::iter::once(("type".to_owned(), json!("webrtc_answer")))
            .chain([("sdp".to_owned(), json!("v=0"))])
            .chain(SENDER_KEYS.iter().rev().map(|key| ((*key).to_owned(), json!(key))))
            .collect();
        let from = SENDER_KEYS.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(read(&Value::Object(message)), Incoming::Answer { from, sdp: "v=0".into() });
    }

    #[test]
    fn a_candidate_has_many_forms() {
        let expected = RemoteCandidate {
            candidate: "candidate:1".into(),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: Some(0),
            username_fragment: None,
        };
        for message in [
            json!({"type": "ice_candidate", "candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}),
            json!({"type": "ice_candidate", "candidate": "a=candidate:1", "sdp_mid": 0, "sdp_m_line_index": 0}),
            json!({"type": "ice_candidate", "candidate": {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}}),
        ] {
            assert_eq!(read(&message), Incoming::Candidate { from: vec![], candidate: expected.clone() });
        }
    }

    #[test]
    fn candidates_end_in_many_forms() {
        for end in [json!(null), json!(""), json!({"candidate": ""}), json!({"candidate": null}), json!({})] {
            let read = read(&json!({"type": "ice_candidate", "candidate": end}));
            assert_eq!(read, Incoming::Candidate { from: vec![], candidate: RemoteCandidate::default() });
        }
        let read = read(&json!({"type": "ice_candidate"}));
        assert_eq!(read, Incoming::Candidate { from: vec![], candidate: RemoteCandidate::default() });
    }

    #[test]
    fn the_rest_is_understood_too() {
        assert_eq!(read(&json!({"type": "ping"})), Incoming::Ping);
        for kind in ["registered", "register_ack", "welcome"] {
            let registered = |consumers| Incoming::Registered { consumers, ice_servers: None };
            assert_eq!(read(&json!({"type": kind, "client_id": "me"})), registered(None));
            assert_eq!(read(&json!({"type": kind, "client_id": "me", "consumers": 2})), registered(Some(2)));
            assert_eq!(read(&json!({"type": kind, "consumers": "many"})), registered(None));
        }
        let error =
            |message: &str, to: Option<&str>| Incoming::Error { message: message.into(), to: to.map(str::to_owned) };
        assert_eq!(read(&json!({"type": "error", "message": "no"})), error("no", None));
        assert_eq!(read(&json!({"type": "error", "error": "a\u{1b}[2J\nb"})), error(r"a\u{1b}[2J\nb", None));
        assert_eq!(
            read(&json!({"type": "error", "message": "no such client", "to": "b"})),
            error("no such client", Some("b"))
        );
        assert_eq!(read(&json!({"type": "stats", "x": [1]})), Incoming::Unknown);
    }

    #[test]
    fn a_server_names_ice_servers_as_browsers_have_them() {
        let servers = json!([
            {"urls": ["turn:h", "turn:i"], "username": "u", "credential": "c"},
            {"urls": "stun:h"}, {"urls": 5}, 7, {"urls": "stun:x", "username": "x".repeat(2000)},
        ]);
        let expected = [("turn:h", "u", "c"), ("turn:i", "u", "c"), ("stun:h", "", "")];
        let expected: Vec<_> =
            expected.into_iter().map(|(url, user, secret)| IceServer::turn(url, user, secret)).collect();
        let registered = read(&json!({"type": "registered", "ice_servers": servers}));
        assert_eq!(registered, Incoming::Registered { consumers: None, ice_servers: Some(expected.clone()) });
        assert_eq!(read(&json!({"type": "ice_servers", "ice_servers": servers})), Incoming::IceServers(expected));
        let registered = read(&json!({"type": "registered", "ice_servers": []}));
        assert_eq!(registered, Incoming::Registered { consumers: None, ice_servers: Some(vec![]) });
        assert!(parse(r#"{"type":"ice_servers"}"#).unwrap_err().to_string().starts_with("ice_servers: "));
        let many = json!(vec![json!({"urls": "stun:h"}); 1000]);
        match read(&json!({"type": "ice_servers", "ice_servers": many})) {
            Incoming::IceServers(servers) => assert_eq!(servers.len(), MAX_ICE_SERVERS),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_makes_a_message_unreadable_is_named() {
        for (text, problem) in [
            ("", "not a JSON object"),
            ("[]", "not a JSON object"),
            ("{}", "type: "),
            (r#"{"type":5}"#, "type: "),
            (r#"{"type":"consumer_connected"}"#, "consumer_id: "),
            (r#"{"type":"consumer_connected","consumer_id":{}}"#, "consumer_id: "),
            (r#"{"type":"webrtc_answer","sdp":7}"#, "sdp: "),
            (r#"{"type":"ice_candidate","candidate":[]}"#, "candidate: "),
        ] {
            assert!(parse(text).unwrap_err().to_string().starts_with(problem), "{text}");
        }
        let long = json!({"type": "consumer_connected", "consumer_id": "x".repeat(MAX_ID_BYTES + 1)});
        assert!(parse(&long.to_string()).is_err());
        let deep = format!("{{\"type\":{}", "[".repeat(10_000));
        assert!(parse(&deep).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..4).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn any_value_under_any_key_is_read_or_refused(
            kind in prop::sample::select(vec![
                "consumer_connected", "consumer_left", "webrtc_answer", "ice_candidate", "ping", "error", "new",
            ]),
            members in prop::collection::vec(
                (prop::sample::select(vec![
                    "from", "consumer_id", "client_id", "sdp", "candidate", "sdpMid", "sdpMLineIndex", "message",
                ]), any_json()), 0..8),
        ) {
            let mut message: Map<String, Value> =
                members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            message.insert("type".into(), kind.into());
            let _ = parse(&Value::Object(message).to_string());
        }

        #[test]
        fn unknown_keys_change_nothing(keys in prop::collection::vec(("x_[a-z]{0,8}", any_json()), 0..6)) {
            let mut message: Map<String, Value> = keys.into_iter().collect();
            message.insert("type".into(), "webrtc_answer".into());
            message.insert("sdp".into(), "v=0".into());
            message.insert("from".into(), "b".into());
            prop_assert_eq!(
                read(&Value::Object(message)),
                Incoming::Answer { from: vec!["b".into()], sdp: "v=0".into() }
            );
        }
    }
}

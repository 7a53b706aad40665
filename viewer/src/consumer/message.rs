//! The messages of signaling, as a consumer writes and reads them: strict out, liberal in. No I/O.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::ice_servers::IceServer;

/// The keys that may name the sender of a message, the usual one first.
const SENDER_KEYS: [&str; 8] =
    ["from", "producer_id", "from_id", "sender", "sender_id", "client_id", "peer_id", "source"];

/// The keys that may name a producer that comes or goes.
const PRODUCER_KEYS: [&str; 5] = ["producer_id", "client_id", "peer_id", "from", "id"];

/// The longest id and session that are accepted, in bytes.
const MAX_ID_BYTES: usize = 256;

/// The most URLs of ICE servers that are taken of a server, and the longest text of one, in bytes. Each URL costs a look-up, and
/// requests of every socket of a connection.
const MAX_ICE_URLS: usize = 16;
const MAX_ICE_TEXT_BYTES: usize = 1024;

/// The longest SDP that is accepted, in bytes.
const MAX_SDP_BYTES: usize = 64 * 1024;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Outgoing {
    Register {
        role: &'static str,
        client_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        producer: Option<String>,
        connected: BTreeMap<String, String>,
    },
    WebrtcAnswer {
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        sdp: String,
    },
    IceCandidate {
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        candidate: String,
        #[serde(rename = "sdpMid")]
        sdp_mid: String,
        #[serde(rename = "sdpMLineIndex")]
        sdp_m_line_index: u16,
    },
    Connect {
        producer: String,
    },
    Pong,
}

impl Outgoing {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are JSON")
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Incoming {
    /// `ice_servers`: those that the server names, if it names any.
    Registered {
        ice_servers: Option<Vec<IceServer>>,
    },
    /// In place of those that `registered` named.
    IceServers(Vec<IceServer>),
    ProducerConnected {
        producer_id: String,
        client_id: String,
        session: Option<String>,
    },
    ProducerDisconnected {
        producer_id: String,
        said_goodbye: bool,
    },
    Offer {
        from: Vec<String>,
        to: Option<String>,
        sdp: String,
    },
    Candidate {
        from: Vec<String>,
        to: Option<String>,
        candidate: RemoteCandidate,
    },
    Ping,
    Error {
        message: String,
    },
    Unknown,
}

/// A candidate of a producer; an empty one is the end of candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RemoteCandidate {
    pub(crate) candidate: String,
    pub(crate) username_fragment: Option<String>,
}

/// The key of a message that is wrong, and what is right.
#[derive(Debug, Error)]
pub(crate) enum MessageError {
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    #[error("type: must be a string")]
    Type,
    #[error("ice_servers: must be an array of servers")]
    IceServers,
    #[error("producer_id: must be a string of 1 to {} bytes", MAX_ID_BYTES)]
    ProducerId,
    #[error("sdp: must be a string of at most {} bytes, or an object that holds it", MAX_SDP_BYTES)]
    Sdp,
    #[error("candidate: must be a string, an object or null")]
    Candidate,
}

/// Reads a message of the server.
pub(crate) fn parse(text: &str) -> Result<Incoming, MessageError> {
    let message: Map<String, Value> = serde_json::from_str(text)?;
    let kind = message.get("type").and_then(Value::as_str).ok_or(MessageError::Type)?;
    Ok(match kind {
        "registered" | "register_ack" | "welcome" => Incoming::Registered { ice_servers: ice_servers(&message) },
        "ice_servers" => Incoming::IceServers(ice_servers(&message).ok_or(MessageError::IceServers)?),
        "producer_connected" => {
            let producer_id = producer_id(&message)?;
            let client_id = message.get("client_id").and_then(id).unwrap_or_else(|| producer_id.clone());
            Incoming::ProducerConnected { producer_id, client_id, session: message.get("session").and_then(id) }
        }
        "producer_disconnected" | "producer_left" => Incoming::ProducerDisconnected {
            producer_id: producer_id(&message)?,
            said_goodbye: message.get("reason").and_then(Value::as_str) == Some("closed"),
        },
        "webrtc_offer" | "offer" => {
            Incoming::Offer { from: senders(&message), to: message.get("to").and_then(id), sdp: sdp(&message)? }
        }
        "ice_candidate" | "candidate" => Incoming::Candidate {
            from: senders(&message),
            to: message.get("to").and_then(id),
            candidate: candidate(&message)?,
        },
        "ping" => Incoming::Ping,
        "error" => Incoming::Error { message: error_text(&message) },
        _ => Incoming::Unknown,
    })
}

/// An array of servers as browsers have them. What cannot be read is left out, and so are URLs beyond the limit.
fn ice_servers(message: &Map<String, Value>) -> Option<Vec<IceServer>> {
    let servers = message.get("ice_servers")?.as_array()?;
    let is_short = |text: &&str| text.len() <= MAX_ICE_TEXT_BYTES;
    let text = |server: &Value, key: &str| match server.get(key).and_then(Value::as_str) {
        None => Some(None),
        Some(text) => is_short(&text).then(|| Some(text.to_owned())),
    };
    let mut places = MAX_ICE_URLS;
    let read = |server: &Value| {
        let urls = match server.get("urls")? {
            url @ Value::String(_) => std::slice::from_ref(url),
            Value::Array(urls) => urls,
            _ => return None,
        };
        let (username, credential) = (text(server, "username")?, text(server, "credential")?);
        let urls = urls.iter().filter_map(Value::as_str).filter(is_short).take(places);
        let urls: Vec<_> = urls.map(str::to_owned).collect();
        places -= urls.len();
        (!urls.is_empty()).then_some(IceServer { urls, username, credential })
    };
    Some(servers.iter().filter_map(read).collect())
}

fn producer_id(message: &Map<String, Value>) -> Result<String, MessageError> {
    PRODUCER_KEYS.iter().find_map(|key| id(message.get(*key)?)).ok_or(MessageError::ProducerId)
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

fn sdp(message: &Map<String, Value>) -> Result<String, MessageError> {
    let described = |value: &Value| match value {
        Value::String(sdp) => Some(sdp.clone()),
        Value::Object(description) => description.get("sdp")?.as_str().map(str::to_owned),
        _ => None,
    };
    ["sdp", "offer", "description"]
        .iter()
        .find_map(|key| described(message.get(*key)?))
        .filter(|sdp| sdp.len() <= MAX_SDP_BYTES)
        .ok_or(MessageError::Sdp)
}

fn candidate(message: &Map<String, Value>) -> Result<RemoteCandidate, MessageError> {
    let (text, around) = match message.get("candidate") {
        None | Some(Value::Null) => return Ok(RemoteCandidate::default()),
        Some(Value::String(text)) => (text.as_str(), message),
        Some(Value::Object(init)) => match init.get("candidate") {
            Some(Value::String(text)) => (text.as_str(), init),
            _ => return Ok(RemoteCandidate::default()),
        },
        Some(_) => return Err(MessageError::Candidate),
    };
    let username_fragment = ["usernameFragment", "username_fragment"].iter().find_map(|key| around.get(*key)?.as_str());
    Ok(RemoteCandidate {
        candidate: text.trim().trim_start_matches("a=").to_owned(),
        username_fragment: username_fragment.map(str::to_owned).or_else(|| ufrag_in(text)),
    })
}

/// The `ufrag` extension of a candidate line (RFC 8839 §5.1 allows extensions; browsers write this one).
fn ufrag_in(candidate: &str) -> Option<String> {
    let mut words = candidate.split_ascii_whitespace();
    words.find(|word| *word == "ufrag")?;
    words.next().map(str::to_owned)
}

/// The first attribute `name` of an SDP.
pub(crate) fn attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    attribute_of(sdp.lines(), name)
}

/// The first attribute `name` of an SDP before its media.
pub(crate) fn session_attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    attribute_of(sdp.lines().take_while(|line| !line.starts_with("m=")), name)
}

fn attribute_of<'a>(mut lines: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':');
    lines.find_map(value).map(str::trim_end)
}

fn error_text(message: &Map<String, Value>) -> String {
    let text = ["message", "error", "reason"].iter().find_map(|key| message.get(*key)?.as_str());
    text.unwrap_or("an error without a message").chars().take(500).collect()
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
    fn what_is_sent_has_the_keys_of_the_protocol() {
        let connected = BTreeMap::from([("api".to_owned(), "5e".to_owned())]);
        let register = |producer| Outgoing::Register {
            role: "consumer",
            client_id: "t".into(),
            producer,
            connected: connected.clone(),
        };
        for (message, json) in [
            (register(None), r#"{"type":"register","role":"consumer","client_id":"t","connected":{"api":"5e"}}"#),
            (
                register(Some("api".into())),
                r#"{"type":"register","role":"consumer","client_id":"t","producer":"api","connected":{"api":"5e"}}"#,
            ),
            (
                Outgoing::WebrtcAnswer { to: Some("api".into()), sdp: "v=0".into() },
                r#"{"type":"webrtc_answer","to":"api","sdp":"v=0"}"#,
            ),
            (Outgoing::WebrtcAnswer { to: None, sdp: "v=0".into() }, r#"{"type":"webrtc_answer","sdp":"v=0"}"#),
            (
                Outgoing::IceCandidate {
                    to: Some("api".into()),
                    candidate: "candidate:1".into(),
                    sdp_mid: "x".into(),
                    sdp_m_line_index: 0,
                },
                r#"{"type":"ice_candidate","to":"api","candidate":"candidate:1","sdpMid":"x","sdpMLineIndex":0}"#,
            ),
            (Outgoing::Connect { producer: "api".into() }, r#"{"type":"connect","producer":"api"}"#),
            (Outgoing::Pong, r#"{"type":"pong"}"#),
        ] {
            assert_eq!(message.to_json(), json);
        }
    }

    #[test]
    fn a_producer_comes_and_goes() {
        let connected = |client_id: &str, session: Option<&str>| Incoming::ProducerConnected {
            producer_id: "api#2".into(),
            client_id: client_id.into(),
            session: session.map(str::to_owned),
        };
        let full = json!({"type": "producer_connected", "producer_id": "api#2", "client_id": "api", "session": "5e"});
        assert_eq!(read(&full), connected("api", Some("5e")));
        let bare = json!({"type": "producer_connected", "producer_id": "api#2"});
        assert_eq!(read(&bare), connected("api#2", None));
        for (reason, said_goodbye) in [(json!("closed"), true), (json!("lost"), false), (json!(null), false)] {
            let gone = json!({"type": "producer_disconnected", "producer_id": "api", "reason": reason});
            assert_eq!(read(&gone), Incoming::ProducerDisconnected { producer_id: "api".into(), said_goodbye });
        }
    }

    #[test]
    fn an_offer_may_name_its_sender_and_may_not() {
        for (message, from) in [
            (json!({"type": "webrtc_offer", "to": "t", "sdp": "v=0"}), vec![]),
            (json!({"type": "webrtc_offer", "from": "api", "sdp": {"type": "offer", "sdp": "v=0"}}), vec!["api"]),
            (json!({"type": "offer", "offer": "v=0", "peer_id": "p", "sender": "s"}), vec!["s", "p"]),
        ] {
            let from = from.into_iter().map(str::to_owned).collect();
            let to = message.get("to").map(|_| "t".to_owned());
            assert_eq!(read(&message), Incoming::Offer { from, to, sdp: "v=0".into() });
        }
        let long = json!({"type": "webrtc_offer", "sdp": "v".repeat(MAX_SDP_BYTES + 1)});
        assert!(parse(&long.to_string()).unwrap_err().to_string().starts_with("sdp: "));
    }

    #[test]
    fn a_candidate_has_many_forms() {
        let candidate = |text: &str, ufrag: Option<&str>| {
            let candidate = RemoteCandidate { candidate: text.to_owned(), username_fragment: ufrag.map(str::to_owned) };
            Incoming::Candidate { from: vec![], to: None, candidate }
        };
        let kind = "ice_candidate";
        for (message, expected) in [
            (json!({"type": kind, "candidate": "a=candidate:1", "sdpMid": "0"}), candidate("candidate:1", None)),
            (
                json!({"type": kind, "candidate": {"candidate": "c", "usernameFragment": "u"}}),
                candidate("c", Some("u")),
            ),
            (
                json!({"type": kind, "candidate": "c ufrag u network-id 1"}),
                candidate("c ufrag u network-id 1", Some("u")),
            ),
            (json!({"type": kind, "candidate": null}), candidate("", None)),
            (json!({"type": kind}), candidate("", None)),
        ] {
            assert_eq!(read(&message), expected);
        }
        let sdp = "v=0\r\na=midday:x\r\na=ice-ufrag:abcd\r\na=mid:7\r\n";
        assert_eq!(
            (attribute(sdp, "ice-ufrag"), attribute(sdp, "mid"), attribute(sdp, "x")),
            (Some("abcd"), Some("7"), None)
        );
    }

    #[test]
    fn a_server_names_a_bounded_number_of_ice_servers() {
        let named = |servers: Value| {
            let message = json!({"type": "registered", "ice_servers": servers});
            let Incoming::Registered { ice_servers } = read(&message) else { panic!("{message}") };
            ice_servers
        };
        let turn = IceServer::turn("turn:h", "u", "c");
        let written =
            json!([{"urls": "stun:h"}, {"urls": ["turn:h", 5], "username": "u", "credential": "c"}, 5, {"urls": 5}]);
        assert_eq!(named(written), Some(vec![IceServer::stun("stun:h"), turn]));
        assert_eq!(named(json!("stun:h")), None);
        let many = json!({"urls": vec!["stun:h"; 12_000]});
        let urls: Vec<_> = named(json!([many, many])).unwrap().into_iter().flat_map(|server| server.urls).collect();
        assert_eq!(urls.len(), MAX_ICE_URLS);
        let long = "x".repeat(MAX_ICE_TEXT_BYTES + 1);
        let written = json!([{"urls": [long]}, {"urls": "turn:h", "username": long, "credential": "c"}]);
        assert_eq!(named(written), Some(vec![]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}

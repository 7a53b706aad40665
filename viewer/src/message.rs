//! The messages of the signaling WebSocket: liberal in, strict out. No I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::ice_servers::IceServer;

/// The longest message in bytes; an SDP with many candidates has a tenth of it.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 * 1024;
/// The longest `client_id` in bytes.
const MAX_CLIENT_ID_BYTES: usize = 128;
/// The longest id in bytes that names somebody: a `client_id` with the `#n` of a second process.
const MAX_ID_BYTES: usize = 160;
/// The largest metadata in bytes, as compact JSON.
const MAX_METADATA_BYTES: usize = 4 * 1024;
/// The most producers that a consumer may say it is connected to, and the other way round.
pub(crate) const MAX_CONNECTED: usize = 1024;

/// The close code of a client that is not let in: of the range that RFC 6455 §7.4.2 leaves to applications, and like the
/// HTTP status (docs/protocol.md §4.5).
pub(crate) const CLOSE_UNAUTHORIZED: u16 = 4401;

/// What is wrong with a message: the key, and what is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem(String);

impl Problem {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A message from a client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Incoming {
    /// With the token of a client that could not send it in a header.
    Register(Register, Option<Presented>),
    Request(Request),
}

/// A token as a client presents it. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Presented(pub(crate) String);

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented(…)")
    }
}

/// The first message of every client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Register {
    Producer(RegisterProducer),
    Consumer(RegisterConsumer),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RegisterProducer {
    pub(crate) client_id: String,
    pub(crate) metadata: Map<String, Value>,
    /// Names the running process, so that its second connection is known from a second process.
    pub(crate) session: Option<String>,
    /// The consumers to which it has an open data channel, if it says so.
    pub(crate) connected: Option<BTreeSet<String>>,
    /// The id that it gets if that is free. A client cannot ask for one.
    pub(crate) claimed: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RegisterConsumer {
    pub(crate) client_id: Option<String>,
    /// The one producer that it wants; all of them where it names none.
    pub(crate) producer: Option<String>,
    /// Producer id to session, of the data channels that it still has.
    pub(crate) connected: BTreeMap<String, String>,
}

/// A message of a registered client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Request {
    /// An offer, an answer or a candidate, passed on with all its keys.
    Relay {
        kind: RelayKind,
        to: Option<String>,
        body: Map<String, Value>,
    },
    /// A consumer asks to be announced once more to a producer.
    Connect {
        producer: String,
    },
    Ping,
    Pong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelayKind {
    Offer,
    Answer,
    Candidate,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Departure {
    /// The client said goodbye: a WebSocket close frame, which a program that crashes does not send.
    Closed,
    /// It ended without a word, or the server ended it.
    Lost,
}

/// A message to a client.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Outgoing {
    Registered {
        client_id: String,
        /// To a producer: how many `consumer_connected` follow at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        consumers: Option<usize>,
        /// The STUN and TURN servers, if this server names any, or names that there are none.
        #[serde(skip_serializing_if = "Option::is_none")]
        ice_servers: Option<Vec<IceServer>>,
    },
    /// In place of those of `registered`, whose credentials are about to end.
    IceServers {
        ice_servers: Vec<IceServer>,
    },
    ConsumerConnected {
        consumer_id: String,
    },
    ConsumerDisconnected {
        consumer_id: String,
    },
    ProducerConnected {
        producer_id: String,
        client_id: String,
        metadata: Map<String, Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<String>,
    },
    ProducerDisconnected {
        producer_id: String,
        reason: Departure,
    },
    Pong,
    Error {
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Already a whole message, its `type` included.
    #[serde(untagged)]
    Relay(Map<String, Value>),
}

impl Outgoing {
    /// An error that answers no particular receiver's absence.
    pub(crate) fn error(message: impl fmt::Display) -> Self {
        Self::Error { message: message.to_string(), to: None }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("string keys and JSON values always serialise")
    }
}

/// Reads one message.
pub(crate) fn parse(text: &str) -> Result<Incoming, Problem> {
    let body: Value =
        serde_json::from_str(text).map_err(|error| Problem::new(format!("message: must be JSON: {error}")))?;
    let Value::Object(body) = body else { return Err(Problem::new("message: must be a JSON object")) };
    let kind = required_text(&body, "type")?;
    let relay = |kind, body: Map<String, Value>| {
        let to = id(&body, "to")?;
        Ok(Incoming::Request(Request::Relay { kind, to, body }))
    };
    match kind {
        "register" => Ok(Incoming::Register(register(&body)?, token(&body)?)),
        "webrtc_offer" => relay(RelayKind::Offer, body),
        "webrtc_answer" => relay(RelayKind::Answer, body),
        "ice_candidate" => relay(RelayKind::Candidate, body),
        "connect" => {
            Ok(Incoming::Request(Request::Connect { producer: required("producer", id(&body, "producer")?)? }))
        }
        "ping" => Ok(Incoming::Request(Request::Ping)),
        "pong" => Ok(Incoming::Request(Request::Pong)),
        unknown => Err(Problem::new(format!(
            "type: must be register, webrtc_offer, webrtc_answer, ice_candidate, connect or ping, not {}",
            quote(unknown)
        ))),
    }
}

fn register(body: &Map<String, Value>) -> Result<Register, Problem> {
    match required_text(body, "role")? {
        "producer" => Ok(Register::Producer(RegisterProducer {
            client_id: required("client_id", client_id(body)?)?,
            metadata: metadata(body)?,
            session: id(body, "session")?.map(|session| mark_of(&session)),
            connected: connected_consumers(body)?,
            claimed: None,
        })),
        "consumer" => Ok(Register::Consumer(RegisterConsumer {
            client_id: client_id(body)?,
            producer: id(body, "producer")?,
            connected: connected_producers(body)?,
        })),
        other => Err(Problem::new(format!("role: must be \"producer\" or \"consumer\", not {}", quote(other)))),
    }
}

/// Whether it is right is not for the parser to say.
fn token(body: &Map<String, Value>) -> Result<Option<Presented>, Problem> {
    match body.get("token") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) => Ok(Some(Presented(token.clone()))),
        Some(_) => Err(Problem::new("token: must be a string")),
    }
}

fn metadata(body: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let metadata = match body.get("metadata") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return Err(Problem::new("metadata: must be an object")),
    };
    let length = serde_json::to_string(metadata).expect("a parsed object serialises").len();
    if length > MAX_METADATA_BYTES {
        return Err(Problem::new(format!(
            "metadata: must be at most {MAX_METADATA_BYTES} bytes of JSON, not {length}"
        )));
    }
    Ok(metadata.clone())
}

/// An id that is not one of this server's is of another server, where the channel was made.
fn connected_consumers(body: &Map<String, Value>) -> Result<Option<BTreeSet<String>>, Problem> {
    let wrong = || Problem::new(format!("connected: must be an array of at most {MAX_CONNECTED} consumer ids"));
    let ids = match body.get("connected") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(ids)) if ids.len() <= MAX_CONNECTED => ids,
        Some(_) => return Err(wrong()),
    };
    let ids = ids.iter().map(Value::as_str).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    Ok(Some(ids.into_iter().filter(|id| is_id(id, MAX_ID_BYTES)).map(str::to_owned).collect()))
}

fn connected_producers(body: &Map<String, Value>) -> Result<BTreeMap<String, String>, Problem> {
    let map = match body.get("connected") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(map)) if map.len() <= MAX_CONNECTED => map,
        Some(_) => {
            return Err(Problem::new(format!("connected: must be an object of at most {MAX_CONNECTED} producer ids")));
        }
    };
    map.iter()
        .map(|(producer_id, session)| match session {
            Value::String(session) if is_id(session, MAX_ID_BYTES) && is_id(producer_id, MAX_ID_BYTES) => {
                Ok((producer_id.clone(), session.clone()))
            }
            _ => Err(Problem::new("connected: must map producer ids to their sessions")),
        })
        .collect()
}

fn required_text<'a>(body: &'a Map<String, Value>, key: &str) -> Result<&'a str, Problem> {
    required(key, body.get(key).and_then(Value::as_str))
}

fn required<T>(key: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::new(format!("{key}: must be there, as a string")))
}

fn client_id(body: &Map<String, Value>) -> Result<Option<String>, Problem> {
    id_within(body, "client_id", MAX_CLIENT_ID_BYTES)
}

fn id(body: &Map<String, Value>, key: &str) -> Result<Option<String>, Problem> {
    id_within(body, key, MAX_ID_BYTES)
}

fn id_within(body: &Map<String, Value>, key: &str, max_bytes: usize) -> Result<Option<String>, Problem> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if is_id(id, max_bytes) => Ok(Some(id.clone())),
        Some(_) => {
            Err(Problem::new(format!("{key}: must be a string of 1 to {max_bytes} bytes without control characters")))
        }
    }
}

fn is_id(text: &str, max_bytes: usize) -> bool {
    (1..=max_bytes).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Quotes what a client sent, cut so that an error is never as long as its cause.
fn quote(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    format!("{cut:?}")
}

/// The public mark of a producer's session, or of a consumer's id: enough to know it again, and not enough to
/// register in its place.
pub(crate) fn mark_of(session: &str) -> String {
    let digest = Sha256::digest(session.as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;

//! What servers tell each other: entries of the bucket, and messages. No I/O.
//!
//! | key | value |
//! |---|---|
//! | `m.SERVER` | a beat of a server, which counts them; or that it has stopped |
//! | `m.SERVER.NUMBER` | a client of it; or that the client has left |
//! | `n.HASH` | the client that claims the name with that hash |

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::message::{Departure, mark_of};
use crate::registry::Member;

/// Selects the keys that are watched.
pub(crate) const MEMBERS: &str = "m.>";

/// Names a client among all servers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MemberId {
    pub(crate) server: String,
    /// Unique on its server.
    pub(crate) number: u64,
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.server, self.number)
    }
}

impl MemberId {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (server, number) = text.split_once('.')?;
        Some(Self { server: server.to_owned(), number: number.parse().ok()? })
    }
}

/// A client, and when it registered: of two connections of one client, the one with the higher version is the newer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) version: u64,
    #[serde(flatten)]
    pub(crate) member: Member,
}

/// The value of a key that is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fact {
    Beat { beat: u64 },
    Left { left: Departure },
    Member(Record),
}

impl Fact {
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("string keys and JSON values always serialise")
    }
}

/// A key that is watched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Subject {
    Server(String),
    Member(MemberId),
}

impl Subject {
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Server(server) => format!("m.{server}"),
            Self::Member(id) => format!("m.{id}"),
        }
    }

    pub(crate) fn parse(key: &str) -> Option<Self> {
        let rest = key.strip_prefix("m.")?;
        if rest.contains('.') { MemberId::parse(rest).map(Self::Member) } else { Some(Self::Server(rest.to_owned())) }
    }
}

/// The key of the claim to a producer's id. An id has characters that a key may not have.
pub(crate) fn claim_key(id: &str) -> String {
    format!("n.{}", mark_of(id))
}

/// The value of a claim: a client, and the mark of the session of its process, whose next connection takes the claim over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) member: MemberId,
    pub(crate) session: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (member, session) = (&self.member, self.session.as_deref().unwrap_or_default());
        write!(f, "{member} {session}")
    }
}

impl Holder {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (member, session) = text.split_once(' ').unwrap_or((text, ""));
        let session = (!session.is_empty()).then(|| session.to_owned());
        Some(Self { member: MemberId::parse(member)?, session })
    }

    /// Whether both are connections of one process.
    pub(crate) fn is_same_process(&self, other: &Self) -> bool {
        self.session.is_some() && self.session == other.session
    }
}

/// A message of a client to one of another server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// The member that sends it.
    pub(crate) from: String,
    /// As the client sent it.
    pub(crate) message: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn keys_and_values_are_read_as_they_were_written() {
        let id = MemberId { server: "0a".into(), number: 7 };
        for session in [None, Some("5e55".to_owned())] {
            let holder = Holder { member: id.clone(), session };
            assert_eq!(Holder::parse(&holder.to_string()), Some(holder));
        }
        for subject in [Subject::Server("0a".into()), Subject::Member(id)] {
            assert_eq!(Subject::parse(&subject.key()), Some(subject));
        }
        let producer =
            Member::Producer { id: "api#2".into(), client_id: "api".into(), metadata: Map::new(), session: None };
        let connected = BTreeMap::from([("api".to_owned(), "s".to_owned())]);
        let consumer = Member::Consumer { id: "c".into(), producer: Some("api".into()), connected };
        for fact in [
            Fact::Beat { beat: 3 },
            Fact::Left { left: Departure::Closed },
            Fact::Member(Record { version: 1, member: producer }),
            Fact::Member(Record { version: 2, member: consumer }),
        ] {
            assert_eq!(serde_json::from_str::<Fact>(&fact.to_json()).unwrap(), fact);
        }
        for wrong in ["", "n.x", "m.a.b", "m.a.1.2"] {
            assert_eq!(Subject::parse(wrong), None, "{wrong}");
        }
    }
}

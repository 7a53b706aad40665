//! The messages of the extension beside the frames, as a consumer writes and reads them. No I/O.

use serde::{Deserialize, Serialize};

use super::account::GapReason;
use super::frame::Header;
use super::selection::Selection;

/// What a producer says of its log when a channel opens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Welcome {
    /// The mark of the producer's process.
    pub session: String,
    /// The `client_id` of the producer.
    #[serde(default)]
    pub client_id: String,
    /// The oldest sequence number that the producer holds.
    pub oldest: u64,
    /// The first number that this channel brings.
    pub from: u64,
    /// The first number that did not exist yet: the history ends before it.
    pub next: u64,
    /// Whether the channel goes on where an earlier channel of the session ended.
    #[serde(default, rename = "resumed")]
    pub is_resumed: bool,
}

/// What a producer counts, as it says at most once a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Status {
    /// Entries that its journal took.
    pub accepted: u64,
    /// Entries that its journal refused because it was full.
    pub refused: u64,
    /// Entries that a filter kept from this consumer.
    pub filtered: u64,
    /// The oldest sequence number that it holds.
    pub oldest: u64,
    /// The first number that does not exist yet.
    pub next: u64,
    /// How many consumers it has.
    pub consumers: u64,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    Welcome(Welcome),
    Batch(Header),
    Gap {
        first: u64,
        last: u64,
        #[serde(default)]
        reason: String,
    },
    Filter {
        id: u64,
        first: u64,
    },
    Fetch {
        id: u64,
    },
    Fetched {
        id: u64,
        next: u64,
        #[serde(default)]
        missing: u64,
    },
    Error {
        #[serde(default)]
        id: Option<u64>,
        #[serde(default)]
        message: String,
    },
    Status(Status),
    #[serde(other)]
    Other,
}

impl Incoming {
    /// Reads the first line of a message; none if it is no message of the extension.
    pub(super) fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

pub(super) fn reason(text: &str) -> GapReason {
    match text {
        "overflow" => GapReason::Overflow,
        "refused" => GapReason::Refused,
        "oversize" => GapReason::Oversize,
        _ => GapReason::Unknown,
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    Ack {
        seq: u64,
    },
    Filter {
        id: u64,
        #[serde(flatten)]
        selection: &'a Selection,
    },
    Fetch {
        id: u64,
        first: u64,
        last: u64,
        #[serde(flatten)]
        selection: &'a Selection,
    },
    Ping {
        id: u64,
    },
}

impl Outgoing<'_> {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_has_the_keys_of_the_protocol() {
        let all = Selection::default();
        let some = Selection::new(Some("INFO"), Some("app=debug")).unwrap();
        for (message, json) in [
            (Outgoing::Ack { seq: 7 }, r#"{"type":"ack","seq":7}"#),
            (Outgoing::Filter { id: 1, selection: &all }, r#"{"type":"filter","id":1}"#),
            (
                Outgoing::Filter { id: 2, selection: &some },
                r#"{"type":"filter","id":2,"level":"INFO","filter":"app=debug"}"#,
            ),
            (
                Outgoing::Fetch { id: 3, first: 5, last: 9, selection: &some },
                r#"{"type":"fetch","id":3,"first":5,"last":9,"level":"INFO","filter":"app=debug"}"#,
            ),
            (Outgoing::Ping { id: 0 }, r#"{"type":"ping","id":0}"#),
        ] {
            assert_eq!(message.to_json(), json);
        }
    }

    #[test]
    fn what_is_received_may_have_more_keys_and_other_types() {
        let welcome = r#"{"type":"welcome","version":1,"session":"5e","client_id":"api","metadata":{"a":[1]},
            "oldest":200,"from":1235,"next":987000,"resumed":true,"hello":{"credit":1}}"#;
        let expected = Welcome {
            session: "5e".into(),
            client_id: "api".into(),
            oldest: 200,
            from: 1235,
            next: 987_000,
            is_resumed: true,
        };
        assert!(matches!(Incoming::parse(welcome), Some(Incoming::Welcome(read)) if read == expected));
        let status = r#"{"type":"status","accepted":5,"next":6,"more":null}"#;
        let expected = Status { accepted: 5, next: 6, ..Status::default() };
        assert!(matches!(Incoming::parse(status), Some(Incoming::Status(read)) if read == expected));
        for other in [r#"{"type":"pong","id":0}"#, r#"{"type":"later"}"#] {
            assert!(matches!(Incoming::parse(other), Some(Incoming::Other)), "{other}");
        }
        for broken in ["", "[]", r#"{"level":"INFO"}"#, r#"{"type":"gap","first":-1,"last":2}"#, r#"{"type":"fetch"}"#]
        {
            assert!(Incoming::parse(broken).is_none(), "{broken}");
        }
    }
}

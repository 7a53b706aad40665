//! The messages of the extension that hold no entries (docs/protocol.md §6.2). No I/O.

use std::ops::Range;

use serde::Serialize;

use super::hello::Hello;
use crate::config::Metadata;
use crate::journal::GapReason;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message<'a> {
    Welcome {
        version: u32,
        session: &'a str,
        client_id: &'a str,
        metadata: &'a Metadata,
        oldest: u64,
        from: u64,
        next: u64,
        resumed: bool,
        hello: &'a Hello,
        #[serde(skip_serializing_if = "Option::is_none")]
        proof: Option<&'a str>,
    },
    Gap {
        first: u64,
        last: u64,
        reason: &'static str,
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
        missing: u64,
    },
    Error {
        id: u64,
        message: &'a str,
    },
    Pong {
        id: u64,
    },
    Status(Status),
}

/// How the producer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Status {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) filtered: u64,
    pub(crate) oldest: u64,
    pub(crate) next: u64,
    pub(crate) consumers: usize,
}

/// What a producer says of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    pub(crate) session: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) metadata: &'a Metadata,
}

/// The numbers of a `welcome`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) oldest: u64,
    pub(crate) from: u64,
    pub(crate) next: u64,
    pub(crate) resumed: bool,
}

fn text(message: &Message<'_>) -> String {
    serde_json::to_string(message).expect("numbers and strings can be written")
}

pub(crate) fn welcome(who: Identity<'_>, place: Place, hello: &Hello, proof: Option<&str>) -> String {
    let Identity { session, client_id, metadata } = who;
    let Place { oldest, from, next, resumed } = place;
    text(&Message::Welcome { version: 1, session, client_id, metadata, oldest, from, next, resumed, hello, proof })
}

pub(crate) fn gap(seqs: Range<u64>, reason: GapReason) -> String {
    text(&Message::Gap { first: seqs.start, last: seqs.end - 1, reason: reason.as_str() })
}

pub(crate) fn filter(id: u64, first: u64) -> String {
    text(&Message::Filter { id, first })
}

pub(crate) fn fetch(id: u64) -> String {
    text(&Message::Fetch { id })
}

pub(crate) fn fetched(id: u64, next: u64, missing: u64) -> String {
    text(&Message::Fetched { id, next, missing })
}

pub(crate) fn error(id: u64, message: &str) -> String {
    text(&Message::Error { id, message })
}

pub(crate) fn pong(id: u64) -> String {
    text(&Message::Pong { id })
}

pub(crate) fn status(status: Status) -> String {
    text(&Message::Status(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_the_protocol_has_them() {
        assert_eq!(gap(5..9, GapReason::Refused), r#"{"type":"gap","first":5,"last":8,"reason":"refused"}"#);
        assert_eq!(filter(3, 17), r#"{"type":"filter","id":3,"first":17}"#);
        assert_eq!(fetched(1, 20, 2), r#"{"type":"fetched","id":1,"next":20,"missing":2}"#);
        assert_eq!(error(1, "a \"b\""), r#"{"type":"error","id":1,"message":"a \"b\""}"#);
        assert_eq!(pong(0), r#"{"type":"pong","id":0}"#);
        assert_eq!(
            status(Status { accepted: 1, refused: 2, filtered: 3, oldest: 4, next: 5, consumers: 6 }),
            r#"{"type":"status","accepted":1,"refused":2,"filtered":3,"oldest":4,"next":5,"consumers":6}"#
        );
    }
}

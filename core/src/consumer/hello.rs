//! What a consumer of the extension asks for before its channel opens (docs/protocol.md §6.1). No I/O.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::wish::{Wish, WishError};

/// The longest `hello`, in characters of base64url.
const MAX_HELLO_CHARS: usize = 4096;

/// The encoding of frames that may be asked for.
pub(crate) const DEFLATE_RAW: &str = "deflate-raw";

/// How many bytes, before compression, may be on the way beyond what the consumer's program has: least, most, and default.
const MIN_CREDIT: u64 = 1024 * 1024;
const MAX_CREDIT: u64 = 32 * 1024 * 1024;
const DEFAULT_CREDIT: u64 = 4 * 1024 * 1024;

/// Sequence numbers are exact in every language below this.
const MAX_SEQ: u64 = 1 << 53;

/// Where a consumer wants to begin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Start {
    Oldest,
    Newest,
    Last(u64),
    /// Behind the last number of this session that it has.
    Resume {
        session: String,
        seq: u64,
    },
}

/// As it is written. Every key is optional, and unknown ones are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
struct Written {
    #[serde(default)]
    accept: Vec<String>,
    credit: Option<u64>,
    level: Option<String>,
    filter: Option<String>,
    start: Option<Start>,
}

/// As it is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Hello {
    version: u32,
    pub(crate) accept: Vec<&'static str>,
    pub(crate) credit: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<Start>,
    #[serde(skip)]
    pub(crate) wish: Option<Wish>,
}

/// Why a `hello` is not understood. Its consumer gets the base protocol.
#[derive(Debug, Error)]
pub(crate) enum HelloError {
    #[error("hello: {0} characters; at most {max}", max = MAX_HELLO_CHARS)]
    TooLong(usize),
    #[error("hello: not base64url: {0}")]
    Base64(#[from] base64::DecodeError),
    #[error("hello: {0}")]
    Json(#[from] serde_json::Error),
    #[error("hello: start: {0} is not below 2^53")]
    Start(u64),
    #[error(transparent)]
    Wish(#[from] WishError),
}

impl Hello {
    /// Reads the base64url of a `hello`.
    pub(crate) fn decode(text: &str) -> Result<Self, HelloError> {
        if text.len() > MAX_HELLO_CHARS {
            return Err(HelloError::TooLong(text.len()));
        }
        let json = URL_SAFE_NO_PAD.decode(text)?;
        let written: Written = serde_json::from_slice(&json)?;
        let numbers = match &written.start {
            Some(Start::Last(number) | Start::Resume { seq: number, .. }) => *number,
            _ => 0,
        };
        if numbers >= MAX_SEQ {
            return Err(HelloError::Start(numbers));
        }
        let wish = Wish::parse(written.level.as_deref(), written.filter.as_deref())?;
        let accept = written.accept.iter().any(|name| name == DEFLATE_RAW).then_some(DEFLATE_RAW);
        Ok(Self {
            version: 1,
            accept: accept.into_iter().collect(),
            credit: written.credit.unwrap_or(DEFAULT_CREDIT).clamp(MIN_CREDIT, MAX_CREDIT),
            level: written.level,
            filter: written.filter,
            start: written.start,
            wish,
        })
    }

    pub(crate) fn accepts_deflate(&self) -> bool {
        self.accept.contains(&DEFLATE_RAW)
    }

    /// The first number that this consumer gets, and whether it goes on where it was. It may see what is not below
    /// `horizon`; the journal holds the numbers from `oldest` to before `end`.
    pub(crate) fn first(&self, session: &str, horizon: u64, oldest: u64, end: u64) -> (u64, bool) {
        let (first, resumed) = match &self.start {
            None => (horizon, false),
            Some(Start::Oldest) => (oldest, false),
            Some(Start::Newest) => (end, false),
            Some(Start::Last(count)) => (end.saturating_sub(*count), false),
            Some(Start::Resume { session: of, seq }) if of == session && *seq < end => (seq + 1, true),
            Some(Start::Resume { .. }) => (oldest, false),
        };
        (first.max(horizon).max(oldest), resumed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(json: &str) -> Result<Hello, HelloError> {
        Hello::decode(&URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn every_key_is_optional_and_unknown_ones_are_ignored() {
        let hello = decode("{}").unwrap();
        assert_eq!((hello.credit, hello.accepts_deflate(), &hello.start), (DEFAULT_CREDIT, false, &None));
        let hello =
            decode(r#"{"version":7,"accept":["br","deflate-raw"],"credit":1,"else":{},"start":"newest"}"#).unwrap();
        assert_eq!((hello.credit, hello.accepts_deflate(), &hello.start), (MIN_CREDIT, true, &Some(Start::Newest)));
        let echo = serde_json::to_string(&hello).unwrap();
        assert_eq!(echo, r#"{"version":1,"accept":["deflate-raw"],"credit":1048576,"start":"newest"}"#);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (json, problem) in [
            ("[", "hello: EOF"),
            (r#"{"start":"middle"}"#, "middle"),
            (r#"{"start":{"last":9007199254740992}}"#, "2^53"),
            (r#"{"credit":-1}"#, "-1"),
            (r#"{"level":"loud"}"#, "loud"),
            (r#"{"accept":"deflate-raw"}"#, "accept"),
        ] {
            let told = decode(json).unwrap_err().to_string();
            assert!(told.contains(problem) || told.contains("invalid type"), "{json}: {told}");
        }
        assert!(Hello::decode("ä").unwrap_err().to_string().contains("base64url"));
        assert!(Hello::decode(&"A".repeat(5000)).unwrap_err().to_string().contains("5000"));
    }

    #[test]
    fn it_begins_where_it_may() {
        let first = |start: &str, horizon| {
            let hello = decode(&format!(r#"{{"start":{start}}}"#)).unwrap();
            hello.first("s", horizon, 10, 100)
        };
        assert_eq!(first(r#""oldest""#, 10), (10, false));
        assert_eq!(first(r#""newest""#, 10), (100, false));
        assert_eq!(first(r#"{"last":30}"#, 10), (70, false));
        assert_eq!(first(r#"{"last":300}"#, 10), (10, false));
        let resume = |session: &str, seq: u64| format!(r#"{{"resume":{{"session":"{session}","seq":{seq}}}}}"#);
        assert_eq!(first(&resume("s", 41), 10), (42, true));
        assert_eq!(first(&resume("s", 99), 10), (100, true), "it has everything");
        assert_eq!(first(&resume("s", 3), 10), (10, true), "what is lost is a gap");
        assert_eq!(first(&resume("s", 100), 10), (10, false), "a number that was not given");
        assert_eq!(first(&resume("other", 41), 10), (10, false));
        assert_eq!(first(&resume("s", 41), 100), (100, true), "no consumer sees what is older than it may");
        assert_eq!(first(r#""oldest""#, 90), (90, false));
    }
}

//! A request as its records, one after the other, each with where it comes from.

use prost::Message;
use serde::de::DeserializeOwned;

use super::body::Held;
use super::message::{LogRecord, Resource, Scope, Span};
use super::part::{Level, Part, Unreadable};
use super::source::Source;
use super::{MAX_RECORD_BYTES, MAX_RECORDS};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Logs,
    Traces,
}

/// How a request and its response are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Protobuf,
    Json,
}

/// A request, decompressed.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) signal: Signal,
    pub(super) encoding: Encoding,
    pub(super) held: Held,
}

#[derive(Debug)]
pub(super) enum Record {
    Log(LogRecord),
    Span(Span),
    /// One that is longer than [`MAX_RECORD_BYTES`], and is not read.
    TooLong,
}

/// A record, and where it comes from.
pub(super) struct Found<'a> {
    pub(super) source: &'a Source,
    pub(super) scope: &'a str,
    pub(super) record: Record,
    /// Of the record as it was sent.
    pub(super) bytes: usize,
}

impl Signal {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Traces => "traces",
        }
    }

    /// The names of the lists: of resources, of scopes, of records.
    fn lists(self) -> [&'static str; 3] {
        match self {
            Self::Logs => ["resourceLogs", "scopeLogs", "logRecords"],
            Self::Traces => ["resourceSpans", "scopeSpans", "spans"],
        }
    }

    /// The request, a resource of it, and a scope of that.
    fn levels(self) -> [Level; 3] {
        let [resources, scopes, records] = self.lists();
        [
            Level { head: None, items: (1, resources) },
            Level { head: Some((1, "resource")), items: (2, scopes) },
            Level { head: Some((1, "scope")), items: (2, records) },
        ]
    }
}

impl Request {
    /// Calls `take` with each record, in order.
    ///
    /// # Errors
    /// The request cannot be read. Then `take` has been called with the records before that place.
    pub(super) fn each(&self, mut take: impl FnMut(Found<'_>)) -> Result<(), Unreadable> {
        let [whole, resource_level, scope_level] = self.signal.levels();
        let mut count = 0;
        for resource in self.part()?.branch(whole)?.items {
            let resource = resource.branch(resource_level)?;
            let source = Source::of(&head::<Resource>(resource.head)?);
            for scope in resource.items {
                let scope = scope.branch(scope_level)?;
                let name = head::<Scope>(scope.head)?.name;
                count += scope.items.len();
                if count > MAX_RECORDS {
                    return Err(Unreadable::TooMany);
                }
                for part in scope.items {
                    let record = self.read(part)?;
                    take(Found { source: &source, scope: &name, record, bytes: part.len() });
                }
            }
        }
        Ok(())
    }

    /// What to say of a request without a record. One in JSON may have its records under other names, which are ignored.
    pub(super) fn without_records(&self) -> Option<String> {
        let [resources, scopes, records] = self.signal.lists();
        let text = format!("no record was found: they must be in {resources}[].{scopes}[].{records}[]");
        (self.encoding == Encoding::Json).then_some(text)
    }

    fn part(&self) -> Result<Part<'_>, Unreadable> {
        match self.encoding {
            Encoding::Protobuf => Ok(Part::Protobuf(&self.held.bytes)),
            Encoding::Json => std::str::from_utf8(&self.held.bytes)
                .map(Part::Json)
                .map_err(|error| Unreadable::Malformed(error.to_string())),
        }
    }

    fn read(&self, part: Part<'_>) -> Result<Record, Unreadable> {
        if part.len() > MAX_RECORD_BYTES {
            return Ok(Record::TooLong);
        }
        match self.signal {
            Signal::Logs => part.read().map(Record::Log),
            Signal::Traces => part.read().map(Record::Span),
        }
    }
}

/// What the members of a list have in common. One that is too long to read says nothing.
fn head<T: Message + Default + DeserializeOwned>(part: Option<Part<'_>>) -> Result<T, Unreadable> {
    part.filter(|part| part.len() <= MAX_RECORD_BYTES).map_or_else(|| Ok(T::default()), Part::read)
}

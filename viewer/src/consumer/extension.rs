//! The extension of the protocol, as a consumer speaks it (docs/protocol.md §6): entries in frames with
//! sequence numbers, acknowledged, selected at the source, and resumed by the next channel. No I/O; the time is an
//! argument.

mod account;
mod control;
mod frame;
pub(crate) mod hello;
mod requests;
mod selection;
mod sessions;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use super::Event;
use super::channel_message::ChannelMessage;
use super::entries::Entries;
use account::{Account, Gap};
use control::{Incoming, Outgoing};
use frame::{Inflater, NUMBERS_END};
use requests::{Ended, Requests};

pub use account::GapReason;
pub use control::{Status, Welcome};
pub use hello::Start;
pub(crate) use requests::Fetch;
pub use requests::FetchError;
pub use selection::{InvalidSelection, Selection};
pub(crate) use sessions::{Resume, Sessions};

/// One channel whose producer speaks the extension.
#[derive(Debug)]
pub(crate) struct Extension {
    producer: Arc<str>,
    session: String,
    account: Account,
    inflater: Inflater,
    requests: Requests,
    /// The fetch that the next frame belongs to.
    fetched: Option<u64>,
    /// Below these numbers, everything is with the user, or was acknowledged.
    handed_out: u64,
    acknowledged: u64,
}

impl Extension {
    /// Begins with the first message of a channel; none if that is no `welcome`. `resume` is the session that was read
    /// before, and the first number of it that is missing.
    ///
    /// Returns what the producer says, and what was lost since.
    pub(crate) fn begin(
        producer: Arc<str>,
        message: &ChannelMessage,
        resume: Option<(&str, u64)>,
    ) -> Option<(Self, Welcome, Option<Event>)> {
        let text = std::str::from_utf8(&message.data).ok().filter(|_| message.is_text)?;
        let Some(Incoming::Welcome(mut welcome)) = Incoming::parse(text) else { return None };
        if welcome.from > welcome.next || welcome.next >= NUMBERS_END {
            return None;
        }
        // A number that the producer has not given yet is of another account.
        let next = resume.filter(|(session, next)| *session == welcome.session && *next <= welcome.next);
        welcome.is_resumed = next.is_some();
        let mut account = Account::new(next.map_or(welcome.from, |(_, next)| next));
        // A producer that shows nothing older than its reader, whatever its journal holds, has nothing before `next`.
        let is_overflow = welcome.from == welcome.oldest && welcome.from < welcome.next;
        let lost = account.jump(welcome.from, if is_overflow { GapReason::Overflow } else { GapReason::Unknown });
        let begin = account.next();
        let extension = Self {
            producer,
            session: welcome.session.clone(),
            account,
            inflater: Inflater::new(),
            requests: Requests::default(),
            fetched: None,
            handed_out: begin,
            acknowledged: begin,
        };
        let lost = lost.map(|gap| extension.gap(gap));
        Some((extension, welcome, lost))
    }

    /// Takes a message. Returns how many bytes of entries it had before compression; none if it is broken.
    pub(crate) fn message(&mut self, now: Instant, message: ChannelMessage, events: &mut Vec<Event>) -> Option<usize> {
        let message_bytes = message.data.len();
        // Whatever becomes of the next frame, the one behind it is another one.
        let fetched = self.fetched.take();
        let read = if message.is_text {
            String::from_utf8(message.data).map_err(|_| "not UTF-8")
        } else {
            self.inflater.inflate(&message.data)
        };
        let taken = read.and_then(|text| {
            let bytes = text.len();
            self.text(now, text, message_bytes, fetched, events).map(|()| bytes)
        });
        taken.inspect_err(|problem| log::debug!("{}: ignores a message: {problem}", self.producer)).ok()
    }

    fn text(
        &mut self,
        now: Instant,
        text: String,
        message_bytes: usize,
        fetched: Option<u64>,
        events: &mut Vec<Event>,
    ) -> Result<(), &'static str> {
        let head = text.split_once('\n').map_or(text.as_str(), |(head, _)| head);
        let body = (head.len() + 1).min(text.len());
        match Incoming::parse(head).ok_or("no message of the extension")? {
            Incoming::Batch(header) => {
                let mut entries = header.entries(text, body)?;
                entries.set_message_bytes(message_bytes);
                self.frame(entries, fetched, events);
            }
            Incoming::Gap { first, last, reason } if first <= last && last < NUMBERS_END => {
                let gap = Gap { first, last, reason: control::reason(&reason) };
                let lost = self.account.gap(gap);
                events.extend(lost.into_iter().flatten().map(|gap| self.gap(gap)));
            }
            Incoming::Gap { .. } => return Err("a gap that is no range of sequence numbers"),
            Incoming::Filter { id, first } => {
                events.push(Event::FilterApplied { producer: Arc::clone(&self.producer), id, first });
            }
            Incoming::Fetch { id } => self.fetched = Some(id),
            Incoming::Fetched { id, next, missing } => {
                let ended = self.requests.fetched(now, id, next, missing);
                events.extend(ended.map(|ended| self.fetch_ended(ended)));
            }
            Incoming::Error { id, message } => {
                let ended = id.and_then(|id| self.requests.failed(now, id, &message));
                events.push(match ended {
                    Some(ended) => self.fetch_ended(ended),
                    None => Event::RequestFailed { producer: Arc::clone(&self.producer), id, message },
                });
            }
            Incoming::Status(status) => events.push(Event::Status { producer: Arc::clone(&self.producer), status }),
            Incoming::Welcome(_) | Incoming::Other => {}
        }
        Ok(())
    }

    fn frame(&mut self, entries: Entries, fetched: Option<u64>, events: &mut Vec<Event>) {
        let producer = Arc::clone(&self.producer);
        if let Some(id) = fetched {
            if self.requests.is_running(id) {
                events.push(Event::Fetched { producer, id, entries });
            }
            return;
        }
        let (lost, entries) = self.account.frame(entries);
        events.extend(lost.map(|gap| self.gap(gap)));
        events.extend(entries.map(|entries| Event::Entries { producer, entries, malformed: 0 }));
    }

    fn gap(&self, gap: Gap) -> Event {
        let Gap { first, last, reason } = gap;
        Event::Gap { producer: Arc::clone(&self.producer), first, last, reason }
    }

    fn fetch_ended(&self, ended: Ended) -> Event {
        Event::FetchEnded { producer: Arc::clone(&self.producer), id: ended.id, missing: ended.result }
    }

    /// Every event so far is with the user.
    pub(crate) fn handed_out(&mut self) {
        self.handed_out = self.account.next();
    }

    /// The acknowledgement of what is with the user, if there is more of it than was acknowledged.
    pub(crate) fn ack(&mut self) -> Option<String> {
        if self.acknowledged >= self.handed_out {
            return None;
        }
        self.acknowledged = self.handed_out;
        Some(Outgoing::Ack { seq: self.handed_out - 1 }.to_json())
    }

    /// The session, and the first number of it that the user does not have.
    pub(crate) fn position(&self) -> (&str, u64) {
        (&self.session, self.handed_out)
    }

    pub(crate) fn filter(&mut self, id: u64, selection: Selection) {
        self.requests.filter(id, selection);
    }

    pub(crate) fn fetch(&mut self, fetch: Fetch, events: &mut Vec<Event>) {
        let ended = self.requests.fetch(fetch);
        events.extend(ended.map(|ended| self.fetch_ended(ended)));
    }

    pub(crate) fn next_message(&mut self, now: Instant) -> Option<String> {
        self.requests.next_message(now)
    }

    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.requests.next_due()
    }

    /// The channel has ended, and with it every fetch.
    pub(crate) fn end(&mut self, events: &mut Vec<Event>) {
        let ended = self.requests.end();
        events.extend(ended.into_iter().map(|ended| self.fetch_ended(ended)));
    }
}

/// Says that a consumer reads: a producer that is about to end waits for that.
pub(crate) fn ping() -> String {
    Outgoing::Ping { id: 0 }.to_json()
}

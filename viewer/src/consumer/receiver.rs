//! What the messages of one channel are: entries one by one, or the extension, as the first message decides. No I/O; the
//! time is an argument.

use std::sync::Arc;
use std::time::Instant;

use super::Event;
use super::channel_message::ChannelMessage;
use super::entries::Entries;
use super::extension::{Extension, Fetch, FetchError, Selection, Welcome};
use super::proof::{Expected, ProofFailure};

#[derive(Debug)]
enum Mode {
    /// The producer was asked for the extension, and its first message has not come.
    Undecided,
    /// One text message is one entry.
    Plain,
    Extension(Box<Extension>),
}

/// Makes events of the messages of one channel.
#[derive(Debug)]
pub(crate) struct Receiver {
    producer: Arc<str>,
    session: Option<Arc<str>>,
    /// If the session has been read before: the first number that is missing.
    next: Option<u64>,
    /// What the producer has to prove first, until it has.
    expected: Option<Expected>,
    /// It has proved something else: nothing of it is read.
    is_refused: bool,
    mode: Mode,
    is_opened: bool,
    entries: Entries,
    malformed: usize,
}

impl Receiver {
    /// The channel of a producer whose session is known to be `session`. `next` is the first number of it that is
    /// missing, if it has been read before.
    pub(crate) fn new(producer: Arc<str>, session: Option<Arc<str>>, is_asked: bool, next: Option<u64>) -> Self {
        let mode = if is_asked { Mode::Undecided } else { Mode::Plain };
        Self {
            producer,
            session,
            next,
            expected: None,
            is_refused: false,
            mode,
            is_opened: false,
            entries: Entries::default(),
            malformed: 0,
        }
    }

    /// Has the producer prove this before anything of it is read.
    pub(crate) fn expect(&mut self, expected: Option<Expected>) {
        self.expected = expected;
    }

    /// Whether the user was told that the channel is open.
    pub(crate) fn is_opened(&self) -> bool {
        self.is_opened
    }

    /// Whether the producer has not proved what it had to: the channel is to end.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    fn refuse(&mut self, events: &mut Vec<Event>) {
        if !std::mem::replace(&mut self.is_refused, true) {
            events.push(Event::Unproved {
                producer: Arc::clone(&self.producer),
                failure: ProofFailure::CertificateChanged,
            });
        }
    }

    /// Whether the first message has to come before it is known what the channel brings.
    pub(crate) fn is_undecided(&self) -> bool {
        matches!(self.mode, Mode::Undecided) || self.expected.is_some()
    }

    /// Whether the producer speaks the extension.
    pub(crate) fn is_extended(&self) -> bool {
        matches!(self.mode, Mode::Extension(_))
    }

    /// Tells that the channel is open, unless that was told: its first message does not come, or need not. A producer that
    /// has to prove something first is refused.
    pub(crate) fn open(&mut self, events: &mut Vec<Event>) {
        if self.expected.is_some() {
            self.refuse(events);
        } else if !std::mem::replace(&mut self.is_opened, true) {
            events.push(self.opened(None));
        }
    }

    fn opened(&self, welcome: Option<Welcome>) -> Event {
        let session = welcome.as_ref().map(|welcome| Arc::from(welcome.session.as_str()));
        let session = session.or_else(|| self.session.clone());
        Event::Opened { producer: Arc::clone(&self.producer), session, welcome: welcome.map(Box::new) }
    }

    /// Takes a message. Entries may be kept back for [`Receiver::flush`]. Returns how many bytes of entries it had.
    pub(crate) fn message(&mut self, now: Instant, message: ChannelMessage, events: &mut Vec<Event>) -> usize {
        if self.expected.as_ref().is_some_and(|expected| self.is_refused || !expected.is_in(&message)) {
            self.refuse(events);
            return 0;
        }
        if self.is_undecided() {
            self.expected = None;
            let resume = self.session.as_deref().zip(self.next);
            match Extension::begin(Arc::clone(&self.producer), &message, resume) {
                Some((extension, welcome, gap)) => {
                    self.mode = Mode::Extension(Box::new(extension));
                    self.is_opened = true;
                    events.push(self.opened(Some(welcome)));
                    events.extend(gap);
                    return 0;
                }
                None => self.mode = Mode::Plain,
            }
        }
        self.open(events);
        let bytes = match &mut self.mode {
            Mode::Extension(extension) => extension.message(now, message, events),
            Mode::Undecided | Mode::Plain if !message.is_text => None,
            Mode::Undecided | Mode::Plain => std::str::from_utf8(&message.data).ok().map(|entry| {
                self.entries.push(entry);
                entry.len()
            }),
        };
        self.malformed += usize::from(bytes.is_none());
        bytes.unwrap_or(0)
    }

    /// Hands out what was kept back.
    pub(crate) fn flush(&mut self, events: &mut Vec<Event>) {
        if !self.entries.is_empty() || self.malformed > 0 {
            events.push(Event::Entries {
                producer: Arc::clone(&self.producer),
                entries: std::mem::take(&mut self.entries),
                malformed: std::mem::take(&mut self.malformed),
            });
        }
    }

    /// Every event so far is with the user.
    pub(crate) fn handed_out(&mut self) {
        if let Mode::Extension(extension) = &mut self.mode {
            extension.handed_out();
        }
    }

    /// The acknowledgement of what is with the user, if there is more of it than was acknowledged.
    pub(crate) fn ack(&mut self) -> Option<String> {
        match &mut self.mode {
            Mode::Extension(extension) => extension.ack(),
            Mode::Undecided | Mode::Plain => None,
        }
    }

    /// The session, and the first number of it that the user does not have.
    pub(crate) fn position(&self) -> Option<(&str, u64)> {
        match &self.mode {
            Mode::Extension(extension) => Some(extension.position()),
            Mode::Undecided | Mode::Plain => None,
        }
    }

    /// Asks for other entries from now on, if the producer can be asked.
    pub(crate) fn filter(&mut self, id: u64, selection: Selection) {
        if let Mode::Extension(extension) = &mut self.mode {
            extension.filter(id, selection);
        }
    }

    /// Asks for entries of old.
    pub(crate) fn fetch(&mut self, fetch: Fetch, events: &mut Vec<Event>) {
        match &mut self.mode {
            Mode::Extension(extension) => extension.fetch(fetch, events),
            Mode::Undecided | Mode::Plain => events.push(Event::FetchEnded {
                producer: Arc::clone(&self.producer),
                id: fetch.id,
                missing: Err(FetchError::NotSupported),
            }),
        }
    }

    /// The next message to send, if its time has come.
    pub(crate) fn next_message(&mut self, now: Instant) -> Option<String> {
        match &mut self.mode {
            Mode::Extension(extension) => extension.next_message(now),
            Mode::Undecided | Mode::Plain => None,
        }
    }

    /// When [`Receiver::next_message`] has the next one, if that is only a matter of time.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        match &self.mode {
            Mode::Extension(extension) => extension.next_due(),
            Mode::Undecided | Mode::Plain => None,
        }
    }

    /// The channel has ended.
    pub(crate) fn end(&mut self, events: &mut Vec<Event>) {
        if self.expected.is_some() {
            return;
        }
        self.open(events);
        self.flush(events);
        if let Mode::Extension(extension) = &mut self.mode {
            extension.end(events);
        }
    }
}

//! Takes the events of the consumer one by one, and makes lines and notes of them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Local, Utc};
use tokio::time::sleep_until;

use crate::consumer::{Consumer, Event, Failure};

use super::address;
use super::channels::{Channels, Progress};
use super::entry::Entry;
use super::escape;
use super::format::Context;
use super::output::Output;
use super::shown::Shown;
use super::{End, Tail};

/// How long it may take until a producer comes, before it is said that none has come.
const WAITING_NOTE_AFTER: Duration = Duration::from_secs(1);

/// What a refusal at the first attempt is: no later attempt mends it.
const REFUSALS: [u16; 6] = [200, 400, 401, 403, 404, 426];

pub(super) struct Reader<'a> {
    tail: Tail,
    output: &'a Output,
    channels: Channels,
    shown: Shown,
    /// Entries that were logged later are no history.
    began: DateTime<Utc>,
    is_server_lost: bool,
    /// When it is said that no producer has come.
    waiting_note_at: Option<Instant>,
    has_malformed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(tail: Tail, output: &'a Output) -> Self {
        let channels = Channels::new(tail.lines, tail.follow, Instant::now());
        Self {
            tail,
            output,
            channels,
            shown: Shown::default(),
            began: Utc::now(),
            is_server_lost: false,
            waiting_note_at: None,
            has_malformed: false,
        }
    }

    /// Reads until there is nothing left to read, or to write to.
    pub(super) async fn read(&mut self, consumer: &mut Consumer) -> End {
        loop {
            let deadline = self.channels.next_deadline().into_iter().chain(self.waiting_note_at).min();
            let event = tokio::select! {
                // Entries that have arrived come before the time that has passed.
                biased;
                () = self.output.closed() => return End::Done,
                event = consumer.next() => match event {
                    Some(event) => Some(event),
                    None => return End::Failed("the consumer ended".to_owned()),
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => None,
            };
            if let Some(event) = event
                && let Some(end) = self.handle(event).await
            {
                return end;
            }
            if let Some(end) = self.look_at_the_time().await {
                return end;
            }
        }
    }

    async fn look_at_the_time(&mut self) -> Option<End> {
        let now = Instant::now();
        let mut lines = String::new();
        self.channels.expire(now, &mut lines);
        self.output.lines(lines).await;
        if self.waiting_note_at.is_some_and(|at| at <= now) {
            self.waiting_note_at = None;
            if !self.channels.has_any() {
                self.note(&format!("waiting for {}", self.what_is_awaited())).await;
            }
        }
        match self.channels.progress(now) {
            Progress::Going => None,
            Progress::Complete => {
                if !self.channels.has_any() {
                    self.note(&format!("there is no {}", self.what_is_awaited())).await;
                }
                Some(End::Done)
            }
            Progress::Unreachable(producers) => {
                Some(End::Failed(format!("no channel to {} could be opened", producers.join(", "))))
            }
        }
    }

    fn what_is_awaited(&self) -> String {
        match &self.tail.options.producer {
            Some(name) => format!("producer {name:?} at {}", address::shown(&self.tail.options.url)),
            None => format!("producer at {}", address::shown(&self.tail.options.url)),
        }
    }

    async fn handle(&mut self, event: Event) -> Option<End> {
        let now = Instant::now();
        match event {
            Event::Registered => {
                if std::mem::take(&mut self.is_server_lost) {
                    self.note("the server is back").await;
                }
                if self.tail.follow && !self.channels.is_registered() {
                    self.waiting_note_at = Some(now + WAITING_NOTE_AFTER);
                }
                self.channels.registered(now);
            }
            Event::ServerLost(failure) => return self.lose_server(&failure).await,
            Event::ServerError(message) => self.note(&format!("the server reports: {message}")).await,
            Event::Announced { producer } => self.channels.announced(&producer, now),
            Event::Withdrawn { producer } => {
                if let Some(note) = self.channels.withdrawn(&producer) {
                    self.note(&format!("{producer}: {note}")).await;
                }
            }
            Event::Opened { producer, session } => {
                let session = session.as_deref().unwrap_or_default();
                let replay = self.shown.opened(session);
                let mut lines = String::new();
                let note = self.channels.opened(&producer, session, replay, now, &mut lines);
                self.output.lines(lines).await;
                if let Some(note) = note {
                    self.note(&format!("{producer}: {note}")).await;
                }
            }
            Event::Entries { producer, entries, malformed } => self.take(&producer, &entries, malformed, now).await,
            Event::Closed { producer, how } => {
                let mut lines = String::new();
                let note = self.channels.closed(&producer, how, &mut lines);
                self.output.lines(lines).await;
                self.note(&format!("{producer}: {note}")).await;
            }
        }
        None
    }

    async fn lose_server(&mut self, failure: &Failure) -> Option<End> {
        let what = format!("{}: {}", address::shown(&self.tail.options.url), failure.reason);
        if !self.channels.is_registered() {
            if let Some(status) = failure.status.filter(|status| REFUSALS.contains(status)) {
                return Some(End::Failed(format!("{what}{}", self.hint(status))));
            }
            if !self.tail.follow {
                return Some(End::Failed(format!("cannot connect to {what}")));
            }
        }
        if !std::mem::replace(&mut self.is_server_lost, true) {
            let what = if self.channels.is_registered() { "lost the server" } else { "cannot connect to" };
            let url = address::shown(&self.tail.options.url);
            self.note(&format!("{what} {url}: {}; trying again", failure.reason)).await;
        }
        None
    }

    fn hint(&self, status: u16) -> &'static str {
        match status {
            401 | 403 if self.tail.options.token.is_some() => "; it does not accept the token",
            401 => "; it wants a token: set LOGRTC_TOKEN",
            403 => "; it does not let this program in",
            404 => "; the path is wrong: logrtc serve has /signaling",
            _ => "; it is no signaling server",
        }
    }

    async fn take(&mut self, producer: &str, entries: &[String], mut malformed: usize, now: Instant) {
        let mut lines = String::new();
        let mut line = String::new();
        let mut gaps = Vec::new();
        let today = Local::now().date_naive();
        for received in entries {
            let Some(entry) = Entry::parse(received) else {
                malformed += 1;
                continue;
            };
            let gap = entry.gap();
            // A gap is told to each channel anew: it is no part of the log.
            if gap.is_none() && !self.is_new(producer, received) {
                self.channels.entry(producer, || false, now, &mut lines);
                continue;
            }
            let is_recent = || entry.time().is_some_and(|time| time >= self.began);
            self.channels.entry(producer, is_recent, now, &mut lines);
            let is_wanted = self.tail.wanted.wants(&entry);
            if let Some(gap) = gap
                && !(is_wanted && self.tail.is_terminal)
            {
                gaps.push(gap.dropped);
            }
            if is_wanted {
                let producer_shown = self.channels.has_several().then_some(producer);
                line.clear();
                self.tail.format.push(&mut line, received, &entry, Context { producer: producer_shown, today });
                self.channels.line(producer, &line, &mut lines);
            }
        }
        self.output.lines(lines).await;
        for dropped in gaps {
            self.note(&format!("{producer}: {dropped} entries were lost")).await;
        }
        if malformed > 0 && !std::mem::replace(&mut self.has_malformed, true) {
            self.note(&format!("{producer}: a message is no entry and is left out, as are all others of the kind"))
                .await;
        }
    }

    fn is_new(&mut self, producer: &str, received: &str) -> bool {
        match self.channels.channel(producer) {
            Some(channel) => self.shown.is_new(&channel.session, &mut channel.replay, received),
            None => true,
        }
    }

    /// Names and reasons are written by strangers, too.
    async fn note(&self, note: &str) {
        let mut shown = String::new();
        escape::push(&mut shown, note);
        self.output.note(&shown).await;
    }
}

//! Takes the events of the consumer one by one, and makes lines and notes of them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Local, NaiveDate, Utc};
use tokio::time::sleep_until;

use crate::consumer::{Consumer, Entries, Event, Failure, ProofFailure};

use super::channels::{Channels, Progress, Verdict};
use super::entry::Entry;
use super::escape;
use super::format::Context;
use super::gap;
use super::output::Output;
use super::shown::Shown;
use super::{End, Tail};
use crate::cli::address;

/// How long it may take until a producer comes, before it is said that none has come.
const WAITING_NOTE_AFTER: Duration = Duration::from_secs(1);

/// What a refusal at the first attempt is: no later attempt mends it.
const REFUSALS: [u16; 6] = [200, 400, 401, 403, 404, 426];

/// What a person can do about it.
fn hint_of(failure: ProofFailure) -> &'static str {
    match failure {
        ProofFailure::SecretWanted => "; give it with --secret-file or LOGRTC_SECRET",
        _ => "",
    }
}

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
        let channels = Channels::new(tail.lines, tail.options.start.is_some(), tail.follow, Instant::now());
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
                && let Some(end) = self.handle(event, consumer).await
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
            // The reasons have been said.
            Progress::Unproved(producers) => Some(End::Failed(format!("nothing was read of {}", producers.join(", ")))),
        }
    }

    fn what_is_awaited(&self) -> String {
        match &self.tail.options.producer {
            Some(name) => format!("producer {name:?} at {}", address::shown(&self.tail.options.url)),
            None => format!("producer at {}", address::shown(&self.tail.options.url)),
        }
    }

    async fn handle(&mut self, event: Event, consumer: &Consumer) -> Option<End> {
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
            Event::Opened { producer, session, welcome } => {
                let session = session.as_deref().unwrap_or_default();
                // Entries with numbers come once, by themselves.
                let replay = if welcome.is_some() { None } else { self.shown.opened(session) };
                let mut lines = String::new();
                let note = self.channels.opened(&producer, session, replay, welcome.as_deref(), now, &mut lines);
                self.output.lines(lines).await;
                if let Some(note) = note {
                    self.note(&format!("{producer}: {note}")).await;
                }
            }
            Event::Unproved { producer, failure } => {
                if self.channels.unproved(&producer, failure) {
                    self.note(&format!("{producer}: {failure}{}", hint_of(failure))).await;
                }
            }
            Event::Entries { producer, entries, malformed } => {
                self.take(&producer, &entries, malformed, consumer, now).await;
            }
            Event::Gap { producer, first, last, reason } => {
                let mut lines = String::new();
                self.channels.accounted(&producer, last + 1, &mut lines);
                self.output.lines(lines).await;
                self.note(&format!("{producer}: {}", gap::note(last - first + 1, reason))).await;
            }
            Event::Fetched { producer, entries, .. } => self.take_fetched(&producer, &entries).await,
            Event::FetchEnded { producer, id, missing } => {
                let mut lines = String::new();
                self.channels.fetch_ended(&producer, id, &mut lines);
                self.output.lines(lines).await;
                if let Err(problem) = missing {
                    self.note(&format!("{producer}: cannot fetch the first entries: {problem}")).await;
                }
            }
            Event::RequestFailed { producer, message, .. } => {
                self.note(&format!("{producer}: the producer reports: {message}")).await;
            }
            Event::Status { .. } | Event::FilterApplied { .. } => {}
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

    async fn take(
        &mut self,
        producer: &str,
        entries: &Entries,
        mut malformed: usize,
        consumer: &Consumer,
        now: Instant,
    ) {
        let mut lines = String::new();
        let mut line = String::new();
        let mut gaps = Vec::new();
        let today = Local::now().date_naive();
        let mut numbers = entries.numbered().map(|(number, _)| number);
        for received in entries.iter() {
            let number = numbers.next();
            let Some(entry) = Entry::parse(received) else {
                malformed += 1;
                continue;
            };
            // A producer without numbers tells a gap by an entry, to each channel anew: it is no part of the log.
            let gap = if number.is_none() { entry.gap() } else { None };
            if number.is_none() && gap.is_none() && !self.is_new(producer, received) {
                self.channels.entry(producer, None, || false, now, &mut lines);
                continue;
            }
            let is_recent = || is_recent(&entry, self.began);
            match self.channels.entry(producer, number, is_recent, now, &mut lines) {
                Verdict::Show => {}
                Verdict::LeaveOut => continue,
                Verdict::ShowBehind(earlier) => {
                    let numbers = earlier.start..=earlier.end - 1;
                    let id = consumer.fetch(producer, numbers, self.tail.options.selection.clone()).await;
                    self.channels.fetching(producer, id);
                }
            }
            let is_wanted = self.tail.wanted.wants(&entry);
            if let Some(gap) = gap
                && !(is_wanted && self.tail.is_terminal)
            {
                gaps.push(gap);
            }
            if is_wanted {
                line.clear();
                self.push_line(&mut line, producer, received, &entry, today);
                self.channels.line(producer, &line, &mut lines);
            }
        }
        if let Some(numbers) = entries.numbers() {
            self.channels.accounted(producer, numbers.end() + 1, &mut lines);
        }
        self.output.lines(lines).await;
        for gap in gaps {
            self.note(&format!("{producer}: {}", gap::note(gap.dropped, gap.reason))).await;
        }
        if malformed > 0 && !std::mem::replace(&mut self.has_malformed, true) {
            self.note(&format!("{producer}: a message is no entry and is left out, as are all others of the kind"))
                .await;
        }
    }

    /// Entries from before the last lines that are wanted; if they were logged after this program began, they are no
    /// history.
    async fn take_fetched(&mut self, producer: &str, entries: &Entries) {
        let mut lines = String::new();
        let today = Local::now().date_naive();
        for received in entries.iter() {
            if let Some(entry) = Entry::parse(received).filter(|entry| is_recent(entry, self.began)) {
                self.push_line(&mut lines, producer, received, &entry, today);
            }
        }
        self.output.lines(lines).await;
    }

    fn push_line(&self, out: &mut String, producer: &str, received: &str, entry: &Entry<'_>, today: NaiveDate) {
        let producer = self.channels.has_several().then_some(producer);
        self.tail.format.push(out, received, entry, Context { producer, today });
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

fn is_recent(entry: &Entry<'_>, began: DateTime<Utc>) -> bool {
    entry.time().is_some_and(|time| time >= began)
}

//! The channels to producers: where the history of each ends, what of it is shown, and what there is to say of it.
//! No I/O; the time is an argument.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::consumer::{ChannelEnd, ProofFailure, Welcome};

use super::earlier::Earlier;
use super::shown::Replay;

/// A history without numbers that has brought nothing for so long has ended.
const QUIET: Duration = Duration::from_millis(250);

/// A program that logs without a pause ends its history, too: at the first entry that it logged after this program
/// began, if the channel has been open for so long, …
const COMPLETE_AFTER: Duration = Duration::from_secs(2);

/// … and if its clock is behind, after this time, unless the whole history is wanted.
const LONGEST_HISTORY: Duration = Duration::from_secs(10);

/// How long an announced producer may take to open its channel, where the program ends with the history.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a server may take to announce the first producer, where the program ends with the history.
const ANNOUNCE_TIMEOUT: Duration = Duration::from_secs(1);

/// How many producers are remembered; those that are gone are forgotten if there are more.
const MAX_PRODUCERS: usize = 1_000;

/// One channel.
pub(super) struct Channel {
    pub(super) session: String,
    pub(super) replay: Replay,
    opened: Instant,
    last_entry: Instant,
    in_history: bool,
    /// If the producer numbers its entries: the history ends before this number.
    history_end: Option<u64>,
    /// The last lines of the history, if only some are wanted and the producer does not choose them.
    held: Option<VecDeque<String>>,
    /// What the producer left out, if it does.
    earlier: Option<Earlier>,
}

/// What is to be done with an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Show,
    /// It is older than what is wanted.
    LeaveOut,
    /// As `Show`, and what was logged before it is wanted, too: the entries with these numbers, if they are recent.
    ShowBehind(Range<u64>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Announced {
        since: Instant,
    },
    /// Nothing is read of it, because a secret is missing, wrong or not proved.
    Unproved,
    Open,
    Ended,
    Lost,
}

impl Channel {
    /// Whether only time tells when its history is over.
    fn is_timed(&self) -> bool {
        self.in_history && self.history_end.is_none()
    }
}

/// All channels, and what is known of producers without one.
pub(super) struct Channels {
    /// How many lines of a history are wanted; all, if none.
    lines: Option<usize>,
    /// Whether producers that can are asked for no more than these lines.
    is_asked: bool,
    follow: bool,
    open: BTreeMap<String, Channel>,
    states: BTreeMap<String, State>,
    /// Why nothing is read of a producer, as it was said.
    unproved: BTreeMap<String, ProofFailure>,
    has_several: bool,
    registered: Option<Instant>,
    last_news: Instant,
}

/// Whether the program has come to its end, where it does not follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Going,
    /// All histories have been read.
    Complete,
    /// No channel to these producers could be opened.
    Unreachable(Vec<String>),
    /// Nothing was read of these producers, because a secret was not proved.
    Unproved(Vec<String>),
}

impl Channels {
    pub(super) fn new(lines: Option<usize>, is_asked: bool, follow: bool, now: Instant) -> Self {
        Self {
            lines,
            is_asked,
            follow,
            open: BTreeMap::new(),
            states: BTreeMap::new(),
            unproved: BTreeMap::new(),
            has_several: false,
            registered: None,
            last_news: now,
        }
    }

    /// Whether there has been more than one producer.
    pub(super) fn has_several(&self) -> bool {
        self.has_several
    }

    pub(super) fn has_any(&self) -> bool {
        !self.states.is_empty()
    }

    pub(super) fn registered(&mut self, now: Instant) {
        self.registered.get_or_insert(now);
        self.last_news = now;
    }

    pub(super) fn is_registered(&self) -> bool {
        self.registered.is_some()
    }

    pub(super) fn announced(&mut self, producer: &str, now: Instant) {
        self.last_news = now;
        if !self.states.contains_key(producer) {
            self.set(producer, State::Announced { since: now });
        }
    }

    fn set(&mut self, producer: &str, state: State) {
        self.states.insert(producer.to_owned(), state);
        self.has_several |= self.states.len() > 1;
        if self.states.len() > MAX_PRODUCERS {
            self.states.retain(|_, state| !matches!(state, State::Ended | State::Lost));
        }
    }

    /// Returns what there is to say of a producer that is gone before it had a channel.
    pub(super) fn withdrawn(&mut self, producer: &str) -> Option<&'static str> {
        let is_waited_for = matches!(self.states.get(producer), Some(State::Announced { .. } | State::Unproved));
        is_waited_for.then(|| {
            self.set(producer, State::Ended);
            "ended before its channel was open"
        })
    }

    /// Nothing is read of a producer, which is not waited for any more. Returns whether that is to be said.
    pub(super) fn unproved(&mut self, producer: &str, failure: ProofFailure) -> bool {
        // A producer that was read before counts as read.
        if matches!(self.states.get(producer), None | Some(State::Announced { .. })) {
            self.set(producer, State::Unproved);
        }
        if self.unproved.len() >= MAX_PRODUCERS {
            self.unproved.clear();
        }
        self.unproved.insert(producer.to_owned(), failure) != Some(failure)
    }

    /// A channel has opened; one of the same producer that was open is replaced. `replay` is of the session, if a channel
    /// of it was open before and its entries have no numbers. Returns what there is to say of it.
    pub(super) fn opened(
        &mut self,
        producer: &str,
        session: &str,
        replay: Option<Replay>,
        welcome: Option<&Welcome>,
        now: Instant,
        out: &mut String,
    ) -> Option<&'static str> {
        self.end_history(producer, out);
        self.unproved.remove(producer);
        let is_back = !matches!(self.states.get(producer), None | Some(State::Announced { .. } | State::Unproved));
        let has_history = match welcome {
            Some(welcome) => !welcome.is_resumed,
            None if session.is_empty() => !is_back,
            None => replay.is_none(),
        };
        let is_asked = self.is_asked && welcome.is_some();
        let held = self.lines.filter(|_| has_history && !is_asked).map(|_| VecDeque::new());
        let earlier = welcome.filter(|_| has_history && is_asked && self.follow);
        let channel = Channel {
            session: session.to_owned(),
            replay: replay.unwrap_or_default(),
            opened: now,
            last_entry: now,
            in_history: true,
            history_end: welcome.map(|welcome| welcome.next),
            held,
            earlier: earlier.map(|welcome| Earlier::Unknown(welcome.oldest..welcome.from)),
        };
        if let Some(earlier) = self.open.insert(producer.to_owned(), channel).and_then(|replaced| replaced.earlier) {
            earlier.end(out);
        }
        self.set(producer, State::Open);
        if let Some(welcome) = welcome {
            self.accounted(producer, welcome.from, out);
        }
        is_back.then_some("is back")
    }

    /// Returns what there is to say of it.
    pub(super) fn closed(&mut self, producer: &str, how: ChannelEnd, out: &mut String) -> &'static str {
        self.end_history(producer, out);
        if let Some(earlier) = self.open.remove(producer).and_then(|channel| channel.earlier) {
            earlier.end(out);
        }
        let (state, note) = match how {
            ChannelEnd::Closed => (State::Ended, "ended"),
            ChannelEnd::Broken | ChannelEnd::PathLost => (State::Lost, "the channel is lost"),
        };
        self.set(producer, state);
        note
    }

    pub(super) fn channel(&mut self, producer: &str) -> Option<&mut Channel> {
        self.open.get_mut(producer)
    }

    /// An entry has arrived, with its number if it has one; `is_recent` if it was logged after this program began.
    pub(super) fn entry(
        &mut self,
        producer: &str,
        number: Option<u64>,
        is_recent: impl FnOnce() -> bool,
        now: Instant,
        out: &mut String,
    ) -> Verdict {
        if let Some(number) = number {
            self.accounted(producer, number, out);
        }
        let Some(channel) = self.open.get_mut(producer) else { return Verdict::Show };
        channel.last_entry = now;
        if let Some(Earlier::Unknown(earlier)) = channel.earlier.take_if(|is| matches!(is, Earlier::Unknown(_))) {
            return match is_recent() {
                true if !earlier.is_empty() => Verdict::ShowBehind(earlier),
                false if self.lines == Some(0) => Verdict::LeaveOut,
                _ => Verdict::Show,
            };
        }
        let (age, is_timed) = (now.saturating_duration_since(channel.opened), channel.is_timed());
        let may_end = match channel.in_history {
            true if self.follow => channel.held.is_some(),
            true => is_timed && age >= COMPLETE_AFTER,
            false => false,
        };
        if may_end && ((self.follow && is_timed && age >= LONGEST_HISTORY) || is_recent()) {
            self.end_history(producer, out);
        }
        Verdict::Show
    }

    /// Everything below the number `next` has arrived, or never will.
    pub(super) fn accounted(&mut self, producer: &str, next: u64, out: &mut String) {
        let Some(channel) = self.open.get_mut(producer) else { return };
        if channel.in_history && channel.history_end.is_some_and(|end| next >= end) {
            // What was logged since the channel opened has nothing before it that is recent and missing.
            channel.earlier = channel.earlier.take().filter(|earlier| !matches!(earlier, Earlier::Unknown(_)));
            self.end_history(producer, out);
        }
    }

    /// Takes the line of an entry: into `out`, unless it may be older than those that are wanted, or has to wait for what
    /// is fetched.
    pub(super) fn line(&mut self, producer: &str, line: &str, out: &mut String) {
        let Some(channel) = self.open.get_mut(producer) else { return out.push_str(line) };
        if let Some(earlier) = &mut channel.earlier {
            earlier.line(line, out);
        } else if let Some(held) = &mut channel.held {
            held.push_back(line.to_owned());
            if held.len() > self.lines.unwrap_or(usize::MAX) {
                held.pop_front();
            }
        } else {
            out.push_str(line);
        }
    }

    /// What was logged before is being fetched, under this id.
    pub(super) fn fetching(&mut self, producer: &str, id: u64) {
        if let Some(channel) = self.open.get_mut(producer) {
            channel.earlier = Some(Earlier::fetching(id));
        }
    }

    /// The fetch with this id has ended.
    pub(super) fn fetch_ended(&mut self, producer: &str, id: u64, out: &mut String) {
        let channel = self.open.get_mut(producer);
        if let Some(earlier) = channel.and_then(|channel| channel.earlier.take_if(|earlier| earlier.is_fetch(id))) {
            earlier.end(out);
        }
    }

    /// Ends the histories that have become quiet.
    pub(super) fn expire(&mut self, now: Instant, out: &mut String) {
        let quiet: Vec<String> = self
            .open
            .iter()
            .filter(|(_, channel)| channel.is_timed() && channel.last_entry + QUIET <= now)
            .map(|(producer, _)| producer.clone())
            .collect();
        for producer in quiet {
            self.end_history(&producer, out);
            if let Some(channel) = self.open.get_mut(&producer) {
                channel.replay.end();
            }
        }
    }

    fn end_history(&mut self, producer: &str, out: &mut String) {
        if let Some(channel) = self.open.get_mut(producer) {
            channel.in_history = false;
            out.extend(channel.held.take().into_iter().flatten());
        }
    }

    /// When [`Channels::expire`] or [`Channels::progress`] has to be called next, at the latest.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let histories =
            self.open.values().filter(|channel| channel.is_timed()).map(|channel| channel.last_entry + QUIET);
        let announced = self.states.values().filter(|_| !self.follow).filter_map(|state| match state {
            State::Announced { since } => Some(*since + OPEN_TIMEOUT),
            _ => None,
        });
        let complete = self.registered.filter(|_| !self.follow && self.is_read()).map(|since| self.completes_at(since));
        histories.chain(announced).chain(complete).min()
    }

    /// Whether there is nothing left to read.
    pub(super) fn progress(&self, now: Instant) -> Progress {
        let Some(registered) = self.registered.filter(|_| !self.follow) else { return Progress::Going };
        let unreachable: Vec<String> = self
            .states
            .iter()
            .filter(|(_, state)| matches!(state, State::Announced { since } if *since + OPEN_TIMEOUT <= now))
            .map(|(producer, _)| producer.clone())
            .collect();
        let announced = self.states.values().filter(|state| matches!(state, State::Announced { .. })).count();
        if self.open.values().any(|channel| channel.in_history)
            || announced > unreachable.len()
            || now < self.completes_at(registered)
        {
            Progress::Going
        } else if !unreachable.is_empty() {
            Progress::Unreachable(unreachable)
        } else {
            let unproved: Vec<String> = self
                .states
                .iter()
                .filter(|(_, state)| **state == State::Unproved)
                .map(|(producer, _)| producer.clone())
                .collect();
            if unproved.is_empty() { Progress::Complete } else { Progress::Unproved(unproved) }
        }
    }

    fn is_read(&self) -> bool {
        self.open.values().all(|channel| !channel.in_history)
            && !self.states.values().any(|state| matches!(state, State::Announced { .. }))
    }

    /// Others may yet be announced until then.
    fn completes_at(&self, registered: Instant) -> Instant {
        if self.states.is_empty() { registered + ANNOUNCE_TIMEOUT } else { self.last_news + QUIET }
    }
}

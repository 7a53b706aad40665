//! The channels to producers: where the history of each ends, what of it is shown, and what there is to say of it.
//! No I/O; the time is an argument.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::consumer::ChannelEnd;

use super::shown::Replay;

/// A history that has brought nothing for so long has ended.
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
    /// The last lines of the history, if only some are wanted.
    held: Option<VecDeque<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Announced { since: Instant },
    Open,
    Ended,
    Lost,
}

/// All channels, and what is known of producers without one.
pub(super) struct Channels {
    /// How many lines of a history are wanted; all, if none.
    lines: Option<usize>,
    follow: bool,
    open: BTreeMap<String, Channel>,
    states: BTreeMap<String, State>,
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
}

impl Channels {
    pub(super) fn new(lines: Option<usize>, follow: bool, now: Instant) -> Self {
        Self {
            lines,
            follow,
            open: BTreeMap::new(),
            states: BTreeMap::new(),
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
            self.states.retain(|_, state| matches!(state, State::Announced { .. } | State::Open));
        }
    }

    /// Returns what there is to say of a producer that is gone before it had a channel.
    pub(super) fn withdrawn(&mut self, producer: &str) -> Option<&'static str> {
        let is_waited_for = matches!(self.states.get(producer), Some(State::Announced { .. }));
        is_waited_for.then(|| {
            self.set(producer, State::Ended);
            "ended before its channel was open"
        })
    }

    /// A channel has opened; one of the same producer that was open is replaced. `replay` is of the session, if a channel
    /// of it was open before. Returns what there is to say of it.
    pub(super) fn opened(
        &mut self,
        producer: &str,
        session: &str,
        replay: Option<Replay>,
        now: Instant,
        out: &mut String,
    ) -> Option<&'static str> {
        self.end_history(producer, out);
        let is_back = !matches!(self.states.get(producer), None | Some(State::Announced { .. }));
        let has_history = if session.is_empty() { !is_back } else { replay.is_none() };
        let held = self.lines.filter(|_| has_history).map(|_| VecDeque::new());
        let channel = Channel {
            session: session.to_owned(),
            replay: replay.unwrap_or_default(),
            opened: now,
            last_entry: now,
            in_history: true,
            held,
        };
        self.open.insert(producer.to_owned(), channel);
        self.set(producer, State::Open);
        is_back.then_some("is back")
    }

    /// Returns what there is to say of it.
    pub(super) fn closed(&mut self, producer: &str, how: ChannelEnd, out: &mut String) -> &'static str {
        self.end_history(producer, out);
        self.open.remove(producer);
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

    /// An entry has arrived; `is_recent` if it was logged after this program began.
    pub(super) fn entry(&mut self, producer: &str, is_recent: impl FnOnce() -> bool, now: Instant, out: &mut String) {
        let Some(channel) = self.open.get_mut(producer) else { return };
        channel.last_entry = now;
        let age = now.saturating_duration_since(channel.opened);
        let may_end = channel.in_history && if self.follow { channel.held.is_some() } else { age >= COMPLETE_AFTER };
        if may_end && ((self.follow && age >= LONGEST_HISTORY) || is_recent()) {
            self.end_history(producer, out);
        }
    }

    /// Takes the line of an entry: into `out`, unless it may be older than those that are wanted.
    pub(super) fn line(&mut self, producer: &str, line: &str, out: &mut String) {
        match self.open.get_mut(producer).and_then(|channel| channel.held.as_mut()) {
            None => out.push_str(line),
            Some(held) => {
                held.push_back(line.to_owned());
                if held.len() > self.lines.unwrap_or(usize::MAX) {
                    held.pop_front();
                }
            }
        }
    }

    /// Ends the histories that have become quiet.
    pub(super) fn expire(&mut self, now: Instant, out: &mut String) {
        let quiet: Vec<String> = self
            .open
            .iter()
            .filter(|(_, channel)| channel.in_history && channel.last_entry + QUIET <= now)
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
            self.open.values().filter(|channel| channel.in_history).map(|channel| channel.last_entry + QUIET);
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
        } else if unreachable.is_empty() {
            Progress::Complete
        } else {
            Progress::Unreachable(unreachable)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn open(channels: &mut Channels, producer: &str, session: &str, now: Instant) -> Option<&'static str> {
        let replay = channels.states.contains_key(producer).then(Replay::default);
        channels.opened(producer, session, replay, now, &mut String::new())
    }

    /// An entry that is its own line.
    fn arrive(channels: &mut Channels, producer: &str, line: &str, is_recent: bool, now: Instant) -> String {
        let mut out = String::new();
        channels.entry(producer, || is_recent, now, &mut out);
        channels.line(producer, line, &mut out);
        out
    }

    fn expire(channels: &mut Channels, now: Instant) -> String {
        let mut out = String::new();
        channels.expire(now, &mut out);
        out
    }

    #[test]
    fn the_last_lines_of_a_history_come_when_it_is_quiet() {
        let now = Instant::now();
        let mut channels = Channels::new(Some(2), true, now);
        open(&mut channels, "api", "1", now);
        for line in ["a", "b", "c"] {
            assert_eq!(arrive(&mut channels, "api", line, false, now + milliseconds(100)), "");
        }
        assert_eq!(channels.next_deadline(), Some(now + milliseconds(350)));
        assert_eq!(expire(&mut channels, now + milliseconds(349)), "");
        assert_eq!(expire(&mut channels, now + milliseconds(350)), "bc");
        assert_eq!(arrive(&mut channels, "api", "d", false, now + milliseconds(360)), "d");
        assert_eq!(channels.next_deadline(), None);
    }

    #[test]
    fn what_is_logged_from_now_on_is_no_history() {
        let now = Instant::now();
        let mut channels = Channels::new(Some(1), true, now);
        open(&mut channels, "api", "1", now);
        arrive(&mut channels, "api", "a", false, now);
        arrive(&mut channels, "api", "b", false, now);
        assert_eq!(arrive(&mut channels, "api", "c", true, now), "bc");
        assert_eq!(arrive(&mut channels, "api", "d", true, now), "d");
        open(&mut channels, "slow", "2", now);
        arrive(&mut channels, "slow", "e", false, now);
        let late = now + LONGEST_HISTORY;
        assert_eq!(arrive(&mut channels, "slow", "f", false, late), "ef", "its clock is behind");
    }

    #[test]
    fn a_channel_of_the_same_session_has_no_second_history() {
        let now = Instant::now();
        let mut channels = Channels::new(Some(0), true, now);
        assert_eq!(open(&mut channels, "api", "1", now), None);
        arrive(&mut channels, "api", "a", false, now);
        assert_eq!(channels.closed("api", ChannelEnd::PathLost, &mut String::new()), "the channel is lost");
        assert_eq!(open(&mut channels, "api", "1", now), Some("is back"));
        assert_eq!(arrive(&mut channels, "api", "b", false, now), "b", "it was logged while there was no channel");
    }

    #[test]
    fn a_channel_that_ends_gives_up_what_was_held() {
        let now = Instant::now();
        let mut channels = Channels::new(Some(1), true, now);
        open(&mut channels, "api", "1", now);
        arrive(&mut channels, "api", "a", false, now);
        let mut out = String::new();
        assert_eq!(channels.closed("api", ChannelEnd::Closed, &mut out), "ended");
        assert_eq!(out, "a");
    }

    #[test]
    fn without_following_all_histories_are_waited_for() {
        let now = Instant::now();
        let mut channels = Channels::new(None, false, now);
        assert_eq!(channels.progress(now + milliseconds(60_000)), Progress::Going, "there is no server yet");
        channels.registered(now);
        channels.announced("gone", now);
        assert_eq!(channels.withdrawn("gone"), Some("ended before its channel was open"));
        open(&mut channels, "api", "1", now);
        arrive(&mut channels, "api", "a", false, now + milliseconds(200));
        expire(&mut channels, now + milliseconds(449));
        assert_eq!(channels.progress(now + milliseconds(449)), Progress::Going);
        expire(&mut channels, now + milliseconds(450));
        assert_eq!(channels.progress(now + milliseconds(450)), Progress::Complete);
    }

    #[test]
    fn without_following_a_program_that_never_pauses_does_not_go_on_for_ever() {
        let now = Instant::now();
        let mut channels = Channels::new(None, false, now);
        channels.registered(now);
        open(&mut channels, "api", "1", now);
        for (after, progress) in [(0, Progress::Going), (1_999, Progress::Going), (2_000, Progress::Complete)] {
            let now = now + milliseconds(after);
            assert_eq!(arrive(&mut channels, "api", "a", true, now), "a");
            assert_eq!(channels.progress(now), progress, "{after}");
        }
    }

    #[test]
    fn without_following_nobody_is_waited_for_for_ever() {
        let now = Instant::now();
        let mut channels = Channels::new(None, false, now);
        channels.registered(now);
        assert_eq!(channels.next_deadline(), Some(now + ANNOUNCE_TIMEOUT));
        assert_eq!(channels.progress(now + milliseconds(999)), Progress::Going);
        assert_eq!(channels.progress(now + milliseconds(1_000)), Progress::Complete);
        channels.announced("api", now);
        assert_eq!(channels.next_deadline(), Some(now + OPEN_TIMEOUT));
        assert_eq!(channels.progress(now + milliseconds(14_999)), Progress::Going);
        assert_eq!(channels.progress(now + OPEN_TIMEOUT), Progress::Unreachable(vec!["api".to_owned()]));
    }
}

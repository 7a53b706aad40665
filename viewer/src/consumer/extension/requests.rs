//! What the user asks of a producer beside the log, no faster than the producer takes it. No I/O; the time is an
//! argument.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::control::Outgoing;
use super::frame::NUMBERS_END;
use super::selection::Selection;

/// Between two filters: a producer takes 64 messages a second.
const FILTER_INTERVAL: Duration = Duration::from_millis(100);

/// Between the answer to a fetch and the next one: a producer takes 4 a second, as they arrive.
const FETCH_INTERVAL: Duration = Duration::from_millis(260);

/// How many fetches wait for the one before them.
const MAX_WAITING: usize = 16;

/// One fetch: what of it is still to be asked for.
#[derive(Debug)]
pub(crate) struct Fetch {
    pub(crate) id: u64,
    pub(crate) numbers: RangeInclusive<u64>,
    pub(crate) selection: Selection,
}

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The range is empty, or has numbers that no entry can have.
    #[error("no range of sequence numbers")]
    Range,
    /// Too many fetches of this producer wait for their turn.
    #[error("too many fetches wait for their turn")]
    TooMany,
    /// There is no channel to the producer.
    #[error("there is no channel to the producer")]
    NoChannel,
    /// The channel to the producer has ended.
    #[error("the channel has ended")]
    ChannelEnded,
    /// The producer speaks the base protocol.
    #[error("the producer does not know how")]
    NotSupported,
    /// The producer refuses it, in its words.
    #[error("{0}")]
    Refused(String),
}

/// How a fetch ended: how many of its numbers the producer no longer held, or what went wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) id: u64,
    pub(super) result: Result<u64, FetchError>,
}

#[derive(Debug)]
struct Running {
    fetch: Fetch,
    missing: u64,
    is_asked: bool,
}

/// The requests of one channel.
#[derive(Debug, Default)]
pub(super) struct Requests {
    filter: Option<(u64, Selection)>,
    waiting: VecDeque<Fetch>,
    running: Option<Running>,
    filter_at: Option<Instant>,
    fetch_at: Option<Instant>,
}

impl Requests {
    /// The filter that is wanted from now on.
    pub(super) fn filter(&mut self, id: u64, selection: Selection) {
        self.filter = Some((id, selection));
    }

    /// Returns how the fetch ended, if it cannot begin.
    pub(super) fn fetch(&mut self, fetch: Fetch) -> Option<Ended> {
        let problem = if fetch.numbers.is_empty() || *fetch.numbers.end() >= NUMBERS_END {
            FetchError::Range
        } else if self.waiting.len() >= MAX_WAITING {
            FetchError::TooMany
        } else {
            self.waiting.push_back(fetch);
            return None;
        };
        Some(Ended { id: fetch.id, result: Err(problem) })
    }

    /// Whether frames of this fetch are expected.
    pub(super) fn is_running(&self, id: u64) -> bool {
        self.running.as_ref().is_some_and(|running| running.is_asked && running.fetch.id == id)
    }

    /// The producer has sent what it sends at once, up to `next`. Returns the end, if that was all, or all that there is
    /// so far.
    pub(super) fn fetched(&mut self, now: Instant, id: u64, next: u64, missing: u64) -> Option<Ended> {
        let running = self.running.as_mut().filter(|running| running.is_asked && running.fetch.id == id)?;
        self.fetch_at = Some(now + FETCH_INTERVAL);
        running.missing = running.missing.saturating_add(missing);
        let (first, last) = (*running.fetch.numbers.start(), *running.fetch.numbers.end());
        if next > last || next <= first {
            let result = Ok(running.missing);
            self.running = None;
            return Some(Ended { id, result });
        }
        running.fetch.numbers = next..=last;
        running.is_asked = false;
        None
    }

    /// The producer cannot do it.
    pub(super) fn failed(&mut self, now: Instant, id: u64, message: &str) -> Option<Ended> {
        self.running.take_if(|running| running.is_asked && running.fetch.id == id)?;
        self.fetch_at = Some(now + FETCH_INTERVAL);
        Some(Ended { id, result: Err(FetchError::Refused(message.to_owned())) })
    }

    /// The channel has ended, and with it every fetch.
    pub(super) fn end(&mut self) -> Vec<Ended> {
        let running = self.running.take().map(|running| running.fetch);
        let all = running.into_iter().chain(self.waiting.drain(..));
        all.map(|fetch| Ended { id: fetch.id, result: Err(FetchError::ChannelEnded) }).collect()
    }

    /// The next message to send, if its time has come.
    pub(super) fn next_message(&mut self, now: Instant) -> Option<String> {
        if self.filter_at.is_none_or(|at| at <= now)
            && let Some((id, selection)) = self.filter.take()
        {
            self.filter_at = Some(now + FILTER_INTERVAL);
            return Some(Outgoing::Filter { id, selection: &selection }.to_json());
        }
        if self.running.is_none() {
            let fetch = self.waiting.pop_front()?;
            self.running = Some(Running { fetch, missing: 0, is_asked: false });
        }
        let running = self.running.as_mut().filter(|running| !running.is_asked)?;
        if self.fetch_at.is_some_and(|at| at > now) {
            return None;
        }
        running.is_asked = true;
        let Fetch { id, numbers, selection } = &running.fetch;
        Some(Outgoing::Fetch { id: *id, first: *numbers.start(), last: *numbers.end(), selection }.to_json())
    }

    /// When [`Requests::next_message`] has the next one, if that is only a matter of time.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let filter = self.filter.as_ref().and(self.filter_at);
        let is_fetch_due = match &self.running {
            Some(running) => !running.is_asked,
            None => !self.waiting.is_empty(),
        };
        let fetch = self.fetch_at.filter(|_| is_fetch_due);
        filter.into_iter().chain(fetch).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetch(id: u64, numbers: RangeInclusive<u64>) -> Fetch {
        Fetch { id, numbers, selection: Selection::default() }
    }

    fn asked(id: u64, first: u64, last: u64) -> Option<String> {
        Some(format!(r#"{{"type":"fetch","id":{id},"first":{first},"last":{last}}}"#))
    }

    #[test]
    fn a_fetch_goes_on_to_its_end_and_the_next_one_follows() {
        let (mut requests, mut now) = (Requests::default(), Instant::now());
        assert_eq!(requests.fetch(fetch(1, 10..=99)), None);
        assert_eq!(requests.fetch(fetch(2, 5..=5)), None);
        assert_eq!(requests.next_message(now), asked(1, 10, 99));
        assert_eq!((requests.next_message(now), requests.next_due()), (None, None), "one at a time");
        assert!(requests.is_running(1) && !requests.is_running(2));
        now += 9 * FETCH_INTERVAL;
        assert_eq!(requests.fetched(now, 1, 50, 3), None);
        assert_eq!(requests.next_message(now), None, "it is too early");
        assert_eq!(requests.next_due(), Some(now + FETCH_INTERVAL));
        now += FETCH_INTERVAL;
        assert_eq!(requests.next_message(now), asked(1, 50, 99));
        assert_eq!(requests.fetched(now, 2, 6, 0), None, "it was not asked for");
        assert_eq!(requests.fetched(now, 1, 100, 4), Some(Ended { id: 1, result: Ok(7) }));
        now += FETCH_INTERVAL;
        assert_eq!(requests.next_message(now), asked(2, 5, 5));
        assert_eq!(requests.fetched(now, 2, 6, 0), Some(Ended { id: 2, result: Ok(0) }));
        assert_eq!((requests.next_message(now + FETCH_INTERVAL), requests.next_due()), (None, None));
    }

    #[test]
    fn what_does_not_exist_yet_ends_a_fetch() {
        let (mut requests, now) = (Requests::default(), Instant::now());
        requests.fetch(fetch(1, 10..=99));
        requests.next_message(now);
        assert_eq!(requests.fetched(now, 1, 50, 1), None);
        requests.next_message(now + FETCH_INTERVAL);
        assert_eq!(requests.fetched(now, 1, 50, 0), Some(Ended { id: 1, result: Ok(1) }));
    }

    #[test]
    fn what_cannot_be_done_ends_and_hinders_nothing() {
        let (mut requests, now) = (Requests::default(), Instant::now());
        for numbers in [RangeInclusive::new(5, 4), 0..=NUMBERS_END] {
            assert!(requests.fetch(fetch(1, numbers)).unwrap().result.is_err());
        }
        requests.fetch(fetch(3, 10..=99));
        assert_eq!(requests.failed(now, 3, "early"), None, "it was not asked for yet");
        requests.next_message(now);
        assert_eq!(
            requests.failed(now, 3, "busy"),
            Some(Ended { id: 3, result: Err(FetchError::Refused("busy".to_owned())) })
        );
        (4..4 + MAX_WAITING as u64).for_each(|id| assert_eq!(requests.fetch(fetch(id, 0..=1)), None));
        assert!(requests.fetch(fetch(99, 0..=1)).unwrap().result.is_err());
        assert_eq!(requests.next_message(now), None, "it is too early");
        assert!(requests.next_message(now + FETCH_INTERVAL).is_some());
        assert_eq!(requests.end().len(), MAX_WAITING);
    }

    #[test]
    fn of_many_filters_the_last_one_is_sent() {
        let (mut requests, now) = (Requests::default(), Instant::now());
        let filter = |requests: &mut Requests, id| requests.filter(id, Selection::default());
        filter(&mut requests, 1);
        assert_eq!(requests.next_message(now).as_deref(), Some(r#"{"type":"filter","id":1}"#));
        (2..=9).for_each(|id| filter(&mut requests, id));
        assert_eq!((requests.next_message(now), requests.next_due()), (None, Some(now + FILTER_INTERVAL)));
        let last = requests.next_message(now + FILTER_INTERVAL);
        assert_eq!(last.as_deref(), Some(r#"{"type":"filter","id":9}"#));
        assert_eq!(requests.next_due(), None);
    }
}

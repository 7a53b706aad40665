//! The flight recorder: what a consumer asks for of what the journal still holds. No I/O; told the time.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::wish::{Wish, WishError};
use crate::journal::Found;

/// The most bytes of lines in one answer.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// How many numbers are looked at in one turn.
const MAX_LOOKED_AT: u64 = 4096;

/// How many requests a second one consumer may make.
const MAX_REQUESTS: usize = 4;

/// How long one consumer's answer may keep the others waiting.
const MAX_HOLD: Duration = Duration::from_secs(1);

/// Lets one answer after the other go, of all consumers of a producer.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    by: Option<(u64, Instant)>,
    last: u64,
}

impl Turns {
    /// A name to take turns by.
    pub(crate) fn enlist(&self) -> u64 {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.last += 1;
        held.last
    }

    fn take(&self, name: u64, now: Instant) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.by {
            Some((other, since)) if other != name && now.saturating_duration_since(since) < MAX_HOLD => false,
            Some((by, _)) if by == name => true,
            _ => {
                held.by = Some((name, now));
                true
            }
        }
    }

    pub(crate) fn give_back(&self, name: u64) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.by.is_some_and(|(by, _)| by == name) {
            held.by = None;
        }
    }
}

/// An answer in the making.
#[derive(Debug)]
struct Answer {
    id: u64,
    /// What is not looked at yet.
    left: Range<u64>,
    wish: Option<Wish>,
    bytes: usize,
    missing: u64,
}

/// What one consumer fetches.
#[derive(Debug)]
pub(crate) struct Fetches {
    turns: Arc<Turns>,
    name: u64,
    answer: Option<Answer>,
    /// When the last requests came.
    asked: Vec<Instant>,
}

/// The next part of an answer.
#[derive(Debug)]
pub(crate) enum Part {
    Batch {
        id: u64,
        batch: Batch,
    },
    End {
        id: u64,
        next: u64,
        missing: u64,
    },
    /// Nothing of what was looked at is wanted; there is more to look at.
    More,
    /// Another consumer has its turn.
    Later,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("fetch: first: {first} is behind last: {last}")]
    Backwards { first: u64, last: u64 },
    #[error("fetch: another one is not answered yet")]
    Busy,
    #[error("fetch: at most {} a second", MAX_REQUESTS)]
    TooMany,
    #[error(transparent)]
    Wish(#[from] WishError),
}

impl Fetches {
    pub(crate) fn new(turns: Arc<Turns>) -> Self {
        let name = turns.enlist();
        Self { turns, name, answer: None, asked: Vec::new() }
    }

    /// Takes a request for the numbers `first..=last`, where the journal's next one is `end`.
    pub(crate) fn ask(
        &mut self,
        now: Instant,
        id: u64,
        seqs: (u64, u64),
        end: u64,
        wish: Option<Wish>,
    ) -> Result<(), FetchError> {
        let (first, last) = seqs;
        if first > last {
            return Err(FetchError::Backwards { first, last });
        }
        if self.answer.is_some() {
            return Err(FetchError::Busy);
        }
        self.asked.retain(|at| now.saturating_duration_since(*at) < Duration::from_secs(1));
        if self.asked.len() >= MAX_REQUESTS {
            return Err(FetchError::TooMany);
        }
        self.asked.push(now);
        let left = first.min(end)..last.saturating_add(1).min(end);
        self.answer = Some(Answer { id, left, wish, bytes: 0, missing: 0 });
        Ok(())
    }

    /// Goes on with the answer. `read` says what stands at a number; what is below `horizon` is not for this consumer. A batch
    /// has at most `max_bytes` of lines.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        horizon: u64,
        max_bytes: usize,
        read: impl Fn(u64) -> Found,
    ) -> Option<Part> {
        let answer = self.answer.as_mut()?;
        if !self.turns.take(self.name, now) {
            return Some(Part::Later);
        }
        let stop = answer.left.start.saturating_add(MAX_LOOKED_AT).min(answer.left.end);
        while answer.left.start < stop && answer.bytes < MAX_ANSWER_BYTES {
            let seq = answer.left.start;
            let found = if seq < horizon { Found::Lost(seq..horizon) } else { read(seq) };
            match found {
                Found::Lost(gone) | Found::Refused(gone) => {
                    let until = gone.end.min(answer.left.end);
                    answer.missing += until - seq;
                    answer.left.start = until;
                }
                Found::Nothing => answer.left.end = seq,
                Found::Block(block) => {
                    let until = stop.min(block.end()).min(seq + block.fitting(seq, max_bytes));
                    let batch = Batch::choose(&block, seq, seq, until, answer.wish.as_ref());
                    answer.left.start = until;
                    if batch.count() > 0 {
                        answer.bytes += batch.line_bytes();
                        return Some(Part::Batch { id: answer.id, batch });
                    }
                }
            }
        }
        if !answer.left.is_empty() && answer.bytes < MAX_ANSWER_BYTES {
            return Some(Part::More);
        }
        let end = Part::End { id: answer.id, next: answer.left.start, missing: answer.missing };
        self.answer = None;
        self.turns.give_back(self.name);
        Some(end)
    }
}

impl Drop for Fetches {
    fn drop(&mut self) {
        self.turns.give_back(self.name);
    }
}

//! What one consumer is sent next: from the journal, within its window and its credit. No I/O; told the time.
//!
//! The shell asks [`Delivery::next`] again and again, does what it says, and tells what came of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::batch::{self, Batch};
use super::control::Request;
use super::deflate::Effort;
use super::extended::{Extended, SECOND};
use super::fetch::{FetchError, Part};
use super::messages::{self, Status};
use super::on_the_way::OnTheWay;
use super::plain;
use super::window::Window;
use super::wish::Wish;
use crate::journal::{Account, Block, Found, GapReason};
use crate::level::Level;
use crate::observe::EndReason;

/// How much is sent before the channel is asked again what has arrived: an eighth of the window, within these bounds. What is
/// in flight exceeds the window by at most this and one message.
const MIN_CHUNK_BYTES: usize = 1024;
const MAX_CHUNK_BYTES: usize = 16 * 1024;

/// How long nothing may arrive while something is on the way.
const STALL_LIMIT: Duration = Duration::from_secs(20);

/// How long `flush` and `close` wait for a consumer that is no longer announced and acknowledges nothing: it may be a page
/// that was closed without a word.
const DEPARTED_PATIENCE: Duration = Duration::from_secs(1);

/// Below this a frame travels as text: inflating costs a browser more than it saves.
const MIN_DEFLATED_BYTES: usize = 2 * 1024;

/// How many blocks without a wanted entry are looked at in one turn.
const MAX_BLOCKS_A_TURN: usize = 64;

/// How soon a turn to fetch is asked for again, where another consumer has it.
const TURN_INTERVAL: Duration = Duration::from_millis(20);

/// The journal, and the consumer's place in it.
pub(crate) trait Source {
    /// What stands at a number.
    fn read(&self, seq: u64) -> Found;
    /// The same, with what is not published yet.
    fn read_now(&self, seq: u64) -> Found;
    /// Changes the account of this consumer.
    fn account(&self, change: impl FnOnce(&mut Account));
    /// How the producer is.
    fn status(&self) -> Status;
}

/// What is to be handed to the channel.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// The entry of this number, alone.
    Entry(Arc<Block>, u64),
    Text(String),
    /// A frame, compressed where an effort is named.
    Batch(Batch, Option<Effort>),
}

/// What the shell is to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// Hand it to the channel; then [`Delivery::on_sent`].
    Send(Message),
    /// Ask the channel what is outstanding; then [`Delivery::on_outstanding`].
    Look,
    /// Wait until something is published at the number, the channel drains, the consumer says something, or for the time.
    Wait {
        readable: Option<u64>,
        until: Option<Instant>,
    },
    End(EndReason),
}

#[derive(Debug)]
pub(crate) struct Delivery {
    window: Window,
    on_the_way: OnTheWay,
    /// The next number to read.
    next: u64,
    /// The number behind what the transport has acknowledged.
    transported: u64,
    outstanding: usize,
    /// Bytes sent since the channel was last asked what is outstanding.
    unlooked: usize,
    /// The longest message that the consumer takes.
    max_message_bytes: usize,
    /// The least number that this consumer may see.
    horizon: u64,
    /// What goes before the next entries.
    first: VecDeque<Message>,
    /// What was read last.
    block: Option<Arc<Block>>,
    /// When to go on with what is fetched.
    fetch_at: Option<Instant>,
    extended: Option<Extended>,
}

impl Delivery {
    /// For a consumer that begins at `start` and may see what is not below `horizon`.
    pub(crate) fn new(now: Instant, start: u64, horizon: u64, max_message_bytes: usize) -> Self {
        Self {
            window: Window::new(),
            on_the_way: OnTheWay::new(now),
            next: start,
            transported: start,
            outstanding: 0,
            unlooked: 0,
            max_message_bytes,
            horizon,
            first: VecDeque::new(),
            block: None,
            fetch_at: None,
            extended: None,
        }
    }

    /// The same, for one of the extension, which is welcomed first.
    pub(crate) fn extended(mut self, extended: Extended, welcome: String) -> Self {
        self.first.push_back(Message::Text(welcome));
        self.extended = Some(extended);
        self
    }

    pub(crate) fn window_bytes(&self) -> usize {
        self.window.size()
    }

    pub(crate) fn sent_bytes(&self) -> u64 {
        self.on_the_way.sent()
    }

    /// Whether a wait for delivery waits for this consumer; `has_departed` says whether the server no longer announces it.
    pub(crate) fn is_waited_for(&self, now: Instant, has_departed: bool) -> bool {
        let may_be_gone = has_departed && self.on_the_way.is_silent_for(now, DEPARTED_PATIENCE);
        let is_frozen = self.extended.as_ref().is_some_and(|extended| extended.is_frozen(now));
        !may_be_gone && !is_frozen
    }

    /// What was to be sent is with the channel, as a message of so many bytes.
    pub(crate) fn on_sent(&mut self, now: Instant, bytes: usize) {
        self.on_the_way.push(now, bytes, self.next);
        self.unlooked += bytes;
    }

    /// The channel holds `outstanding` bytes that the consumer's transport has not acknowledged.
    pub(crate) fn on_outstanding(&mut self, now: Instant, outstanding: usize, source: &impl Source) {
        if self.unlooked > 0 {
            self.window.on_sent(now, self.on_the_way.sent());
        }
        (self.outstanding, self.unlooked) = (outstanding, 0);
        let before = self.on_the_way.arrived();
        if let Some(until) = self.on_the_way.settle(now, outstanding) {
            self.transported = until;
        }
        if self.on_the_way.arrived() > before {
            self.window.on_acknowledged(now, self.on_the_way.arrived());
        }
        self.settle(now, source);
    }

    /// The consumer's program has everything up to `seq`. Returns the number behind what it has acknowledged.
    pub(crate) fn on_ack(&mut self, now: Instant, seq: u64, source: &impl Source) -> u64 {
        let acknowledged = self.extended.as_mut().map_or(0, |extended| extended.on_ack(now, seq));
        self.settle(now, source);
        acknowledged
    }

    /// Counts what has arrived. Before each wait, too: what a wait ends for depends on the time, and on the same `now`.
    fn settle(&self, now: Instant, source: &impl Source) {
        let arrived =
            self.extended.as_ref().map_or(self.transported, |extended| extended.arrived(now, self.transported));
        source.account(|account| account.arrive(arrived));
    }

    /// The consumer asks for something.
    pub(crate) fn on_request(&mut self, now: Instant, request: Request, source: &impl Source) {
        let Some(extended) = &mut self.extended else { return };
        let answer = match request {
            Request::Ping { id } => messages::pong(id),
            Request::Filter { id, level, filter } => match Wish::parse(level.as_deref(), filter.as_deref()) {
                Ok(wish) => {
                    extended.wish = wish;
                    messages::filter(id, self.next)
                }
                Err(problem) => messages::error(id, &problem.to_string()),
            },
            Request::Fetch { id, first, last, level, filter } => {
                let asked = Wish::parse(level.as_deref(), filter.as_deref())
                    .map_err(FetchError::from)
                    .and_then(|wish| extended.fetches.ask(now, id, (first, last), source.status().next, wish));
                match asked {
                    Ok(()) => return,
                    Err(problem) => messages::error(id, &problem.to_string()),
                }
            }
            // The inbox keeps acknowledgements apart.
            Request::Ack { .. } => return,
        };
        self.first.push_back(Message::Text(answer));
    }

    /// The lowest level that the consumer can want; `None` if it wants nothing.
    pub(crate) fn least(&self) -> Option<Level> {
        match self.extended.as_ref().and_then(|extended| extended.wish.as_ref()) {
            Some(wish) => wish.least(),
            None => Some(Level::Debug),
        }
    }

    /// What is to be done now.
    pub(crate) fn next(&mut self, now: Instant, source: &impl Source) -> Step {
        if self.on_the_way.is_silent_for(now, STALL_LIMIT) {
            return Step::End(EndReason::Stalled);
        }
        let chunk = (self.window.size() / 8).clamp(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
        let is_full = self.outstanding + self.unlooked >= self.window.size();
        if self.unlooked >= chunk || (is_full && self.unlooked > 0) {
            return Step::Look;
        }
        if is_full {
            self.settle(now, source);
            let until = self.extended.as_ref().and_then(|extended| extended.patient_until(now));
            return Step::Wait { readable: None, until };
        }
        if let Some(message) = self.first.pop_front() {
            return Step::Send(message);
        }
        let step = if self.extended.is_some() { self.next_frame(now, source) } else { self.next_entry(source) };
        match step {
            Some(message) => Step::Send(message),
            None if self.unlooked > 0 => Step::Look,
            None => {
                self.window.on_idle();
                self.settle(now, source);
                let may_read = self.extended.as_ref().is_none_or(Extended::has_credit);
                Step::Wait { readable: may_read.then_some(self.next), until: self.until(now) }
            }
        }
    }

    /// When there is something to do although nothing happens.
    fn until(&self, now: Instant) -> Option<Instant> {
        let extended = self.extended.as_ref()?;
        let untold = extended.untold_since.map(|since| since + SECOND);
        [untold, self.fetch_at, extended.status_at(), extended.patient_until(now)].into_iter().flatten().min()
    }

    /// The block that holds the next number, or what stands there instead.
    fn read(&mut self, source: &impl Source) -> Found {
        if let Some(block) = self.block.take_if(|block| block.holds(self.next)) {
            return Found::Block(block);
        }
        self.block = None;
        source.read(self.next)
    }

    /// Counts what is lost below `until`.
    fn lose(&mut self, until: u64, reason: GapReason, source: &impl Source) -> Message {
        let seqs = self.next..until;
        source.account(|account| account.lose(until, reason));
        self.next = until;
        Message::Text(match &mut self.extended {
            None => plain::gap(Utc::now(), seqs.end - seqs.start, reason),
            Some(extended) => {
                extended.told = until;
                messages::gap(seqs, reason)
            }
        })
    }

    fn next_entry(&mut self, source: &impl Source) -> Option<Message> {
        match self.read(source) {
            Found::Lost(seqs) => Some(self.lose(seqs.end, GapReason::Overflow, source)),
            Found::Refused(seqs) => Some(self.lose(seqs.end, GapReason::Refused, source)),
            Found::Nothing => None,
            Found::Block(block) => {
                let seq = self.next;
                self.block = Some(Arc::clone(&block));
                if block.entry(seq).len() > self.max_message_bytes {
                    return Some(self.lose(seq + 1, GapReason::Oversize, source));
                }
                self.next += 1;
                source.account(|account| account.depart(seq + 1, 1));
                Some(Message::Entry(block, seq))
            }
        }
    }

    fn next_frame(&mut self, now: Instant, source: &impl Source) -> Option<Message> {
        if let Some(message) = self.due_status(now, source) {
            return Some(message);
        }
        if self.extended.as_ref().is_some_and(Extended::has_credit)
            && let Some(message) = self.next_batch(now, source)
        {
            return Some(message);
        }
        self.untold(now, SECOND).or_else(|| self.next_fetched(now, source))
    }

    fn due_status(&mut self, now: Instant, source: &impl Source) -> Option<Message> {
        let extended = self.extended.as_mut()?;
        if extended.status_at().is_none_or(|at| now < at) {
            return None;
        }
        extended.take_status(now, source.status()).map(|status| Message::Text(messages::status(status)))
    }

    /// A frame of what is next in the journal, or a gap.
    fn next_batch(&mut self, now: Instant, source: &impl Source) -> Option<Message> {
        for _ in 0..MAX_BLOCKS_A_TURN {
            let found = self.read(source);
            if let Found::Lost(_) | Found::Refused(_) = &found
                && let Some(message) = self.untold(now, Duration::ZERO)
            {
                return Some(message);
            }
            let block = match found {
                Found::Lost(seqs) => return Some(self.lose(seqs.end, GapReason::Overflow, source)),
                Found::Refused(seqs) => return Some(self.lose(seqs.end, GapReason::Refused, source)),
                Found::Nothing => return None,
                Found::Block(block) => block,
            };
            self.block = Some(Arc::clone(&block));
            let until = block.end().min(self.next + block.fitting(self.next, self.max_batch_bytes()));
            let extended = self.extended.as_mut()?;
            extended.on_change(now);
            let batch = Batch::choose(&block, extended.told, self.next, until, extended.wish.as_ref());
            let (count, bytes) = (batch.count(), batch.line_bytes());
            if count == 1 && bytes + batch::HEAD_BYTES > self.max_message_bytes {
                return Some(match self.untold(now, Duration::ZERO) {
                    Some(message) => message,
                    None => self.lose(until, GapReason::Oversize, source),
                });
            }
            source.account(|account| account.depart(until, count));
            self.next = until;
            if count == 0 {
                extended.untold_since.get_or_insert(now);
                continue;
            }
            extended.told = until;
            extended.untold_since = None;
            extended.on_frame(now, bytes, until);
            let effort = self.effort(bytes);
            return Some(Message::Batch(batch, effort));
        }
        None
    }

    /// How many bytes of lines a frame may have beside its head. Holes make a head longer, and the lines shorter by more.
    fn max_batch_bytes(&self) -> usize {
        self.max_message_bytes.saturating_sub(batch::HEAD_BYTES)
    }

    fn effort(&self, bytes: usize) -> Option<Effort> {
        let deflates = self.extended.as_ref().is_some_and(|extended| extended.deflates);
        (deflates && bytes >= MIN_DEFLATED_BYTES)
            .then(|| if self.window.is_the_limit() { Effort::High } else { Effort::Low })
    }

    /// A frame without entries for the numbers that were left out, where that is `patience` ago.
    fn untold(&mut self, now: Instant, patience: Duration) -> Option<Message> {
        let extended = self.extended.as_mut()?;
        let since = extended.untold_since?;
        if now.saturating_duration_since(since) < patience {
            return None;
        }
        let seqs = extended.told..self.next;
        extended.told = self.next;
        extended.untold_since = None;
        Some(Message::Text(batch::nothing_of(seqs)))
    }

    /// The next part of what the consumer fetches.
    fn next_fetched(&mut self, now: Instant, source: &impl Source) -> Option<Message> {
        let (horizon, max_bytes) = (self.horizon, self.max_batch_bytes());
        self.fetch_at = None;
        let part = self.extended.as_mut()?.fetches.next(now, horizon, max_bytes, |seq| source.read_now(seq))?;
        match part {
            Part::Batch { id, batch } => {
                let effort = self.effort(batch.line_bytes());
                self.first.push_back(Message::Batch(batch, effort));
                Some(Message::Text(messages::fetch(id)))
            }
            Part::End { id, next, missing } => Some(Message::Text(messages::fetched(id, next, missing))),
            Part::More => {
                self.fetch_at = Some(now);
                None
            }
            Part::Later => {
                self.fetch_at = Some(now + TURN_INTERVAL);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;

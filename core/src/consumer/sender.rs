//! Does what [`Delivery`] decides: reads the journal, hands over to the channel, and learns what has arrived.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::{sleep, sleep_until};

use super::control::{Inbox, Taken};
use super::deflate::Frames;
use super::delivery::{Delivery, Message, Source, Step};
use super::gauge::Gauge;
use super::messages::Status;
use crate::diagnostics::debug;
use crate::journal::{Account, Cursor, Found, SharedJournal};
use crate::observe::EndReason;
use crate::stats::Counters;
use crate::webrtc::channel::Channel;
use crate::webrtc::error::Error;

/// How soon, and how late, the channel is asked again what has arrived where no event tells.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(50);

/// What the task of a consumer is told of its channel while it sends.
#[derive(Debug, Default)]
pub(crate) struct Wakers {
    inbox: Mutex<Inbox>,
    /// The channel has room again, or the consumer has said something.
    woken: Notify,
}

impl Wakers {
    pub(crate) fn drained(&self) {
        self.woken.notify_one();
    }

    /// Takes a message of the consumer.
    pub(crate) fn message(&self, now: Instant, message: &[u8]) -> Taken {
        let taken = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take(now, message);
        if taken == Taken::Kept {
            self.woken.notify_one();
        }
        taken
    }
}

/// The journal, with what is said of the producer as a whole.
pub(crate) struct JournalSource<'a> {
    pub(crate) journal: &'a SharedJournal,
    pub(crate) cursor: &'a Cursor,
    pub(crate) counters: &'a Counters,
}

impl Source for JournalSource<'_> {
    fn read(&self, seq: u64) -> Found {
        self.journal.read(seq)
    }

    fn read_now(&self, seq: u64) -> Found {
        self.journal.read_now(seq)
    }

    fn account(&self, change: impl FnOnce(&mut Account)) {
        self.cursor.update(change);
    }

    fn status(&self) -> Status {
        let totals = self.journal.totals();
        Status {
            accepted: totals.accepted,
            refused: totals.refused,
            filtered: self.counters.filtered.get(),
            oldest: totals.oldest,
            next: totals.next,
            consumers: totals.consumers,
        }
    }
}

pub(crate) struct Sender<'a> {
    pub(crate) channel: Channel,
    pub(crate) source: JournalSource<'a>,
    pub(crate) delivery: Delivery,
    pub(crate) frames: &'a Arc<Frames>,
    pub(crate) wakers: &'a Wakers,
    pub(crate) gauge: Arc<Gauge>,
    /// Whether the server no longer announces the consumer.
    pub(crate) has_departed: Arc<AtomicBool>,
}

impl Sender<'_> {
    /// Delivers until the channel ends or stalls.
    pub(crate) async fn run(mut self) -> EndReason {
        match self.deliver().await {
            Ok(never) => match never {},
            Err(reason) => reason,
        }
    }

    async fn deliver(&mut self) -> Result<Infallible, EndReason> {
        let mut look = FIRST_LOOK;
        let mut is_waited_for = true;
        let mut outstanding = self.look().await?;
        self.set_threshold().await?;
        loop {
            let now = Instant::now();
            let has_departed = self.has_departed.load(Ordering::Relaxed);
            if is_waited_for != self.delivery.is_waited_for(now, has_departed) {
                is_waited_for = !is_waited_for;
                self.source.account(|account| account.set_waited_for(is_waited_for));
            }
            match self.delivery.next(now, &self.source) {
                Step::Send(message) => {
                    let bytes = self.send(&message).await?;
                    self.delivery.on_sent(Instant::now(), bytes);
                    look = FIRST_LOOK;
                }
                Step::Look => outstanding = self.look().await?,
                Step::End(reason) => return Err(reason),
                Step::Wait { readable, until } => {
                    let (next, least) = (readable.unwrap_or_default(), self.delivery.least());
                    tokio::select! {
                        () = self.source.journal.readable(next, least), if readable.is_some() => {}
                        () = self.wakers.woken.notified() => {}
                        () = sleep_until(until.unwrap_or(now).into()), if until.is_some() => {}
                        () = sleep(look), if outstanding > 0 => look = (look * 2).min(LAST_LOOK),
                    }
                    let before = outstanding;
                    outstanding = self.look().await?;
                    if outstanding < before {
                        look = FIRST_LOOK;
                    }
                }
            }
        }
    }

    /// Does what the consumer has said.
    fn obey(&mut self, now: Instant) {
        loop {
            let (ack, request) = {
                let mut inbox = self.wakers.inbox.lock().unwrap_or_else(PoisonError::into_inner);
                (inbox.take_ack(), inbox.next_request())
            };
            if let Some(seq) = ack {
                let until = self.delivery.on_ack(now, seq, &self.source);
                self.wakers.inbox.lock().unwrap_or_else(PoisonError::into_inner).on_acknowledged(until);
            }
            match request {
                Some(request) => self.delivery.on_request(now, request, &self.source),
                None => return,
            }
        }
    }

    /// Learns how many bytes the consumer has not acknowledged, and what it has said.
    async fn look(&mut self) -> Result<usize, EndReason> {
        let outstanding = self.channel.outstanding_bytes().await.map_err(|_| EndReason::ClosedByConsumer)?;
        let before = self.delivery.window_bytes();
        self.delivery.on_outstanding(Instant::now(), outstanding, &self.source);
        if self.delivery.window_bytes() != before {
            self.set_threshold().await?;
        }
        self.gauge.set(self.delivery.sent_bytes(), outstanding, self.delivery.window_bytes());
        self.obey(Instant::now());
        Ok(outstanding)
    }

    /// Hands over one message; returns its length in bytes.
    async fn send(&self, message: &Message) -> Result<usize, EndReason> {
        let sent = match message {
            Message::Entry(block, seq) => self.send_text(block.entry(*seq)).await,
            Message::Text(text) => self.send_text(text).await,
            Message::Batch(batch, None) => self.send_text(&batch.text()).await,
            Message::Batch(batch, Some(effort)) => {
                let frame = self.frames.get(batch, *effort).await;
                self.channel.send_binary(&frame).await.map(|()| frame.len())
            }
        };
        sent.map_err(|problem| match problem {
            Error::ChannelClosed => EndReason::ClosedByConsumer,
            problem => {
                debug!("the stack refuses a message: {problem}");
                EndReason::Failed
            }
        })
    }

    async fn send_text(&self, text: &str) -> Result<usize, Error> {
        self.channel.send_text(text).await.map(|()| text.len())
    }

    /// The channel tells when no more than half of the window is on the way.
    async fn set_threshold(&self) -> Result<(), EndReason> {
        let half = u32::try_from(self.delivery.window_bytes() / 2).expect("a window is a few MiB");
        self.channel.set_drained_threshold(half).await.map_err(|_| EndReason::ClosedByConsumer)
    }
}

//! The handle that a program logs with.

#[cfg(any(feature = "log", feature = "tracing"))]
mod adapted;
mod flush_then;
mod inner;
mod record;
mod session;

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use chrono::Utc;

use inner::Inner;
pub use record::Record;

use crate::config::Config;
use crate::entry::{self, Entry, Parts};
use crate::error::{Error, Result};
use crate::filter::{Filter, Rank};
use crate::fork;
use crate::journal::Flushed;
use crate::level::Level;
use crate::observe::{Event, State};
use crate::stats::Stats;

/// What became of an entry that was logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is in the journal.
    Accepted,
    /// The level and target filter does not want it.
    Filtered,
    /// The journal is full, and its overflow policy refuses it.
    Dropped,
    /// The producer is closed.
    Closed,
}

/// Streams a program's log to every consumer that comes.
///
/// A clone is the same producer. All methods can be called from any thread, inside and outside of a tokio runtime; a
/// log call never waits on the network. When the last clone is dropped, the producer closes, within the configured
/// `close_timeout`; a [`TracingLayer`](crate::adapters::TracingLayer) or a [`Logger`](crate::adapters::Logger) does not
/// keep it open. So keep a handle in `main`: it delivers the last entries however `main` returns.
///
/// ```no_run
/// use logrtc::{Config, Level, Producer};
///
/// # fn main() -> Result<(), logrtc::Error> {
/// let producer = Producer::connect(Config::builder("checkout").build()?)?;
/// producer.info("checkout::http", "listening");
/// producer.log(Level::Warn, "checkout::db", "slow query").field("duration_ms", 812).send();
/// # Ok(())
/// # }
/// ```
pub struct Producer {
    /// There until the handle is dropped.
    origin: Option<Arc<Inner>>,
    /// Whether the producer stays open as long as this handle lives.
    keeps_open: bool,
}

impl Producer {
    /// Starts a producer, and returns at once: it connects, registers and reconnects by itself, and trouble with that
    /// shows in [`state`](Self::state). What is logged before a consumer comes waits in the journal.
    ///
    /// # Errors
    /// [`Internal`](crate::ErrorKind::Internal) where the system gives no threads.
    pub fn connect(config: Config) -> Result<Self> {
        Ok(Self::handle(Arc::new(Inner::new(config)?), true))
    }

    fn handle(inner: Arc<Inner>, keeps_open: bool) -> Self {
        if keeps_open {
            inner.handles.fetch_add(1, Ordering::Relaxed);
        }
        Self { origin: Some(inner), keeps_open }
    }

    fn inner(&self) -> &Arc<Inner> {
        self.origin.as_ref().expect("it is there until the drop")
    }

    /// Logs at [`Level::Debug`].
    pub fn debug<'a>(&'a self, target: impl Into<Cow<'a, str>>, message: impl Into<Cow<'a, str>>) {
        self.log(Level::Debug, target, message).send();
    }

    /// Logs at [`Level::Info`].
    pub fn info<'a>(&'a self, target: impl Into<Cow<'a, str>>, message: impl Into<Cow<'a, str>>) {
        self.log(Level::Info, target, message).send();
    }

    /// Logs at [`Level::Warn`].
    pub fn warn<'a>(&'a self, target: impl Into<Cow<'a, str>>, message: impl Into<Cow<'a, str>>) {
        self.log(Level::Warn, target, message).send();
    }

    /// Logs at [`Level::Error`].
    pub fn error<'a>(&'a self, target: impl Into<Cow<'a, str>>, message: impl Into<Cow<'a, str>>) {
        self.log(Level::Error, target, message).send();
    }

    /// Begins an entry with fields or a span; [`Record::send`] logs it. Costs next to nothing if the filter leaves it out.
    /// The target and the message may be `&str`, `String` or `Cow<str>`: `producer.info("shop", format!("order {id}"))`.
    pub fn log<'a>(
        &'a self,
        level: Level,
        target: impl Into<Cow<'a, str>>,
        message: impl Into<Cow<'a, str>>,
    ) -> Record<'a> {
        Record::new(self, level, target.into(), message.into())
    }

    /// Logs a whole entry.
    pub fn send(&self, entry: &Entry) -> Outcome {
        if self.enabled(entry.level, &entry.target) {
            self.submit(&entry.parts(Utc::now()))
        } else {
            self.count_filtered()
        }
    }

    /// Logs a whole entry that is JSON (docs/protocol.md §2), checked as [`Entry::from_json`] does.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the key.
    pub fn send_json(&self, json: &str) -> Result<Outcome> {
        let entry = entry::parse(json)?;
        Ok(if self.enabled(entry.level, &entry.target) { self.submit(&entry.parts()) } else { self.count_filtered() })
    }

    /// Whether an entry of `level` and `target` would be logged: one atomic load where none of that level would.
    #[inline]
    pub fn enabled(&self, level: Level, target: &str) -> bool {
        match self.existing() {
            Some(inner) => inner.filter.allows(level.into(), target),
            None => self.origin().child_logs() && self.origin().filter.allows_without_waiting(level.into(), target),
        }
    }

    /// Sets the level of every target that the filter does not name. Does nothing after `close`.
    pub fn set_level(&self, level: Level) {
        self.with_inner(|inner| {
            if inner.is_active() {
                inner.filter.set_default(level);
            }
        });
        self.filter_changed();
    }

    /// Sets the filter. Does nothing after `close`.
    pub fn set_filter(&self, filter: Filter) {
        self.with_inner(|inner| {
            if inner.is_active() {
                inner.filter.set(filter);
            }
        });
        self.filter_changed();
    }

    /// Waits until every connected consumer has acknowledged everything that was accepted before the call, at most
    /// for `timeout`; returns at once where none is connected. A consumer that goes meanwhile is no longer waited for:
    /// [`Event::ConsumerDisconnected`] says what it did not get. Blocks the calling thread.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout), and [`Error::pending`] says how many entries the slowest consumer
    /// still waits for; [`Closed`](crate::ErrorKind::Closed) after `close`, and where one overtakes it.
    pub fn flush(&self, timeout: Duration) -> Result<()> {
        self.flush_to(self.position(), timeout)
    }

    /// Delivers what is logged, and ends everything.
    ///
    /// It waits, at most for `timeout`, until every consumer that is connected or announced has everything. If the first
    /// registration is still under way, it waits for that, and for the announcement of consumers: `logrtc serve` says how
    /// many there are; with any other server, 250 ms without an announcement mean that there are none. So the entries of a
    /// short program reach a page that is open, and a program without a reader ends at once. Then it ends each channel and
    /// waits for its other end (RFC 8831 §6.7).
    ///
    /// When it returns, no thread, task or socket of the producer is left, except a thread that hangs in the system's name
    /// resolution, which ends with it. It takes at most 200 ms beyond `timeout`. Later log calls are counted and do nothing.
    /// Closing again does nothing. Blocks the calling thread.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) if a consumer did not receive everything, or if another thread is closing the
    /// producer and takes longer than `timeout`. The producer is closed all the same.
    pub fn close(&self, timeout: Duration) -> Result<()> {
        match self.existing() {
            Some(inner) => {
                let closed = inner.close(timeout);
                self.filter_changed();
                closed
            }
            // A child that has logged nothing has nothing to end; and after this nothing begins.
            None => {
                self.origin().successor(true);
                Ok(())
            }
        }
    }

    /// Where the producer stands with its signaling server.
    pub fn state(&self) -> State {
        match self.existing() {
            Some(inner) => inner.observers.state(),
            None if self.origin().is_closed() => State::Closed,
            None if !self.origin().child_logs() => State::Disabled,
            None => State::Connecting,
        }
    }

    /// Why the signaling server cannot be reached, or what it last complained about; `None` once it takes the producer.
    pub fn last_error(&self) -> Option<String> {
        self.existing().and_then(|inner| inner.observers.last_error())
    }

    /// Waits until the channel to a consumer is open, at most for `timeout`. Returns false at the timeout, and at once if
    /// the producer is closed or disabled. Blocks the calling thread.
    pub fn wait_for_consumer(&self, timeout: Duration) -> bool {
        self.with_inner(|inner| inner.is_active() && inner.journal.wait_for_cursor(timeout))
    }

    /// What has happened so far.
    pub fn stats(&self) -> Stats {
        self.existing().map(|inner| inner.stats()).unwrap_or_default()
    }

    /// The present state, and the events from now on, to the end of `close`. Never blocks the producer: if 256 events are
    /// queued, further events are dropped; the latest state is still delivered.
    pub fn subscribe(&self) -> Receiver<Event> {
        self.with_inner(|inner| inner.observers.subscribe())
    }

    pub(crate) fn count_filtered(&self) -> Outcome {
        self.with_inner(Inner::unwanted)
    }

    #[inline]
    pub(crate) fn enabled_for_any_target(&self, level: Level) -> bool {
        match self.existing() {
            Some(inner) => Rank::from(level) >= inner.filter.floor(),
            None => self.origin().child_logs() && Rank::from(level) >= self.origin().filter.floor(),
        }
    }

    pub(crate) fn position(&self) -> u64 {
        self.existing().map_or(0, |inner| inner.journal.totals().next)
    }

    pub(crate) fn flush_to(&self, position: u64, timeout: Duration) -> Result<()> {
        let Some(inner) = self.existing() else { return Ok(()) };
        inner.journal.flush(position, timeout).into()
    }

    /// Has `tracing` ask anew what is wanted, if a layer told it before.
    fn filter_changed(&self) {
        #[cfg(feature = "tracing")]
        self.origin().refresh_interest();
    }

    fn origin(&self) -> &Inner {
        self.inner()
    }

    /// Calls `act` with the producer of this process: the child of a fork begins its own.
    #[inline]
    fn with_inner<R>(&self, act: impl FnOnce(&Inner) -> R) -> R {
        let origin = self.origin();
        if origin.generation == fork::generation() { act(origin) } else { act(&origin.successor(false)) }
    }

    /// The producer of this process, where the child of a fork has begun one.
    #[inline]
    fn existing(&self) -> Option<Existing<'_>> {
        let origin = self.origin();
        if origin.generation == fork::generation() {
            return Some(Existing::Origin(origin));
        }
        origin.successor.load_full().filter(|known| known.generation == fork::generation()).map(Existing::Successor)
    }

    fn submit(&self, parts: &Parts<'_>) -> Outcome {
        self.with_inner(|inner| inner.submit(parts))
    }
}

impl From<Flushed> for Result<()> {
    fn from(flushed: Flushed) -> Self {
        match flushed {
            Flushed::Delivered => Ok(()),
            Flushed::Pending(pending) => Err(Error::undelivered(pending)),
            Flushed::Closed => Err(Error::closed()),
        }
    }
}

/// The producer of this process.
enum Existing<'a> {
    Origin(&'a Inner),
    Successor(Arc<Inner>),
}

impl Deref for Existing<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        match self {
            Self::Origin(inner) => inner,
            Self::Successor(inner) => inner,
        }
    }
}

impl Clone for Producer {
    fn clone(&self) -> Self {
        Self::handle(Arc::clone(self.inner()), self.keeps_open)
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        let origin = self.origin.take().expect("it is dropped once");
        let is_last = self.keeps_open && origin.handles.fetch_sub(1, Ordering::AcqRel) == 1;
        let is_own = origin.generation == fork::generation();
        if is_last {
            let successor = origin.successor.load_full().filter(|known| known.generation == fork::generation());
            let closing = if is_own { Some(&*origin) } else { successor.as_deref() };
            if let Some(inner) = closing {
                inner.abandon();
                #[cfg(feature = "tracing")]
                origin.refresh_interest();
            }
        }
        if !is_own {
            // What is the parent's must not be dropped in its child.
            std::mem::forget(origin);
        }
    }
}

impl fmt::Debug for Producer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Producer").field("config", &self.origin().config).field("state", &self.state()).finish()
    }
}

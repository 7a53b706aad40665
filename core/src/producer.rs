//! The handle that a program logs with.

mod flush_then;
mod record;

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use chrono::Utc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub use record::Record;

use crate::config::Config;
use crate::consumer::peer::PeerContext;
use crate::consumer::table::ConsumerTable;
use crate::consumer::{Consumers, ice_servers};
use crate::entry::{self, Entry, Parts};
use crate::error::{Error, Result};
use crate::filter::{Filter, LiveFilter};
use crate::fork;
use crate::journal::{Append, SharedJournal};
use crate::level::Level;
use crate::observe::{Event, Observers, State};
use crate::runtime::OwnRuntime;
use crate::signaling::client::Client;
use crate::stats::{Counters, Stats};

/// How long the peers and the signaling connection may take to close, after the last entry.
const ENDING_TIMEOUT: Duration = Duration::from_millis(150);

/// What a thread keeps for the encoding of its next entry.
const MAX_SCRATCH_BYTES: usize = 4 * 1024;

/// How many messages wait between the signaling connection and the roster, and back.
const SIGNALING_QUEUE: usize = 256;

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
/// `close_timeout`.
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
#[derive(Clone)]
pub struct Producer {
    /// There until the handle is dropped.
    origin: Option<Arc<Inner>>,
}

struct Inner {
    /// Which process of a line of forks it belongs to.
    generation: u64,
    /// The producer of this process, where it is a child of the one that this belongs to.
    successor: ArcSwapOption<Inner>,
    config: Arc<Config>,
    filter: LiveFilter,
    closed: AtomicBool,
    journal: Arc<SharedJournal>,
    observers: Arc<Observers>,
    counters: Arc<Counters>,
    table: Arc<ConsumerTable>,
    running: Mutex<Option<Running>>,
    /// Whether everything that ran has ended.
    ended: Mutex<bool>,
    end: Condvar,
}

/// What runs until `close`.
struct Running {
    runtime: OwnRuntime,
    shutdown: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Producer {
    /// Starts a producer, and returns at once: it connects, registers and reconnects by itself, and trouble with that
    /// shows in [`state`](Self::state). What is logged before a consumer comes waits in the journal.
    ///
    /// # Errors
    /// [`Internal`](crate::ErrorKind::Internal) where the system gives no threads.
    pub fn connect(config: Config) -> Result<Self> {
        Ok(Self { origin: Some(Arc::new(Inner::new(config)?)) })
    }

    /// Logs at [`Level::Debug`].
    pub fn debug(&self, target: &str, message: &str) {
        self.log(Level::Debug, target, message).send();
    }

    /// Logs at [`Level::Info`].
    pub fn info(&self, target: &str, message: &str) {
        self.log(Level::Info, target, message).send();
    }

    /// Logs at [`Level::Warn`].
    pub fn warn(&self, target: &str, message: &str) {
        self.log(Level::Warn, target, message).send();
    }

    /// Logs at [`Level::Error`].
    pub fn error(&self, target: &str, message: &str) {
        self.log(Level::Error, target, message).send();
    }

    /// Begins an entry with fields or a span; [`Record::send`] logs it. Costs next to nothing where it is not wanted.
    pub fn log<'a>(&'a self, level: Level, target: &'a str, message: &'a str) -> Record<'a> {
        Record::new(self, level, target, message)
    }

    /// Logs a whole entry.
    pub fn send(&self, entry: &Entry) -> Outcome {
        if self.enabled(entry.level, &entry.target) {
            self.submit(&entry.parts(Utc::now()))
        } else {
            self.count_filtered()
        }
    }

    /// Logs a whole entry that is JSON (PROTOCOL.md §5), checked as [`Entry::from_json`] does.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the key.
    pub fn send_json(&self, json: &str) -> Result<Outcome> {
        let entry = entry::parse(json)?;
        Ok(if self.enabled(entry.level, &entry.target) { self.submit(&entry.parts()) } else { self.count_filtered() })
    }

    /// Counts an entry that [`enabled`](Self::enabled) said no to, and that was therefore never made: a second question
    /// may have another answer.
    pub fn count_filtered(&self) -> Outcome {
        self.with_inner(Inner::unwanted)
    }

    /// Whether an entry of `level` and `target` would be logged: one atomic load where none of that level would.
    #[inline]
    pub fn enabled(&self, level: Level, target: &str) -> bool {
        match self.existing() {
            Some(inner) => inner.filter.enabled(level, target),
            None => self.origin().child_logs() && self.origin().filter.enabled_without_waiting(level, target),
        }
    }

    /// Whether an entry of `level` and any target at all would be logged: one atomic load.
    #[inline]
    pub fn enabled_for_any_target(&self, level: Level) -> bool {
        match self.existing() {
            Some(inner) => inner.filter.enabled_for_any_target(level),
            None => self.origin().child_logs() && self.origin().filter.enabled_for_any_target(level),
        }
    }

    /// Sets the level of every target that the filter does not name. Does nothing after `close`.
    pub fn set_level(&self, level: Level) {
        self.with_inner(|inner| {
            if inner.is_active() {
                inner.filter.set_default(level);
            }
        });
    }

    /// Sets the filter. Does nothing after `close`.
    pub fn set_filter(&self, filter: Filter) {
        self.with_inner(|inner| {
            if inner.is_active() {
                inner.filter.set(filter);
            }
        });
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

    /// How many entries were accepted so far: what [`flush`](Self::flush) waits for.
    pub fn position(&self) -> u64 {
        self.existing().map_or(0, |inner| inner.journal.totals().accepted)
    }

    /// Does the same as [`flush`](Self::flush) for what was accepted before `position`, an earlier answer of
    /// [`position`](Self::position): so a wait can be done in parts, with other things in between.
    ///
    /// # Errors
    /// Those of [`flush`](Self::flush).
    pub fn flush_to(&self, position: u64, timeout: Duration) -> Result<()> {
        let Some(inner) = self.existing() else { return Ok(()) };
        if inner.is_closed() {
            return Err(Error::closed());
        }
        match inner.journal.flush(position, timeout) {
            0 => Ok(()),
            _ if inner.is_closed() => Err(Error::closed()),
            pending => Err(Error::undelivered(pending)),
        }
    }

    /// Flushes, at most for `timeout`, and ends everything: when it returns, no thread, task or socket of the producer
    /// is left, but for a thread that hangs in the system's name resolution, which ends with it. Takes up to 200 ms
    /// beyond `timeout` where a consumer is connected, and next to nothing where none is.
    ///
    /// Later log calls are counted and do nothing. Closing again does nothing. Blocks the calling thread.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) where a consumer did not get everything, and the producer is closed all the
    /// same; or where another thread is closing it and takes longer than `timeout`.
    pub fn close(&self, timeout: Duration) -> Result<()> {
        match self.existing() {
            Some(inner) => inner.close(timeout),
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

    /// What has happened so far.
    pub fn stats(&self) -> Stats {
        self.existing().map(|inner| inner.stats()).unwrap_or_default()
    }

    /// The present state, and the events from now on, to the end of `close`. Never holds the producer up: who does not read loses the events beyond
    /// the 256th, but for the last state.
    pub fn subscribe(&self) -> Receiver<Event> {
        self.with_inner(|inner| inner.observers.subscribe())
    }

    fn origin(&self) -> &Inner {
        self.origin.as_deref().expect("it is there until the drop")
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

impl Drop for Producer {
    fn drop(&mut self) {
        let origin = self.origin.take().expect("it is dropped once");
        if origin.generation == fork::generation() {
            return;
        }
        // The last handle in a child closes the child's own producer, and lets what is the parent's be.
        if let Some(origin) = Arc::into_inner(origin) {
            let successor = origin.successor.swap(None);
            std::mem::forget(origin);
            match successor {
                Some(own) if own.generation == fork::generation() => drop(own),
                other => std::mem::forget(other),
            }
        }
    }
}

impl fmt::Debug for Producer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Producer").field("config", &self.origin().config).field("state", &self.state()).finish()
    }
}

impl Inner {
    fn new(config: Config) -> Result<Self> {
        let config = Arc::new(config);
        let disabled = config.disabled;
        let filter = if disabled { Filter::off() } else { config.filter.clone() };
        let inner = Self {
            generation: fork::generation(),
            successor: ArcSwapOption::empty(),
            filter: LiveFilter::new(filter),
            closed: AtomicBool::new(false),
            journal: Arc::new(SharedJournal::new(config.limits, config.overflow)),
            observers: Arc::new(Observers::new(if disabled { State::Disabled } else { State::Connecting })),
            counters: Arc::new(Counters::default()),
            table: Arc::new(ConsumerTable::default()),
            running: Mutex::new(None),
            ended: Mutex::new(disabled),
            end: Condvar::new(),
            config,
        };
        if !disabled {
            *inner.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(inner.start()?);
        }
        Ok(inner)
    }

    /// The producer of this process, where it is the child of a fork: made where it has none yet, closed from the
    /// beginning where `closed` says so.
    fn successor(&self, closed: bool) -> Arc<Self> {
        let generation = fork::generation();
        loop {
            let known = self.successor.load_full();
            if let Some(known) = &known
                && known.generation == generation
            {
                return Arc::clone(known);
            }
            let closed = closed || self.is_closed();
            let mut config = self.config.in_child(std::process::id());
            config.disabled |= closed;
            config.filter = self.filter.snapshot().unwrap_or(config.filter);
            let disabled = Config { disabled: true, ..config.clone() };
            // A child that gets no threads goes without its log.
            let made = Self::new(config).or_else(|_| Self::new(disabled)).expect("nothing is started where it is off");
            if closed {
                made.closed.store(true, Ordering::Release);
                made.observers.set_state(State::Closed);
            }
            self.successor.compare_and_swap(&known, Some(Arc::new(made)));
            // What a parent's producer is made of must not be dropped here, either.
            std::mem::forget(known);
        }
    }

    fn start(&self) -> Result<Running> {
        let runtime = OwnRuntime::start()?;
        let (shutdown, stop) = watch::channel(false);
        let (to_roster, incoming) = mpsc::channel(SIGNALING_QUEUE);
        let (to_server, outgoing) = mpsc::channel(SIGNALING_QUEUE);
        let (ice_servers, lookup) =
            ice_servers::new(Arc::clone(&self.config), Arc::clone(&self.counters), stop.clone());
        let context = PeerContext {
            journal: Arc::clone(&self.journal),
            config: Arc::clone(&self.config),
            ice_servers,
            server_is_local: is_local(&self.config.url),
            outgoing: to_server,
            observers: Arc::clone(&self.observers),
            counters: Arc::clone(&self.counters),
            table: Arc::clone(&self.table),
        };
        let consumers = Consumers::new(context, self.config.max_consumers, incoming, stop.clone());
        let client = Client {
            config: Arc::clone(&self.config),
            session: new_session(),
            observers: Arc::clone(&self.observers),
            counters: Arc::clone(&self.counters),
            incoming: to_roster,
            outgoing,
            shutdown: stop,
        };
        let tasks = vec![runtime.spawn(lookup.run()), runtime.spawn(consumers.run()), runtime.spawn(client.run())];
        Ok(Running { runtime, shutdown, tasks })
    }

    fn unwanted(&self) -> Outcome {
        if self.closed.load(Ordering::Acquire) {
            self.counters.after_close.increment();
            Outcome::Closed
        } else {
            self.counters.filtered.increment();
            Outcome::Filtered
        }
    }

    fn submit(&self, parts: &Parts<'_>) -> Outcome {
        // The child of a fork asks the filter before it knows that it is to log nothing.
        if self.config.disabled {
            return self.unwanted();
        }
        thread_local! {
            static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        // Encoded in a place of its own first: nobody waits for the journal meanwhile.
        let submit = |scratch: &mut Vec<u8>| {
            entry::encode(scratch, parts, self.config.max_entry_bytes);
            let appended = self.journal.append(scratch);
            // One long entry is not to cost its thread that much memory for ever.
            scratch.clear();
            scratch.shrink_to(MAX_SCRATCH_BYTES);
            appended
        };
        // At the very end of a thread that place is gone, and what ends with the thread may still log.
        let appended =
            SCRATCH.try_with(|scratch| submit(&mut scratch.borrow_mut())).unwrap_or_else(|_| submit(&mut Vec::new()));
        match appended {
            Append::Accepted => Outcome::Accepted,
            Append::Refused => Outcome::Dropped,
            Append::Closed => {
                self.counters.after_close.increment();
                Outcome::Closed
            }
        }
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether the child of a fork would begin a producer in the place of this one. No lock: it may be held for ever.
    fn child_logs(&self) -> bool {
        !self.is_closed() && !self.config.disabled && self.config.fork == fork::Fork::Restart
    }

    fn is_active(&self) -> bool {
        !self.is_closed() && !self.config.disabled
    }

    fn close(&self, timeout: Duration) -> Result<()> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.closed.store(true, Ordering::Release);
        self.filter.set(Filter::off());
        self.journal.close();
        let Some(running) = running else {
            // Who closes second finds everything ended, too, where that takes no longer than it may.
            if !self.wait_for_end(timeout) {
                return Err(Error::closing());
            }
            // One that is switched off has nothing else to end.
            self.observers.set_state(State::Closed);
            self.observers.end();
            return Ok(());
        };
        let flushed = match self.journal.flush_closed(timeout) {
            0 => Ok(()),
            pending => Err(Error::undelivered(pending)),
        };
        self.observers.set_state(State::Closed);
        running.shutdown.send_replace(true);
        running.runtime.end(running.tasks, ENDING_TIMEOUT, || self.counters.running_lookups.get() > 0);
        self.journal.clear();
        self.observers.end();
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.end.notify_all();
        flushed
    }

    /// Whether everything has ended, at the latest when the time is over.
    fn wait_for_end(&self, timeout: Duration) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = timeout.saturating_add(ENDING_TIMEOUT).min(Duration::from_secs(24 * 60 * 60));
        let (ended, _) =
            self.end.wait_timeout_while(ended, limit, |ended| !*ended).unwrap_or_else(PoisonError::into_inner);
        *ended
    }

    fn stats(&self) -> Stats {
        let totals = self.journal.totals();
        let counters = &self.counters;
        Stats {
            accepted: totals.accepted,
            filtered: counters.filtered.get(),
            refused: totals.refused,
            after_close: counters.after_close.get(),
            retained_entries: totals.retained_entries,
            retained_bytes: totals.retained_bytes,
            registrations: counters.registrations.get(),
            unknown_messages: counters.unknown_messages.get(),
            malformed_messages: counters.malformed_messages.get(),
            consumers_opened: counters.consumers_opened.get(),
            consumers_failed: counters.consumers_failed.get(),
            consumers_refused: counters.consumers_refused.get(),
            answers_refused: counters.answers_refused.get(),
            candidates_refused: counters.candidates_refused.get(),
            open_sockets: counters.open_sockets.get(),
            running_tasks: counters.running_tasks.get(),
            consumers: self.table.stats(&self.journal),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What did not arrive within the limit is lost with the handle that could have told it.
        let _ = self.close(self.config.close_timeout);
    }
}

/// Tells one run of one program from another: 128 bits, in hexadecimal. Not secret.
///
/// The children of a fork inherit the state of every generator, so the process and the time are part of the seed.
fn new_session() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seed = fastrand::u64(..) ^ u64::from(std::process::id()).rotate_left(32) ^ u64::from(now.subsec_nanos());
    format!("{:032x}", fastrand::Rng::with_seed(seed).u128(..))
}

fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

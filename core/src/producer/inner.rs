//! What a producer is made of, and what runs until it closes.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Outcome, session};
use crate::config::Config;
use crate::consumer::Consumers;
use crate::consumer::arrivals::{Arrivals, Expected};
use crate::consumer::deflate::Frames;
use crate::consumer::peer::PeerContext;
use crate::consumer::table::ConsumerTable;
use crate::diagnostics;
use crate::entry::{self, Parts};
use crate::error::{Error, Result};
use crate::filter::{Filter, LiveFilter};
use crate::fork;
use crate::journal::{Append, Replay, SharedJournal};
use crate::observe::{Observers, State};
use crate::runtime::OwnRuntime;
use crate::signaling::client::Client;
use crate::signaling::trouble::{self, Trouble};
use crate::stats::{Counters, Stats};
use crate::webrtc::ice_servers;
use crate::webrtc::ports::Ports;

/// How long the consumers may take to end their side of their channel, after the last entry: what is left of the timeout, but
/// not less than the one, nor more than the other.
const MIN_FAREWELL: Duration = Duration::from_millis(50);
const MAX_FAREWELL: Duration = Duration::from_millis(500);

/// How long the peers and the signaling connection may take to close, after that.
const ENDING_TIMEOUT: Duration = Duration::from_millis(100);

/// No end waits longer than this.
const MAX_LINGER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a thread keeps for the encoding of its next entry.
const MAX_SCRATCH_BYTES: usize = 4 * 1024;

/// The share of the journal's bytes that compressed frames may take beside it: one in so many.
const FRAMES_SHARE: usize = 4;

/// How many messages wait between the signaling connection and the consumers, and back.
const SIGNALING_QUEUE: usize = 256;

pub(super) struct Inner {
    /// Which process of a line of forks it belongs to.
    pub(super) generation: u64,
    /// The producer of this process, where it is a child of the one that this belongs to.
    pub(super) successor: ArcSwapOption<Inner>,
    /// How many handles keep it open.
    pub(super) handles: AtomicUsize,
    pub(super) config: Arc<Config>,
    pub(super) filter: LiveFilter,
    pub(super) closed: AtomicBool,
    /// Whether the last handle was dropped before anything was logged.
    pub(super) abandoned_early: AtomicBool,
    /// Whether a layer of `tracing` has told it what this producer wants.
    #[cfg(feature = "tracing")]
    pub(super) has_layer: AtomicBool,
    pub(super) journal: Arc<SharedJournal>,
    pub(super) observers: Arc<Observers>,
    pub(super) counters: Arc<Counters>,
    pub(super) table: Arc<ConsumerTable>,
    pub(super) arrivals: Arc<Arrivals>,
    pub(super) running: Mutex<Option<Running>>,
    /// Whether everything that ran has ended.
    pub(super) ended: Mutex<bool>,
    pub(super) end: Condvar,
}

/// What runs until `close`.
pub(super) struct Running {
    pub(super) runtime: OwnRuntime,
    pub(super) shutdown: watch::Sender<Option<Instant>>,
    pub(super) tasks: Vec<JoinHandle<()>>,
}

impl Inner {
    pub(super) fn new(config: Config) -> Result<Self> {
        let config = Arc::new(config);
        let disabled = config.disabled;
        let filter = if disabled { Filter::off() } else { config.filter.clone() };
        let inner = Self {
            generation: fork::generation(),
            successor: ArcSwapOption::empty(),
            handles: AtomicUsize::new(0),
            filter: LiveFilter::new(filter),
            closed: AtomicBool::new(false),
            abandoned_early: AtomicBool::new(false),
            #[cfg(feature = "tracing")]
            has_layer: AtomicBool::new(false),
            journal: Arc::new(SharedJournal::new(config.limits, config.overflow)),
            observers: Arc::new(Observers::new(if disabled { State::Disabled } else { State::Connecting })),
            counters: Arc::new(Counters::default()),
            table: Arc::new(ConsumerTable::default()),
            arrivals: Arc::new(Arrivals::new()),
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
    pub(super) fn successor(&self, closed: bool) -> Arc<Self> {
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
        let (shutdown, stop) = watch::channel(None);
        let (to_consumers, incoming) = mpsc::channel(SIGNALING_QUEUE);
        let (to_server, outgoing) = mpsc::channel(SIGNALING_QUEUE);
        let (ice_servers, lookup) =
            ice_servers::new(Arc::clone(&self.config), Arc::clone(&self.counters), stop.clone());
        let session = session::new()?;
        let context = PeerContext {
            journal: Arc::clone(&self.journal),
            frames: Arc::new(Frames::new(self.config.limits.bytes / FRAMES_SHARE)),
            turns: Arc::default(),
            session_mark: session::mark(&session),
            config: Arc::clone(&self.config),
            ice_servers: ice_servers.clone(),
            ports: Ports::new(Arc::clone(&self.config)),
            outgoing: to_server,
            observers: Arc::clone(&self.observers),
            counters: Arc::clone(&self.counters),
            table: Arc::clone(&self.table),
            arrivals: Arc::clone(&self.arrivals),
            shutdown: stop.clone(),
        };
        let consumers = Consumers::new(context, self.config.max_consumers, incoming, stop.clone());
        let client = Client {
            config: Arc::clone(&self.config),
            session,
            observers: Arc::clone(&self.observers),
            counters: Arc::clone(&self.counters),
            incoming: to_consumers,
            outgoing,
            arrivals: Arc::clone(&self.arrivals),
            ice_servers,
            table: Arc::clone(&self.table),
            trouble: Trouble::default(),
            is_confirmed: false,
            is_flood_reported: false,
            shutdown: stop,
        };
        let journal = Arc::clone(&self.journal);
        let publisher = runtime.spawn(async move { journal.keep_publishing().await });
        // It ends with the last of the others, who read what it publishes.
        let end = publisher.abort_handle();
        let consumers = async move {
            consumers.run().await;
            end.abort();
        };
        let tasks = vec![publisher, runtime.spawn(lookup.run()), runtime.spawn(consumers), runtime.spawn(client.run())];
        Ok(Running { runtime, shutdown, tasks })
    }

    pub(super) fn unwanted(&self) -> Outcome {
        if self.closed.load(Ordering::Acquire) {
            self.counters.after_close.increment();
            Outcome::Closed
        } else {
            self.counters.filtered.increment();
            Outcome::Filtered
        }
    }

    pub(super) fn submit(&self, parts: &Parts<'_>) -> Outcome {
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
            let appended = self.journal.append(parts.level, parts.target, scratch);
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

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether the child of a fork would begin a producer in the place of this one. No lock: it may be held for ever.
    pub(super) fn child_logs(&self) -> bool {
        !self.is_closed() && !self.config.disabled && self.config.fork == fork::Fork::Restart
    }

    pub(super) fn is_active(&self) -> bool {
        !self.is_closed() && !self.config.disabled
    }

    pub(super) fn close(&self, timeout: Duration) -> Result<()> {
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
        let since = Instant::now();
        let flushed = match self.linger(timeout) {
            0 => Ok(()),
            pending => {
                self.warn(trouble::undelivered(pending));
                Err(Error::undelivered(pending))
            }
        };
        self.observers.set_state(State::Closed);
        let farewell = timeout.saturating_sub(since.elapsed()).clamp(MIN_FAREWELL, MAX_FAREWELL);
        running.shutdown.send_replace(Some(Instant::now() + farewell));
        running.runtime.end(running.tasks, farewell + ENDING_TIMEOUT, || self.counters.running_lookups.get() > 0);
        self.journal.clear();
        self.observers.end();
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.end.notify_all();
        flushed
    }

    /// Closes it for a handle that is dropped: an error has nobody to go to.
    pub(super) fn abandon(&self) {
        if self.is_active() && self.journal.totals().accepted == 0 {
            self.abandoned_early.store(true, Ordering::Relaxed);
        }
        let _ = self.close(self.config.close_timeout);
    }

    fn warn(&self, message: String) {
        diagnostics::warn_user(&self.config.client_id, message, self.config.on_diagnostic.as_ref());
    }

    /// Waits until everybody who is connected or about to be has everything, at most for `timeout`. Returns how many
    /// entries the one that lacks most of them lacks then.
    fn linger(&self, timeout: Duration) -> u64 {
        let deadline = std::time::Instant::now() + timeout.min(MAX_LINGER);
        let totals = self.journal.totals();
        let has_something_for_arrivals = totals.retained_entries > 0 && self.config.replay != Replay::None;
        loop {
            let expected = if has_something_for_arrivals { self.arrivals.wait(deadline) } else { Expected::Nobody };
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            let pending = self.journal.flush_closed(left);
            match expected {
                // Meanwhile others may have come.
                Expected::Nobody if has_something_for_arrivals && pending == 0 && self.arrivals.is_expected() => {}
                Expected::Nobody | Expected::Listener => return pending,
                Expected::Somebody => return pending.max(totals.retained_entries as u64),
                Expected::Unknown(registered) => {
                    if registered.is_none() && !timeout.is_zero() {
                        self.warn(trouble::unanswered(&self.config.url, totals.retained_entries));
                    }
                    return pending;
                }
            }
        }
    }

    /// Whether everything has ended, at the latest when the time is over.
    fn wait_for_end(&self, timeout: Duration) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = timeout.saturating_add(MIN_FAREWELL + ENDING_TIMEOUT).min(MAX_LINGER);
        let (ended, _) =
            self.end.wait_timeout_while(ended, limit, |ended| !*ended).unwrap_or_else(PoisonError::into_inner);
        *ended
    }

    pub(super) fn stats(&self) -> Stats {
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
            proofs_refused: counters.proofs_refused.get(),
            candidates_refused: counters.candidates_refused.get(),
            ignored_messages: counters.ignored_messages.get(),
            open_sockets: counters.open_sockets.get(),
            running_tasks: counters.running_tasks.get(),
            consumers: self.table.stats(&self.journal),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.abandon();
    }
}

//! A consumer in Rust: finds the producers of a signaling server, and receives their log entries.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use logrtc_viewer::consumer::{Consumer, Event, Options};
//!
//! let mut consumer = Consumer::connect(Options::new("ws://localhost:8080/signaling".parse()?));
//! while let Some(event) = consumer.next().await {
//!     if let Event::Entries { producer, entries, .. } = event {
//!         entries.iter().for_each(|entry| println!("{producer} {entry}"));
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub(crate) mod addresses;
mod asking;
mod channel_message;
mod connection;
mod entries;
mod extension;
pub(crate) mod ice_servers;
pub(crate) mod message;
mod peer;
#[cfg(feature = "cli")]
pub(crate) mod probe;
mod proof;
mod receiver;
mod registry;
mod shell;
pub(crate) mod signaling;

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use url::Url;

pub use entries::Entries;
use extension::Fetch;
pub use extension::{FetchError, GapReason, InvalidSelection, Selection, Start, Status, Welcome};
pub use proof::{InvalidSecret, ProofFailure, Secret};
pub use registry::ChannelEnd;
pub use signaling::Failure;

use crate::ice_servers::IceServer;

/// How many events wait for the user. Entries among them are of about 64 KiB at most.
const EVENTS: usize = 64;

/// How many fetches wait until they are looked at.
const FETCHES: usize = 16;

/// What a consumer is made with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The URL of the signaling server, with the scheme `ws` or `wss`.
    pub url: Url,
    /// The one producer that is wanted, by `client_id` or by id. All of them, by default.
    pub producer: Option<String>,
    /// A bearer token for the signaling server.
    pub token: Option<String>,
    /// What producers have to prove that they have, and this consumer proves to them: a secret that the signaling server does
    /// not know. Nothing is read from a producer that does not.
    pub secret: Option<Secret>,
    /// STUN and TURN servers beside those of the signaling server; an empty list means none at all. By default those of the
    /// signaling server, or the protocol's default if it names none. Without any, a path through a NAT may not be found.
    pub ice_servers: Option<Vec<IceServer>>,
    /// Whether to connect through a TURN server alone; false by default.
    pub relay_only: bool,
    /// Which entries are asked for; all, by default. A producer of the base protocol sends all of them nevertheless.
    pub selection: Selection,
    /// Where the log of each session begins; where the producer likes, by default. A producer of the base protocol begins where it
    /// likes, and so does one that has been told to show nothing older than its reader.
    pub start: Option<Start>,
}

impl Options {
    /// All producers of the server at `url`.
    pub fn new(url: Url) -> Self {
        let selection = Selection::default();
        Self {
            url,
            producer: None,
            token: None,
            secret: None,
            ice_servers: None,
            relay_only: false,
            selection,
            start: None,
        }
    }
}

/// What happens to a consumer. For one producer, `Opened`, `Entries`, `Gap` and `Closed` come in the order in which they
/// happen. An `Opened` without a `Closed` before it is another channel, which replaces the one before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The consumer is registered with the server.
    Registered,
    /// The server cannot be reached, or no longer. The next attempt follows within 5 seconds, for ever.
    ServerLost(Failure),
    /// The server reports an error.
    ServerError(String),
    /// The server announces a producer; a channel follows as a rule.
    Announced {
        /// The id of the producer.
        producer: Arc<str>,
    },
    /// The server says that a producer is gone. Its channel may live on.
    Withdrawn {
        /// The id of the producer.
        producer: Arc<str>,
    },
    /// The channel to a producer is open: its history follows, then what it logs.
    Opened {
        /// The id of the producer.
        producer: Arc<str>,
        /// The mark of its process, if the server or the producer tells one.
        session: Option<Arc<str>>,
        /// What a producer that numbers its entries says of them. With it, every number from `from` on, or from where an
        /// earlier channel of the session ended, comes exactly once: in `Entries` or in a `Gap`. Without it, the
        /// producer speaks the base protocol, and every channel brings the whole history.
        welcome: Option<Box<Welcome>>,
    },
    /// Nothing is read from a producer, because it and this consumer have not proved to each other that they have the same
    /// secret. Comes again with each offer of the producer.
    Unproved {
        /// The id of the producer.
        producer: Arc<str>,
        /// Why.
        failure: ProofFailure,
    },
    /// Entries have arrived.
    Entries {
        /// The id of the producer.
        producer: Arc<str>,
        /// The entries. They may be none, and account for numbers that a filter left out.
        entries: Entries,
        /// How many messages could not be read.
        malformed: usize,
    },
    /// Entries are lost.
    Gap {
        /// The id of the producer.
        producer: Arc<str>,
        /// The sequence number of the first of them.
        first: u64,
        /// The sequence number of the last of them.
        last: u64,
        /// Why they are.
        reason: GapReason,
    },
    /// What a producer counts, at most once a second while something changes.
    Status {
        /// The id of the producer.
        producer: Arc<str>,
        /// The counts.
        status: Status,
    },
    /// A producer selects by [`Consumer::set_filter`].
    FilterApplied {
        /// The id of the producer.
        producer: Arc<str>,
        /// What `set_filter` returned.
        id: u64,
        /// The first sequence number that it is applied to.
        first: u64,
    },
    /// A producer cannot do what it was asked for, as where it does not know a level in a filter.
    RequestFailed {
        /// The id of the producer.
        producer: Arc<str>,
        /// What `set_filter` returned, if the producer tells.
        id: Option<u64>,
        /// Its words.
        message: String,
    },
    /// Entries of [`Consumer::fetch`].
    Fetched {
        /// The id of the producer.
        producer: Arc<str>,
        /// What `fetch` returned.
        id: u64,
        /// The entries.
        entries: Entries,
    },
    /// The end of what [`Consumer::fetch`] asked for.
    FetchEnded {
        /// The id of the producer.
        producer: Arc<str>,
        /// What `fetch` returned.
        id: u64,
        /// How many of the numbers the producer no longer holds, or why the fetch failed.
        missing: Result<u64, FetchError>,
    },
    /// The channel to a producer has ended.
    Closed {
        /// The id of the producer.
        producer: Arc<str>,
        /// How it ended.
        how: ChannelEnd,
    },
}

/// A consumer. It registers, connects to every producer, and connects again whatever is lost, until it is dropped.
///
/// While [`Consumer::next`] is not called, it takes a bounded amount of memory and holds the producers back; a producer
/// of the base protocol that is held back for long ends the channel, and another one is made.
pub struct Consumer {
    events: mpsc::Receiver<Event>,
    selection: watch::Sender<(u64, Selection)>,
    fetches: mpsc::Sender<(String, Fetch)>,
    last_id: AtomicU64,
    shell: JoinHandle<()>,
}

impl Consumer {
    /// Begins to connect. Must be called within a tokio runtime.
    pub fn connect(options: Options) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let (selection, selected) = watch::channel((0, options.selection.clone()));
        let (fetches, to_fetch) = mpsc::channel(FETCHES);
        let shell = tokio::spawn(shell::run(options, sender, selected, to_fetch));
        Self { events, selection, fetches, last_id: AtomicU64::new(0), shell }
    }

    /// The next event. Cancelling loses none.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Asks every producer, now and later, for other entries than so far. What is on the way comes as it is.
    ///
    /// Returns the id of [`Event::FilterApplied`] or [`Event::RequestFailed`], which each producer with an open channel
    /// responds with, unless another filter follows at once, or it speaks the base protocol.
    pub fn set_filter(&self, selection: Selection) -> u64 {
        let id = self.new_id();
        self.selection.send_replace((id, selection));
        id
    }

    /// Asks a producer for what it still holds of the entries with these sequence numbers, as where a filter left them
    /// out before. Fetches of one producer are done one after another.
    ///
    /// Returns the id under which they come: [`Event::Fetched`] for each part of them, in their order, and then
    /// [`Event::FetchEnded`]. Other events come in between.
    pub async fn fetch(&self, producer: &str, numbers: RangeInclusive<u64>, selection: Selection) -> u64 {
        let id = self.new_id();
        // It fails only if the shell has panicked, which ends the events.
        let _ = self.fetches.send((producer.to_owned(), Fetch { id, numbers, selection })).await;
        id
    }

    fn new_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Ends every connection, and waits for that.
    pub async fn close(self) {
        drop(self.events);
        // It fails only if it panicked, which has been reported.
        let _ = self.shell.await;
    }
}

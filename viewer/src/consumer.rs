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

mod addresses;
mod connection;
mod decode;
mod message;
mod peer;
mod registry;
mod shell;
mod signaling;
mod stun;

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

pub use registry::ChannelEnd;
pub use signaling::Failure;

/// How many events wait for the user. Batches among them are of about 64 KiB at most.
const EVENTS: usize = 64;

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
    /// Whether the STUN server of the protocol is used. Without it, a path through a NAT may not be found.
    pub use_stun: bool,
}

impl Options {
    /// All producers of the server at `url`.
    pub fn new(url: Url) -> Self {
        Self { url, producer: None, token: None, use_stun: true }
    }
}

/// What happens to a consumer. For one producer, `Opened`, `Entries` and `Closed` come in the order in which they
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
        /// The mark of its process, if the server tells one.
        session: Option<Arc<str>>,
    },
    /// Entries have arrived.
    Entries {
        /// The id of the producer.
        producer: Arc<str>,
        /// Each as it was sent, unread: JSON, if the producer is honest.
        entries: Vec<String>,
        /// How many messages were no text.
        malformed: usize,
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
/// that is held back for long ends the channel, and another one is made.
pub struct Consumer {
    events: mpsc::Receiver<Event>,
    shell: JoinHandle<()>,
}

impl Consumer {
    /// Begins to connect. Must be called within a tokio runtime.
    pub fn connect(options: Options) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let shell = tokio::spawn(shell::run(options, sender));
        Self { events, shell }
    }

    /// The next event. Cancelling loses none.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Ends every connection, and waits for that.
    pub async fn close(self) {
        drop(self.events);
        // It fails only if it panicked, which has been reported.
        let _ = self.shell.await;
    }
}

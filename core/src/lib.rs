//! Streams a program's structured log, live, to web pages, directly over WebRTC.
//!
//! A [`Producer`] registers with a signaling server, opens a data channel to each browser that comes, and sends it
//! every entry: the journal's history first, then what is logged.
//!
//! ```no_run
//! use logrtc::{Config, Level, Producer};
//!
//! # fn main() -> Result<(), logrtc::Error> {
//! let producer = Producer::connect(Config::builder("checkout").version("1.4.0").build()?)?;
//! producer.info("checkout::http", "listening");
//! producer
//!     .log(Level::Warn, "checkout::db", "slow query")
//!     .field("duration_ms", 812)
//!     .field("table", "orders")
//!     .send();
//! producer.close(std::time::Duration::from_secs(2))?;
//! # Ok(())
//! # }
//! ```
//!
//! # What may be relied on
//!
//! - A log call never waits on the network, never panics, and never takes more memory than the journal may have.
//! - For every consumer, at every moment: `accepted = delivered + waiting + dropped + filtered`
//!   ([`ConsumerStats::counts`]). Entries arrive in order. What is lost is counted, and told to the consumer.
//! - A slow or hostile consumer costs the others nothing. A dead signaling server touches no open channel.
//!
//! # Features
//!
//! - `tracing`: [`TracingLayer`](adapters::TracingLayer). `opentelemetry`: with the ids of `tracing-opentelemetry`.
//! - `log`: [`Logger`](adapters::Logger).
//! - `faults`: loss, delay and reordering on the producer's own sockets, for tests.
//!
//! logrtc's own diagnostics go to the [`log`](https://docs.rs/log) crate under the target `logrtc`; they, and those of
//! the WebRTC stack, never enter a journal.

#![forbid(unsafe_code)]

pub mod adapters;
mod backoff;
#[doc(hidden)]
pub mod binding;
mod config;
mod consumer;
mod diagnostics;
mod entry;
mod error;
#[cfg(feature = "faults")]
mod faults;
mod filter;
mod fork;
mod journal;
mod level;
mod message;
mod names;
mod nearest;
mod observe;
mod printable;
mod producer;
mod proof;
mod random;
mod runtime;
mod signaling;
mod stats;
mod switch;
mod token_bucket;
mod webrtc;

pub use config::{Config, ConfigBuilder, DEFAULT_ICE_SERVER, DEFAULT_URL, IceServer};
pub use diagnostics::Diagnostic;
pub use entry::{Entry, FieldValue, Fields, Span};
pub use error::{Error, ErrorKind, Result};
#[cfg(feature = "faults")]
pub use faults::Faults;
pub use filter::Filter;
pub use fork::{Fork, after_fork_in_child};
pub use journal::{Counts, Dropped, Overflow, Replay};
pub use level::Level;
pub use observe::{EndReason, Event, State};
pub use producer::{Outcome, Producer, Record};
pub use stats::{ConsumerStats, Stats};

//! From the logging libraries of Rust to a [`Producer`](crate::Producer).
//!
//! logrtc's own diagnostics are left out, and so are those of the crates below it on logrtc's own threads. Otherwise each
//! entry that is sent would cause another one.
//!
//! An adapter does not keep its producer open: the handle that the program holds does, and the last entries are delivered
//! when that is closed or dropped.

#[cfg(feature = "log")]
mod log;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "log")]
pub use self::log::Logger;
#[cfg(feature = "tracing")]
pub use self::tracing::{ProducerFilter, TracingLayer};

#[cfg(any(feature = "log", feature = "tracing"))]
fn is_our_own(target: &str) -> bool {
    is_diagnostic(target) || crate::runtime::is_own_thread()
}

/// Whether it is logrtc that speaks about itself.
#[cfg(any(feature = "log", feature = "tracing"))]
fn is_diagnostic(target: &str) -> bool {
    target == "logrtc" || target.starts_with("logrtc::")
}

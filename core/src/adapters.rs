//! From the logging libraries of Rust to a [`Producer`](crate::Producer).
//!
//! What logrtc and its WebRTC stack say about themselves is left out, or each sent entry would make the next: what
//! comes from logrtc's own threads, and what has the target `logrtc`.

#[cfg(feature = "log")]
mod log;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "log")]
pub use self::log::Logger;
#[cfg(feature = "tracing")]
pub use self::tracing::TracingLayer;

#[cfg(any(feature = "log", feature = "tracing"))]
fn is_our_own(target: &str) -> bool {
    crate::runtime::is_own_thread() || target == "logrtc" || target.starts_with("logrtc::")
}

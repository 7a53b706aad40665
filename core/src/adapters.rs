//! From the logging libraries of Rust to a [`Producer`](crate::Producer).
//!
//! What logrtc and the WebRTC stack say about themselves is left out, or each entry that is sent would make the next:
//! what comes from logrtc's own threads, and whatever has a target of `logrtc`, `webrtc`, `rtc` or `rtc_…`.

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
    let crate_name = target.split_once("::").map_or(target, |(crate_name, _)| crate_name);
    matches!(crate_name, "logrtc" | "webrtc" | "rtc")
        || crate_name.starts_with("rtc_")
        || crate::runtime::is_own_thread()
}

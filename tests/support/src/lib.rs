//! The other side of a producer, for its tests: real sockets, real DTLS.

#![forbid(unsafe_code)]

mod consumer;
mod namespace;
mod offerer;
mod peer;
mod server;

use std::time::Duration;

pub use consumer::{Consumer, hello_line};
pub use namespace::in_namespace;
pub use offerer::Offerer;
pub use server::Server;

/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Waits for `condition`, asked again and again, at most for [`DEADLINE`].
///
/// # Panics
/// Where it does not come about; `what` names it.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

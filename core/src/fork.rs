//! A process that forks: its child has none of the parent's threads, and locks that may be held for ever.
//!
//! So a child never touches what the parent's producer is made of. It makes one of its own at its first log call.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often this process is a child of a fork.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// What a producer does in the child of a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fork {
    /// The child starts a producer of its own at its first log call, as `client_id#pid`.
    Restart,
    /// The child's entries are filtered.
    Disable,
}

/// Tells logrtc that this process is the child of a fork: to be called in the child, before anything is logged, for
/// instance by `pthread_atfork`. It is async-signal-safe. The C, Python and Node packages call it by themselves.
///
/// The parent is not touched: its connections and what waits for them stay its own.
pub fn after_fork_in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// Differs between a process and its children.
pub(crate) fn generation() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

//! Forks: the core is told in every child.

use std::sync::Once;

/// From now on the children of forks know that they are.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();

    extern "C" fn in_child() {
        logrtc_core::after_fork_in_child();
    }

    ONCE.call_once(|| {
        // SAFETY: the handler is async-signal-safe, takes nothing and does not unwind. Where the system has no memory for
        // it, forks go unnoticed, and nothing else changes.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

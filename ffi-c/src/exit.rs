//! The end of the process: exit() closes the producers that are open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::Duration;

use crate::status::guard;
use crate::{handle, signals};

/// From now on exit() closes the producers that are open. What the program registers later runs
/// earlier, and may log.
///
/// `atexit` belongs to the module that it is linked into: it runs when that is unloaded, too. The shared library is never
/// unloaded (`build.rs`).
pub(crate) fn watch() {
    // No lock, because a fork would leave it held.
    static IS_REGISTERED: AtomicBool = AtomicBool::new(false);

    extern "C" fn at_exit() {
        let _ = guard(|| {
            close_all();
            Ok(())
        });
    }

    if !IS_REGISTERED.swap(true, Ordering::AcqRel) {
        // SAFETY: the handler takes nothing and does not unwind. If the system has no memory for it, producers stay open.
        unsafe { libc::atexit(at_exit) };
    }
}

/// Closes all of them at once.
fn close_all() {
    // For the threads that begin here. The one that calls exit() goes on to take signals while it waits.
    let blocked = signals::Blocked::new();
    // SAFETY: it has no conditions.
    let caller = unsafe { libc::pthread_self() };
    // On threads of their own, because the thread-local data of the one that calls exit() is gone.
    let mut closing = Vec::new();
    for handle in handle::all() {
        let Some(timeout) = handle.time_to_exit() else { continue };
        if handle.is_untouched_by_child() {
            handle.close_at_exit(Duration::ZERO, caller);
            continue;
        }
        let thread = Builder::new().name("logrtc-exit".to_owned());
        match thread.spawn(move || handle.close_at_exit(timeout, caller)) {
            Ok(started) => closing.push(started),
            // The timeouts would add up without a thread for each.
            Err(_) => handle.close_at_exit(Duration::ZERO, caller),
        }
    }
    drop(blocked);
    for thread in closing {
        // One that panicked has ended, too.
        let _ = thread.join();
    }
}

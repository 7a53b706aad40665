//! The thread that calls back, and how it ends.

use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use logrtc_core::Event;

use super::{Callbacks, Message};
use crate::status::Refusal;

/// Whether the thread has called back for the last time.
#[derive(Default)]
struct End {
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl End {
    fn set(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits for it, at most for `limit`. Returns whether it has come.
    fn wait(&self, limit: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(is_over, limit, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// The thread that calls back, until it is stopped.
pub(crate) struct CallbackThread {
    /// Not Rust's id of a thread: asking for that may panic on a thread that has lost its
    /// thread-local data, as one has that runs the handlers of `atexit`.
    id: libc::pthread_t,
    pid: u32,
    muted: Arc<AtomicBool>,
    end: Arc<End>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl CallbackThread {
    /// Starts to report `events`, and what else comes through the queue.
    pub(crate) fn start(
        callbacks: Callbacks,
        events: Receiver<Event>,
        (queue, messages): (SyncSender<Message>, Receiver<Message>),
    ) -> Result<Self, Refusal> {
        // Waits if the queue is full; the core's own queue keeps the last state meanwhile.
        let forwarder = spawn("logrtc-events", move || {
            let mut messages = events.iter().map(Message::Event).chain([Message::End]);
            // Fails when the other thread has ended.
            let _ = messages.try_for_each(|message| queue.send(message));
        })?;
        let muted = Arc::new(AtomicBool::new(false));
        let end = Arc::new(End::default());
        let handle = spawn("logrtc-callback", {
            let (muted, end) = (Arc::clone(&muted), Arc::clone(&end));
            move || {
                // Taken whole: the closure would otherwise hold the pointers inside one by one.
                let callbacks = callbacks;
                let is_muted = || muted.load(Ordering::Acquire);
                for message in &messages {
                    if is_muted() || matches!(message, Message::End) {
                        break;
                    }
                    callbacks.call(&message, is_muted);
                }
                drop(messages);
                // A thread that panicked has ended, too.
                let _ = forwarder.join();
                end.set();
            }
        })?;
        let id = handle.as_pthread_t();
        Ok(Self { id, pid: std::process::id(), muted, end, handle: Mutex::new(Some(handle)) })
    }

    /// Returns when no callback runs, and none will: at once if a callback calls this. The events
    /// must have ended.
    pub(crate) fn stop(&self) {
        // SAFETY: it has no conditions.
        let caller = unsafe { libc::pthread_self() };
        while !self.stop_within(Duration::from_secs(60), caller) {}
    }

    /// The same for a close on behalf of the thread `caller`, at most for `limit`. Returns whether
    /// it is done; a callback that still runs is the last one in any case.
    pub(crate) fn stop_within(&self, limit: Duration, caller: libc::pthread_t) -> bool {
        // The child of a fork has no such thread to wait for, and the locks may be held for ever.
        if self.pid != std::process::id() {
            return true;
        }
        if caller == self.id && !self.end.wait(Duration::ZERO) {
            self.muted.store(true, Ordering::Release);
            return true;
        }
        if !self.end.wait(limit) {
            self.muted.store(true, Ordering::Release);
            return false;
        }
        if let Some(handle) = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A callback of C does not unwind.
            let _ = handle.join();
        }
        true
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Refusal> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Refusal::internal(format!("cannot start the thread for callbacks: {error}")))
}

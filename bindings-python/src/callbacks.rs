//! Callbacks of Python, on a thread of their own: no thread of the core ever waits for the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use logrtc::{Event, State};
use pyo3::prelude::*;

use crate::errors::Refusal;

/// The name of a state.
pub(crate) fn state_name(state: State) -> &'static str {
    match state {
        State::Connecting => "connecting",
        State::Registered => "registered",
        State::Abandoned => "abandoned",
        State::Closed => "closed",
        State::Disabled => "disabled",
        // A state that is not known here yet is one between the others.
        _ => "reconnecting",
    }
}

/// The thread that calls back, until the producer closes.
pub(crate) struct CallbackThread {
    id: ThreadId,
    pid: u32,
    muted: Arc<AtomicBool>,
    ended: Mutex<Receiver<()>>,
}

impl CallbackThread {
    /// Starts to tell `callback` of the states that `events` brings.
    pub(crate) fn start(callback: Py<PyAny>, events: Receiver<Event>) -> Result<Self, Refusal> {
        let muted = Arc::new(AtomicBool::new(false));
        let is_muted = Arc::clone(&muted);
        let (end, ended) = sync_channel(1);
        let tell = move || {
            for event in events {
                if is_muted.load(Ordering::Acquire) {
                    break;
                }
                let Event::StateChanged(state) = event else { continue };
                // At the end of the interpreter there is nobody to tell any more.
                let told = Python::try_attach(|py| {
                    if let Err(error) = callback.call1(py, (state_name(state),)) {
                        error.write_unraisable(py, Some(callback.bind(py)));
                    }
                });
                if told.is_none() {
                    break;
                }
            }
            let _ = Python::try_attach(|_| drop(callback));
            let _ = end.send(());
        };
        let thread = std::thread::Builder::new().name("logrtc-callback".to_owned());
        let handle = thread.spawn(tell).map_err(|error| {
            Refusal::Python(pyo3::exceptions::PyOSError::new_err(format!("no thread for callbacks: {error}")))
        })?;
        Ok(Self { id: handle.thread().id(), pid: std::process::id(), muted, ended: Mutex::new(ended) })
    }

    /// Returns when no callback runs, and none will: at once where this is called in one, and at the latest after
    /// `timeout`, for a callback may never return. The events must have ended, and the caller must not hold the GIL.
    pub(crate) fn stop(&self, timeout: Duration) {
        if std::thread::current().id() == self.id {
            self.muted.store(true, Ordering::Release);
            return;
        }
        // The child of a fork has no such thread to wait for, and the lock may be held for ever.
        if self.pid != std::process::id() {
            return;
        }
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits second finds the sender gone.
        let _ = ended.recv_timeout(timeout);
        self.muted.store(true, Ordering::Release);
    }
}

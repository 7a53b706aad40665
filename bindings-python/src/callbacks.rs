//! Callbacks of Python, on a thread of their own: no thread of the core ever waits for the program.
//!
//! It is a thread of Python, `logrtc._callbacks`, so that the interpreter can end it wherever it stands: there are no frames of
//! Rust below the code of the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use logrtc::{Event, State};
use pyo3::prelude::*;

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

#[derive(Default)]
struct Shared {
    thread: Mutex<Option<ThreadId>>,
    is_muted: AtomicBool,
}

/// The states of a producer, one after another, to its close.
#[pyclass(frozen, module = "logrtc._logrtc")]
pub(crate) struct States {
    events: Mutex<Receiver<Event>>,
    shared: Arc<Shared>,
    /// Until there are no more.
    end: Mutex<Option<Sender<()>>>,
}

#[pymethods]
impl States {
    /// The next state, when it comes; `None` after the last one.
    fn next(&self, py: Python<'_>) -> Option<&'static str> {
        py.detach(|| {
            *self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current().id());
            let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let states = events.iter().filter_map(|event| match event {
                Event::StateChanged(state) => Some(state_name(state)),
                _ => None,
            });
            let state = states.take_while(|_| !self.shared.is_muted.load(Ordering::Acquire)).next();
            if state.is_none() {
                drop(self.end.lock().unwrap_or_else(PoisonError::into_inner).take());
            }
            state
        })
    }
}

/// The thread that calls back, until the producer closes.
pub(crate) struct CallbackThread {
    pid: u32,
    shared: Arc<Shared>,
    ended: Mutex<Receiver<()>>,
}

impl CallbackThread {
    /// Starts to tell `callback` of the states that `events` brings.
    pub(crate) fn start(callback: &Bound<'_, PyAny>, events: Receiver<Event>) -> PyResult<Self> {
        let (end, ended) = channel();
        let shared = Arc::new(Shared::default());
        let states = States { events: Mutex::new(events), shared: Arc::clone(&shared), end: Mutex::new(Some(end)) };
        callback.py().import("logrtc._callbacks")?.call_method1("start", (states, callback))?;
        Ok(Self { pid: std::process::id(), shared, ended: Mutex::new(ended) })
    }

    /// Returns when no callback runs, and none will: at once where this is called in one, and at the latest after
    /// `timeout`, for a callback may never return. The events must have ended, and the caller must not hold the GIL.
    pub(crate) fn stop(&self, timeout: Duration) {
        // The child of a fork has no such thread to wait for, and the locks may be held for ever.
        if self.pid != std::process::id() {
            return;
        }
        let thread = *self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread != Some(std::thread::current().id()) {
            // Nothing is sent: the sender goes, and whoever waits second finds it gone.
            let _ = self.ended.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(timeout);
        }
        self.shared.is_muted.store(true, Ordering::Release);
    }
}

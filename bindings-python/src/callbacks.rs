//! Callbacks of Python, on a thread of their own: no thread of the core ever waits for the program.
//!
//! It is a thread of Python, `logrtc._callbacks`, so that the interpreter can end it wherever it stands: there are no frames of
//! Rust below the code of the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use logrtc::Event;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

#[derive(Default)]
struct Shared {
    thread: Mutex<Option<ThreadId>>,
    is_muted: AtomicBool,
}

/// The events of a producer, one after another, to its close.
#[pyclass(frozen, module = "logrtc._logrtc")]
pub(crate) struct Events {
    events: Mutex<Receiver<Event>>,
    shared: Arc<Shared>,
    /// Until there are no more.
    end: Mutex<Option<Sender<()>>>,
}

#[pymethods]
impl Events {
    /// The next event, when it comes, as the name of its class in `logrtc._events` and what that is made of; `None` after the
    /// last one.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<(&'static str, Bound<'py, PyTuple>)>> {
        let event = py.detach(|| {
            *self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current().id());
            let event = self.events.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
            let event = event.filter(|_| !self.shared.is_muted.load(Ordering::Acquire));
            if event.is_none() {
                drop(self.end.lock().unwrap_or_else(PoisonError::into_inner).take());
            }
            event
        });
        event.map(|event| described(py, event)).transpose()
    }
}

fn described(py: Python<'_>, event: Event) -> PyResult<(&'static str, Bound<'_, PyTuple>)> {
    Ok(match event {
        Event::StateChanged(state) => ("StateChanged", (state.as_str(),).into_pyobject(py)?),
        Event::ConsumerConnected { consumer_id } => ("ConsumerConnected", (consumer_id,).into_pyobject(py)?),
        Event::ConsumerDisconnected { consumer_id, reason, counts } => {
            let counts = (
                counts.accepted,
                counts.delivered,
                counts.waiting,
                counts.dropped.total(),
                counts.dropped.overflow,
                counts.dropped.refused,
                counts.dropped.oversize,
                counts.dropped.disconnected,
                counts.filtered,
            );
            ("ConsumerDisconnected", (consumer_id, reason.as_str(), counts).into_pyobject(py)?)
        }
        Event::ConsumerRefused { consumer_id } => ("ConsumerRefused", (consumer_id,).into_pyobject(py)?),
        Event::ServerError { message } => ("ServerError", (message,).into_pyobject(py)?),
        // One that is not known here yet.
        other => ("ServerError", (format!("{other:?}"),).into_pyobject(py)?),
    })
}

/// What the program wants to be called with.
pub(crate) struct Callbacks {
    pub(crate) on_state: Option<Py<PyAny>>,
    pub(crate) on_event: Option<Py<PyAny>>,
}

impl Callbacks {
    pub(crate) fn is_empty(&self) -> bool {
        self.on_state.is_none() && self.on_event.is_none()
    }
}

/// The thread that calls back, until the producer closes.
pub(crate) struct CallbackThread {
    pid: u32,
    shared: Arc<Shared>,
    ended: Mutex<Receiver<()>>,
}

impl CallbackThread {
    /// Starts to call `callbacks` with the events that `events` brings.
    pub(crate) fn start(py: Python<'_>, callbacks: Callbacks, events: Receiver<Event>) -> PyResult<Self> {
        let (end, ended) = channel();
        let shared = Arc::new(Shared::default());
        let events = Events { events: Mutex::new(events), shared: Arc::clone(&shared), end: Mutex::new(Some(end)) };
        let Callbacks { on_state, on_event } = callbacks;
        py.import("logrtc._callbacks")?.call_method1("start", (events, on_state, on_event))?;
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

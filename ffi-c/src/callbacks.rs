//! Callbacks, on a thread of their own: no thread of the core ever waits for the program.

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};

use logrtc_core::{Event, State};

use crate::options::{LOGRTC_DEBUG, LOGRTC_WARN};
use crate::producer::state_number;
use crate::status::Refusal;

/// Called with the state at logrtc_connect(), which may not have returned by then, and with each new one (LOGRTC_STATE_…), on
/// a thread of logrtc's. No exception may leave it.
pub type logrtc_state_callback = Option<extern "C" fn(state: c_int, user_data: *mut c_void)>;

/// Called with a level (LOGRTC_DEBUG to LOGRTC_ERROR) and a line of text, on a thread of logrtc's. The text is valid until the
/// callback returns. No exception may leave it.
pub type logrtc_diagnostics_callback =
    Option<extern "C" fn(level: c_int, message: *const c_char, user_data: *mut c_void)>;

/// A pointer that only the program follows.
#[derive(Clone, Copy)]
struct UserData(*mut c_void);

// SAFETY: it is never followed here; the header says that the callback runs on another thread.
unsafe impl Send for UserData {}

/// What the program wants to be told.
#[derive(Clone, Copy, Default)]
pub(crate) struct Callbacks {
    state: Option<(extern "C" fn(c_int, *mut c_void), UserData)>,
    diagnostics: Option<(extern "C" fn(c_int, *const c_char, *mut c_void), UserData)>,
}

impl Callbacks {
    pub(crate) fn set_state(&mut self, callback: logrtc_state_callback, user_data: *mut c_void) {
        self.state = callback.map(|callback| (callback, UserData(user_data)));
    }

    pub(crate) fn set_diagnostics(&mut self, callback: logrtc_diagnostics_callback, user_data: *mut c_void) {
        self.diagnostics = callback.map(|callback| (callback, UserData(user_data)));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state.is_none() && self.diagnostics.is_none()
    }

    /// `is_muted` is asked before each callback, for the one before it may have closed the producer.
    fn tell(&self, event: &Event, is_muted: impl Fn() -> bool) {
        if let (Event::StateChanged(state), Some((callback, user_data))) = (event, self.state) {
            callback(state_number(*state), user_data.0);
        }
        if let Some((callback, user_data)) = self.diagnostics
            && !is_muted()
        {
            let (level, text) = describe(event);
            let text = CString::new(text.replace('\0', "\u{fffd}")).expect("its NULs are replaced");
            callback(level, text.as_ptr(), user_data.0);
        }
    }
}

fn describe(event: &Event) -> (c_int, String) {
    match event {
        Event::StateChanged(State::Abandoned) => {
            (LOGRTC_WARN, "no attempt to reach the signaling server is left".into())
        }
        Event::StateChanged(state) => (LOGRTC_DEBUG, format!("state: {state:?}")),
        Event::ConsumerConnected { consumer_id } => (LOGRTC_DEBUG, format!("consumer {consumer_id:?} connected")),
        Event::ConsumerDisconnected { consumer_id, reason, counts } => (
            LOGRTC_DEBUG,
            format!(
                "consumer {consumer_id:?} ended ({reason:?}): {} of {} entries delivered, {} dropped",
                counts.delivered,
                counts.accepted,
                counts.dropped.total()
            ),
        ),
        Event::ConsumerRefused { consumer_id } => {
            (LOGRTC_WARN, format!("consumer {consumer_id:?} is refused: there are as many as may be"))
        }
        Event::ServerError { message } => (LOGRTC_WARN, format!("signaling server: {message}")),
        other => (LOGRTC_DEBUG, format!("{other:?}")),
    }
}

/// The thread that calls back, until it is stopped.
pub(crate) struct CallbackThread {
    id: ThreadId,
    pid: u32,
    muted: Arc<AtomicBool>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl CallbackThread {
    /// Starts to tell what `events` brings.
    pub(crate) fn start(callbacks: Callbacks, events: Receiver<Event>) -> Result<Self, Refusal> {
        let muted = Arc::new(AtomicBool::new(false));
        let is_muted = Arc::clone(&muted);
        let tell = move || {
            // Taken whole: the closure would otherwise hold the pointers inside one by one.
            let callbacks = callbacks;
            let is_muted = || is_muted.load(Ordering::Acquire);
            for event in events {
                if is_muted() {
                    return;
                }
                callbacks.tell(&event, is_muted);
            }
        };
        let thread = std::thread::Builder::new().name("logrtc-callback".to_owned());
        let handle = thread
            .spawn(tell)
            .map_err(|error| Refusal::internal(format!("cannot start the thread for callbacks: {error}")))?;
        let id = handle.thread().id();
        Ok(Self { id, pid: std::process::id(), muted, handle: Mutex::new(Some(handle)) })
    }

    /// Returns when no callback runs, and none will: at once where this is called in one. The events must have ended.
    pub(crate) fn stop(&self) {
        if std::thread::current().id() == self.id {
            self.muted.store(true, Ordering::Release);
            return;
        }
        // The child of a fork has no such thread to wait for, and the lock may be held for ever.
        if self.pid != std::process::id() {
            return;
        }
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.take() {
            // A callback of C does not unwind.
            let _ = handle.join();
        }
    }
}

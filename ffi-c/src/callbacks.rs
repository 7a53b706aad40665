//! Callbacks, on a thread of their own: no thread of the core ever waits for the program.

mod thread;

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use logrtc_core::{Diagnostic, Event};

use crate::options::{LOGRTC_DEBUG, LOGRTC_WARN, level_number};
use crate::producer::state_number;
pub(crate) use thread::CallbackThread;

/// How many messages wait for a callback that takes its time. Further diagnostics are dropped then.
const QUEUE: usize = 256;

/// Called with the state at logrtc_connect(), which may not have returned by then, and with each new one (LOGRTC_STATE_…), on
/// a thread of logrtc's. No exception may leave it.
pub type logrtc_state_callback = Option<extern "C" fn(state: c_int, user_data: *mut c_void)>;

/// Called with a level (LOGRTC_DEBUG to LOGRTC_ERROR) and a line of text, on a thread of logrtc. The text is valid until the
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

    /// What receives the diagnostics of the core, if there is a callback for them. It never blocks.
    pub(crate) fn diagnostics_handler(
        &self,
        queue: &SyncSender<Message>,
    ) -> Option<impl Fn(&Diagnostic) + Send + Sync + use<>> {
        self.diagnostics?;
        let (queue, pid) = (queue.clone(), std::process::id());
        Some(move |diagnostic: &Diagnostic| {
            // The child of a fork has no thread that calls back, and the queue may be locked for ever.
            if std::process::id() == pid {
                let _ = queue.try_send(Message::Diagnostic(diagnostic.clone()));
            }
        })
    }

    /// `is_muted` is asked before each callback, because the one before it may have closed the producer.
    fn call(&self, message: &Message, is_muted: impl Fn() -> bool) {
        if let (Message::Event(Event::StateChanged(state)), Some((callback, user_data))) = (message, self.state) {
            callback(state_number(*state), user_data.0);
        }
        if let Some((callback, user_data)) = self.diagnostics
            && let Some((level, text)) = describe(message)
            && !is_muted()
        {
            let text = CString::new(text.replace('\0', "\u{fffd}")).expect("its NULs are replaced");
            callback(level, text.as_ptr(), user_data.0);
        }
    }
}

/// What the thread that calls back receives.
pub(crate) enum Message {
    Event(Event),
    Diagnostic(Diagnostic),
    /// There are no more events.
    End,
}

/// The way to the thread that calls back.
pub(crate) fn queue() -> (SyncSender<Message>, Receiver<Message>) {
    sync_channel(QUEUE)
}

/// A level, and a line of text.
fn describe(message: &Message) -> Option<(c_int, String)> {
    match message {
        Message::Event(event) => Some(describe_event(event)),
        Message::Diagnostic(diagnostic) => Some((level_number(diagnostic.level), diagnostic.message.clone())),
        Message::End => None,
    }
}

fn describe_event(event: &Event) -> (c_int, String) {
    match event {
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
        // The warnings of an outage are diagnostics of the core: one at its beginning, one at its end.
        Event::ServerError { message } => (LOGRTC_DEBUG, format!("signaling server: {message}")),
        other => (LOGRTC_DEBUG, format!("{other:?}")),
    }
}

//! Callbacks, on a thread of their own: no thread of the core ever waits for the program.

mod thread;

use std::ffi::{c_char, c_int, c_void};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use logrtc_core::{Diagnostic, Event};

use crate::event::{logrtc_event, terminated, with_event};
use crate::level::{LOGRTC_DEBUG, LOGRTC_WARN, level_number};
use crate::state::state_number;
pub(crate) use thread::CallbackThread;

/// The maximum number of messages in the queue. Further diagnostics are dropped.
const QUEUE: usize = 256;

/// Receives the state at logrtc_connect(), possibly before logrtc_connect() returns, and each new
/// state (LOGRTC_STATE_…). Runs on a thread of logrtc. It must not throw.
pub type logrtc_state_callback = Option<extern "C" fn(state: c_int, user_data: *mut c_void)>;

/// Receives each event, beginning with the state at logrtc_connect(). Runs on a thread of logrtc.
/// `event` is valid until the callback returns. It must not throw. If 256 events are queued,
/// further events are dropped; the latest state is still delivered.
pub type logrtc_event_callback = Option<extern "C" fn(event: *const logrtc_event, user_data: *mut c_void)>;

/// Receives a level (LOGRTC_DEBUG to LOGRTC_ERROR) and a line of text. Runs on a thread of logrtc.
/// `message` is valid until the callback returns. It must not throw.
pub type logrtc_diagnostics_callback =
    Option<extern "C" fn(level: c_int, message: *const c_char, user_data: *mut c_void)>;

/// A pointer that only the program follows.
#[derive(Clone, Copy)]
struct UserData(*mut c_void);

// SAFETY: it is never followed here; the header says that the callback runs on another thread.
unsafe impl Send for UserData {}

/// The callbacks of the program.
#[derive(Clone, Copy, Default)]
pub(crate) struct Callbacks {
    state: Option<(extern "C" fn(c_int, *mut c_void), UserData)>,
    event: Option<(extern "C" fn(*const logrtc_event, *mut c_void), UserData)>,
    diagnostics: Option<(extern "C" fn(c_int, *const c_char, *mut c_void), UserData)>,
}

impl Callbacks {
    pub(crate) fn set_state(&mut self, callback: logrtc_state_callback, user_data: *mut c_void) {
        self.state = callback.map(|callback| (callback, UserData(user_data)));
    }

    pub(crate) fn set_event(&mut self, callback: logrtc_event_callback, user_data: *mut c_void) {
        self.event = callback.map(|callback| (callback, UserData(user_data)));
    }

    pub(crate) fn set_diagnostics(&mut self, callback: logrtc_diagnostics_callback, user_data: *mut c_void) {
        self.diagnostics = callback.map(|callback| (callback, UserData(user_data)));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state.is_none() && self.event.is_none() && self.diagnostics.is_none()
    }

    /// The handler of the core's diagnostics, if there is a callback for them. It never blocks.
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
        if let (Message::Event(event), Some((callback, user_data))) = (message, self.event)
            && !is_muted()
        {
            with_event(event, |event| callback(event, user_data.0));
        }
        if let Some((callback, user_data)) = self.diagnostics
            && let Some((level, text)) = describe(message)
            && !is_muted()
        {
            callback(level, terminated(&text).as_ptr(), user_data.0);
        }
    }
}

/// A message to the thread that calls back.
pub(crate) enum Message {
    Event(Event),
    Diagnostic(Diagnostic),
    /// There are no more events.
    End,
}

/// The queue to the thread that calls back.
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
            (LOGRTC_WARN, format!("consumer {consumer_id:?} is refused: max_consumers are connected"))
        }
        // The warnings of an outage are diagnostics of the core: one at its beginning, one at its end.
        Event::ServerError { message } => (LOGRTC_DEBUG, format!("signaling server: {message}")),
        other => (LOGRTC_DEBUG, format!("{other:?}")),
    }
}

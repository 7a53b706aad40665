//! Options: through setters, so that options can be added without breaking a program.

pub mod numbers;
pub mod texts;

use std::ffi::{c_int, c_void};
use std::sync::mpsc::SyncSender;

use logrtc_core::{Config, ConfigBuilder, IceServer};

use crate::callbacks::{Callbacks, Message, logrtc_diagnostics_callback, logrtc_event_callback, logrtc_state_callback};
use crate::status::{Refusal, guard, logrtc_status};

/// If the journal is full, the oldest entry is dropped. A log call never waits.
pub const LOGRTC_OVERFLOW_DROP_OLDEST: i32 = 0;
/// If the journal is full, a new entry is refused as long as a connected consumer has not read the
/// oldest entry, or no consumer is connected.
pub const LOGRTC_OVERFLOW_DROP_NEWEST: i32 = 1;
/// If the journal is full, a log call waits as long as a connected consumer has not read the oldest
/// entry, at most for block_timeout_ms; then the entry is refused.
pub const LOGRTC_OVERFLOW_BLOCK: i32 = 2;

/// A new consumer receives all entries in the journal.
pub const LOGRTC_REPLAY_ALL: i64 = -1;
/// A new consumer receives only entries that are logged after it connected.
pub const LOGRTC_REPLAY_NONE: i64 = 0;

/// The options of a producer. Each has a default. Only one thread may use them at a time.
pub struct logrtc_options {
    builder: ConfigBuilder,
    /// Those that take the place of the default.
    ice_servers: Option<Vec<IceServer>>,
    /// None for the default.
    interfaces: Vec<String>,
    pub(crate) close_at_exit: bool,
    pub(crate) callbacks: Callbacks,
}

impl logrtc_options {
    fn new() -> Self {
        Self {
            builder: Config::for_program(),
            ice_servers: None,
            interfaces: Vec::new(),
            close_at_exit: true,
            callbacks: Callbacks::default(),
        }
    }

    /// Diagnostics go to `queue`, if there is a callback for them.
    pub(crate) fn config(&self, queue: &SyncSender<Message>) -> Result<Config, Refusal> {
        let mut builder = self.builder.clone().interfaces(self.interfaces.iter().map(String::as_str));
        if let Some(handler) = self.callbacks.diagnostics_handler(queue) {
            builder = builder.on_diagnostic(handler);
        }
        if let Some(ice_servers) = &self.ice_servers {
            builder = builder.ice_servers(ice_servers.clone());
        }
        Ok(builder.build()?)
    }
}

fn flag(value: c_int, name: &str) -> Result<bool, Refusal> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Refusal::invalid(format!("{name}: {value} is neither 0 nor 1"))),
    }
}

/// Changes options.
///
/// # Safety
/// `options` is NULL, or came from `logrtc_options_new` and is used by no other thread.
unsafe fn change(
    options: *mut logrtc_options,
    act: impl FnOnce(&mut logrtc_options) -> Result<(), Refusal>,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        act(unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?)
    })
}

/// Changes the builder, which each of its setters consumes and gives back.
///
/// # Safety
/// As for [`change`].
unsafe fn set(
    options: *mut logrtc_options,
    setter: impl FnOnce(ConfigBuilder) -> Result<ConfigBuilder, Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.builder = setter(options.builder.clone())?;
            Ok(())
        })
    }
}

/// Creates options, all at their defaults. The caller owns them and must eventually call
/// logrtc_options_free(). Returns NULL if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_options_new() -> *mut logrtc_options {
    let mut made = std::ptr::null_mut();
    let _ = guard(|| {
        made = Box::into_raw(Box::new(logrtc_options::new()));
        Ok(())
    });
    made
}

/// Frees options; logrtc_connect() does not need them after it has returned. Does nothing for NULL.
///
/// # Safety
/// `options` is NULL, or came from `logrtc_options_new` and was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_free(options: *mut logrtc_options) {
    let _ = guard(|| {
        if !options.is_null() {
            // SAFETY: it came from `Box::into_raw`, and the caller gives it up.
            drop(unsafe { Box::from_raw(options) });
        }
        Ok(())
    });
}

/// Sets the callback that receives each new state. NULL, the default: none. `user_data` is passed
/// to the callback.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_state_callback(
    options: *mut logrtc_options,
    callback: logrtc_state_callback,
    user_data: *mut c_void,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.callbacks.set_state(callback, user_data);
            Ok(())
        })
    }
}

/// Sets the callback that receives each event: states, consumers, errors of the signaling server.
/// NULL, the default: none. `user_data` is passed to the callback.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_event_callback(
    options: *mut logrtc_options,
    callback: logrtc_event_callback,
    user_data: *mut c_void,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.callbacks.set_event(callback, user_data);
            Ok(())
        })
    }
}

/// Sets the callback that receives the diagnostics of the producer, as text for people: a warning
/// at the first failed attempt to reach the signaling server, with its address and the reason, and
/// a warning when the connection is restored; at LOGRTC_DEBUG each state, consumer and failed
/// attempt. NULL, the default: none; warnings are written to standard error.
///
/// If LOGRTC_DIAGNOSTICS is 1 in the environment, every diagnostic is also written to standard
/// error.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_diagnostics_callback(
    options: *mut logrtc_options,
    callback: logrtc_diagnostics_callback,
    user_data: *mut c_void,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.callbacks.set_diagnostics(callback, user_data);
            Ok(())
        })
    }
}

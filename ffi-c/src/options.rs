//! Options: through setters, so that more can come without breaking a program.

pub mod numbers;
pub mod texts;

use std::ffi::{c_int, c_void};
use std::sync::mpsc::SyncSender;

use logrtc_core::{Config, ConfigBuilder, IceServer, Level};

use crate::callbacks::{Callbacks, Message, logrtc_diagnostics_callback, logrtc_state_callback};
use crate::status::{Refusal, guard, logrtc_status};

/// For the person who debugs the program.
pub const LOGRTC_DEBUG: i32 = 0;
/// What happens in normal operation.
pub const LOGRTC_INFO: i32 = 1;
/// What may need attention.
pub const LOGRTC_WARN: i32 = 2;
/// What went wrong.
pub const LOGRTC_ERROR: i32 = 3;

/// When the journal is full, the oldest entry goes. Logging never waits.
pub const LOGRTC_OVERFLOW_DROP_OLDEST: i32 = 0;
/// When the journal is full, the new entry is refused while a connected consumer has yet to read the oldest, or while nobody
/// is connected.
pub const LOGRTC_OVERFLOW_DROP_NEWEST: i32 = 1;
/// When the journal is full, the call waits while a connected consumer has yet to read the oldest, at most for the limit;
/// then the entry is refused.
pub const LOGRTC_OVERFLOW_BLOCK: i32 = 2;

/// A new consumer begins at the oldest entry that is retained.
pub const LOGRTC_REPLAY_ALL: i64 = -1;
/// A new consumer begins with what comes next.
pub const LOGRTC_REPLAY_NONE: i64 = 0;

/// The options of a producer, each with a default. Not to be used by two threads at once.
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

pub(crate) fn level_of(level: c_int) -> Result<Level, Refusal> {
    Ok(match level {
        LOGRTC_DEBUG => Level::Debug,
        LOGRTC_INFO => Level::Info,
        LOGRTC_WARN => Level::Warn,
        LOGRTC_ERROR => Level::Error,
        _ => {
            return Err(Refusal::invalid(format!("level: {level} is not one of LOGRTC_DEBUG (0) to LOGRTC_ERROR (3)")));
        }
    })
}

pub(crate) fn level_number(level: Level) -> c_int {
    match level {
        Level::Debug => LOGRTC_DEBUG,
        Level::Info => LOGRTC_INFO,
        Level::Warn => LOGRTC_WARN,
        Level::Error => LOGRTC_ERROR,
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

/// Makes options with every default. The caller owns them, and must eventually call logrtc_options_free().
/// NULL where there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_options_new() -> *mut logrtc_options {
    let mut made = std::ptr::null_mut();
    let _ = guard(|| {
        made = Box::into_raw(Box::new(logrtc_options::new()));
        Ok(())
    });
    made
}

/// Frees options. They may be freed as soon as logrtc_connect() has returned. NULL does nothing.
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

/// Has `callback` called with each new state. NULL for none, the default.
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

/// Has `callback` called with the diagnostics of the producer: a warning at the first failed attempt to reach the signaling
/// server, with its address and the reason, and one when it is connected again; and at LOGRTC_DEBUG each state, consumer and
/// failed attempt. NULL for none, the default: the warnings go to standard error.
///
/// LOGRTC_DIAGNOSTICS=1 in the environment writes every diagnostic of logrtc to standard error, in any case.
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

//! Options: through setters, so that more can come without breaking a program.

use std::ffi::{c_char, c_int, c_void};
use std::time::Duration;

use logrtc_core::{Config, ConfigBuilder, Fork, IceServer, Level, Overflow, Replay};

use crate::callbacks::{self, Callbacks};
use crate::status::{Refusal, guard, logrtc_status};
use crate::text;

/// How severe an entry is: for who debugs the program.
pub const LOGRTC_DEBUG: i32 = 0;
/// How severe an entry is: normal operation.
pub const LOGRTC_INFO: i32 = 1;
/// How severe an entry is: may need attention.
pub const LOGRTC_WARN: i32 = 2;
/// How severe an entry is: went wrong.
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

/// The options of a producer. Not to be used by two threads at once.
pub struct logrtc_options {
    pub(crate) builder: ConfigBuilder,
    ice_servers: Vec<IceServer>,
    has_ice_servers: bool,
    pub(crate) callbacks: Callbacks,
}

impl logrtc_options {
    fn new() -> Self {
        // Replaced by logrtc_options_set_client_id; an empty one is refused by logrtc_connect.
        let builder = Config::builder("");
        Self { builder, ice_servers: Vec::new(), has_ice_servers: false, callbacks: Callbacks::default() }
    }

    pub(crate) fn config(&self) -> Result<Config, Refusal> {
        let mut builder = self.builder.clone();
        if self.has_ice_servers {
            builder = builder.ice_servers(self.ice_servers.clone());
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

fn flag(value: c_int, name: &str) -> Result<bool, Refusal> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Refusal::invalid(format!("{name}: {value} is neither 0 nor 1"))),
    }
}

/// Changes the builder, which every setter consumes and gives back.
///
/// # Safety
/// `options` is NULL, or came from `logrtc_options_new` and is used by no other thread.
unsafe fn set(
    options: *mut logrtc_options,
    change: impl FnOnce(ConfigBuilder) -> Result<ConfigBuilder, Refusal>,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?;
        options.builder = change(options.builder.clone())?;
        Ok(())
    })
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

/// Sets a text that ends with a NUL.
///
/// # Safety
/// As for [`set`]; and `value` is NULL, or a NUL-terminated string.
unsafe fn set_text(
    options: *mut logrtc_options,
    name: &str,
    value: *const c_char,
    setter: impl FnOnce(ConfigBuilder, String) -> ConfigBuilder,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set(options, |builder| Ok(setter(builder, text::terminated(value, name)?.into_owned()))) }
}

/// Sets a text of `len` bytes.
///
/// # Safety
/// As for [`set`]; and `value` is NULL, or points to `len` bytes.
unsafe fn set_counted(
    options: *mut logrtc_options,
    name: &str,
    (value, len): (*const c_char, usize),
    setter: impl FnOnce(ConfigBuilder, String) -> ConfigBuilder,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set(options, |builder| Ok(setter(builder, text::counted(value, len, name)?.into_owned()))) }
}

/// The address of the signaling server, ws:// or wss://; "ws://localhost:8080/signaling" by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_url(options: *mut logrtc_options, url: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "url", url, ConfigBuilder::url) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_url_n(
    options: *mut logrtc_options,
    url: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "url", (url, len), ConfigBuilder::url) }
}

/// The name under which the producer registers, of 1 to 128 bytes. It has no default: logrtc_connect() refuses options
/// without it.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_client_id(
    options: *mut logrtc_options,
    client_id: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "client_id", client_id, ConfigBuilder::client_id) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_client_id_n(
    options: *mut logrtc_options,
    client_id: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "client_id", (client_id, len), ConfigBuilder::client_id) }
}

/// The name of the system, for people; the client_id by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_system_name(
    options: *mut logrtc_options,
    system_name: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "system_name", system_name, ConfigBuilder::system_name) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_system_name_n(
    options: *mut logrtc_options,
    system_name: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "system_name", (system_name, len), ConfigBuilder::system_name) }
}

/// The version of the system; "0.0.0" by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_version(
    options: *mut logrtc_options,
    version: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "version", version, ConfigBuilder::version) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_version_n(
    options: *mut logrtc_options,
    version: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "version", (version, len), ConfigBuilder::version) }
}

/// What the system is, for people; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_description(
    options: *mut logrtc_options,
    description: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "description", description, ConfigBuilder::description) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_description_n(
    options: *mut logrtc_options,
    description: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "description", (description, len), ConfigBuilder::description) }
}

/// A bearer token for the signaling server; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_token(options: *mut logrtc_options, token: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "token", token, ConfigBuilder::token) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_token_n(
    options: *mut logrtc_options,
    token: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "token", (token, len), ConfigBuilder::token) }
}

/// A file of certificates (PEM) that are trusted for wss:// beside the system's own; none by default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_ca_file(
    options: *mut logrtc_options,
    ca_file: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "ca_file", ca_file, ConfigBuilder::ca_file) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_ca_file_n(
    options: *mut logrtc_options,
    ca_file: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "ca_file", (ca_file, len), ConfigBuilder::ca_file) }
}

/// What is logged, by level and target: "info,app::db=debug"; everything by default. Replaces the level.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_filter(
    options: *mut logrtc_options,
    filter: *const c_char,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_text(options, "filter", filter, ConfigBuilder::filter) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_filter_n(
    options: *mut logrtc_options,
    filter: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_counted(options, "filter", (filter, len), ConfigBuilder::filter) }
}

/// The lowest level that is logged, LOGRTC_DEBUG to LOGRTC_ERROR, of every target; LOGRTC_DEBUG by default. Replaces the
/// filter.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_level(options: *mut logrtc_options, level: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.level(level_of(level)?))) }
}

/// How many entries the journal holds; 65536 by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_entries(
    options: *mut logrtc_options,
    max_entries: usize,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_entries(max_entries))) }
}

/// How many bytes the journal holds; 16 MiB by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_bytes(options: *mut logrtc_options, max_bytes: usize) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_bytes(max_bytes))) }
}

/// How long an entry may be when encoded, from 2048 to 65536 bytes; 65536 by default. A longer message is cut, and marked
/// by the field "truncated".
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_entry_bytes(
    options: *mut logrtc_options,
    max_entry_bytes: usize,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_entry_bytes(max_entry_bytes))) }
}

/// What happens when the journal is full: one of LOGRTC_OVERFLOW_…; LOGRTC_OVERFLOW_DROP_OLDEST by default. `limit_ms` is how
/// long LOGRTC_OVERFLOW_BLOCK may wait; the others do not read it.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_overflow(
    options: *mut logrtc_options,
    overflow: c_int,
    limit_ms: u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.overflow(overflow_of(overflow, limit_ms)?))) }
}

/// Where a new consumer begins: LOGRTC_REPLAY_ALL (the default), LOGRTC_REPLAY_NONE, or a number of the newest entries.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_replay(options: *mut logrtc_options, replay: i64) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.replay(replay_of(replay)?))) }
}

/// How long to wait between attempts to reach the signaling server; 5000 by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_reconnect_interval_ms(
    options: *mut logrtc_options,
    interval_ms: u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.reconnect_interval(Duration::from_millis(interval_ms)))) }
}

/// What that interval grows to, doubling with each failure; no growth by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_reconnect_interval_ms(
    options: *mut logrtc_options,
    max_interval_ms: u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_reconnect_interval(Duration::from_millis(max_interval_ms)))) }
}

/// The part of an interval, from 0 to 1, that chance takes away; 0 by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_reconnect_jitter(
    options: *mut logrtc_options,
    jitter: f64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.reconnect_jitter(jitter))) }
}

/// How many failed attempts in a row end the search for the server; -1, for no end, by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_reconnect_attempts(
    options: *mut logrtc_options,
    max_attempts: i64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_reconnect_attempts(attempts_of(max_attempts)?))) }
}

/// How many consumers there may be at once; 64 by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_consumers(
    options: *mut logrtc_options,
    max_consumers: usize,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_consumers(max_consumers))) }
}

/// 1 makes the producer do nothing: no thread, no socket, no entry. 0 by default.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_disabled(options: *mut logrtc_options, disabled: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.disabled(flag(disabled, "disabled")?))) }
}

/// Whether LOGRTC_URL, LOGRTC_CLIENT_ID, LOGRTC_LEVEL, LOGRTC_TOKEN and LOGRTC_DISABLED win over what is set here: 1, the
/// default, or 0.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_environment(
    options: *mut logrtc_options,
    environment: c_int,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.environment(flag(environment, "environment")?))) }
}

/// Whether the child of a fork logs as a producer of its own, client_id#pid, from its first log call on: 1, the default; or
/// not at all: 0.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_fork(options: *mut logrtc_options, fork: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.fork(if flag(fork, "fork")? { Fork::Restart } else { Fork::Disable }))) }
}

/// Adds a STUN or TURN server: "stun:host:port", or "turn:host:port" with its user and password (NULL for STUN). The first
/// one that is added takes the place of the default, "stun:stun.l.google.com:19302".
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_add_ice_server(
    options: *mut logrtc_options,
    url: *const c_char,
    username: *const c_char,
    credential: *const c_char,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?;
        // SAFETY: the caller's promise.
        let url = unsafe { text::terminated(url, "url") }?;
        // SAFETY: the caller's promise.
        let username = unsafe { text::optional(username, "username") }?.unwrap_or_default();
        // SAFETY: the caller's promise.
        let credential = unsafe { text::optional(credential, "credential") }?.unwrap_or_default();
        options.has_ice_servers = true;
        options.ice_servers.push(IceServer::turn(url, username, credential));
        Ok(())
    })
}

/// Leaves no STUN or TURN server, not even the default: right within one network.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_clear_ice_servers(options: *mut logrtc_options) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?;
        options.has_ice_servers = true;
        options.ice_servers.clear();
        Ok(())
    })
}

/// Has `callback` called with each new state. NULL for none, the default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_state_callback(
    options: *mut logrtc_options,
    callback: callbacks::logrtc_state_callback,
    user_data: *mut c_void,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?;
        options.callbacks.set_state(callback, user_data);
        Ok(())
    })
}

/// Has `callback` called with what happens to the producer: consumers that come and go, and what the signaling server says
/// is wrong. NULL for none, the default.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_diagnostics_callback(
    options: *mut logrtc_options,
    callback: callbacks::logrtc_diagnostics_callback,
    user_data: *mut c_void,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_mut() }.ok_or_else(|| Refusal::null("options"))?;
        options.callbacks.set_diagnostics(callback, user_data);
        Ok(())
    })
}

fn overflow_of(overflow: c_int, limit_ms: u64) -> Result<Overflow, Refusal> {
    match overflow {
        LOGRTC_OVERFLOW_DROP_OLDEST => Ok(Overflow::DropOldest),
        LOGRTC_OVERFLOW_DROP_NEWEST => Ok(Overflow::DropNewest),
        LOGRTC_OVERFLOW_BLOCK => Ok(Overflow::Block(Duration::from_millis(limit_ms))),
        _ => Err(Refusal::invalid(format!("overflow: {overflow} is not one of LOGRTC_OVERFLOW_… (0 to 2)"))),
    }
}

fn replay_of(replay: i64) -> Result<Replay, Refusal> {
    match replay {
        LOGRTC_REPLAY_ALL => Ok(Replay::All),
        LOGRTC_REPLAY_NONE => Ok(Replay::None),
        count => u64::try_from(count)
            .map(Replay::Last)
            .map_err(|_| Refusal::invalid(format!("replay: {count} is neither LOGRTC_REPLAY_ALL (-1) nor a number"))),
    }
}

fn attempts_of(max_attempts: i64) -> Result<Option<u32>, Refusal> {
    match max_attempts {
        -1 => Ok(None),
        count => u32::try_from(count)
            .map(Some)
            .map_err(|_| Refusal::invalid(format!("max_reconnect_attempts: {count} is not from -1 to {}", u32::MAX))),
    }
}

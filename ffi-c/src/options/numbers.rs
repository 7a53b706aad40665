//! The options that are numbers.

use std::ffi::c_int;
use std::time::Duration;

use logrtc_core::{Fork, Overflow, Replay};

use super::{
    LOGRTC_OVERFLOW_BLOCK, LOGRTC_OVERFLOW_DROP_NEWEST, LOGRTC_OVERFLOW_DROP_OLDEST, LOGRTC_REPLAY_ALL,
    LOGRTC_REPLAY_NONE, change, flag, level_of, logrtc_options, set,
};
use crate::status::{Refusal, logrtc_status};

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

/// How many failed attempts in a row, the first one included, end the search for the signaling server: at least 1; or -1, the
/// default, for no end. An attempt fails, too, if its connection ends within 30 s.
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

/// How long exit() may take to deliver what the program has logged; 2000 by default. logrtc_close() has a timeout of its own.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_close_timeout_ms(
    options: *mut logrtc_options,
    timeout_ms: u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.close_timeout(Duration::from_millis(timeout_ms)))) }
}

/// Whether exit() closes the producer if it is still open: 1, the default, or 0. In the child of a fork, exit() closes the
/// child's own producer.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_close_at_exit(
    options: *mut logrtc_options,
    close_at_exit: c_int,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        change(options, |options| {
            options.close_at_exit = flag(close_at_exit, "close_at_exit")?;
            Ok(())
        })
    }
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
        count => u32::try_from(count).map(Some).map_err(|_| {
            Refusal::invalid(format!("max_reconnect_attempts: {count} is neither -1 nor from 1 to {}", u32::MAX))
        }),
    }
}

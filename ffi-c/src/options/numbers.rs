//! The options that are numbers.

use std::ffi::c_int;
use std::time::Duration;

use logrtc_core::{Fork, Overflow, Replay};

use super::{
    LOGRTC_OVERFLOW_BLOCK, LOGRTC_OVERFLOW_DROP_NEWEST, LOGRTC_OVERFLOW_DROP_OLDEST, LOGRTC_REPLAY_ALL,
    LOGRTC_REPLAY_NONE, change, flag, logrtc_options, set,
};
use crate::level::level_of;
use crate::status::{Refusal, logrtc_status};

/// Sets the lowest level that is logged, LOGRTC_DEBUG to LOGRTC_ERROR, for every target. Default:
/// LOGRTC_DEBUG. Replaces the filter.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_level(options: *mut logrtc_options, level: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.level(level_of(level)?))) }
}

/// Sets the maximum number of entries in the journal. Default: 65536.
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

/// Sets the maximum size of the journal in bytes. Default: 16 MiB.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_max_bytes(options: *mut logrtc_options, max_bytes: usize) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.max_bytes(max_bytes))) }
}

/// Sets the maximum size of an encoded entry, 2048 to 65536 bytes. Default: 65536. The longest
/// values of a longer entry are cut; its field "truncated" lists their names.
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

/// Sets the overflow policy, for a journal that is full: one of LOGRTC_OVERFLOW_…. Default:
/// LOGRTC_OVERFLOW_DROP_OLDEST. Only LOGRTC_OVERFLOW_BLOCK reads `block_timeout_ms`, the maximum
/// time that a log call waits.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_overflow(
    options: *mut logrtc_options,
    overflow: c_int,
    block_timeout_ms: u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.overflow(overflow_of(overflow, block_timeout_ms)?))) }
}

/// Sets which earlier entries a new consumer receives: LOGRTC_REPLAY_ALL (the default),
/// LOGRTC_REPLAY_NONE, or that many of the newest entries.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_replay(options: *mut logrtc_options, replay: i64) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.replay(replay_of(replay)?))) }
}

/// Sets the time between attempts to reach the signaling server. Default: 5000.
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

/// Sets the maximum to which that interval grows; it doubles with each failure. By default it does
/// not grow.
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

/// Sets the jitter, 0 to 1: each interval is shortened by a random fraction of at most this.
/// Default: 0.
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

/// Sets after how many consecutive failed attempts to reach the signaling server the producer stops
/// retrying: at least 1, or -1 (the default) for never. An attempt whose connection ends within 30
/// s counts as failed.
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

/// Sets the maximum number of consumers at one time. Default: 64.
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

/// Sets the UDP ports over which consumers connect, `first` to `last`, for example because a firewall
/// or a container opens only these. Default: any free port.
///
/// Each consumer takes one port of each local address, so the number of ports is the number of
/// consumers that can connect at one time. A consumer that finds no free port is not connected; this
/// is reported once as a diagnostic.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_udp_ports(
    options: *mut logrtc_options,
    first: c_int,
    last: c_int,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.udp_ports(port(first)?..=port(last)?))) }
}

/// Sets whether consumers connect through a TURN server alone, so that they do not learn the
/// addresses of this host: 1, or 0 (the default). Without a TURN server no consumer connects; this
/// is reported once as a diagnostic.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_relay_only(
    options: *mut logrtc_options,
    relay_only: c_int,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.relay_only(flag(relay_only, "relay_only")?))) }
}

/// Disables the producer if 1: no thread, no socket, no entry. Default: 0.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_disabled(options: *mut logrtc_options, disabled: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.disabled(flag(disabled, "disabled")?))) }
}

/// Sets whether the environment variables LOGRTC_URL, LOGRTC_CLIENT_ID, LOGRTC_LEVEL, LOGRTC_TOKEN,
/// LOGRTC_SECRET, LOGRTC_DISABLED, LOGRTC_ICE_SERVERS, LOGRTC_INTERFACES, LOGRTC_UDP_PORTS,
/// LOGRTC_ANNOUNCED_ADDRESS and LOGRTC_RELAY_ONLY override these options: 1 (the default) or 0.
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

/// Sets what a child process does after fork(). 1, the default: from its first log call on, it logs
/// as a producer of its own, client_id#pid. 0: it does not log.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_options_set_fork(options: *mut logrtc_options, fork: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { set(options, |builder| Ok(builder.fork(if flag(fork, "fork")? { Fork::Restart } else { Fork::Disable }))) }
}

/// Sets the time that exit() may take to deliver the remaining entries. Default: 2000.
/// logrtc_close() has its own timeout.
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

/// Sets whether exit() closes the producer if it is still open: 1 (the default) or 0. In a child
/// process after fork(), exit() closes the child's own producer.
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

fn port(number: c_int) -> Result<u16, Refusal> {
    u16::try_from(number).map_err(|_| Refusal::invalid(format!("udp_ports: {number} is not a port from 1 to 65535")))
}

fn overflow_of(overflow: c_int, block_timeout_ms: u64) -> Result<Overflow, Refusal> {
    match overflow {
        LOGRTC_OVERFLOW_DROP_OLDEST => Ok(Overflow::DropOldest),
        LOGRTC_OVERFLOW_DROP_NEWEST => Ok(Overflow::DropNewest),
        LOGRTC_OVERFLOW_BLOCK => Ok(Overflow::Block(Duration::from_millis(block_timeout_ms))),
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

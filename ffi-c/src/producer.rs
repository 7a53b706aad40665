//! The functions of a producer other than logging.

use std::ffi::{c_char, c_int};
use std::time::Duration;

use logrtc_core::Producer;

use crate::callbacks::{self, CallbackThread};
use crate::handle::{handle, logrtc_producer, with};
use crate::options::logrtc_options;
use crate::state::state_number;
use crate::stats::logrtc_stats;
use crate::status::{Refusal, guard, logrtc_status};
use crate::{exit, fork, signals, text};

/// Starts a producer and returns at once: it connects, registers and reconnects in the background.
/// Entries that are logged before a consumer connects wait in the journal. The options are only
/// read; the caller still owns them.
///
/// Writes the handle to `*producer` if the status is LOGRTC_OK. End it with logrtc_close(); exit()
/// closes it otherwise. LOGRTC_INVALID_ARGUMENT: an option is invalid. LOGRTC_INTERNAL: the system
/// cannot start a thread.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_connect(
    options: *const logrtc_options,
    producer: *mut *mut logrtc_producer,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise.
        let options = unsafe { options.as_ref() }.ok_or_else(|| Refusal::null("options"))?;
        if producer.is_null() {
            return Err(Refusal::null("producer"));
        }
        let (queue, messages) = callbacks::queue();
        let config = options.config(&queue)?;
        let exit_timeout = options.close_at_exit.then(|| config.close_timeout());
        let client_id = config.client_id().to_owned();
        fork::watch();
        exit::watch();
        let _blocked = signals::Blocked::new();
        let made = Producer::connect(config)?;
        let callbacks = if options.callbacks.is_empty() {
            None
        } else {
            Some(CallbackThread::start(options.callbacks, made.subscribe(), (queue, messages))?)
        };
        let handle = logrtc_producer::new(made, client_id, callbacks, exit_timeout).keep();
        // SAFETY: it is not NULL, and the caller promises that it can be written.
        unsafe { producer.write(handle) };
        Ok(())
    })
}

/// Waits, at most for `timeout_ms`, until every connected consumer has acknowledged all entries
/// that were accepted before the call. Returns at once if no consumer is connected.
///
/// LOGRTC_TIMEOUT: a consumer has not. `pending` may be NULL. Otherwise `*pending` is 0 for
/// LOGRTC_OK; for LOGRTC_TIMEOUT it is the number of entries that the slowest consumer still waits
/// for; it is not written for another status.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_flush(
    producer: *mut logrtc_producer,
    timeout_ms: u64,
    pending: *mut u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { flush(producer, pending, |producer| producer.flush(Duration::from_millis(timeout_ms))) }
}

/// Does the same for the entries that were accepted before `position`, an earlier result of
/// logrtc_position(). With it, a program can wait in several steps.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_flush_to(
    producer: *mut logrtc_producer,
    position: u64,
    timeout_ms: u64,
    pending: *mut u64,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { flush(producer, pending, |producer| producer.flush_to(position, Duration::from_millis(timeout_ms))) }
}

/// Writes the number of entries that were accepted so far to `*position`, for logrtc_flush_to().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_position(producer: *const logrtc_producer, position: *mut u64) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        with(producer, |producer| {
            if position.is_null() {
                return Err(Refusal::null("position"));
            }
            // SAFETY: it is not NULL, and the caller promises that it can be written.
            position.write(producer.position());
            Ok(())
        })
    }
}

/// # Safety
/// As for [`with`]; and `pending` is NULL, or can be written.
unsafe fn flush(
    producer: *const logrtc_producer,
    pending: *mut u64,
    act: impl FnOnce(&Producer) -> logrtc_core::Result<()>,
) -> logrtc_status {
    let mut left = None;
    // SAFETY: the caller's promise is passed on.
    let status = unsafe {
        with(producer, |producer| {
            let flushed = act(producer);
            left = match &flushed {
                Ok(()) => Some(0),
                Err(error) => (error.kind() == logrtc_core::ErrorKind::Timeout).then(|| error.pending()),
            };
            Ok(flushed?)
        })
    };
    if let Some(left) = left
        && !pending.is_null()
    {
        // SAFETY: it is not NULL, and the caller promises that it can be written.
        unsafe { pending.write(left) };
    }
    status
}

/// Waits until a consumer is connected, at most for `timeout_ms`. Returns at once if one is
/// connected.
///
/// LOGRTC_TIMEOUT: no consumer is connected; returned at once if the producer is disabled.
/// LOGRTC_CLOSED: the producer is closed, or another thread closed it during the wait.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_wait_for_consumer(producer: *mut logrtc_producer, timeout_ms: u64) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        with(producer, |open| {
            if open.wait_for_consumer(Duration::from_millis(timeout_ms)) {
                Ok(())
            } else if handle(producer)?.is_closed() {
                Err(Refusal::closed())
            } else {
                Err(Refusal::no_consumer())
            }
        })
    }
}

/// Delivers the remaining entries and ends the producer. When it returns, no thread, socket or
/// callback of the producer is left. If a callback calls it, that callback is the last one.
///
/// Waits, at most for `timeout_ms`, until every consumer that is connected or announced has all
/// entries. If the first registration is still in progress, it waits for that too: so the entries
/// of a short program reach an open page. Returns at once if the signaling server cannot be reached
/// or has no consumer. Takes at most 200 ms longer than `timeout_ms`.
///
/// LOGRTC_TIMEOUT: a consumer did not receive all entries; the producer is closed anyway.
/// LOGRTC_CLOSED: the producer was closed before; every later call returns it.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_close(producer: *mut logrtc_producer, timeout_ms: u64) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        handle.close(Duration::from_millis(timeout_ms))
    })
}

/// Writes the state, one of LOGRTC_STATE_…, to `*state`. After logrtc_close() it is
/// LOGRTC_STATE_CLOSED, and the status is LOGRTC_OK.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_get_state(producer: *const logrtc_producer, state: *mut c_int) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        if state.is_null() {
            return Err(Refusal::null("state"));
        }
        // SAFETY: it is not NULL, and the caller promises that it can be written.
        unsafe { state.write(state_number(handle.producer.state())) };
        Ok(())
    })
}

/// Writes the last error of the signaling server, or the reason why it cannot be reached; an empty
/// text once the producer is registered. Works after logrtc_close() too.
///
/// `buffer` receives at most `size` bytes, including the NUL at the end; a longer text is cut. It may be NULL if `size` is 0.
/// Unless `length` is NULL, `*length` is the length of the whole text without the NUL.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_get_server_error(
    producer: *const logrtc_producer,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        if buffer.is_null() && size > 0 {
            return Err(Refusal::null("buffer"));
        }
        let text = handle.producer.last_error().unwrap_or_default().replace('\0', "\u{fffd}");
        // SAFETY: the caller promises `size` bytes.
        unsafe { text::write(&text, buffer, size) };
        if !length.is_null() {
            // SAFETY: it is not NULL, and the caller promises that it can be written.
            unsafe { length.write(text.len()) };
        }
        Ok(())
    })
}

/// Writes the counters to `*stats`, whose `struct_size` must be set. Works after logrtc_close()
/// too.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_get_stats(producer: *const logrtc_producer, stats: *mut logrtc_stats) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        if stats.is_null() {
            return Err(Refusal::null("stats"));
        }
        // SAFETY: the caller promises that the first member is there and set.
        let struct_size = unsafe { (&raw const (*stats).struct_size).read() };
        if struct_size < size_of::<usize>() {
            return Err(Refusal::invalid(format!("stats: struct_size is {struct_size}, not sizeof(logrtc_stats)")));
        }
        let filled = logrtc_stats::new(&handle.producer.stats(), struct_size);
        let fits = struct_size.min(size_of::<logrtc_stats>());
        // SAFETY: the caller promises `struct_size` bytes, and no more than these are written.
        unsafe { std::ptr::copy_nonoverlapping((&raw const filled).cast::<u8>(), stats.cast::<u8>(), fits) };
        Ok(())
    })
}

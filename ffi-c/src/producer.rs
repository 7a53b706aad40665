//! What a program does with a producer, but for logging.

use std::ffi::{c_char, c_int};
use std::time::Duration;

use logrtc_core::binding::ProducerExt as _;
use logrtc_core::{Producer, State};

use crate::callbacks::{self, CallbackThread};
use crate::handle::{handle, logrtc_producer, with};
use crate::options::logrtc_options;
use crate::stats::logrtc_stats;
use crate::status::{Refusal, guard, logrtc_status};
use crate::{exit, fork, signals, text};

/// An attempt to reach the signaling server is under way.
pub const LOGRTC_STATE_CONNECTING: i32 = 0;
/// Registered: consumers can come.
pub const LOGRTC_STATE_REGISTERED: i32 = 1;
/// The server cannot be reached, or is lost; the next attempt will come.
pub const LOGRTC_STATE_RECONNECTING: i32 = 2;
/// No attempt is left; consumers that are there stay.
pub const LOGRTC_STATE_ABANDONED: i32 = 3;
/// Closed by the program.
pub const LOGRTC_STATE_CLOSED: i32 = 4;
/// Switched off (LOGRTC_DISABLED).
pub const LOGRTC_STATE_DISABLED: i32 = 5;

pub(crate) fn state_number(state: State) -> c_int {
    match state {
        State::Connecting => LOGRTC_STATE_CONNECTING,
        State::Registered => LOGRTC_STATE_REGISTERED,
        State::Abandoned => LOGRTC_STATE_ABANDONED,
        State::Closed => LOGRTC_STATE_CLOSED,
        State::Disabled => LOGRTC_STATE_DISABLED,
        // A state that is not known here yet is one between the others.
        _ => LOGRTC_STATE_RECONNECTING,
    }
}

/// Starts a producer, and returns at once: it connects, registers and reconnects by itself. What is logged before a consumer
/// comes waits in the journal. The options are only read: the caller still owns them.
///
/// `*producer` is written only where the status is LOGRTC_OK, and belongs to the program until logrtc_close().
/// LOGRTC_INVALID_ARGUMENT: an option is wrong. LOGRTC_INTERNAL: the system gives no threads.
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
        fork::watch();
        exit::watch();
        let _blocked = signals::Blocked::new();
        let made = Producer::connect(config)?;
        let callbacks = if options.callbacks.is_empty() {
            None
        } else {
            Some(CallbackThread::start(options.callbacks, made.subscribe(), (queue, messages))?)
        };
        let handle = logrtc_producer::new(made, callbacks, exit_timeout).keep();
        // SAFETY: it is not NULL, and the caller promises that it can be written.
        unsafe { producer.write(handle) };
        Ok(())
    })
}

/// Waits until every connected consumer has acknowledged everything that was accepted before the call, at most for
/// `timeout_ms`; returns at once where none is connected.
///
/// LOGRTC_TIMEOUT: some has not; `*pending`, where `pending` is not NULL, is how many entries the slowest consumer still waits
/// for. It is 0 where the status is LOGRTC_OK, and not written otherwise.
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

/// Does the same for what was accepted before `position`, an earlier answer of logrtc_position(): so that a wait can be done in
/// parts, with other things in between.
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

/// Writes to `*position` how many entries were accepted so far: what logrtc_flush_to() may wait for.
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

/// Waits until a consumer is connected, at most for `timeout_ms`. Returns at once if one is connected.
///
/// LOGRTC_TIMEOUT: none is; also at once if the producer is disabled. LOGRTC_CLOSED: the producer is closed, or another
/// thread closed it during the wait.
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

/// Delivers what is logged, and ends the producer. When it returns, no thread, socket or callback of it is left; if a callback
/// calls it, that callback is the last one.
///
/// Waits, at most for `timeout_ms`, until every consumer that is connected or announced has everything. If the first
/// registration is still under way, it waits for that, too: so the entries of a short program reach a page that is open.
/// Returns at once if the signaling server cannot be reached, or has no consumer. Takes at most 200 ms beyond `timeout_ms`.
///
/// LOGRTC_TIMEOUT: a consumer did not receive everything; the producer is closed all the same. LOGRTC_CLOSED: it is closed
/// already, as for every later call.
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

/// Writes the state, one of LOGRTC_STATE_…, to `*state`: LOGRTC_STATE_CLOSED after logrtc_close(), with LOGRTC_OK.
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

/// Writes why the signaling server cannot be reached, or its last complaint; an empty text if it takes the producer. After
/// logrtc_close() too.
///
/// `buffer` receives at most `size` bytes, including the NUL at the end; a text that is longer is cut. It may be NULL if
/// `size` is 0. `*length`, unless `length` is NULL, is the length of the whole text, without the NUL.
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

/// Writes what has been counted so far to `*stats`, whose `struct_size` must be set; after logrtc_close() too.
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

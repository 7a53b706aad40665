//! The producer: a handle that stays valid for ever, so that every call is safe after close.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::time::Duration;

use logrtc_core::{Producer, State};

use crate::callbacks::CallbackThread;
use crate::options::logrtc_options;
use crate::stats::logrtc_stats;
use crate::status::{Refusal, guard, logrtc_status};
use crate::{fork, signals};

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

/// A producer: made by logrtc_connect(), ended by logrtc_close().
///
/// What is left of it then is some two thousand bytes, which are never freed: so any call with it is safe at any time.
pub struct logrtc_producer {
    producer: Producer,
    closed: AtomicBool,
    callbacks: Option<CallbackThread>,
    /// The one made before it.
    next: AtomicPtr<logrtc_producer>,
}

/// The newest handle, and by it every one: so that a leak checker sees that none is lost. No lock, for a fork would
/// leave it held.
static HANDLES: AtomicPtr<logrtc_producer> = AtomicPtr::new(std::ptr::null_mut());

/// Keeps a handle for ever.
fn keep(handle: logrtc_producer) -> *mut logrtc_producer {
    let handle = Box::leak(Box::new(handle));
    let _ = HANDLES.fetch_update(Ordering::AcqRel, Ordering::Acquire, |newest| {
        handle.next.store(newest, Ordering::Relaxed);
        Some(handle)
    });
    handle
}

/// Calls `act` with the producer of a handle.
///
/// # Safety
/// `producer` is NULL, or came from `logrtc_connect`.
pub(crate) unsafe fn with(
    producer: *const logrtc_producer,
    act: impl FnOnce(&Producer) -> Result<(), Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_open(producer, |_| (), act) }
}

/// The same for what logs: an entry that comes after the close is counted.
///
/// # Safety
/// As for [`with`].
pub(crate) unsafe fn with_entry(
    producer: *const logrtc_producer,
    act: impl FnOnce(&Producer) -> Result<(), Refusal>,
) -> logrtc_status {
    let count = |producer: &Producer| {
        producer.count_filtered();
    };
    // SAFETY: the caller's promise is passed on.
    unsafe { with_open(producer, count, act) }
}

/// # Safety
/// As for [`with`].
#[inline]
unsafe fn with_open(
    producer: *const logrtc_producer,
    if_closed: impl FnOnce(&Producer),
    act: impl FnOnce(&Producer) -> Result<(), Refusal>,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        if handle.closed.load(Ordering::Acquire) {
            if_closed(&handle.producer);
            return Err(Refusal::closed());
        }
        act(&handle.producer)
    })
}

/// # Safety
/// As for [`with`].
unsafe fn handle<'a>(producer: *const logrtc_producer) -> Result<&'a logrtc_producer, Refusal> {
    // SAFETY: a handle is never freed, and the caller promises that it is one.
    unsafe { producer.as_ref() }.ok_or_else(|| Refusal::null("producer"))
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
        fork::watch();
        let _blocked = signals::Blocked::new();
        let made = Producer::connect(options.config()?)?;
        let callbacks = if options.callbacks.is_empty() {
            None
        } else {
            Some(CallbackThread::start(options.callbacks, made.subscribe())?)
        };
        let handle = keep(logrtc_producer {
            producer: made,
            closed: AtomicBool::new(false),
            callbacks,
            next: AtomicPtr::default(),
        });
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

/// Flushes, at most for `timeout_ms`, and ends the producer. When it returns, no thread, socket or callback of it is left: from
/// a callback too, but that the callback itself still has to return.
///
/// Later calls answer LOGRTC_CLOSED, a second logrtc_close() too. Takes up to 200 ms beyond `timeout_ms` where a consumer is
/// connected, and next to nothing where none is. LOGRTC_TIMEOUT: a consumer did not get everything; it is closed all the same.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_close(producer: *mut logrtc_producer, timeout_ms: u64) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        let was_closed = handle.closed.swap(true, Ordering::AcqRel);
        // Who comes second waits in here for the first.
        let ended = handle.producer.close(Duration::from_millis(timeout_ms));
        if let Some(callbacks) = &handle.callbacks {
            callbacks.stop();
        }
        if was_closed { Err(Refusal::closed()) } else { Ok(ended?) }
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

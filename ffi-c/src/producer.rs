//! The producer: a handle that stays valid for ever, so that every call is safe after close.

use std::borrow::Cow;
use std::ffi::{c_char, c_int};
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::time::Duration;

use logrtc_core::{Outcome, Producer, Span, State};

use crate::callbacks::CallbackThread;
use crate::options::{level_of, logrtc_options};
use crate::stats::logrtc_stats;
use crate::status::{LOGRTC_OK, Refusal, guard, logrtc_status};
use crate::{fork, text};

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

/// Where an entry stands in a distributed trace. Each member but the first is NULL or a NUL-terminated string. Set
/// `struct_size` to sizeof(logrtc_span); LOGRTC_SPAN_INIT does it.
#[repr(C)]
pub struct logrtc_span {
    /// sizeof(logrtc_span), set by the caller.
    pub struct_size: usize,
    /// The id of the span.
    pub id: *const c_char,
    /// The id of the trace that the span belongs to.
    pub trace_id: *const c_char,
    /// The id of the span that this one is part of.
    pub parent_id: *const c_char,
}

/// Calls `act` with the producer of a handle.
///
/// # Safety
/// `producer` is NULL, or came from `logrtc_connect`.
unsafe fn with(producer: *const logrtc_producer, act: impl FnOnce(&Producer) -> Result<(), Refusal>) -> logrtc_status {
    guard(|| {
        // SAFETY: a handle is never freed, and the caller promises that it is one.
        let handle = unsafe { producer.as_ref() }.ok_or_else(|| Refusal::null("producer"))?;
        if handle.closed.load(Ordering::Acquire) {
            return Err(Refusal::closed());
        }
        act(&handle.producer)
    })
}

fn logged(outcome: Outcome) -> Result<(), Refusal> {
    match outcome {
        Outcome::Accepted | Outcome::Filtered => Ok(()),
        Outcome::Dropped => Err(Refusal::dropped()),
        Outcome::Closed => Err(Refusal::closed()),
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
        fork::watch();
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

/// Logs an entry. `fields` is a JSON object, or NULL; `span` may be NULL. Never waits on the network.
///
/// LOGRTC_OK where the level and the filter do not want it, too. LOGRTC_INVALID_ARGUMENT: an argument is NULL, the level is
/// none, or `fields` is no JSON object. LOGRTC_DROPPED: the journal is full and its policy refuses. LOGRTC_CLOSED.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log(
    producer: *mut logrtc_producer,
    level: c_int,
    target: *const c_char,
    message: *const c_char,
    fields: *const c_char,
    span: *const logrtc_span,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        with(producer, |producer| {
            let level = level_of(level)?;
            if !producer.enabled_for_any_target(level) {
                return logged(producer.log(level, "", "").send());
            }
            let target = text::terminated(target, "target")?;
            let message = text::terminated(message, "message")?;
            let fields = text::optional(fields, "fields")?;
            log(producer, (level, &target, &message), fields.as_deref(), span)
        })
    }
}

/// The same, with strings of so many bytes. `fields` is NULL for none; the ids of `span` are NUL-terminated.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_n(
    producer: *mut logrtc_producer,
    level: c_int,
    target: *const c_char,
    target_len: usize,
    message: *const c_char,
    message_len: usize,
    fields: *const c_char,
    fields_len: usize,
    span: *const logrtc_span,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        with(producer, |producer| {
            let level = level_of(level)?;
            if !producer.enabled_for_any_target(level) {
                return logged(producer.log(level, "", "").send());
            }
            let target = text::counted(target, target_len, "target")?;
            let message = text::counted(message, message_len, "message")?;
            let fields = if fields.is_null() { None } else { Some(text::counted(fields, fields_len, "fields")?) };
            log(producer, (level, &target, &message), fields.as_deref(), span)
        })
    }
}

/// # Safety
/// `span` is NULL, or a `logrtc_span` whose size and strings are as it says.
unsafe fn log<'a>(
    producer: &'a Producer,
    (level, target, message): (logrtc_core::Level, &'a str, &'a str),
    fields: Option<&'a str>,
    span: *const logrtc_span,
) -> Result<(), Refusal> {
    let mut record = producer.log(level, target, message);
    if !record.is_wanted() {
        return logged(record.send());
    }
    if let Some(fields) = fields {
        record = record.fields_json(fields)?;
    }
    // SAFETY: the caller's promise.
    if let Some(span) = unsafe { read_span(span) }? {
        record = record.span(span);
    }
    logged(record.send())
}

/// # Safety
/// As for [`log`].
unsafe fn read_span(span: *const logrtc_span) -> Result<Option<Span>, Refusal> {
    // SAFETY: the caller's promise.
    let Some(span) = (unsafe { span.as_ref() }) else { return Ok(None) };
    if span.struct_size < size_of::<logrtc_span>() {
        return Err(Refusal::invalid(format!(
            "span: struct_size is {}, not sizeof(logrtc_span), {}",
            span.struct_size,
            size_of::<logrtc_span>()
        )));
    }
    // SAFETY: the caller's promise.
    let id = unsafe { text::optional(span.id, "span.id") }?;
    // SAFETY: the caller's promise.
    let trace_id = unsafe { text::optional(span.trace_id, "span.trace_id") }?;
    // SAFETY: the caller's promise.
    let parent_id = unsafe { text::optional(span.parent_id, "span.parent_id") }?;
    let mut read = id.map_or_else(Span::default, Span::new);
    if let Some(trace_id) = trace_id {
        read = read.trace_id(trace_id);
    }
    if let Some(parent_id) = parent_id {
        read = read.parent_id(parent_id);
    }
    Ok(Some(read))
}

/// Logs a whole entry, a JSON object: the keys "timestamp" (ISO 8601), "level", "target" and "message" are required, and
/// "fields" and "span" may be there. Never waits on the network.
///
/// LOGRTC_INVALID_ARGUMENT names the key that is missing, of another type, unknown, or twice there. Else as logrtc_log().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_send(producer: *mut logrtc_producer, json: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { with(producer, |producer| logged(producer.send_json(&text::terminated(json, "json")?)?)) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_send_n(
    producer: *mut logrtc_producer,
    json: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { with(producer, |producer| logged(producer.send_json(&text::counted(json, len, "json")?)?)) }
}

/// # Safety
/// As for [`with`].
unsafe fn enabled<'a>(
    producer: *const logrtc_producer,
    level: c_int,
    target: impl FnOnce() -> Result<Cow<'a, str>, Refusal>,
) -> c_int {
    let mut enabled = false;
    // SAFETY: the caller's promise is passed on.
    let status = unsafe {
        with(producer, |producer| {
            let level = level_of(level)?;
            enabled = producer.enabled_for_any_target(level) && producer.enabled(level, &target()?);
            Ok(())
        })
    };
    c_int::from(status == LOGRTC_OK && enabled)
}

/// Whether an entry of this level and target would be logged: 1 or 0. 0 for what is NULL, wrong or closed. Costs a few
/// nanoseconds where nothing of that level would be.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_enabled(
    producer: *const logrtc_producer,
    level: c_int,
    target: *const c_char,
) -> c_int {
    // SAFETY: the caller's promises are passed on.
    unsafe { enabled(producer, level, || text::terminated(target, "target")) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_enabled_n(
    producer: *const logrtc_producer,
    level: c_int,
    target: *const c_char,
    len: usize,
) -> c_int {
    // SAFETY: the caller's promises are passed on.
    unsafe { enabled(producer, level, || text::counted(target, len, "target")) }
}

/// Sets the lowest level that is logged, of every target that the filter does not name.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_set_level(producer: *mut logrtc_producer, level: c_int) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        with(producer, |producer| {
            producer.set_level(level_of(level)?);
            Ok(())
        })
    }
}

/// Sets what is logged, by level and target: "info,app::db=debug".
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_set_filter(producer: *mut logrtc_producer, filter: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_filter(producer, || text::terminated(filter, "filter")) }
}

/// The same, of `len` bytes.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_set_filter_n(
    producer: *mut logrtc_producer,
    filter: *const c_char,
    len: usize,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { set_filter(producer, || text::counted(filter, len, "filter")) }
}

/// # Safety
/// As for [`with`].
unsafe fn set_filter<'a>(
    producer: *const logrtc_producer,
    filter: impl FnOnce() -> Result<Cow<'a, str>, Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        with(producer, |producer| {
            producer.set_filter(filter()?.parse()?);
            Ok(())
        })
    }
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
    let mut left = None;
    // SAFETY: the caller's promise is passed on.
    let status = unsafe {
        with(producer, |producer| match producer.flush(Duration::from_millis(timeout_ms)) {
            Ok(()) => {
                left = Some(0);
                Ok(())
            }
            Err(error) => {
                left = (error.kind() == logrtc_core::ErrorKind::Timeout).then(|| error.pending());
                Err(error.into())
            }
        })
    };
    // SAFETY: the caller promises that it is NULL, or can be written.
    if let (Some(left), Some(pending)) = (left, unsafe { pending.as_mut() }) {
        *pending = left;
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
        // SAFETY: a handle is never freed, and the caller promises that it is one.
        let handle = unsafe { producer.as_ref() }.ok_or_else(|| Refusal::null("producer"))?;
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
        // SAFETY: a handle is never freed, and the caller promises that it is one.
        let handle = unsafe { producer.as_ref() }.ok_or_else(|| Refusal::null("producer"))?;
        // SAFETY: the caller promises that it is NULL, or can be written.
        let state = unsafe { state.as_mut() }.ok_or_else(|| Refusal::null("state"))?;
        *state = state_number(handle.producer.state());
        Ok(())
    })
}

/// Writes what has been counted so far to `*stats`, whose `struct_size` must be set. LOGRTC_CLOSED after logrtc_close().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_get_stats(producer: *const logrtc_producer, stats: *mut logrtc_stats) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        with(producer, |producer| {
            if stats.is_null() {
                return Err(Refusal::null("stats"));
            }
            // SAFETY: the caller promises that the first member is there and set.
            let struct_size = (&raw const (*stats).struct_size).read();
            if struct_size < size_of::<usize>() {
                return Err(Refusal::invalid(format!("stats: struct_size is {struct_size}, not sizeof(logrtc_stats)")));
            }
            let filled = logrtc_stats::new(&producer.stats(), struct_size);
            let fits = struct_size.min(size_of::<logrtc_stats>());
            // SAFETY: the caller promises `struct_size` bytes, and no more than these are written.
            std::ptr::copy_nonoverlapping((&raw const filled).cast::<u8>(), stats.cast::<u8>(), fits);
            Ok(())
        })
    }
}

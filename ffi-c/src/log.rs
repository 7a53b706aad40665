//! Logging: entries, whether they are wanted, and which are.

use std::borrow::Cow;
use std::ffi::{c_char, c_int};

use chrono::{DateTime, Utc};
use logrtc_core::binding::ProducerExt as _;
use logrtc_core::{Level, Outcome, Producer};

use crate::handle::{logrtc_producer, with, with_entry};
use crate::options::level_of;
use crate::span::{logrtc_span, read_span};
use crate::status::{LOGRTC_OK, Refusal, logrtc_status};
use crate::text;

fn logged(outcome: Outcome) -> Result<(), Refusal> {
    match outcome {
        Outcome::Accepted | Outcome::Filtered => Ok(()),
        Outcome::Dropped => Err(Refusal::dropped()),
        Outcome::Closed => Err(Refusal::closed()),
    }
}

/// The time, target, message and fields of an entry, once they are asked for.
struct Entry<'a> {
    time: Option<DateTime<Utc>>,
    target: Cow<'a, str>,
    message: Cow<'a, str>,
    fields: Option<Cow<'a, str>>,
}

/// # Safety
/// As for [`with`]; and `span` is NULL, or a `logrtc_span` whose size and strings are as it says.
unsafe fn log<'a>(
    producer: *const logrtc_producer,
    level: c_int,
    read: impl FnOnce() -> Result<Entry<'a>, Refusal>,
    span: *const logrtc_span,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        with_entry(producer, |producer| {
            let level = level_of(level)?;
            if producer.enabled_for_any_target(level) {
                submit(producer, level, &read()?, span)
            } else {
                logged(producer.count_filtered())
            }
        })
    }
}

/// # Safety
/// As for [`log`].
unsafe fn submit(
    producer: &Producer,
    level: Level,
    entry: &Entry<'_>,
    span: *const logrtc_span,
) -> Result<(), Refusal> {
    let mut record = producer.log(level, &*entry.target, &*entry.message);
    if record.is_wanted() {
        if let Some(fields) = &entry.fields {
            record = record.fields_json(fields)?;
        }
        // SAFETY: the caller's promise is passed on.
        if let Some(span) = unsafe { read_span(span) }? {
            record = record.span(span);
        }
        if let Some(time) = entry.time {
            record = record.timestamp(time);
        }
    }
    logged(record.send())
}

/// Reads the strings of an entry that end with a NUL.
///
/// # Safety
/// Each is NULL, or a NUL-terminated string that stays as it is for `'a`.
unsafe fn terminated<'a>(
    time: Option<DateTime<Utc>>,
    (target, message, fields): (*const c_char, *const c_char, *const c_char),
) -> Result<Entry<'a>, Refusal> {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        let (target, message) = (text::terminated(target, "target")?, text::terminated(message, "message")?);
        Ok(Entry { time, target, message, fields: text::optional(fields, "fields")? })
    }
}

/// Reads the strings of an entry that have a length.
///
/// # Safety
/// Each is NULL, or points to as many bytes, which stay as they are for `'a`.
unsafe fn counted<'a>(
    time: Option<DateTime<Utc>>,
    (target, target_len): (*const c_char, usize),
    (message, message_len): (*const c_char, usize),
    (fields, fields_len): (*const c_char, usize),
) -> Result<Entry<'a>, Refusal> {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        let target = text::counted(target, target_len, "target")?;
        let message = text::counted(message, message_len, "message")?;
        let fields = if fields.is_null() { None } else { Some(text::counted(fields, fields_len, "fields")?) };
        Ok(Entry { time, target, message, fields })
    }
}

fn time_of(unix_ms: i64) -> Result<Option<DateTime<Utc>>, Refusal> {
    DateTime::from_timestamp_millis(unix_ms)
        .map(Some)
        .ok_or_else(|| Refusal::invalid(format!("unix_ms: {unix_ms} is not a time in milliseconds since 1970")))
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
    unsafe { log(producer, level, || terminated(None, (target, message, fields)), span) }
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
    let read = || {
        // SAFETY: the caller's promises are passed on.
        unsafe { counted(None, (target, target_len), (message, message_len), (fields, fields_len)) }
    };
    // SAFETY: the caller's promises are passed on.
    unsafe { log(producer, level, read, span) }
}

/// Logs an entry of another time than the present one, as logrtc_log() does: `unix_ms` milliseconds after 1970, UTC. For what
/// was logged elsewhere before.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_at(
    producer: *mut logrtc_producer,
    unix_ms: i64,
    level: c_int,
    target: *const c_char,
    message: *const c_char,
    fields: *const c_char,
    span: *const logrtc_span,
) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { log(producer, level, || terminated(time_of(unix_ms)?, (target, message, fields)), span) }
}

/// The same, with strings of so many bytes. `fields` is NULL for none; the ids of `span` are NUL-terminated.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_at_n(
    producer: *mut logrtc_producer,
    unix_ms: i64,
    level: c_int,
    target: *const c_char,
    target_len: usize,
    message: *const c_char,
    message_len: usize,
    fields: *const c_char,
    fields_len: usize,
    span: *const logrtc_span,
) -> logrtc_status {
    let read = || {
        // SAFETY: the caller's promises are passed on.
        unsafe { counted(time_of(unix_ms)?, (target, target_len), (message, message_len), (fields, fields_len)) }
    };
    // SAFETY: the caller's promises are passed on.
    unsafe { log(producer, level, read, span) }
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
    unsafe { with_entry(producer, |producer| logged(producer.send_json(&text::terminated(json, "json")?)?)) }
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
    unsafe { with_entry(producer, |producer| logged(producer.send_json(&text::counted(json, len, "json")?)?)) }
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

/// Counts an entry that logrtc_enabled() said no to, and that the program therefore never made: as logrtc_log() counts those
/// that it leaves out.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_count_filtered(producer: *mut logrtc_producer) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_entry(producer, |producer| logged(producer.count_filtered())) }
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

//! Logging. Whatever is passed as target, message, fields or span: the entry is logged.

use std::borrow::Cow;
use std::ffi::{c_char, c_int};

use chrono::{DateTime, Utc};
use logrtc_core::{Fields, Level, Outcome, Record, Span};

use crate::fields::{logrtc_field, read_fields};
use crate::handle::{logrtc_producer, with_entry};
use crate::level::{level_of, nearest_level};
use crate::repairs::Repairs;
use crate::span::{logrtc_span, read_span};
use crate::status::{Refusal, logrtc_status};
use crate::text;

pub(crate) fn logged(outcome: Outcome) -> Result<(), Refusal> {
    match outcome {
        Outcome::Accepted | Outcome::Filtered => Ok(()),
        Outcome::Dropped => Err(Refusal::dropped()),
        Outcome::Closed => Err(Refusal::closed()),
    }
}

/// A target and a message, as the caller passes them.
type Texts = ((*const c_char, usize), (*const c_char, usize));

/// The fields of an entry, as the caller passes them.
#[derive(Clone, Copy)]
enum Passed {
    Json(*const c_char),
    CountedJson(*const c_char, usize),
    Typed(*const logrtc_field, usize),
}

/// The fields of an entry, read.
enum Read<'a> {
    Json(Cow<'a, str>),
    Typed(Fields),
}

/// How the target and the message of a call end.
#[derive(Clone, Copy)]
enum End {
    /// With a NUL: the lengths are not read.
    Nul,
    /// At their length.
    Length,
}

/// An entry as the caller passes it; only read if it is wanted.
struct Call {
    unix_ms: Option<i64>,
    level: c_int,
    end: End,
    texts: Texts,
    fields: Passed,
    span: *const logrtc_span,
}

impl Call {
    /// # Safety
    /// `producer` is as for [`with_entry`]; the pointers are NULL or what the header says.
    unsafe fn log(self, producer: *const logrtc_producer) -> logrtc_status {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            with_entry(producer, |handle| {
                let mut repairs = Repairs::default();
                let level = repairs.or(level_of(self.level), || nearest_level(self.level));
                if !handle.producer.enabled_for_any_target(level) {
                    return logged(handle.producer.count_filtered());
                }
                match self.submit(handle, level, &mut repairs) {
                    Outcome::Accepted => repairs.into_result(),
                    outcome => logged(outcome),
                }
            })
        }
    }

    /// # Safety
    /// As for [`log`](Self::log).
    unsafe fn submit(&self, handle: &logrtc_producer, level: Level, repairs: &mut Repairs) -> Outcome {
        let (target, message) = self.texts;
        // SAFETY: the caller's promises are passed on.
        let (target, message) =
            unsafe { (self.text(target, "target", repairs), self.text(message, "message", repairs)) };
        let target = target.as_deref().unwrap_or(&handle.client_id);
        let message = message.as_deref().unwrap_or_default();
        let record = handle.producer.log(level, target, message);
        if !record.is_wanted() {
            return record.send();
        }
        let time = self.time(repairs);
        // SAFETY: the caller's promises are passed on.
        let span = unsafe { repairs.or(read_span(self.span), || None) };
        // SAFETY: as above.
        match unsafe { self.fields(repairs) } {
            None => finish(record, time, span),
            Some(Read::Typed(fields)) => finish(record.fields(fields), time, span),
            Some(Read::Json(json)) => match record.fields_json(&json) {
                Ok(record) => finish(record, time, span),
                Err(error) => {
                    repairs.note(format_args!("{error}; the entry has the text in its field \"invalid_json\""));
                    let record = handle.producer.log(level, target, message);
                    finish(record.field("invalid_json", &*json), time, span)
                }
            },
        }
    }

    /// # Safety
    /// `text` is NULL, or a string that ends as `self.end` says.
    unsafe fn text<'a>(
        &self,
        (text, len): (*const c_char, usize),
        name: &str,
        repairs: &mut Repairs,
    ) -> Option<Cow<'a, str>> {
        match self.end {
            // SAFETY: the caller's promise is passed on.
            End::Nul => unsafe { text::optional(text) },
            // SAFETY: as above.
            End::Length => repairs.or(unsafe { text::optional_counted(text, len, name) }, || None),
        }
    }

    fn time(&self, repairs: &mut Repairs) -> Option<DateTime<Utc>> {
        let unix_ms = self.unix_ms?;
        let time = DateTime::from_timestamp_millis(unix_ms);
        if time.is_none() {
            repairs.note(format_args!("unix_ms: {unix_ms} is not a time in milliseconds since 1970"));
        }
        time
    }

    /// # Safety
    /// As for [`log`](Self::log).
    unsafe fn fields<'a>(&self, repairs: &mut Repairs) -> Option<Read<'a>> {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.fields {
                Passed::Json(json) => text::optional(json).map(Read::Json),
                Passed::CountedJson(json, len) => {
                    repairs.or(text::optional_counted(json, len, "fields"), || None).map(Read::Json)
                }
                Passed::Typed(_, 0) => None,
                Passed::Typed(fields, count) => Some(Read::Typed(read_fields(fields, count, repairs))),
            }
        }
    }
}

fn finish(mut record: Record<'_>, time: Option<DateTime<Utc>>, span: Option<Span>) -> Outcome {
    if let Some(span) = span {
        record = record.span(span);
    }
    if let Some(time) = time {
        record = record.timestamp(time);
    }
    record.send()
}

/// Logs an entry. Never waits on the network. `fields` is a JSON object or NULL;
/// logrtc_log_fields() needs no JSON. `span` may be NULL.
///
/// Returns LOGRTC_OK if the entry is logged, or left out by the filter. LOGRTC_REPAIRED: the entry
/// is logged, but an argument was invalid: `fields` that is not a JSON object becomes the field
/// "invalid_json" with its text; a number that is not a level, the nearest level; an invalid span
/// is left out. LOGRTC_DROPPED: the journal is full and its overflow policy refused the entry.
/// LOGRTC_CLOSED: the producer is closed. LOGRTC_INVALID_ARGUMENT: `producer` is NULL.
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
    let (end, texts, fields) = (End::Nul, ((target, 0), (message, 0)), Passed::Json(fields));
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms: None, level, end, texts, fields, span }.log(producer) }
}

/// The same, with strings that have a length. `fields` may be NULL; the ids of `span` are
/// NUL-terminated.
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
    let (end, texts) = (End::Length, ((target, target_len), (message, message_len)));
    let fields = Passed::CountedJson(fields, fields_len);
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms: None, level, end, texts, fields, span }.log(producer) }
}

/// Logs an entry as logrtc_log() does, with another time than now: `unix_ms` milliseconds after
/// 1970-01-01, UTC. For entries that were recorded earlier.
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
    let (unix_ms, texts, fields) = (Some(unix_ms), ((target, 0), (message, 0)), Passed::Json(fields));
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms, level, end: End::Nul, texts, fields, span }.log(producer) }
}

/// The same, with strings that have a length. `fields` may be NULL; the ids of `span` are
/// NUL-terminated.
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
    let (unix_ms, texts) = (Some(unix_ms), ((target, target_len), (message, message_len)));
    let fields = Passed::CountedJson(fields, fields_len);
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms, level, end: End::Length, texts, fields, span }.log(producer) }
}

/// Logs an entry as logrtc_log() does, with `count` typed fields: see LOGRTC_FIELDS().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_fields(
    producer: *mut logrtc_producer,
    level: c_int,
    target: *const c_char,
    message: *const c_char,
    fields: *const logrtc_field,
    count: usize,
    span: *const logrtc_span,
) -> logrtc_status {
    let (end, texts, fields) = (End::Nul, ((target, 0), (message, 0)), Passed::Typed(fields, count));
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms: None, level, end, texts, fields, span }.log(producer) }
}

/// The same, with strings that have a length. The ids of `span` are NUL-terminated.
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_fields_n(
    producer: *mut logrtc_producer,
    level: c_int,
    target: *const c_char,
    target_len: usize,
    message: *const c_char,
    message_len: usize,
    fields: *const logrtc_field,
    count: usize,
    span: *const logrtc_span,
) -> logrtc_status {
    let (end, texts) = (End::Length, ((target, target_len), (message, message_len)));
    let fields = Passed::Typed(fields, count);
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms: None, level, end, texts, fields, span }.log(producer) }
}

/// Logs an entry as logrtc_log_fields_n() does, with the time of logrtc_log_at().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_log_fields_at_n(
    producer: *mut logrtc_producer,
    unix_ms: i64,
    level: c_int,
    target: *const c_char,
    target_len: usize,
    message: *const c_char,
    message_len: usize,
    fields: *const logrtc_field,
    count: usize,
    span: *const logrtc_span,
) -> logrtc_status {
    let (unix_ms, texts) = (Some(unix_ms), ((target, target_len), (message, message_len)));
    let fields = Passed::Typed(fields, count);
    // SAFETY: the caller's promises are passed on.
    unsafe { Call { unix_ms, level, end: End::Length, texts, fields, span }.log(producer) }
}

/// Logs a whole entry, a JSON object. The keys "timestamp" (ISO 8601), "level", "target" and
/// "message" are required; "fields" and "span" are optional. Never waits on the network.
///
/// LOGRTC_INVALID_ARGUMENT: a key is missing, unknown, repeated or of the wrong type; nothing is
/// logged. Otherwise as logrtc_log().
///
/// # Safety
/// The pointers are as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_send(producer: *mut logrtc_producer, json: *const c_char) -> logrtc_status {
    // SAFETY: the caller's promises are passed on.
    unsafe { send(producer, || text::terminated(json, "json")) }
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
    unsafe { send(producer, || text::counted(json, len, "json")) }
}

/// # Safety
/// As for [`with_entry`].
unsafe fn send<'a>(
    producer: *const logrtc_producer,
    json: impl FnOnce() -> Result<Cow<'a, str>, Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_entry(producer, |handle| logged(handle.producer.send_json(&json()?)?)) }
}

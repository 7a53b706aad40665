//! The filter: which entries are logged.

use std::borrow::Cow;
use std::ffi::{c_char, c_int};

use crate::handle::{logrtc_producer, with, with_entry, with_handle};
use crate::level::{level_of, nearest_level};
use crate::log::logged;
use crate::status::{LOGRTC_OK, Refusal, logrtc_status};
use crate::text;

/// # Safety
/// As for [`with`].
unsafe fn enabled<'a>(
    producer: *const logrtc_producer,
    level: c_int,
    target: impl FnOnce() -> Option<Cow<'a, str>>,
) -> c_int {
    let level = level_of(level).unwrap_or_else(|_| nearest_level(level));
    let mut enabled = false;
    // SAFETY: the caller's promise is passed on.
    let status = unsafe {
        with_handle(producer, |handle| {
            enabled = handle.producer.enabled_for_any_target(level)
                && handle.producer.enabled(level, target().as_deref().unwrap_or(&handle.client_id));
            Ok(())
        })
    };
    c_int::from(status == LOGRTC_OK && enabled)
}

/// Returns 1 if an entry of this level and target would be logged, else 0. NULL stands for the
/// client_id; a number that is not a level, for the nearest one. Returns 0 if the producer is NULL
/// or closed. Takes a few nanoseconds if no target logs the level.
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
    unsafe { enabled(producer, level, || text::optional(target)) }
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
    unsafe { enabled(producer, level, || text::optional_counted(target, len, "target").ok().flatten()) }
}

/// Counts an entry that the program skipped because logrtc_enabled() returned 0. logrtc_log()
/// counts its own.
///
/// # Safety
/// The pointer is as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn logrtc_count_filtered(producer: *mut logrtc_producer) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_entry(producer, |handle| logged(handle.producer.count_filtered())) }
}

/// Sets the lowest level that is logged, for every target that the filter does not name.
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

/// Sets the filter by level and target, such as "info,app::db=debug".
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

//! The levels of entries.

use std::ffi::c_int;

use logrtc_core::Level;

use crate::status::Refusal;

/// Details for debugging.
pub const LOGRTC_DEBUG: i32 = 0;
/// Normal operation.
pub const LOGRTC_INFO: i32 = 1;
/// A condition that may need attention.
pub const LOGRTC_WARN: i32 = 2;
/// A failure.
pub const LOGRTC_ERROR: i32 = 3;

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

/// The level that is nearest to a number which is no level.
pub(crate) fn nearest_level(level: c_int) -> Level {
    if level < LOGRTC_DEBUG { Level::Debug } else { Level::Error }
}

pub(crate) fn level_number(level: Level) -> c_int {
    match level {
        Level::Debug => LOGRTC_DEBUG,
        Level::Info => LOGRTC_INFO,
        Level::Warn => LOGRTC_WARN,
        Level::Error => LOGRTC_ERROR,
    }
}

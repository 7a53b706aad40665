//! The version, of the header and of the library.

use std::ffi::c_char;

/// The version of this header: major.
pub const LOGRTC_VERSION_MAJOR: u32 = 0;
/// The version of this header: minor.
pub const LOGRTC_VERSION_MINOR: u32 = 1;
/// The version of this header: patch.
pub const LOGRTC_VERSION_PATCH: u32 = 0;

/// The version of the library, such as "0.1.0". Static; never NULL. It may be newer than the
/// header's: functions are only ever added within a soname.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_s_version_is_the_library_s() {
        let header = format!("{LOGRTC_VERSION_MAJOR}.{LOGRTC_VERSION_MINOR}.{LOGRTC_VERSION_PATCH}");
        assert_eq!(header, env!("CARGO_PKG_VERSION"));
    }
}

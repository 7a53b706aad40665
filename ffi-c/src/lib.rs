//! liblogrtc: the C face of logrtc. It converts, calls, converts.
//!
//! What C programmers read is `include/logrtc.h`, which cbindgen makes of the documentation here: `make header`. The
//! contract that holds for every function stands at its top, in `cbindgen.toml`.

// The names are those of C, so that no table of renames is needed.
#![allow(non_camel_case_types)]

pub mod callbacks;
mod exit;
mod fork;
pub mod handle;
pub mod log;
pub mod options;
pub mod producer;
mod signals;
pub mod span;
pub mod stats;
pub mod status;
mod text;
pub mod version;

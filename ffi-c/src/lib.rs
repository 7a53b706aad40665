//! liblogrtc: the C face of logrtc. It converts, calls, converts.
//!
//! What C programmers read is `include/logrtc.h`, which cbindgen makes of the documentation here: `make header`. The
//! contract that holds for every function stands at its top, in `cbindgen.toml`.

// The names are those of C, so that no table of renames is needed.
#![allow(non_camel_case_types)]

pub mod callbacks;
pub mod event;
mod exit;
pub mod fields;
pub mod filter;
mod fork;
pub mod handle;
pub mod level;
pub mod log;
pub mod options;
pub mod producer;
mod repairs;
mod signals;
pub mod span;
pub mod state;
pub mod stats;
pub mod status;
mod text;
pub mod version;

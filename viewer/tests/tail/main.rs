//! `logrtc tail` as a process, with real producers behind real servers.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod at_the_source;
mod cut;
#[path = "../common/lines.rs"]
mod lines;
mod output;
mod part_one;
mod resume;
mod support;
mod trouble;

//! `logrtc tail`, `run` and `pipe` as processes, with real producers behind real servers.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod at_the_source;
mod base_protocol;
mod cut;
mod hostile;
#[path = "../common/lines.rs"]
mod lines;
mod output;
mod resume;
mod secret;
mod sources;
mod strict_server;
mod support;
mod trouble;

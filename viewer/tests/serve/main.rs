//! `logrtc serve` as a process of its own, one behaviour a file.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod backplane;
#[path = "../common/lines.rs"]
mod lines;
mod operation;
mod proxies;
mod support;
mod tls;
mod tokens;

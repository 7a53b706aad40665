//! `logrtc serve` as a process of its own, one behaviour a file.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod backplane;
mod docker;
mod doctor;
mod ice_servers;
mod journald;
#[path = "../common/lines.rs"]
mod lines;
mod operation;
mod otlp;
mod proxies;
mod support;
mod tls;
mod tokens;

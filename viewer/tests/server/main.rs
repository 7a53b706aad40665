//! The server over real sockets, one behaviour a file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod base_path;
mod bounds;
mod hostile;
mod ice_servers;
mod operation;
mod page;
mod proxy;
mod signaling;
mod stop;
mod support;
mod tls;
mod tokens;
mod trust;

//! The server over real sockets, one behaviour a file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod bounds;
mod page;
mod signaling;
mod stop;
mod support;
mod tokens;
mod trust;

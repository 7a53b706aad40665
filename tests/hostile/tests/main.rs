//! What attacks a producer takes a bounded share of it, and its other consumers go on.

#![allow(clippy::unwrap_used)]

mod consumers;
mod datagrams;
mod places;
mod producer;
mod server;

//! The way to the signaling server: what is said on it, and the connection that says it.

pub(crate) mod client;
mod dial;
pub(crate) mod failure;
mod paced;
pub(crate) mod tls;
pub(crate) mod trouble;
mod tunnel;

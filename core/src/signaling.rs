//! The way to the signaling server: what is said on it, and the connection that says it.

pub(crate) mod client;
pub(crate) mod credentials;
mod dial;
pub(crate) mod message;
mod paced;
pub(crate) mod proxy;
pub(crate) mod tls;
pub(crate) mod trouble;

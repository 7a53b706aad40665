//! The WebRTC stack: the only folder that imports it, and where its faults are worked around.

pub(crate) mod addresses;
pub(crate) mod channel;
mod check_pace;
pub(crate) mod connection;
mod datagrams;
pub(crate) mod dtls_gate;
pub(crate) mod early_gate;
pub(crate) mod error;
#[cfg(feature = "faults")]
mod faulty_socket;
pub(crate) mod ice_servers;
mod inflow;
mod local_candidates;
pub(crate) mod ports;
mod relayed;
pub(crate) mod sockets;
pub(crate) mod stream_reset;

//! What is wrong with a consumer's SDP or candidate. What it wrote is quoted, and cut.

use std::net::IpAddr;

use thiserror::Error;

use super::MAX_SDP_BYTES;

#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum SdpError {
    #[error("sdp: {0} bytes; at most {max}", max = MAX_SDP_BYTES)]
    TooLong(usize),
    #[error("sdp: {0} is not formed as RFC 8866 says")]
    Line(String),
    #[error("sdp: must have one media line, m=application")]
    Media,
    #[error("sdp: m=application must have a port")]
    NoPort,
    #[error("sdp: the consumer refuses the data channel (port 0)")]
    Refused,
    #[error("sdp: m=application must speak DTLS/SCTP, not {0}")]
    Protocol(String),
    #[error("sdp: must have a fingerprint of sha-256")]
    NoFingerprint,
    #[error("sdp: must have one fingerprint")]
    Fingerprints,
    #[error("sdp: the fingerprint must have 32 octets")]
    Octets,
    #[error("sdp: must have one mid, of 1 to 64 characters")]
    Mid,
    #[error("sdp: must have an ice-ufrag")]
    NoUfrag,
    #[error("sdp: must have one ice-ufrag, of 4 to 256 characters")]
    Ufrag,
    #[error("sdp: ice-pwd must have 22 to 256 characters")]
    Password,
    #[error("sdp: max-message-size must be a number below 2^32, not {0}")]
    MessageSize(String),
}

#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum CandidateError {
    #[error("candidate: has too few words")]
    TooShort,
    #[error("candidate: is too long, or has more than one line")]
    TooLong,
    #[error("candidate: is not formed as RFC 8839 says")]
    Form,
    #[error("candidate: must be UDP, not {0}")]
    Protocol(String),
    #[error("candidate: {0} is not an address of a consumer")]
    Address(IpAddr),
    #[error("candidate: {0} is neither an address nor a .local name")]
    Host(String),
    #[error("candidate: {0} is not a port")]
    Port(String),
    /// The consumer has sent as many as it may.
    #[error("candidate: one too many")]
    TooMany,
}

//! How much a server takes.

use std::time::Duration;

/// Bounds on what clients may ask of the server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// WebSockets open at once; one more is answered with 503.
    pub max_connections: usize,
    /// WebSockets of one address that are open at once; one more is answered with 429. An address of IPv6 is its first 64
    /// bits. Programs on this machine are not limited one by one.
    pub max_connections_per_address: usize,
    /// WebSockets open at once besides those, whose client has not shown the token yet that the server wants. One more ends
    /// the oldest of them.
    pub max_connections_without_token: usize,
    /// Other HTTP connections open at once; further ones wait to be accepted.
    pub max_http_connections: usize,
    /// Of these, connections of one address; one more is closed. Neither this machine nor a trusted proxy is limited.
    pub max_http_connections_per_address: usize,
    /// How long the head of a request may take, and the handshake of TLS.
    pub header_timeout: Duration,
    /// A connection whose client leaves no room for what is to be written is closed after this time.
    pub write_timeout: Duration,
    /// A connection that has not registered by then is closed.
    pub register_timeout: Duration,
    /// How often every connection is pinged.
    pub ping_interval: Duration,
    /// A connection from which nothing came for this long is closed.
    pub silence_timeout: Duration,
    /// Malformed messages that a connection may send; one more closes it.
    pub max_bad_messages: usize,
    /// Messages a second that are read of one client in the long run. Every 4 KiB of a message
    /// count as another one. A client that sends faster has to wait.
    pub max_messages_per_second: u32,
    /// How many of them are read at once after a pause.
    pub max_message_burst: u32,
    /// Messages waiting for a client that does not read; one more drops the client.
    pub max_queued_messages: usize,
    /// Bytes waiting for a client that does not read; more drop the client.
    pub max_queued_bytes: usize,
    /// Bytes waiting for all clients together. If there are more, the client for which most are waiting is dropped.
    pub max_total_queued_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1_000,
            max_connections_per_address: 200,
            max_connections_without_token: 256,
            max_http_connections: 512,
            max_http_connections_per_address: 64,
            header_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(10),
            register_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(15),
            silence_timeout: Duration::from_secs(40),
            max_bad_messages: 100,
            // A page that opens beside hundreds of programs answers each of them, with its candidates.
            max_messages_per_second: 500,
            max_message_burst: 10_000,
            // One announcement of every other connection must fit, four times over.
            max_queued_messages: 4_096,
            max_queued_bytes: 8 * 1024 * 1024,
            max_total_queued_bytes: 64 * 1024 * 1024,
        }
    }
}

//! What a server is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::origin::Origin;
use crate::server::{Tokens, TrustedProxy};

/// Where the server listens, whom it answers, and how much it takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The address to bind. Port 0 takes any free port; [`Server::local_addr`](crate::Server::local_addr) tells which.
    pub listen: SocketAddr,
    /// The origins that may use the server besides its own pages, and the host names that it may be reached by
    /// besides `localhost` and IP addresses. Without any, a foreign page can neither read logs nor pretend to be us.
    pub allowed_origins: Vec<Origin>,
    /// The tokens that clients must show. A server that wants a token and has none for a role makes one:
    /// [`Server::token`](crate::Server::token). One that listens on loopback alone and trusts no proxy wants none, unless
    /// there is any here.
    pub tokens: Tokens,
    /// Whether everybody who reaches the server is let in if it has no token, on whatever address it listens.
    pub insecure_no_token: bool,
    /// The reverse proxies whose word is taken for where a request comes from.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Bounds on what clients may ask of the server.
    pub limits: Limits,
}

impl Options {
    /// The port of the protocol's default address, `ws://localhost:8080/signaling`.
    pub const DEFAULT_PORT: u16 = 8080;

    /// Listens on `listen`, answers only its own pages, with the default limits.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            allowed_origins: Vec::new(),
            tokens: Tokens::new(),
            insecure_no_token: false,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// Lets pages of `origin` in as well, and lets the server be reached by the name of its host.
    #[must_use]
    pub fn allow_origin(mut self, origin: Origin) -> Self {
        self.allowed_origins.push(origin);
        self
    }
}

impl Default for Options {
    /// Listens on `127.0.0.1:8080`: this machine only.
    fn default() -> Self {
        Self::new((Ipv4Addr::LOCALHOST, Self::DEFAULT_PORT).into())
    }
}

/// Bounds on what clients may ask of the server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// WebSockets open at once; one more is answered with 503.
    pub max_connections: usize,
    /// A connection that has not registered by then is closed.
    pub register_timeout: Duration,
    /// How often every connection is pinged.
    pub ping_interval: Duration,
    /// A connection from which nothing came for this long is closed.
    pub silence_timeout: Duration,
    /// Malformed messages that a connection may send; one more closes it.
    pub max_bad_messages: usize,
    /// Messages waiting for a client that does not read; one more drops the client.
    pub max_queued_messages: usize,
    /// Bytes waiting for a client that does not read; more drop the client.
    pub max_queued_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1_000,
            register_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(15),
            silence_timeout: Duration::from_secs(40),
            max_bad_messages: 100,
            // One announcement of every other connection must fit, four times over.
            max_queued_messages: 4_096,
            max_queued_bytes: 8 * 1024 * 1024,
        }
    }
}

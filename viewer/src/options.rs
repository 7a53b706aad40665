//! What a server is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;

#[cfg(feature = "backplane")]
use crate::backplane::Backplane;
use crate::ice_servers::IceServers;
use crate::origin::Origin;
use crate::server::{BasePath, RequestRecord, Tls, Tokens, TrustedProxy};

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
    /// The certificate of a server that speaks TLS; none by default.
    pub tls: Option<Tls>,
    /// The path below which everything is: the root, by default.
    pub base_path: BasePath,
    /// The STUN and TURN servers that are named to clients, beside their own. `None`, the default: clients without any of their
    /// own use the protocol's default.
    pub ice_servers: Option<IceServers>,
    /// Bounds on what clients may ask of the server.
    pub limits: Limits,
    /// The NATS servers by which this server works as one with others; none by default.
    #[cfg(feature = "backplane")]
    pub backplane: Option<Backplane>,
    /// Receives what the person who runs the server should know, as a page that was refused, each thing once. Without it,
    /// that goes to `log`.
    pub on_notice: Option<Handler<str>>,
    /// Receives every request when it has been answered.
    pub on_request: Option<Handler<RequestRecord>>,
    /// Further routes, for clients that may log.
    pub(crate) producer_routes: Option<Router>,
}

/// A function that the server calls, on one of its threads. It must not block.
pub struct Handler<T: ?Sized>(Arc<dyn Fn(&T) + Send + Sync>);

impl<T: ?Sized> Handler<T> {
    /// Wraps a function.
    pub fn new(handler: impl Fn(&T) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handler))
    }

    pub(crate) fn call(&self, value: &T) {
        (self.0)(value);
    }
}

impl<T: ?Sized> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler(…)")
    }
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
            tls: None,
            base_path: BasePath::default(),
            ice_servers: None,
            limits: Limits::default(),
            #[cfg(feature = "backplane")]
            backplane: None,
            on_notice: None,
            on_request: None,
            producer_routes: None,
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

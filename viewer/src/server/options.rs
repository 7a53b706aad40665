//! What a server is started with.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;

use super::base_path::BasePath;
use super::client_address::TrustedProxy;
use super::link_secret::LinkSecret;
use super::request_log::RequestRecord;
use super::tls::Tls;
#[cfg(feature = "backplane")]
use crate::backplane::Backplane;
use crate::handler::Handler;
use crate::ice_servers::IceServers;
use crate::limits::Limits;
use crate::origin::Origin;
use crate::tokens::Tokens;

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
    /// The secret of programs and their readers that the links to the page contain; none by default. The server itself does not
    /// use it.
    pub link_secret: Option<LinkSecret>,
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
            link_secret: None,
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

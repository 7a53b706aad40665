//! The port: what a server is started with, how it is reached, and how it ends.

mod accept;
mod attempts;
mod base_path;
mod client_address;
mod entry;
mod gate;
#[cfg(feature = "cli")]
mod inner_port;
mod link_secret;
mod notices;
mod options;
mod places;
mod request_log;
mod routes;
mod socket;
mod strangers;
mod tls;
mod write_timeout;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, RwLock};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[cfg(feature = "backplane")]
use crate::backplane::{Backplane, Running};
#[cfg(feature = "backplane")]
use crate::handler::Handler;
use crate::hub::Hub;
#[cfg(feature = "backplane")]
use crate::hub::Joint;
use crate::ice_servers::IceServers;
#[cfg(feature = "backplane")]
use crate::mesh::{Claims, Health, Mesh};
use crate::metrics::Metrics;
use crate::origin::OriginPolicy;
use crate::tokens::{Role, Tokens};
use accept::Acceptor;
use entry::{Entry, MadeToken};
use gate::Gate;
use notices::Notices;
use places::Places;
use routes::Door;
use strangers::Strangers;

pub use base_path::{BasePath, InvalidBasePath};
pub use client_address::{InvalidTrustedProxy, TrustedProxy};
pub use link_secret::LinkSecret;
pub use options::Options;
pub use request_log::RequestRecord;
pub use tls::{InvalidCertificate, Tls};

/// A running signaling server with its log page.
///
/// It runs on the tokio runtime that it was started on. Dropping it stops it as [`stop`](Self::stop) does, without
/// waiting.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    stopping: watch::Sender<bool>,
    /// One for each port.
    accepting: Vec<JoinHandle<()>>,
    acceptor: Acceptor,
    made_token: Option<MadeToken>,
    link_secret: Option<LinkSecret>,
    /// Dropped with the server, which ends it.
    #[cfg(feature = "backplane")]
    backplane: Option<Running>,
}

impl Server {
    /// Binds the address and begins to serve.
    ///
    /// # Errors
    /// What binding the address answers: in use, not of this machine, not permitted.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time enabled.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        Self::serve(listener, options).await
    }

    /// Begins to serve on a socket that listens already, as one that a service manager keeps over a restart.
    /// [`Options::listen`] is ignored.
    ///
    /// # Errors
    /// The socket is of no use, or the system has no random numbers for a token.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time enabled.
    pub async fn start_on(listener: std::net::TcpListener, options: Options) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Self::serve(TcpListener::from_std(listener)?, options).await
    }

    async fn serve(listener: TcpListener, mut options: Options) -> io::Result<Self> {
        let local_addr = listener.local_addr()?;
        options.listen = local_addr;
        let Entry { tokens, made: made_token } = entry::decide(&options)?;
        let (stopping, stopped) = watch::channel(false);
        let limits = options.limits;
        let metrics = Arc::new(Metrics::default());
        let http_places = Places::new(limits.max_http_connections, limits.max_http_connections_per_address);
        let strangers = Strangers::new(limits.max_connections_without_token);
        let sockets = Places::new(usize::MAX, limits.max_connections_per_address);
        let hub = Hub::new(limits.clone(), Arc::clone(&metrics), options.ice_servers);
        #[cfg(feature = "backplane")]
        let (hub, backplane) = join(hub, options.backplane, options.on_notice.clone()).await?;
        #[cfg(not(feature = "backplane"))]
        let hub = Arc::new(hub);
        let door = Door {
            hub,
            gate: Arc::new(Gate::new(tokens)),
            sockets,
            strangers,
            metrics,
            notices: Arc::new(Notices::new(options.on_notice, if options.tls.is_some() { "https" } else { "http" })),
            origins: Arc::new(OriginPolicy::new(options.allowed_origins)),
            trusted_proxies: options.trusted_proxies.into(),
            producer_routes: options.producer_routes,
            stopping: stopped,
        };
        let acceptor = Acceptor {
            places: http_places,
            limits,
            tls: options.tls.map(|tls| Arc::new(RwLock::new(tls))),
            base_path: options.base_path,
            on_request: options.on_request,
            door,
        };
        let accepting = vec![tokio::spawn(accept::run(listener, acceptor.clone()))];
        Ok(Self {
            local_addr,
            stopping,
            accepting,
            acceptor,
            made_token,
            link_secret: options.link_secret,
            #[cfg(feature = "backplane")]
            backplane,
        })
    }

    /// The address that is bound, with the port that was chosen.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address of the log page, for a browser on this machine: `http://127.0.0.1:8080/`. If the server has made a
    /// token for readers, the address contains it, as in `http://127.0.0.1:8080/#token=…`, and so it does
    /// [`Options::link_secret`], as `secret=…`. A browser does not send this part to anybody.
    pub fn url(&self) -> String {
        self.url_at(self.reachable_addr())
    }

    /// The same for a browser that reaches the server at `address`.
    pub fn url_at(&self, address: SocketAddr) -> String {
        let token = self.made_token.as_ref().filter(|made| made.roles.contains(&Role::Reader));
        let token = token.map(|made| format!("token={}", made.token));
        let secret = self.link_secret.as_ref().map(LinkSecret::part);
        let parts: Vec<String> = token.into_iter().chain(secret).collect();
        let fragment = if parts.is_empty() { String::new() } else { format!("#{}", parts.join("&")) };
        format!("{}://{address}{}{fragment}", self.scheme("http"), self.acceptor.base_path)
    }

    /// The address that producers on this machine connect to: `ws://127.0.0.1:8080/signaling`.
    pub fn signaling_url(&self) -> String {
        format!("{}://{}{}signaling", self.scheme("ws"), self.reachable_addr(), self.acceptor.base_path)
    }

    /// What programs on this machine set as `OTEL_EXPORTER_OTLP_ENDPOINT`: `http://127.0.0.1:8080`.
    #[cfg(feature = "cli")]
    pub(crate) fn otlp_url(&self) -> String {
        let url = format!("{}://{}{}", self.scheme("http"), self.reachable_addr(), self.acceptor.base_path);
        url.trim_end_matches('/').to_owned()
    }

    /// The token that the server has made because it wants one and [`Options::tokens`] has none for a role; it stays the
    /// same for as long as the server runs.
    pub fn token(&self) -> Option<&str> {
        self.made_token.as_ref().map(|made| made.token.as_str())
    }

    /// Whether clients must show a token.
    pub fn wants_token(&self) -> bool {
        self.acceptor.door.gate.wants_token()
    }

    /// The roles that [`token`](Self::token) is for.
    pub fn token_roles(&self) -> &[Role] {
        self.made_token.as_ref().map_or(&[], |made| &made.roles)
    }

    /// Replaces the tokens that clients must show; the one that the server has made stays. A connection whose token is gone
    /// is closed. A data channel between a producer and a reader is theirs alone and stays open.
    pub fn set_tokens(&self, mut tokens: Tokens) {
        if let Some(made) = &self.made_token {
            made.add_to(&mut tokens);
        }
        // A server that wants none goes on without: no token at all would be none that is right.
        if tokens.is_empty() && !self.acceptor.door.gate.wants_token() {
            return;
        }
        self.acceptor.door.gate.replace(tokens);
    }

    /// Replaces the certificate, for connections that begin from now on. Does nothing if the server was started without
    /// one.
    pub fn set_tls(&self, tls: Tls) {
        if let Some(current) = &self.acceptor.tls {
            *current.write().expect("nothing panics while it holds the certificate") = tls;
        }
    }

    /// Replaces the STUN and TURN servers that are named to clients: those that are connected are told at once. Does nothing if the
    /// server was started without any.
    pub fn set_ice_servers(&self, servers: IceServers) {
        self.acceptor.door.hub.set_ice_servers(servers);
    }

    /// Closes every connection and ends every task. When it returns, the port is free again.
    ///
    /// A client that does not complete the closing handshake holds it up for a second at most.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        for accepting in self.accepting {
            // A panic of the accepting task was reported where it happened, and left nothing to stop.
            let _ = accepting.await;
        }
        self.acceptor.door.strangers.empty().await;
        self.acceptor.door.hub.empty().await;
        #[cfg(feature = "backplane")]
        if let Some(backplane) = self.backplane {
            backplane.stop().await;
        }
    }

    fn scheme(&self, plain: &str) -> String {
        let secure = if self.acceptor.tls.is_some() { "s" } else { "" };
        format!("{plain}{secure}")
    }

    /// An address bound to every interface is reached by the loopback one.
    fn reachable_addr(&self) -> SocketAddr {
        let ip = match self.local_addr.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.local_addr.port())
    }
}

/// Makes the hub one of several, if there is a backplane.
#[cfg(feature = "backplane")]
async fn join(
    hub: Hub,
    backplane: Option<Backplane>,
    on_notice: Option<Handler<str>>,
) -> io::Result<(Arc<Hub>, Option<Running>)> {
    let Some(backplane) = backplane else { return Ok((Arc::new(hub), None)) };
    let (claims, waiting) = Claims::new();
    let mut id = [0; 8];
    getrandom::fill(&mut id)?;
    let mesh = Mesh::new(format!("{:016x}", u64::from_ne_bytes(id)));
    let hub = Arc::new(hub.join(Joint { mesh, claims, health: Health::default() }));
    let running = Running::start(backplane, Arc::clone(&hub), waiting, on_notice).await?;
    Ok((hub, Some(running)))
}

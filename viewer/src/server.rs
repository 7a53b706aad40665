//! The port: accepts connections, serves the page, and upgrades `/signaling`.

mod attempts;
mod client_address;
mod entry;
mod gate;
mod tokens;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::hub::Hub;
use crate::message::MAX_MESSAGE_BYTES;
use crate::options::Options;
use crate::origin::OriginPolicy;
use crate::{page, socket};
use client_address::{Forwarding, Network};
use entry::{Entry, MadeToken};
use gate::Gate;

pub use client_address::{InvalidTrustedProxy, TrustedProxy};
pub(crate) use gate::{Refusal, Ticket};
pub use tokens::{InvalidToken, Role, Tokens};

/// Plain HTTP connections open at once; further ones wait to be accepted.
const MAX_HTTP_CONNECTIONS: usize = 256;
/// How long a client may take to send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait after the system refused a connection, for example for want of file descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// A running signaling server with its log page.
///
/// It runs on the tokio runtime that it was started on. Dropping it stops it as [`stop`](Self::stop) does, without
/// waiting.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    stopping: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    hub: Arc<Hub>,
    gate: Arc<Gate>,
    made_token: Option<MadeToken>,
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
        let local_addr = listener.local_addr()?;
        let Entry { tokens, made: made_token } = entry::decide(&options)?;
        let (stopping, stopped) = watch::channel(false);
        let gate = Arc::new(Gate::new(tokens));
        let hub = Arc::new(Hub::new(options.limits));
        let door = Door {
            hub: Arc::clone(&hub),
            gate: Arc::clone(&gate),
            origins: Arc::new(OriginPolicy::new(options.allowed_origins)),
            trusted_proxies: options.trusted_proxies.into(),
            stopping: stopped.clone(),
        };
        let accepting = tokio::spawn(accept(listener, router(door), stopped));
        Ok(Self { local_addr, stopping, accepting, hub, gate, made_token })
    }

    /// The address that is bound, with the port that was chosen.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address of the log page, for a browser on this machine: `http://127.0.0.1:8080/`. If the server has made a
    /// token for readers, it has it: `http://127.0.0.1:8080/#token=…`. A browser does not send this part to anybody.
    pub fn url(&self) -> String {
        self.url_at(self.reachable_addr())
    }

    /// The same for a browser that reaches the server at `address`.
    pub fn url_at(&self, address: SocketAddr) -> String {
        let fragment = match &self.made_token {
            Some(made) if made.roles.contains(&Role::Reader) => format!("#token={}", made.token),
            _ => String::new(),
        };
        format!("http://{address}/{fragment}")
    }

    /// The token that the server has made because it wants one and [`Options::tokens`] has none for a role; it stays the
    /// same for as long as the server runs.
    pub fn token(&self) -> Option<&str> {
        self.made_token.as_ref().map(|made| made.token.as_str())
    }

    /// Whether clients must show a token.
    pub fn wants_token(&self) -> bool {
        self.gate.wants_token()
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
        self.gate.replace(tokens);
    }

    /// The address that producers on this machine connect to: `ws://127.0.0.1:8080/signaling`.
    pub fn signaling_url(&self) -> String {
        format!("ws://{}/signaling", self.reachable_addr())
    }

    /// Closes every connection and ends every task. When it returns, the port is free again.
    ///
    /// A client that does not complete the closing handshake holds it up for a second at most.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        // A panic of the accepting task was reported where it happened, and left nothing to stop.
        let _ = self.accepting.await;
        self.hub.empty().await;
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

/// The other end of a TCP connection.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

#[derive(Debug, Clone)]
struct Door {
    hub: Arc<Hub>,
    gate: Arc<Gate>,
    trusted_proxies: Arc<[TrustedProxy]>,
    origins: Arc<OriginPolicy>,
    stopping: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stopped(&mut stopping) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_HTTP_CONNECTIONS => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_http(stream, Peer(peer.ip()), router.clone()));
                }
                Err(error) => {
                    log::warn!("signaling: cannot accept a connection: {error}");
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Waits until the server is told to stop, or is dropped.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the server with it.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}

async fn serve_http(stream: TcpStream, peer: Peer, router: Router) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        log::debug!("signaling: a connection ended: {error}");
    }
}

fn router(door: Door) -> Router {
    page::router()
        .layer(middleware::from_fn_with_state(door.clone(), check_host))
        .route("/signaling", get(signaling))
        .with_state(door)
        .layer(middleware::map_response(async |response: Response| page::harden(response)))
}

/// Keeps the page from being served under a foreign name, so that no foreign page becomes our origin.
async fn check_host(
    State(door): State<Door>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let forwarded = Forwarding { proxies: &door.trusted_proxies, peer }.host(request.headers());
    let host = single(request.headers(), header::HOST).map(|host| forwarded.or(host));
    if host.is_ok_and(|host| host.is_some_and(|host| door.origins.permits_host(host))) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Host: not a name of this server; permit it with --allow-origin\n").into_response()
    }
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

async fn signaling(
    State(door): State<Door>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let forwarding = Forwarding { proxies: &door.trusted_proxies, peer };
    let is_permitted = match (single(&headers, header::HOST), single(&headers, header::ORIGIN)) {
        (Ok(host), Ok(origin)) => door.origins.permits_socket(forwarding.host(&headers).or(host), origin),
        _ => false,
    };
    if !is_permitted {
        let reason = "Origin: not a page of this server; permit it with --allow-origin\n";
        return (StatusCode::FORBIDDEN, reason).into_response();
    }
    let network = Network::of(forwarding.client(&headers));
    let is_page = headers.contains_key(header::ORIGIN);
    let ticket = match door.gate.at_handshake(bearer(&headers), network, is_page) {
        Ok(ticket) => ticket,
        Err(refusal) => return unauthorized(refusal),
    };
    let Ok(upgrade) = upgrade else {
        return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], "a WebSocket\n").into_response();
    };
    let Some(seat) = door.hub.take_seat() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections\n").into_response();
    };
    let stopping = door.stopping.clone();
    upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| socket::serve(socket, seat, ticket, stopping))
}

/// The token of `Authorization: Bearer`; another scheme may be of a proxy in between.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, header::AUTHORIZATION).ok()??.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unauthorized(refusal: Refusal) -> Response {
    let text = format!("{}\n", refusal.text());
    match refusal {
        Refusal::TooMany => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], text).into_response(),
        _ => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], text).into_response(),
    }
}

/// The one value of a header; an error where there are several, or one that is not text.
fn single(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}

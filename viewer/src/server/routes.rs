//! What each path answers, and to whom.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use tokio::sync::watch;

use super::client_address::{Forwarding, Network, TrustedProxy};
use super::gate::{Gate, Refusal, Ticket};
use super::notices::Notices;
use super::places::Places;
use super::socket;
use super::strangers::Strangers;
use crate::hub::Hub;
use crate::message::MAX_MESSAGE_BYTES;
use crate::metrics::{CONTENT_TYPE, Load, Metrics};
use crate::origin::OriginPolicy;
use crate::page;
use crate::tokens::Role;

/// What a WebSocket buffers of what it reads, and of what it writes. Most are idle.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// The other end of a TCP connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What decides over requests.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) hub: Arc<Hub>,
    pub(crate) gate: Arc<Gate>,
    /// Of WebSockets, for each address.
    pub(crate) sockets: Arc<Places>,
    pub(crate) strangers: Arc<Strangers>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) notices: Arc<Notices>,
    pub(crate) origins: Arc<OriginPolicy>,
    pub(crate) trusted_proxies: Arc<[TrustedProxy]>,
    pub(crate) producer_routes: Option<Router>,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Door {
    fn network(&self, Peer(peer): Peer, headers: &HeaderMap) -> Network {
        Network::of(Forwarding { proxies: &self.trusted_proxies, peer }.client(headers))
    }

    /// The name by which the server was reached; an error if there are several.
    fn host<'h>(&self, Peer(peer): Peer, headers: &'h HeaderMap) -> Result<Option<&'h str>, ()> {
        let forwarded = Forwarding { proxies: &self.trusted_proxies, peer }.host(headers);
        single(headers, header::HOST).map(|host| forwarded.or(host))
    }

    fn load(&self) -> Load {
        Load { strangers: self.strangers.count(), ..self.hub.load() }
    }

    /// Where a connection begins; none if all places are taken. A client that has shown no token takes none of those who have.
    fn seat(&self, ticket: &Ticket) -> Option<socket::Place> {
        if ticket.is_let_in() {
            return self.hub.take_seat().map(socket::Place::Seat);
        }
        let (stranger, has_replaced) = self.strangers.admit();
        if has_replaced {
            self.metrics.refused("limit");
        }
        Some(socket::Place::Stranger(stranger, Arc::clone(&self.hub)))
    }

    /// Refuses a page of a foreign origin.
    #[expect(clippy::result_large_err, reason = "a response is what the caller returns")]
    fn check_origin(&self, peer: Peer, headers: &HeaderMap) -> Result<(), Response> {
        let origin = single(headers, header::ORIGIN);
        let is_permitted = match (self.host(peer, headers), origin) {
            (Ok(host), Ok(origin)) => self.origins.permits_socket(host, origin),
            _ => false,
        };
        if is_permitted {
            return Ok(());
        }
        self.metrics.refused("origin");
        self.notices.refused_origin(origin.ok().flatten());
        let reason = "Origin: not a page of this server; permit it with --allow-origin\n";
        Err((StatusCode::FORBIDDEN, reason).into_response())
    }
}

pub(crate) fn router(door: Door) -> Router {
    page::router()
        .layer(middleware::from_fn_with_state(door.clone(), check_host))
        .route("/signaling", get(signaling))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .merge(producer_routes(&door))
        .with_state(door)
}

/// The routes that another part of the program has added. They count by the metrics of the server.
fn producer_routes(door: &Door) -> Router<Door> {
    let Some(routes) = door.producer_routes.clone() else { return Router::new() };
    routes
        .route_layer(Extension(Arc::clone(&door.metrics)))
        .route_layer(middleware::from_fn_with_state(door.clone(), check_producer))
        .with_state(())
}

/// Lets programs in that may log, and pages that may connect.
async fn check_producer(
    State(door): State<Door>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if let Err(refused) = door.check_origin(peer, headers) {
        return refused;
    }
    let admitted = door
        .gate
        .at_handshake(bearer(headers), door.network(peer, headers), false)
        .and_then(|mut ticket| ticket.admit(Role::Producer, None));
    match admitted {
        Ok(()) => next.run(request).await,
        Err(refusal) => unauthorized(&door, refusal),
    }
}

/// Keeps the page from being served under a foreign name, so that no foreign page becomes our origin.
async fn check_host(
    State(door): State<Door>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let host = door.host(peer, request.headers()).ok().flatten();
    if host.is_some_and(|host| door.origins.permits_host(host)) {
        return next.run(request).await;
    }
    door.metrics.refused("host");
    door.notices.refused_host(host);
    (StatusCode::FORBIDDEN, "Host: not a name of this server; permit it with --allow-origin\n").into_response()
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

async fn signaling(
    State(door): State<Door>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    if let Err(refused) = door.check_origin(peer, &headers) {
        return refused;
    }
    let network = door.network(peer, &headers);
    let ticket = match door.gate.at_handshake(bearer(&headers), network, headers.contains_key(header::ORIGIN)) {
        Ok(ticket) => ticket,
        Err(refusal) => return unauthorized(&door, refusal),
    };
    let Ok(upgrade) = upgrade else {
        return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], "a WebSocket\n").into_response();
    };
    let Ok(place) = door.sockets.take(network) else {
        door.metrics.refused("address_limit");
        let reason = "too many connections from this address\n";
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "5")], reason).into_response();
    };
    let Some(seat) = door.seat(&ticket) else {
        door.metrics.refused("limit");
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections\n").into_response();
    };
    let stopping = door.stopping.clone();
    upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(SOCKET_BUFFER_BYTES)
        .write_buffer_size(SOCKET_BUFFER_BYTES)
        .on_upgrade(async move |socket| {
            socket::serve(socket, seat, ticket, stopping).await;
            drop(place);
        })
}

/// For whoever keeps the server running. It tells nothing else. Without its backplane a server still serves its own clients;
/// a load balancer that took all of them out would leave nobody served.
async fn health(State(door): State<Door>) -> Response {
    if *door.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let is_joined = door.hub.joint(|joint| joint.health.is_up()).unwrap_or(true);
    if is_joined { "ok\n".into_response() } else { "ok, without the backplane\n".into_response() }
}

/// For Prometheus, which sends a token if the server wants one.
async fn metrics(State(door): State<Door>, Extension(peer): Extension<Peer>, headers: HeaderMap) -> Response {
    if door.gate.wants_token() {
        let network = door.network(peer, &headers);
        let checked = bearer(&headers).ok_or(Refusal::Missing).and_then(|token| door.gate.check(token, network));
        if let Err(refusal) = checked {
            return unauthorized(&door, refusal);
        }
    }
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], door.metrics.to_text(&door.load())).into_response()
}

/// The token of `Authorization: Bearer`; another scheme may be of a proxy in between.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, header::AUTHORIZATION).ok()??.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unauthorized(door: &Door, refusal: Refusal) -> Response {
    door.metrics.refused("token");
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

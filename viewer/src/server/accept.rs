//! Accepts connections, speaks TLS and HTTP on them, and leads each request to its route.

use std::convert::Infallible;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::base_path::{BasePath, Place};
use super::client_address::{Forwarding, Network};
use super::places::{Full, PlaceTaken, Places};
use super::request_log::{self, RequestRecord};
use super::routes::{self, Door, Peer};
use super::tls::Tls;
use super::write_timeout::WriteTimeout;
use crate::handler::Handler;
use crate::limits::Limits;
use crate::page;
use crate::stopping::stopped;

/// How long to wait after the system refused a connection, for example for want of file descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// What one HTTP connection buffers of a request; its head must fit.
const HTTP_BUFFER_BYTES: usize = 16 * 1024;

type Request = hyper::Request<hyper::body::Incoming>;

/// What every connection is served with.
#[derive(Debug, Clone)]
pub(crate) struct Acceptor {
    pub(crate) places: Arc<Places>,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<Arc<RwLock<Tls>>>,
    pub(crate) base_path: BasePath,
    pub(crate) on_request: Option<Handler<RequestRecord>>,
    pub(crate) door: Door,
}

pub(crate) async fn run(listener: TcpListener, acceptor: Acceptor) {
    let router = routes::router(acceptor.door.clone());
    let mut stopping = acceptor.door.stopping.clone();
    let acceptor = Arc::new(acceptor);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stopped(&mut stopping) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < acceptor.limits.max_http_connections => match accepted {
                Ok((stream, peer)) => {
                    let peer = Peer(peer.ip());
                    // One that has no place is closed by being dropped.
                    if let Some(place) = acceptor.place(peer) {
                        connections.spawn(Arc::clone(&acceptor).serve(stream, peer, router.clone(), place));
                    }
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

impl Acceptor {
    /// The place of a connection. A proxy that is trusted brings the connections of many.
    fn place(&self, Peer(peer): Peer) -> Option<Option<PlaceTaken>> {
        let forwarding = Forwarding { proxies: &self.door.trusted_proxies, peer };
        if forwarding.is_trusted(peer) {
            return Some(None);
        }
        match self.places.take(Network::of(peer)) {
            Ok(place) => Some(Some(place)),
            Err(full) => {
                self.door.metrics.refused(if full == Full::OfAddress { "address_limit" } else { "limit" });
                None
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, peer: Peer, router: Router, place: Option<PlaceTaken>) {
        let stream = WriteTimeout::new(stream, self.limits.write_timeout);
        let tls = self.tls.as_ref().map(|tls| tls.read().expect("nothing panics while it holds it").0.clone());
        let Some(tls) = tls else { return self.speak(stream, peer, router, place).await };
        match timeout(self.limits.header_timeout, TlsAcceptor::from(tls).accept(stream)).await {
            Ok(Ok(stream)) => self.speak(stream, peer, router, place).await,
            Ok(Err(error)) => log::debug!("signaling: no TLS with {}: {error}", peer.0),
            Err(_) => log::debug!("signaling: no TLS with {} in time", peer.0),
        }
    }

    async fn speak<S>(self: Arc<Self>, stream: S, peer: Peer, router: Router, place: Option<PlaceTaken>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let header_timeout = self.limits.header_timeout;
        let service = service_fn(move |request: Request| {
            let (acceptor, router) = (Arc::clone(&self), router.clone());
            async move { Ok::<_, Infallible>(acceptor.respond(request, peer, router).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(HTTP_BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        if let Err(error) = connection.await {
            log::debug!("signaling: a connection ended: {error}");
        }
        // A WebSocket has a place of its own from here on.
        drop(place);
    }

    async fn respond(&self, request: Request, peer: Peer, router: Router) -> Response {
        let began = Instant::now();
        let record = self.on_request.as_ref().map(|_| {
            let forwarding = Forwarding { proxies: &self.door.trusted_proxies, peer: peer.0 };
            request_log::begin(&request, forwarding.client(request.headers()))
        });
        let response = page::harden(self.route(request, peer, router).await);
        self.door.metrics.responded(response.status().as_u16());
        if let (Some(on_request), Some(mut record)) = (&self.on_request, record) {
            record.status = response.status().as_u16();
            record.duration = began.elapsed();
            on_request.call(&record);
        }
        response
    }

    async fn route(&self, mut request: Request, peer: Peer, router: Router) -> Response {
        let rest = match self.base_path.place(request.uri().path()) {
            Place::Below(rest) => rest,
            Place::SlashIsMissing => return redirect(&self.base_path, request.uri().query()),
            Place::Outside => return StatusCode::NOT_FOUND.into_response(),
        };
        if rest.len() != request.uri().path().len() {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let Ok(uri) = format!("{rest}{query}").parse::<Uri>() else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            *request.uri_mut() = uri;
        }
        request.extensions_mut().insert(peer);
        match TowerToHyperService::new(router).call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn redirect(base: &BasePath, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    match HeaderValue::from_str(&format!("{base}{query}")) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

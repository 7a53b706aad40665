//! The ICE servers, with their names resolved ahead of time.
//!
//! The stack resolves a name within a connection's event loop, where a slow name server stalls it. So the names are
//! resolved here, again and again, and a connection gets addresses.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ::webrtc::peer_connection::RTCIceServer;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use thiserror::Error;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Host;

use super::addresses;
use crate::config::ice_server::CheckedIceServer;
use crate::config::ice_url::{IceUrl, Scheme};
use crate::config::{Config, DEFAULT_ICE_SERVER, IceServer};
use crate::diagnostics::{self, debug, info};
use crate::names;
use crate::runtime::Shutdown;
use crate::stats::Counters;

/// How long one name may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// How long after the begin of the first look-ups a consumer may be kept waiting for those that are still running.
const FIRST_LOOKUP_PATIENCE: Duration = Duration::from_millis(500);

/// How long names hold, and how soon one that failed is tried again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// One server, as far as it is known.
#[derive(Clone)]
struct Entry {
    server: CheckedIceServer,
    /// The last good answer: it is better than none.
    known: Option<RTCIceServer>,
    /// Whether its first look-up has ended.
    settled: bool,
}

/// The servers that are used now.
struct State {
    entries: Vec<Entry>,
    /// Whether it is known what the signaling server names, on the present connection.
    is_decided: bool,
    patience_ends: Instant,
}

impl State {
    fn has_turn(&self) -> bool {
        self.entries.iter().any(|entry| entry.known.is_some() && entry.server.url.scheme == Scheme::Turn)
    }
}

/// The servers of the options and of the signaling server. Clones are the same.
#[derive(Clone)]
pub(crate) struct IceServers {
    config: Arc<Config>,
    state: Arc<watch::Sender<State>>,
    replaced: Arc<Notify>,
}

impl IceServers {
    /// Before the signaling server has been heard, only those of the options are used: a program without a wish of its own
    /// sends nothing to the default server if the signaling server names others, or none.
    fn new(config: Arc<Config>) -> Self {
        let entries = entries(&config, config.paths.ice_servers.iter().flatten().cloned(), &[]);
        let state = State { entries, is_decided: false, patience_ends: Instant::now() + FIRST_LOOKUP_PATIENCE };
        Self { config, state: Arc::new(watch::Sender::new(state)), replaced: Arc::default() }
    }

    /// Takes the servers that the signaling server names, `None` if it names none, in place of those that it named before.
    pub(crate) fn hand_out(&self, named: Option<Vec<IceServer>>) {
        let usable = |server: IceServer| match server.checked() {
            Ok(server) => Some(server),
            Err(problem) => {
                debug!("an ICE server of the signaling server is not used: {problem}");
                None
            }
        };
        let named: Option<Vec<_>> = named.map(|servers| servers.into_iter().filter_map(usable).collect());
        self.state.send_modify(|state| {
            let entries = entries(&self.config, wanted(&self.config, named), &state.entries);
            *state = State { entries, is_decided: true, patience_ends: Instant::now() + FIRST_LOOKUP_PATIENCE };
        });
        self.replaced.notify_one();
    }

    /// The signaling connection is a new one. What was known is used until the server has been heard.
    pub(crate) fn begin(&self) {
        self.state.send_modify(|state| state.is_decided = false);
    }

    /// The signaling server names none, unless it has done so on this connection.
    pub(crate) fn decide(&self) {
        if !self.state.borrow().is_decided {
            self.hand_out(None);
        }
    }

    /// The servers that are known, after a short wait if some are still being looked up for the first time.
    pub(crate) async fn known(&self) -> Vec<RTCIceServer> {
        let mut state = self.state.subscribe();
        let patience_ends = state.borrow().patience_ends;
        let all_settled = state.wait_for(|state| state.entries.iter().all(|entry| entry.settled));
        let _ = timeout_at(patience_ends, all_settled).await;
        self.state.borrow().entries.iter().filter_map(|entry| entry.known.clone()).collect()
    }
}

/// Why a server is not used.
#[derive(Debug, Error)]
enum Unusable {
    #[error("no answer of the name server within {:?}", LOOKUP_TIMEOUT)]
    LookupTimeout,
    #[error(transparent)]
    Lookup(#[from] io::Error),
    #[error("its name has no address")]
    NoAddress,
    #[error("no local address is of the kind of {0}")]
    Unreachable(String),
}

/// Those of the options beside those that the signaling server names. An empty option wants none, and without one the
/// default is used if the signaling server names none.
fn wanted(config: &Config, named: Option<Vec<CheckedIceServer>>) -> Vec<CheckedIceServer> {
    match (&config.paths.ice_servers, named) {
        (Some(own), _) if own.is_empty() => Vec::new(),
        (Some(own), named) => {
            let mut servers = own.clone();
            servers.extend(named.into_iter().flatten().filter(|server| own.iter().all(|own| own.url != server.url)));
            servers
        }
        (None, Some(named)) => named,
        (None, None) => {
            let default = IceServer::stun(DEFAULT_ICE_SERVER).checked().expect("the default is a STUN server");
            vec![default]
        }
    }
}

/// An entry for each server. A server whose URL has an address instead of a name is known at once, and so is one whose name has
/// been looked up before, under whatever credentials.
fn entries(config: &Config, servers: impl IntoIterator<Item = CheckedIceServer>, before: &[Entry]) -> Vec<Entry> {
    let local = addresses::to_bind(config);
    let entry = |server: CheckedIceServer| {
        let former = before.iter().find(|entry| entry.server.url == server.url);
        let (known, settled) = match (literal(&server.url), former) {
            (Some(address), _) => (usable(&server, &[address], &local).ok(), true),
            (None, Some(former)) => {
                (former.known.clone().map(|known| with_credentials(known, &server)), former.settled)
            }
            (None, None) => (None, false),
        };
        Entry { server, known, settled }
    };
    servers.into_iter().map(entry).collect()
}

fn with_credentials(known: RTCIceServer, server: &CheckedIceServer) -> RTCIceServer {
    RTCIceServer { urls: known.urls, username: server.username.clone(), credential: server.credential.clone() }
}

/// What is to be looked up: give [`Lookup::run`] a task.
pub(crate) struct Lookup {
    servers: IceServers,
    counters: Arc<Counters>,
    /// What was reported as not usable: each is said once.
    reported: HashSet<String>,
    places: Arc<Semaphore>,
    shutdown: Shutdown,
}

/// The two ends: who asks, and who looks up.
pub(crate) fn new(config: Arc<Config>, counters: Arc<Counters>, shutdown: Shutdown) -> (IceServers, Lookup) {
    let servers = IceServers::new(config);
    let places = Arc::new(Semaphore::new(names::MAX_ICE_LOOKUPS));
    (servers.clone(), Lookup { servers, counters, reported: HashSet::new(), places, shutdown })
}

impl Lookup {
    /// Looks up until shutdown.
    pub(crate) async fn run(mut self) {
        let mut shutdown = self.shutdown.clone();
        tokio::select! {
            () = self.look_up_again_and_again() => {}
            _ = shutdown.wait_for(Option::is_some) => {}
        }
    }

    async fn look_up_again_and_again(&mut self) {
        let replaced = Arc::clone(&self.servers.replaced);
        loop {
            tokio::select! {
                pause = self.look_up() => tokio::select! {
                    () = sleep(pause) => {}
                    () = replaced.notified() => {}
                },
                () = replaced.notified() => {}
            }
        }
    }

    /// Looks up every server once. Returns when to do it again.
    async fn look_up(&mut self) -> Duration {
        self.report_interfaces();
        let config = Arc::clone(&self.servers.config);
        let local = addresses::to_bind(&config);
        let servers: Vec<_> = self.servers.state.borrow().entries.iter().map(|entry| entry.server.clone()).collect();
        let (places, counters) = (Arc::clone(&self.places), Arc::clone(&self.counters));
        let resolve = |server| {
            let resolving = resolve(server, &local, &places, &counters);
            async move { (server, resolving.await) }
        };
        let mut lookups: FuturesUnordered<_> = servers.iter().map(resolve).collect();
        let mut pause = REFRESH_INTERVAL;
        while let Some((server, resolved)) = lookups.next().await {
            if let Err(problem) = &resolved {
                pause = RETRY_INTERVAL;
                self.report_server(&server.url, problem);
            }
            self.servers.state.send_modify(|state| {
                if let Some(entry) = state.entries.iter_mut().find(|entry| entry.server == *server) {
                    entry.settled = true;
                    entry.known = resolved.ok().or(entry.known.take());
                }
            });
        }
        self.report_relay();
        pause
    }

    /// A server that is known from before is still used.
    fn report_server(&mut self, url: &IceUrl, problem: &Unusable) {
        let is_known = |entry: &Entry| entry.server.url == *url && entry.known.is_some();
        if self.servers.state.borrow().entries.iter().any(is_known) {
            debug!("the ICE server {url} keeps its addresses: {problem}");
        } else if self.reported.insert(format!("the ICE server {url}")) {
            let text =
                format!("the ICE server {url} is not used: {problem}; it is tried again every {RETRY_INTERVAL:?}");
            if url.to_string() == DEFAULT_ICE_SERVER {
                // Nobody asked for it, and a program that is used within one network does not need it.
                info!("{text}");
            } else {
                self.warn(text);
            }
        }
    }

    fn report_relay(&mut self) {
        let is_missing = {
            let state = self.servers.state.borrow();
            self.servers.config.paths.relay_only && state.is_decided && !state.has_turn()
        };
        if is_missing && self.reported.insert("relay_only".to_owned()) {
            self.warn("relay_only: there is no TURN server that can be used, so no consumer can connect".to_owned());
        }
    }

    fn report_interfaces(&mut self) {
        for name in addresses::missing(&self.servers.config) {
            if self.reported.insert(format!("the interface {name}")) {
                self.warn(format!(
                    "interfaces: {name:?} is not used: this host has no such interface or address to offer"
                ));
            }
        }
    }

    fn warn(&self, text: String) {
        let config = &self.servers.config;
        diagnostics::warn_user(&config.client_id, text, config.on_diagnostic.as_ref());
    }
}

async fn resolve(
    server: &CheckedIceServer,
    local: &[SocketAddr],
    places: &Arc<Semaphore>,
    counters: &Arc<Counters>,
) -> Result<RTCIceServer, Unusable> {
    let addresses = match (&server.url.host, literal(&server.url)) {
        (Host::Domain(name), None) => {
            timeout(LOOKUP_TIMEOUT, names::resolve_within(places, name, server.url.port, counters))
                .await
                .map_err(|_| Unusable::LookupTimeout)??
        }
        (_, literal) => literal.into_iter().collect(),
    };
    usable(server, &addresses, local)
}

fn literal(url: &IceUrl) -> Option<SocketAddr> {
    let address = match url.host {
        Host::Domain(_) => return None,
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
    };
    Some(SocketAddr::new(address, url.port))
}

/// The server by one address of each family, which is enough: the stack asks from every socket of that family. A TURN server is
/// a STUN server, too.
fn usable(server: &CheckedIceServer, addresses: &[SocketAddr], local: &[SocketAddr]) -> Result<RTCIceServer, Unusable> {
    // No datagram goes from a loopback address to another kind of address, nor back (`sockets`).
    let reaches = |from: &SocketAddr, to: &SocketAddr| {
        from.is_ipv4() == to.is_ipv4() && from.ip().is_loopback() == to.ip().is_loopback()
    };
    let reachable = |address: &&SocketAddr| local.iter().any(|from| reaches(from, address));
    let of_family = |v4: bool| addresses.iter().filter(reachable).find(|address| address.is_ipv4() == v4);
    let schemes: &[Scheme] = match server.url.scheme {
        Scheme::Stun => &[Scheme::Stun],
        Scheme::Turn => &[Scheme::Turn, Scheme::Stun],
    };
    let addressed = |scheme: &Scheme| {
        let at = |address: &SocketAddr| IceUrl::at(*scheme, *address).to_string();
        [of_family(true).map(at), of_family(false).map(at)]
    };
    let urls: Vec<_> = schemes.iter().flat_map(addressed).flatten().collect();
    if urls.is_empty() {
        let addresses: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
        return Err(match addresses.as_slice() {
            [] => Unusable::NoAddress,
            addresses => Unusable::Unreachable(addresses.join(", ")),
        });
    }
    Ok(RTCIceServer { urls, username: server.username.clone(), credential: server.credential.clone() })
}

#[cfg(test)]
mod tests;
